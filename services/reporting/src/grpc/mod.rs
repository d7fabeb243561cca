//! The wire.

mod report;

pub use report::Reports;
