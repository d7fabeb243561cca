//! The one way in which the services write records, list them, and copy feeds.
//!
//! # Floor plan
//! ```text
//! handler  Get, Create, Update, Delete: from request to answer   list       pages of records
//! write    create, update, step, delete of a record              service    its parts and rules
//! derived  records that a service works out from others
//! faults   which faults of a record its author has to mend
//! command  begin, work, remember, commit: of anything            call       who calls, and how
//! kind     each kind's name and fields                           page       page tokens
//! memory   the own feed in memory, for reads
//! copy     the feed of another service in the database           differs    where a copy differs
//! copies   all that a service keeps, read anew: to be compared, and mended
//! ```
//! Arrows run down only: `handler → write → command`; [`derived`], [`memory`] and [`copy`] stand
//! alone, and [`copies`] reads the last two.
//!
//! # A new kind of record
//! Its messages in `proto/` and its line in `mpp_api::document`; its line in [`kind`]; in its
//! service [`Serves`] and [`Keeps`], which are its rules; its lines in the authorization table and
//! in the service's handlers. Replay of request ids, masks, etags, `validate_only`, stamps, pages
//! and revisions are written here, once.
//!
//! # Rejected
//! - *A repository for each kind*, which repeats the etag, the mask and the request id eight times
//!   and forgets one of them in the ninth.
//! - *Records only.* A booking or a call to a window is no record's create or update. Such commands
//!   share [`command`] and nothing above it.
//! - *Rules as methods of the message.* They need the service's own memory, and a message may be
//!   shown by one service and kept by another; so a service implements [`Keeps`] for a kind.

#![forbid(unsafe_code)]

mod call;
pub mod command;
pub mod copies;
pub mod copy;
pub mod derived;
mod differs;
mod faults;
pub mod handler;
pub mod kind;
pub mod list;
pub mod memory;
mod metrics;
pub mod page;
mod service;
pub mod write;

pub use call::Call;
pub use kind::{Kind, Resource, Stamp};
pub use metrics::METRICS;
pub use service::{Filing, Keeps, Replica, Serves};
