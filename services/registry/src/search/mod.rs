//! Search over the services of the catalog and where they are offered.
//!
//! Each replica keeps its own copy in memory, fed by the change feed: [`Engine::apply`] takes updates, one writer thread
//! indexes and publishes them, and [`Engine::search`] reads the last published state. Nothing here is durable; after a
//! restart the feed fills it again.
//!
//! | file | what it does |
//! | --- | --- |
//! | `stem`, `vocabulary`, `analyze` | from text to terms: Indonesian stems, abbreviations, everyday words |
//! | `index` | tantivy: which services have a term in which part, and which terms are one slip away |
//! | `table` | what ranking and answers need beside the terms: titles, owners, fees, offerings and places |
//! | `writer` | the thread that brings both up to date and publishes them together |
//! | `score`, `query`, `explain` | terms to scores, scores to a page, a page to an answer |
//! | `engine` | the handle that the rest of the registry holds |
//!
//! **Why not tantivy's own queries?** They rank a slip of the pen by a constant and cannot say that a service with all
//! words stands above one with some. tantivy gives what is hard (a compressed inverted index with deletes and merges, an
//! automaton over its dictionary); the score is [added up here](score), in the terms of this field.
//!
//! **Why are offerings beside the index and not in it?** There are three times as many and they change more often. An
//! offering that changes touches a map and re-indexes nothing.

mod analyze;
mod engine;
mod explain;
mod geo;
mod index;
mod query;
mod score;
mod stem;
mod table;
mod vocabulary;
mod writer;

#[cfg(test)]
mod tests;

use std::ops::Range;

pub use analyze::Via;
pub use engine::Engine;
pub use index::Part;

/// Longest text of a query, in characters.
pub const MAX_TEXT: usize = 200;

/// Most hits on one page.
pub const MAX_PAGE: usize = 100;

/// Most offerings that are listed with a hit; [`Hit::offering_count`] tells how many there are.
pub const MAX_OFFERINGS: usize = 20;

/// Most values that are listed for one facet.
pub const MAX_FACET_VALUES: usize = 50;

/// Whether a service costs something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fee {
    /// No fee is charged.
    Free,
    /// There is a fee.
    Paid,
    /// The source's words could not be read.
    #[default]
    Unknown,
}

/// What search knows of a service.
#[derive(Debug, Clone, Default)]
pub struct ServiceDoc {
    /// Resource name, the identity of the service.
    pub name: String,
    /// Resource name of the unit that owns it.
    pub unit: String,
    /// Resource name of the unit at the root of the owner's tree.
    pub agency: String,
    /// Title in Indonesian.
    pub title_id: String,
    /// Title in English, or empty.
    pub title_en: String,
    /// Classification, or empty.
    pub category: String,
    /// Words that its owner wants it to be found by.
    pub keywords: Vec<String>,
    /// Requirements, product, procedure: searched, and ranked lowest.
    pub body: Vec<String>,
    /// The fee in the source's words; searched like the body.
    pub fee_text: String,
    /// The fee as a filter.
    pub fee: Fee,
    /// Revision of the change that brought it.
    pub revision: i64,
}

/// An accepted offering of a service at a counter.
#[derive(Debug, Clone, Default)]
pub struct OfferingDoc {
    /// Resource name, the identity of the offering.
    pub name: String,
    /// Resource name of the service; it may arrive later than the offering.
    pub service: String,
    /// Resource name of the mall.
    pub mall: String,
    /// Name of the mall as shown.
    pub mall_name: String,
    /// Resource name of the counter (*gerai*).
    pub counter: String,
    /// Kemendagri code of the regency or city, such as `35.10`.
    pub region_code: String,
    /// Latitude and longitude of the site in decimal degrees, if they are known.
    pub location: Option<(f64, f64)>,
    /// Revision of the change that brought it.
    pub revision: i64,
}

/// One step of the change feed, in its order.
#[derive(Debug, Clone)]
pub enum Update {
    /// A service is new or has changed.
    PutService(Box<ServiceDoc>),
    /// The service of this name is gone.
    DeleteService(String),
    /// An offering is new or has changed.
    PutOffering(Box<OfferingDoc>),
    /// The offering of this name is gone, or no longer accepted.
    DeleteOffering(String),
    /// Everything up to this revision has been handed over.
    Revision(i64),
}

/// What a citizen asks for.
#[derive(Debug, Clone)]
pub struct Query {
    /// As typed, at most [`MAX_TEXT`] characters. Empty lists every service within the filters.
    pub text: String,
    /// Where the citizen is: latitude and longitude in decimal degrees.
    pub near: Option<(f64, f64)>,
    /// Only services offered in this region: a Kemendagri code or its beginning (`35`, `35.10`).
    pub region: Option<String>,
    /// Only services of this unit, or of the agency whose root it is.
    pub agency: Option<String>,
    /// Only services of this category.
    pub category: Option<String>,
    /// Only services without a fee.
    pub only_free: bool,
    /// Hits on a page, 1 to [`MAX_PAGE`].
    pub page_size: usize,
    /// Continue after this position, from [`Results::next`].
    pub after: Option<(f32, String)>,
    /// Wait until this revision is searchable; 0 does not wait.
    pub min_revision: i64,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            text: String::new(),
            near: None,
            region: None,
            agency: None,
            category: None,
            only_free: false,
            page_size: 20,
            after: None,
            min_revision: 0,
        }
    }
}

/// One page of an answer.
#[derive(Debug, Clone, Default)]
pub struct Results {
    /// By score from the highest, then by name.
    pub hits: Vec<Hit>,
    /// How many services answer the query on all pages.
    pub total: u64,
    /// Where the next page begins; `None` on the last.
    pub next: Option<(f32, String)>,
    /// The revision that was searched.
    pub revision: i64,
    /// How `total` divides.
    pub facets: Facets,
    /// Words of the query that played no part: unknown ones, and those past the twelfth.
    pub ignored: Vec<String>,
}

/// A service that answers.
#[derive(Debug, Clone)]
pub struct Hit {
    /// Resource name of the service.
    pub service: String,
    /// Comparable within one answer only.
    pub score: f32,
    /// Title in Indonesian.
    pub title_id: String,
    /// Title in English, or empty.
    pub title_en: String,
    /// Byte ranges of `title_id` that answer the query.
    pub highlights: Vec<Range<usize>>,
    /// Why it is a hit, one entry for each word of the query that it answers.
    pub matches: Vec<Match>,
    /// Where it is offered within the region asked for: nearest first, or by mall without a place to measure from.
    pub offerings: Vec<NearbyOffering>,
    /// How many offerings there are within the region asked for.
    pub offering_count: u64,
    /// Revision of the service.
    pub revision: i64,
}

/// A word of the query and what answered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// As typed.
    pub word: String,
    /// The stem or abbreviation that was found.
    pub term: String,
    /// How the one led to the other.
    pub via: Via,
    /// Where in the service it was found.
    pub part: Part,
}

/// Where a service is offered.
#[derive(Debug, Clone, PartialEq)]
pub struct NearbyOffering {
    /// Resource name of the offering.
    pub offering: String,
    /// Resource name of the counter.
    pub counter: String,
    /// Resource name of the mall.
    pub mall: String,
    /// Name of the mall as shown.
    pub mall_name: String,
    /// Kemendagri code of the regency or city.
    pub region_code: String,
    /// Kilometres as the crow flies, when both ends are known.
    pub distance_km: Option<f64>,
}

/// How many of the services that answer have each value; the most frequent values first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// By root unit.
    pub agencies: Vec<(String, u64)>,
    /// By category.
    pub categories: Vec<(String, u64)>,
    /// By province where it is offered; a service counts in each.
    pub provinces: Vec<(String, u64)>,
    /// Services without a fee.
    pub free: u64,
    /// Services with a fee.
    pub paid: u64,
}

/// Why a search or an update failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The query cannot be answered as asked.
    #[error("{field}: {message}")]
    Invalid {
        /// The field of [`Query`].
        field: &'static str,
        /// What is wrong, and what is accepted.
        message: String,
    },
    /// The writer thread has ended; the replica has to start again.
    #[error("the search engine has stopped")]
    Stopped,
    /// The index could not be read or written.
    #[error("the search index failed: {0}")]
    Index(#[from] tantivy::TantivyError),
}
