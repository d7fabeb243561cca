//! reporting
#![forbid(unsafe_code)]
pub mod memory;
pub mod model;
pub mod page;
