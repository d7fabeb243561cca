//! Federation, the registry's side of `mpp.sync.v1`.
//!
//! [`session`] is the protocol: one stream, one session, one batch in work at a time, so that
//! HTTP/2's flow control holds a fast client back. [`apply`] answers a batch.
//!
//! **Exactly once.** A batch's writes, its answers, its counts and the checkpoint are one
//! transaction, which first checks and locks the session's lease. So there is no state in which a
//! record was written and not counted, and a session that was shut out writes nothing, however
//! late its transaction comes.
//!
//! **Not done with savepoints.** One savepoint for each record would find a bad one, and cost a
//! round trip each. Records are validated before SQL; one that the database then still refuses is
//! found by halving the batch, in transactions that are rolled back, and is answered alone.

pub mod apply;
pub mod plan;
pub mod session;
