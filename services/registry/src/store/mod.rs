//! The registry's database: its records, and federation's tables.

use mpp_api::{Document as _, sync::Source};
use mpp_store::{Actor, Schema};

use crate::model;

/// The registry as the author of its own writes.
pub fn own_name() -> Actor {
    Actor::new(SCHEMA.service, SCHEMA.service)
}

/// The registry's tables: those of federation, beside the records.
pub const SCHEMA: Schema = Schema {
    service: "registry",
    steps: mpp_sync::STEPS,
    history_kinds: model::KINDS,
    standing_kinds: &[Source::KIND],
};
