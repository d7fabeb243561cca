//! Search over the services of the catalog and where they are offered.
//!
//! Each replica keeps its own copy in memory, fed by the change feed: [`Engine::apply`] takes
//! updates, one writer thread indexes and publishes them, and [`Engine::search`] reads the last
//! published state. Nothing here is durable; after a restart the feed fills it again.
//!
//! | file | task |
//! | --- | --- |
//! | `stem`, `vocabulary`, `analyze` | from text to terms: Indonesian stems, abbreviations, everyday words |
//! | `index` | tantivy: which services have a term in which part, and which terms are one slip away |
//! | `table` | needed for ranking and answers beside the terms: titles, owners, fees, offerings and places |
//! | `writer` | the thread that brings both up to date and publishes them together |
//! | `typo`, `score`, `filter`, `query`, `explain` | terms to likely slips, to scores, scores to a page, a page to an answer |
//! | `doc`, `question`, `answer` | updates, questions and answers |
//! | `engine` | the handle that the rest of the registry holds |
//!
//! **Why not tantivy's own queries?** They rank a slip of the pen by a constant and cannot say that
//! a service with all words stands above one with some. tantivy gives the hard part (a compressed
//! inverted index with deletes and merges, an automaton over its dictionary); the score is [added
//! up here](score), in the terms of this field.
//!
//! **Why are offerings beside the index and not in it?** There are three times as many and they
//! change more often. An offering that changes touches a map and re-indexes nothing.

mod analyze;
mod answer;
mod doc;
mod engine;
mod explain;
mod filter;
mod geo;
mod index;
mod names;
mod needle;
mod places;
mod query;
mod question;
mod reading;
mod score;
mod stem;
mod table;
mod typo;
mod vocabulary;
mod writer;

#[cfg(test)]
mod tests;

pub use analyze::Via;
pub use answer::{Facets, Hit, Match, NamedPlace, NearbyOffering, Results};
pub use doc::{Fee, OfferingDoc, ServiceDoc, Update};
pub use engine::Engine;
pub use question::{Error, MAX_PAGE, MAX_TEXT, Query};
pub use typo::Tolerance;
