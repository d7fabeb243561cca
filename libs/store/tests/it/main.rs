//! Stories of the store, told on both databases. `MPP_TEST_SCALE` makes the random ones larger.
#![allow(clippy::unwrap_used)]

mod altered;
mod backup;
mod beneath;
mod books;
mod classes;
mod cluster;
mod faults;
mod fed;
mod follower;
mod forms;
mod gone;
mod history;
mod kit;
mod migrations;
mod order;
mod owner;
mod portions;
mod records;
mod requests;
mod restore;
mod slow;
mod unsealed;
mod versions;
mod wal;
mod watch;
