//! Search over the services of the catalog and where they are offered.
//!
//! Each replica keeps its own copy in memory, fed by the change feed: [`Engine::apply`] takes
//! updates, one writer thread indexes and publishes them, and [`Engine::search`] reads the last
//! published state. Nothing here is durable; after a restart the feed fills it again.
//!
//! | folder | file | task |
//! | --- | --- | --- |
//! | `words/` | `stem`, `endings`, `vocabulary`, `analyze` | from text to terms |
//! | | `derived` | what a word is derived from that no list of roots has |
//! | | `codes` | letters with numbers: "ak-1", the form "f-1.03" |
//! | | `shape`, `slips`, `typo` | slips of the pen |
//! | | `spoken` | verbs and vowels as they sound in speech |
//! | | `foreign`, `loans`, `wordnet` | English words: as Indonesian spells them, by their meaning |
//! | | `telling`, `worded` | the words by which two services are told apart; those that compare |
//! | `asking/` | `question` | a question as it comes, and why one is refused |
//! | | `places`, `stance` | the places of a question, and whether one asks there |
//! | | `reading`, `asked`, `roles` | from a question to the terms that it names |
//! | | `electronic`, `paper` | documents behind an "e"; the paper that a question asks for |
//! | | `period` | the years of what is done again and again |
//! | | `deed`, `mishap`, `unread` | harm that one means to do to a document, or that has happened |
//! | | `needle` | terms to weights, documents, names |
//! | `indexing/` | `doc` | updates |
//! | | `index` | tantivy: which services have a term in which part; terms one slip away |
//! | | `table` | beside the terms, for ranking: titles, owners, fees, offerings and places |
//! | | `offices` | the regions that units serve |
//! | | `names` | a service's whole names, as its owner calls it: "ktp hilang" |
//! | | `writer` | the thread that brings them up to date and publishes them together |
//! | | `engine`, `held` | the handle that the rest of the registry holds, and what it shows |
//! | `ranking/` | `score`, `filter`, `geo`, `query` | needles to scores, to a page |
//! | | `home`, `period` | the office of a region, its service of a period, if one is named |
//! | | `weak`, `title`, `modified`, `paper` | whether the first hit answers |
//! | | `thing` | what a title is about |
//! | | `explain`, `answer` | why, and the answer |
//!
//! **Why not tantivy's own queries?** They rank a slip of the pen by a constant and cannot say that
//! a service with all words stands above one with some. tantivy gives the hard part (a compressed
//! inverted index with deletes and merges, an automaton over its dictionary); the score is [added
//! up here](ranking::score), in the terms of this field.
//!
//! **How the words of a question are taken.** A place ("kab. sleman", "jogja") is a preference and
//! no word to search for. A word that asks how (`vocabulary::FAINT`) never decides. A document that
//! is named leads; which words name one follows from abbreviations of the field and from the
//! keywords and titles of most owners, not from a list of questions. A guessed slip is worth the
//! share of its letters that are right, and less than any true word. A word that the catalog lacks
//! is a word, unless its letters say otherwise, and is named. An English one is also read as the
//! words of its family and its meaning; those move what is near to the front, and never make an
//! answer sure. Unanswered words count against the
//! best hit: if they are most of the question, the answer is [weak](Results::weak) and says so. It
//! is sure only if title or keywords hold nearly all content words (a slip in a short word, a
//! merely related word and the body do not count), or the document that was named and what is
//! [asked of it](ranking::weak).
//!
//! **Why are offerings beside the index and not in it?** There are three times as many and they
//! change more often. An offering that changes touches a map and re-indexes nothing.

mod asking;
mod indexing;
mod ranking;
#[cfg(test)]
mod tests;
mod words;

pub use asking::places::region_name;
pub use asking::question::{Error, MAX_PAGE, Query};
pub use asking::stance::Stance;
pub use indexing::doc::{OfferingDoc, ServiceDoc, UnitDoc, Update};
pub use indexing::engine::Engine;
pub use indexing::held::Shown;
pub use ranking::answer::{Hit, Match, NamedPlace, NearbyOffering, Results};
pub use ranking::geo::distance_km;
pub use words::analyze::Via;
pub use words::telling::{documents, is_act, marks, said, telling};
pub use words::typo::Tolerance;
pub use words::worded::worded;
