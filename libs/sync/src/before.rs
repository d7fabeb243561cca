//! Changes that the earlier parts of a preview would have made; a session has no such parts.

use std::collections::{BTreeMap, HashSet};

use crate::store::waiting::Held;

/// By how many more, or fewer, records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// Those that are not over.
    pub standing: i64,
    /// Those that are over.
    pub over: i64,
}

/// By target.
pub type Rooms = BTreeMap<String, Room>;

/// Changes that the earlier parts of a preview would have made.
#[derive(Debug, Default)]
pub struct Before {
    /// Records that would have moved.
    pub moved: i64,
    /// How many more records would be published.
    pub published: i64,
    /// How much more would wait.
    pub waiting: Held,
    /// How many more records those targets would have that have room for only so many.
    pub rooms: Rooms,
    /// Names that would be published.
    pub there: HashSet<String>,
    /// Names that would be gone.
    pub gone: HashSet<String>,
}
