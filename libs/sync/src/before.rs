//! What the parts of a preview that came before would have changed; of a session there is none.

use std::collections::HashSet;

use crate::store::waiting::Held;

/// What the parts of a preview that came before would have changed.
#[derive(Debug, Default)]
pub struct Before {
    /// Records that would have moved.
    pub moved: i64,
    /// So many more records would be published.
    pub published: i64,
    /// So much more would wait.
    pub waiting: Held,
    /// Names that would be published.
    pub there: HashSet<String>,
    /// Names that would be no more.
    pub gone: HashSet<String>,
}
