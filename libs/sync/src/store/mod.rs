//! SQL: federation's tables, beside the records of the service that has them.

mod answered;
pub mod batches;
pub mod books;
pub mod client_states;
pub mod clients;
pub mod contested;
pub mod digests;
pub mod lease;
pub mod made;
pub mod own;
pub mod rejected;
mod seal;
pub mod touched;
pub mod undone;
pub mod waiting;

use mpp_store::{Migration, Statements};

/// The steps to federation's tables.
pub const STEPS: &[Migration] = &[
    Migration {
        version: 1,
        name: "sync",
        statements: Statements::Both(include_str!("../sql/0001_sync.sql")),
    },
    Migration {
        version: 2,
        name: "totals",
        statements: Statements::Each {
            sqlite: include_str!("../sql/sqlite/0002_totals.sql"),
            postgres: include_str!("../sql/postgres/0002_totals.sql"),
        },
    },
    Migration {
        version: 3,
        name: "unread",
        statements: Statements::Both(include_str!("../sql/0003_unread.sql")),
    },
    Migration {
        version: 4,
        name: "sending",
        statements: Statements::Both(include_str!("../sql/0004_sending.sql")),
    },
    Migration {
        version: 5,
        name: "unique ids",
        statements: Statements::Both(include_str!("../sql/0005_unique_ids.sql")),
    },
    Migration {
        version: 6,
        name: "moves",
        statements: Statements::Both(include_str!("../sql/0006_moves.sql")),
    },
    Migration {
        version: 7,
        name: "rejected",
        statements: Statements::Both(include_str!("../sql/0007_rejected.sql")),
    },
    Migration {
        version: 8,
        name: "marks",
        statements: Statements::Both(include_str!("../sql/0008_marks.sql")),
    },
    Migration {
        version: 9,
        name: "forms",
        statements: Statements::Both(include_str!("../sql/0009_forms.sql")),
    },
    Migration {
        version: 10,
        name: "waiting",
        statements: Statements::Both(include_str!("../sql/0010_waiting.sql")),
    },
    Migration {
        version: 11,
        name: "quarantine",
        statements: Statements::Both(include_str!("../sql/0011_quarantine.sql")),
    },
    Migration {
        version: 12,
        name: "redriven",
        statements: Statements::Both(include_str!("../sql/0012_redriven.sql")),
    },
    Migration {
        version: 13,
        name: "reconcile",
        statements: Statements::Each {
            sqlite: include_str!("../sql/sqlite/0013_reconcile.sql"),
            postgres: include_str!("../sql/postgres/0013_reconcile.sql"),
        },
    },
    Migration {
        version: 14,
        name: "seals",
        statements: Statements::Both(include_str!("../sql/0014_seals.sql")),
    },
    Migration {
        version: 15,
        name: "older programs",
        statements: Statements::Each {
            sqlite: include_str!("../sql/sqlite/0015_older.sql"),
            postgres: include_str!("../sql/postgres/0015_older.sql"),
        },
    },
    Migration {
        version: 16,
        name: "undone",
        statements: Statements::Both(include_str!("../sql/0016_undone.sql")),
    },
    Migration {
        version: 17,
        name: "kinds",
        statements: Statements::Both(include_str!("../sql/0017_kinds.sql")),
    },
    Migration {
        version: 18,
        name: "clients",
        statements: Statements::Both(include_str!("../sql/0018_clients.sql")),
    },
    Migration {
        version: 19,
        name: "moves of redrives",
        statements: Statements::Both(include_str!("../sql/0019_redrive_moved.sql")),
    },
    Migration {
        version: 20,
        name: "states of clients",
        statements: Statements::Both(include_str!("../sql/0020_client_states.sql")),
    },
    Migration {
        version: 21,
        name: "senders",
        statements: Statements::Both(include_str!("../sql/0021_senders.sql")),
    },
];
