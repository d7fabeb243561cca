//! Changes that the earlier parts of a preview would have made; a session has no such parts.

use std::collections::HashSet;

use crate::store::waiting::Held;

/// Changes that the earlier parts of a preview would have made.
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
