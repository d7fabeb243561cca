//! The gRPC services.

mod report;

pub use report::Reports;
