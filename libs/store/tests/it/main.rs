//! Stories of the store, told on both databases.
#![allow(clippy::unwrap_used)]

mod kit;
mod records;
