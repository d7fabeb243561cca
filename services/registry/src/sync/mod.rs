//! Federation, the registry's side of `mpp.sync.v1`.
//!
//! A [`session`] is opened, answers batches and ends. Two ways lead in: [`stream`] is one stream,
//! which holds a fast client back by HTTP/2's flow control; [`push`] is a call for each step, for
//! clients behind a gateway. Both do the same with the same session, one batch at a time;
//! [`apply`] answers a batch, whose records [`write`] writes.
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
//! **Not done with savepoints.** One savepoint for each record would find a bad one, and cost a
//! round trip each. Records are validated before SQL; one that the database then still refuses is
//! found by halving the batch, in transactions that are rolled back, and is answered alone.

pub mod apply;
mod before;
pub mod ending;
pub mod look;
mod moves;
pub mod plan;
mod preview;
pub mod push;
mod quarantine;
pub mod reconcile;
pub mod redrive;
mod remarks;
pub mod sealed;
mod sent;
pub mod session;
pub mod settle;
pub mod stream;
mod write;
