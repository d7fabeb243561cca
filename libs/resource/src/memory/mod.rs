//! A service's own feed in this replica's memory.
//!
//! Reads are answered from here, so that they scale with the replicas and not with the database.
//! Records lie encoded, as the feed hands them on, beside their labels with every text kept once:
//! 100,000 services of 2 KB and 300,000 offerings take some 500 MB, where decoded messages would
//! take a multiple. Fields that depend on the day or on another record are worked out when a record
//! is read, and so are never stale.
//!
//! A whole transaction is taken in under one lock: no reader sees half of it.

mod follow;
mod lost;
mod policy;
mod records;
mod row;
mod view;

pub use follow::{Follow, Listener};
pub use policy::MemoryPolicy;
pub(crate) use records::decode;
pub use records::{MemoryRecord, Records};
pub use row::{MemoryRow, Texts};
pub use view::{Memory, View, Waits};
