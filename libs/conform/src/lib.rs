//! Checks whether a server, or a client, of `mpp.sync.v1` does what the contract says, by vectors
//! that are data: `proto/conformance/sync`.
//!
//! ```text
//! server    plays the vectors of server.json against a server, as a client
//! client    plays those of client.json against a client, as a server that acts as they say
//! fill      puts the values of a run into a vector, and keeps what is answered
//! compare   whether an answer is as a vector expects it
//! reckon    what the contract has a client work out: keys, digests, fingerprints
//! sized     batches as large as a server allows
//! ```
//! **Nothing of our own server or agent is used here**, except the generated messages: what the
//! contract says was written down a second time, so that a fault of theirs is not taken for the
//! rule. `tests/e2e/conform.rs` plays both files against both.
//!
//! Rejected: *vectors as Rust tests*, which no author of a client in another language runs;
//! *recorded bytes*, since sessions, marks and tokens are drawn anew in each run.

#![forbid(unsafe_code)]

pub mod client;
mod compare;
mod fill;
mod reckon;
pub mod server;
mod sized;

use std::fmt;

/// The outcome of a vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The vector's name: the rule in plain words.
    pub name: String,
    /// Why it failed: what was expected and what came; empty if it passed.
    pub faults: Vec<String>,
}

impl Verdict {
    /// True if nothing is wrong.
    pub fn passed(&self) -> bool {
        self.faults.is_empty()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", if self.passed() { "passed" } else { "FAILED" }, self.name)?;
        self.faults.iter().try_for_each(|fault| write!(out, "\n    {fault}"))
    }
}
