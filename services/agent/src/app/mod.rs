//! Use cases: a run, the sessions that it needs, a preview of it, and a trial of a mapping.

pub mod check;
mod comparison;
pub mod plan;
pub mod preview;
pub mod propose;
pub mod returned;
pub mod run;
mod sent;
mod session;
mod spool;
mod survey;
pub mod template;
pub mod upload;
