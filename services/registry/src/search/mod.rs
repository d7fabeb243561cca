//! Search over the services of the catalog and where they are offered.
//!
//! Each replica keeps its own copy in memory, fed by the change feed: [`Engine::apply`] takes
//! updates, one writer thread indexes and publishes them, and [`Engine::search`] reads the last
//! published state. Nothing here is durable; after a restart the feed fills it again.
//!
//! | file | task |
//! | --- | --- |
//! | `stem`, `endings`, `vocabulary`, `analyze`, `asked` | from text to terms |
//! | `places`, `stance` | the places of a question, and whether one asks there |
//! | `reading`, `roles` | from a question to the terms that it names |
//! | `index` | tantivy: which services have a term in which part; terms one slip away |
//! | `table` | beside the terms, for ranking: titles, owners, fees, offerings and places |
//! | `writer` | the thread that brings both up to date and publishes them together |
//! | `names` | what a service is called by its owner as a whole: "ktp hilang" |
//! | `shape`, `slips`, `typo`, `needle` | terms to slips, weights, documents, names |
//! | `deed`, `mishap`, `unread` | harm that one means to do to a document, or that has happened |
//! | `score`, `filter`, `query`, `weak`, `explain` | needles to scores, to a page, to an answer |
//! | `doc`, `question`, `answer` | updates, questions and answers |
//! | `engine` | the handle that the rest of the registry holds |
//!
//! **Why not tantivy's own queries?** They rank a slip of the pen by a constant and cannot say that
//! a service with all words stands above one with some. tantivy gives the hard part (a compressed
//! inverted index with deletes and merges, an automaton over its dictionary); the score is [added
//! up here](score), in the terms of this field.
//!
//! **How the words of a question are taken.** A place ("kab. sleman", "jogja") is a preference and
//! no word to search for. A word that asks how (`vocabulary::FAINT`) never decides. A document that
//! is named leads; which words name one follows from abbreviations of the field and from the
//! keywords and titles of most owners, not from a list of questions. A guessed slip is worth the
//! share of its letters that are right, and less than any true word. A word that the catalog lacks
//! is a word, unless its letters say otherwise, and is named. Unanswered words count against the
//! best hit: if they are most of the question, the answer is [weak](Results::weak) and says so. It
//! is sure only if title or keywords hold nearly all content words (a slip in a short word, a
//! merely related word and the body do not count), or the document that was named and what is
//! [asked of it](weak).
//!
//! **Why are offerings beside the index and not in it?** There are three times as many and they
//! change more often. An offering that changes touches a map and re-indexes nothing.

mod analyze;
mod answer;
mod asked;
mod deed;
mod doc;
mod endings;
mod engine;
mod explain;
mod filter;
mod geo;
mod held;
mod index;
mod mishap;
mod names;
mod needle;
mod places;
mod query;
mod question;
mod reading;
mod roles;
mod score;
mod shape;
mod slips;
mod stance;
mod stem;
mod table;
mod typo;
mod unread;
mod vocabulary;
mod weak;
mod writer;

#[cfg(test)]
mod tests;

pub use analyze::Via;
pub use answer::{Hit, Match, NamedPlace, NearbyOffering, Results};
pub use doc::{OfferingDoc, ServiceDoc, Update};
pub use engine::Engine;
pub use held::Shown;
pub use places::region_name;
pub use question::{Error, MAX_PAGE, MAX_TEXT, Query};
pub use stance::Stance;
pub use typo::Tolerance;
