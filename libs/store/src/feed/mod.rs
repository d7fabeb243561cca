//! The change feed of a process: one reader, a ring in memory, any number of followers.
//!
//! The reader is woken by commits of this process, by a notification of another replica's, and
//! polls besides. Followers read the ring by a cursor; one that comes from further back reads the
//! database until it meets the ring. A follower costs no more than its position.

pub(crate) mod change;
mod chunk;
mod filter;
mod handle;
mod history;
mod last_proof;
mod mend;
mod own;
mod pace;
mod page;
mod past;
mod policy;
mod proof;
mod reader;
mod retention;
mod ring;
mod shared;
mod state;
mod status;
mod subscription;
mod token;

pub use change::{Change, Op};
pub use filter::Filter;
pub use handle::{Feed, Start};
pub use last_proof::LastProof;
pub use mend::Mended;
pub(crate) use own::are_sound;
pub use own::{CountedNames, OwnRecords, taken_away};
pub use pace::ProofPace;
pub use policy::FeedPolicy;
pub use retention::Retention;
pub use shared::FeedOptions;
pub use status::{Stand, Status};
pub use subscription::{Batch, Subscription};
pub(crate) use token::revision_of;
