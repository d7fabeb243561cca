//! What the parts of a preview that came before would have changed; of a session there is none.

use std::collections::HashSet;

use crate::store::waiting::Held;

/// What the parts of a preview that came before would have changed.
#[derive(Debug, Default)]
pub(super) struct Before {
    /// Records that would have moved.
    pub(super) moved: i64,
    /// So many more records would be published.
    pub(super) published: i64,
    /// So much more would wait.
    pub(super) waiting: Held,
    /// Names that would be published.
    pub(super) there: HashSet<String>,
    /// Names that would be no more.
    pub(super) gone: HashSet<String>,
}
