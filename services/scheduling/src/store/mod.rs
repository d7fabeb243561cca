//! SQL, one text for both databases, and the name under which the service itself writes.

pub mod booking;
pub mod erase;
pub mod kept;
pub mod queue;
pub mod upstream;

use mpp_api::{Document as _, scheduling::HoursRule, sync::Source};
use mpp_store::{Actor, Migration, Schema, Statements};

/// The service's database.
pub const SCHEMA: Schema = Schema {
    service: "scheduling",
    steps: &[
        Migration {
            version: 1,
            name: "upstream copy, slots, applicants, queue",
            statements: Statements::Both(include_str!("../sql/0001_scheduling.sql")),
        },
        Migration {
            version: 2,
            name: "who waits, for metrics",
            statements: Statements::Both(include_str!("../sql/0002_waiting.sql")),
        },
        Migration {
            version: 3,
            name: "proof of each copied record",
            statements: Statements::Both(include_str!("../sql/0003_proof.sql")),
        },
        Migration {
            version: 4,
            name: "seal of each slot",
            statements: Statements::Both(include_str!("../sql/0004_seal.sql")),
        },
        Migration {
            version: 5,
            name: "what is of a mall",
            statements: Statements::Each {
                sqlite: include_str!("../sql/sqlite/0005_malls.sql"),
                postgres: include_str!("../sql/postgres/0005_malls.sql"),
            },
        },
        // One step for everything that the engine had by the time scheduling took it on: each later
        // step of the engine is a step here, too.
        Migration {
            version: 6,
            name: "federation",
            statements: Statements::All(mpp_sync::STEPS.split_at(16).0),
        },
        Migration {
            version: 7,
            name: "kinds of federation",
            statements: Statements::All(mpp_sync::STEPS.split_at(17).0.split_at(16).1),
        },
        Migration {
            version: 8,
            name: "clients of federation",
            statements: Statements::All(mpp_sync::STEPS.split_at(18).0.split_at(17).1),
        },
        Migration {
            version: 9,
            name: "moves of redrives",
            statements: Statements::All(mpp_sync::STEPS.split_at(19).0.split_at(18).1),
        },
        Migration {
            version: 10,
            name: "states of federation's clients",
            statements: Statements::All(mpp_sync::STEPS.split_at(20).0.split_at(19).1),
        },
        Migration {
            version: 11,
            name: "senders of federation",
            statements: Statements::All(mpp_sync::STEPS.split_at(21).0.split_at(20).1),
        },
    ],
    history_kinds: &[HoursRule::KIND, Source::KIND],
    standing_kinds: &[Source::KIND],
};

// If a step of the engine were missing above, nothing would notice before its first use.
const _: () = assert!(mpp_sync::STEPS.len() == 21, "add the engine's step to the schema");

/// The service itself, which writes what follows from a feed or from the clock.
pub fn own_name() -> Actor {
    Actor::new("feed", "services/scheduling")
}
