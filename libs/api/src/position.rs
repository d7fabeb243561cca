//! The position of a follower in a feed.

use bytes::Bytes;

/// A place in a feed: everything before it was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The resume token, which is opaque and good for the same filter only.
    pub token: Bytes,
    /// The feed's revision there.
    pub revision: i64,
}
