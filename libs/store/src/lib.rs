//! The two databases, records, migrations, and the change feed.
//!
//! Every resource of a service is a row of one table, [`Record`], with its protobuf message as it
//! was written. Writing one through [`Tx`] also writes its change, by a trigger, so the feed can
//! miss no write. The change becomes visible to followers with the transaction's *revision*.
//!
//! # The order
//! A follower that remembers the last number it saw must never see a lower one appear. A serial
//! column does not give that: numbers are drawn before the commit. So a transaction's changes
//! carry only the transaction's number, and the last statement before COMMIT draws the revision
//! under one lock, which is given up when the commit is visible. Rejected: a serial column (misses
//! late commits), transaction ids behind the snapshot's horizon (not the order of overwrites; a
//! dump restored elsewhere lies above the horizon), a counter row (a third slower), logical
//! decoding (a superuser's slot that fills the disk when nobody reads, and nothing on SQLite).
//!
//! # Positions
//! A revision bears a random mark, and a follower remembers both: so a restored database that was
//! written on is told from the one that it is a copy of ([`mark`]).
//! Rejected: the cluster's system identifier and timeline with a note beside a SQLite file, which
//! miss a dump restored into the same cluster and a folder copied back with its note, and make
//! every switchover a reload.
//!
//! # The two databases
//! One SQL text serves both through sqlx's `Any` driver; [`dialect`] holds the few texts that
//! differ. SQLite is owned by one process (a lock beside the file) and has one writing connection,
//! whose pool is a fair queue; PostgreSQL runs READ COMMITTED with locked rows.
//!
//! # Boxed futures
//! The compiler makes the code of an async function anew in every crate that awaits it, with all
//! that it awaits in turn: the driver was a tenth of the registry's code and a sixth of
//! scheduling's, by the compiler's own estimate. Functions that lead to it therefore answer a boxed
//! future ([`Db::begin`] and the like), and are compiled here once. An allocation costs nothing
//! beside a round trip to the database.
//!
//! # A new table
//! Add a [`Migration`] to the service's [`Schema`]; steps only add. Use [`Tx::conn`] for it.

#![forbid(unsafe_code)]

mod address;
mod altered;
mod backup;
mod beneath;
mod books;
mod bounds;
mod bulk;
mod caller;
mod conn;
mod connect;
mod db;
mod dialect;
mod error;
mod feed;
mod file;
mod insert;
mod job;
mod look;
mod mark;
mod metrics;
mod migrate;
mod owner;
mod placeholders;
mod policy;
mod pool;
mod pooler;
mod position;
mod progress;
mod proof;
mod put;
mod put_back;
mod reach;
mod read;
mod record;
mod request;
mod schema;
mod session;
mod texts;
mod turns;
mod tx;
mod waiting;
mod wal;
mod written;

pub use mpp_api::Position;
pub use mpp_core::{Label, Labels};

pub use backup::{Copied, check_copy, copy};
pub use books::{Disagreement, FAR_AHEAD, Statement, TABLES, WAY_OUT};
pub use caller::for_caller;
pub use conn::Conn;
pub use connect::{Options, sqlite_path, sqlite_url};
pub use db::Db;
pub use error::{constraint, db_error};
pub use feed::{
    Batch, Change, CountedNames, Feed, FeedOptions, FeedPolicy, Filter, LastProof, Mended, Op,
    OwnRecords, ProofPace, Retention, Stand, Start, Status, Subscription, taken_away,
};
pub use job::Lease;
pub use look::{ClockReading, Looker, newest_commit};
pub use mark::revision_lost;
pub use metrics::METRICS;
pub use migrate::migrate;
pub use placeholders::placeholders;
pub use policy::DatabasePolicy;
pub use progress::Progress;
pub use read::{Read, by_bytes, newest_version, records_between, version_of};
pub use record::{Buried, Encoded, Expect, MAX_DOCUMENT, Put, Record};
pub use request::RequestKey;
pub use schema::{Migration, Schema, Statements};
pub use turns::{Turn, Turns};
pub use tx::{Actor, Tx};
