//! Federation, a service's side of `mpp.sync.v1`: agencies' own systems send the records that they
//! own, and the service has them, exactly once, as they say.
//!
//! # Floor plan
//! ```text
//! serve          the methods of `SyncService`        wire       on the wire: what waits
//! stream, push   the two ways in                     look       which waiting records are due
//! session        opened, kept, ended (account)       redrive    tries them again
//! apply          answers a batch, by its plan        preview    a batch that is rolled back
//! turn, line     whose turn it is to write           undo       takes a session back
//! syncs          what a service brings: its kinds of record (kind), and its rules for them
//! settle         what became of records that were tried again
//! clients        how a source stands by each of its clients
//! contested      records that two clients of a source send in different words
//! write          how a record of any kind is put, brought back and deleted, by its kind's rules
//! reconcile, sealed   compares with a client         quarantine, waiting, wire   what waits
//! model/         rules, pure                         store/     SQL of federation's tables
//! rooms          what targets would have of a source by a preview in parts
//! known, fresh, own   sources as a service knows them, where one is late, what one publishes
//! policy, metrics, engine   the parts of a service that the engine needs
//! ```
//!
//! # A session
//! A [`session`] is opened, answers batches and ends. Two ways lead in: [`stream`] is one stream,
//! which holds a fast client back by HTTP/2's flow control; [`push`] is a call for each step, for
//! clients behind a gateway. Both do the same with the same session, one batch at a time;
//! [`apply`] answers a batch, whose records the service writes ([`Syncs::write`]).
//!
//! **A session is a row.** Its lease, the source's checkpoint, the answers and the counts are in
//! the database; a replica remembers nothing between two calls, so that any of them can answer the
//! next one. Only a stream has a connection: as long as it is open, silence is measured on it, and
//! when it breaks, the lease is given up.
//!
//! **Exactly once.** A batch's writes, its answers, its counts and the checkpoint are one
//! transaction, which first checks and locks the session's lease. So there is no state in which a
//! record was written and not counted, and a session that was shut out writes nothing, however
//! late its transaction comes.
//!
//! **A stored answer is looked for first**, unlike in `mpp_resource::command`, where the write goes
//! first and fails if it was done before. A batch that comes again does not fail: its records stand
//! by now, and would be answered as unchanged and counted once more. The look is one read of an
//! index for some hundred records, under the lease that the transaction has locked anyway. For the
//! same reason a batch is no command of its own: its key is the session's nonce, not a caller's
//! request id, and its answers are kept with the batch and its counts.
//!
//! **A record that waits is kept, and applied as if it came now.** A batch keeps whole records that
//! it cannot take yet ([`quarantine`]), a look each second finds those that can be taken, and
//! [`redrive`] writes them by the same function that writes batches, under the lock of their
//! source's lease: so a session's own records and a redrive of the same source come one after the
//! other, and two replicas that redrive at once find a record once. `model/quarantine.rs` decides
//! when to try, and what follows.
//!
//! **A client that has lost its state finds it by comparing** ([`sealed`]): each record's last
//! answer is kept by the digest of its bytes; its present standing follows from the records
//! themselves and from those that are rejected or wait, so that a delete by hand, a hand-over, a
//! redrive and a restore are seen without being told.
//!
//! **Sources take turns at writing** ([`turn`]), the one first that has written least of late: a
//! small sync does not wait for the large ones beside it, and what the API writes does not wait for
//! all that sources send.
//!
//! **Not done with savepoints.** One savepoint for each record would find a bad one, and cost a
//! round trip each. Records are validated before SQL; one that the database then still refuses is
//! found by halving the batch, in transactions that are rolled back, and is answered alone.
//!
//! **A session carries all kinds of its service**: one lease, one checkpoint and one accounting.
//! Names are unique over the kinds, so whatever is kept by a name (answers, digests, what waits or
//! was undone) needs no kind beside it. The service writes the kinds of a batch in their order, so
//! that a record may come before what it refers to.
//!
//! # What a service brings
//! Its kinds of record and its rules ([`Syncs`]), its records in memory with the label of their
//! source, the tables ([`STEPS`]), the settings ([`Policy`]), and what it answers about
//! sources ([`serve::Sources`]). Everything else, the methods of `SyncService`, the accounting
//! and the quarantine included, is the same wherever it runs.
//!
//! A source itself is a record of the registry: its unit, and what it also writes. A service that
//! keeps other kinds knows sources by its copy of the registry's feed ([`Syncs::speakers`],
//! [`Syncs::knows`]), as it knows malls and units, and keeps a record of the same name with its own
//! accounting ([`Syncs::account`]). Lease, checkpoint and quarantine are each service's own, so a
//! session at one says nothing of those at another. Rejected: asking the registry at each session,
//! since then no source could sync while the registry is away; and sources of its own in each
//! service, whose units would be set twice and drift apart.
//!
//! Rejected: an engine over trait objects, one for each kind. A batch's records are written
//! together, and what one refers to may come with it: so the kinds of a service are one type
//! ([`Synced`]), whose variants only the service takes apart.

#![forbid(unsafe_code)]

mod account;
mod apply;
mod before;
mod clients;
mod contested;
mod counts;
mod engine;
mod fate;
mod forget;
mod fresh;
mod kind;
mod known;
mod line;
pub mod look;
mod metrics;
mod model;
mod own;
mod plan;
mod policy;
mod preview;
pub mod push;
mod quarantine;
mod reconcile;
pub mod redrive;
mod remarks;
mod rooms;
mod sealed;
pub mod serve;
pub mod session;
mod settle;
pub mod store;
pub mod stream;
mod syncs;
pub mod turn;
pub mod undo;
mod waiting;
pub mod wire;
pub mod write;

pub use before::{Before, Room, Rooms};
pub use counts::count;
pub use engine::Engine;
pub use fate::{Fate, Fates, Taken, WaitingRecord, fault, warning};
pub use forget::{forget_answers, forget_source, kept_sources};
pub use kind::Synced;
pub use known::KnownSource;
pub use line::Turn;
pub use metrics::{METRICS, begin};
pub use model::{
    forms::Forms,
    quarantine::{Asks, Sight},
};
pub use policy::Policy;
pub use store::STEPS;
pub use syncs::{Syncs, Writer};
