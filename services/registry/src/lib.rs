//! The registry: the shared index of Indonesia's public service malls.
#![forbid(unsafe_code)]

pub mod search;
