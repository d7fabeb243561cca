//! Use cases: a run, the sessions that it needs, and a trial of a mapping.

pub mod check;
mod comparison;
pub mod plan;
pub mod propose;
pub mod returned;
pub mod run;
mod sent;
mod session;
mod spool;
pub mod template;
pub mod upload;
