//! reporting
#![forbid(unsafe_code)]
pub mod copy;
pub mod grpc;
pub mod memory;
pub mod model;
pub mod page;
pub mod replica;
pub mod store;
