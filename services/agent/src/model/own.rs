//! The records that this configuration has sent, among those that the registry holds of its source.

use std::collections::HashSet;

/// What a configuration has sent of its source.
#[derive(Clone, Debug, Default)]
pub struct SentIds {
    /// Ids of what it has sent, or has found at the registry as it is in its source.
    pub sent: HashSet<String>,
    /// Those of them that nobody else can have sent: the registry held none of them before, and no
    /// other client has written into the source since.
    pub alone: HashSet<String>,
}

/// Who has sent what has left an upload, as the registry knows it: an upload keeps no state of its
/// own, and all uploads of a source are one client.
#[derive(Clone, Debug, Default)]
pub struct Senders {
    /// Ids that uploads have sent, and nobody else ever has.
    pub alone: HashSet<String>,
    /// Ids that another client of the source has sent last.
    pub others: HashSet<String>,
}

#[cfg(test)]
impl SentIds {
    /// These ids, all sent by this configuration alone.
    pub fn alone(ids: &[&str]) -> Self {
        let ids: HashSet<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        Self { sent: ids.clone(), alone: ids }
    }
}
