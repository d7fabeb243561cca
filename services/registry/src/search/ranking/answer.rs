//! An answer of search.

use crate::search::{asking::stance::Stance, words::analyze::Via};

/// Most offerings that are listed with a hit; [`Hit::offering_count`] tells how many there are.
pub const MAX_OFFERINGS: usize = 20;

/// One page of an answer.
#[derive(Debug, Clone, Default)]
pub struct Results {
    /// The hits by score from the highest, then by name.
    pub hits: Vec<Hit>,
    /// How many services answer the query on all pages.
    pub total: u64,
    /// The start of the next page; `None` on the last.
    pub next: Option<(f32, String)>,
    /// The revision that was searched.
    pub revision: i64,
    /// True if no service really answers: the hits only share words with the question.
    pub weak: bool,
    /// Places that the question names.
    pub places: Vec<NamedPlace>,
    /// Words that no service has: content words, and slips of words that ask how.
    pub unanswered: Vec<String>,
    /// Content words that some service has and the first hit has not.
    pub uncovered: Vec<String>,
}

/// A place that a question names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPlace {
    /// The place as it was typed.
    pub text: String,
    /// The regions that it may mean: Kemendagri codes of provinces, regencies and cities; none if
    /// the word before says that a place follows, and it is no region's name.
    pub region_codes: Vec<String>,
    /// It may also be no place, or another one: the words were searched for, too.
    pub guessed: bool,
    /// Whether one asks there, comes from there, goes there, or keeps away; only `Wanted` is a
    /// preference.
    pub stance: Stance,
}

/// A service that answers.
#[derive(Debug, Clone)]
pub struct Hit {
    /// Resource name of the service.
    pub service: String,
    /// The hit's score, comparable only within one answer.
    pub score: f32,
    /// Why it is a hit, one entry for each word of the query that it answers.
    pub matches: Vec<Match>,
    /// Offerings within the region asked for: in the places that the question names first, then the
    /// nearest, or by mall without a place to measure from.
    pub offerings: Vec<NearbyOffering>,
    /// How many offerings there are within the region asked for.
    pub offering_count: u64,
    /// How many offerings, in whatever region, are in a place that the question names.
    pub offered_there: u64,
}

/// A word of the query and the term that answered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The word as it was typed.
    pub word: String,
    /// The stem or abbreviation that was found.
    pub term: String,
    /// How the one led to the other.
    pub via: Via,
}

/// An offering of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct NearbyOffering {
    /// Resource name of the offering.
    pub offering: String,
    /// Resource name of the mall.
    pub mall: String,
    /// Kemendagri code of the regency or city.
    pub region_code: String,
    /// Kilometres as the crow flies, when both ends are known.
    pub distance_km: Option<f64>,
}
