//! Scheduling: hours, deviations, slots, appointments and queues.

#![forbid(unsafe_code)]

mod app;
mod deviations;
mod directory;
mod grpc;
mod housekeeping;
mod measure;
mod memory;
mod model;
mod records;
mod store;

use mpp_store::{Labels, Migration, Schema};

/// The service's database.
pub const SCHEMA: Schema = Schema {
    service: "scheduling",
    steps: &[Migration {
        version: 1,
        name: "upstream copy, slots, applicants, queue",
        sqlite: include_str!("sql/sqlite/0001_scheduling.sql"),
        postgres: include_str!("sql/postgres/0001_scheduling.sql"),
    }],
    history_kinds: &["hours_rule"],
};

/// What deviations, appointments and tickets are filed under.
fn labels(mall: &str, counter: &str, region: &str, date: &str) -> Labels {
    let pairs = [
        ("mall", mall),
        ("counter", counter),
        ("region", region),
        ("date", date),
    ];
    pairs
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}
