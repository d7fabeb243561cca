//! Finds the records in which two sides differ without sending those in which they do not: the
//! state machine of `Reconcile` in `sync.proto`, which both sides run. Pure: no database, no
//! network.
//!
//! One side asks ([`Walk`]), the other compares ([`compare`]); each has a sealed [`Set`]. A range
//! is all that begins with a prefix of the key's digits, so that its bounds need not be said, and a
//! key is a digest, so that ranges hold about as many items as each other, whatever the records are
//! called.
//!
//! **Keyed by the name, not by the name with its digest**, as negentropy would have it: a record
//! that has changed then differs in one place and not in two, and the answer tells at once what is
//! changed, new, or has gone.
//!
//! **Sums, not a tree that is kept**: the fingerprint of any range follows from two sums, so that a
//! set is made in one pass of what is stored, and no write of a batch has a tree to mend.
//!
//! **The asking side decides how to split**, and keeps all that is found: the comparing side
//! answers each message by itself, so that any replica answers the next one, and no message makes
//! it hold or do more than its own bounds allow.

mod compare;
mod set;
mod walk;

pub use compare::compare;
pub use set::{AnswerState, ComparedRecord, Set, digest, key_of};
pub use walk::{SetDifference, Walk};

/// Bytes of a fingerprint.
const PRINT: usize = 8;
/// Parts of a range.
const PARTS: usize = 16;
/// Bytes of an item in a list: its key and its content.
const LISTED: usize = 16;

#[cfg(test)]
mod tests;
