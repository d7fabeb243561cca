//! The schema of a database: its steps on two tracks, this crate's own and the service's.

use std::borrow::Cow;

use crate::dialect::Engine;

/// One additive step of a schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Counts from 1 without gaps.
    pub version: i64,
    /// Names the addition, such as `slots`.
    pub name: &'static str,
    /// How it is added.
    pub statements: Statements,
}

/// The statements of a step. Columns are `bigint`, `text`, `bytea` (on SQLite `blob`) and `double
/// precision` only: the driver that serves both databases reads no others (no `boolean`).
#[derive(Clone, Copy, Debug)]
pub enum Statements {
    /// One text for both databases; SQLite reads `bytea` as `blob`, and compares every text by its
    /// bytes, as `collate "C"` says on PostgreSQL.
    Both(&'static str),
    /// Two texts, for statements that only one of the databases knows, such as a trigger.
    Each {
        /// The statements for SQLite.
        sqlite: &'static str,
        /// The statements for PostgreSQL.
        postgres: &'static str,
    },
    /// The steps of a library together, for a service that takes on the library's tables later than
    /// others did.
    All(&'static [Migration]),
}

impl Statements {
    /// The statements for SQLite, before words that it writes differently are replaced.
    pub(crate) fn sqlite(self) -> Vec<&'static str> {
        match self {
            Statements::Both(text) | Statements::Each { sqlite: text, .. } => vec![text],
            Statements::All(all) => all.iter().flat_map(|one| one.statements.sqlite()).collect(),
        }
    }

    pub(crate) fn on(self, engine: Engine) -> Cow<'static, str> {
        match (self, engine) {
            (Statements::Both(text), Engine::Sqlite) => {
                text.replace(" bytea", " blob").replace(" collate \"C\"", "").into()
            }
            (Statements::Both(text), Engine::Postgres) => text.into(),
            (Statements::Each { sqlite, .. }, Engine::Sqlite) => sqlite.into(),
            (Statements::Each { postgres, .. }, Engine::Postgres) => postgres.into(),
            (Statements::All(all), _) => {
                let texts: Vec<_> = all.iter().map(|one| one.statements.on(engine)).collect();
                texts.join("\n").into()
            }
        }
    }
}

/// The tables of a service's database, and how long its kinds of record are kept.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// Name of the service's track, such as `registry`.
    pub service: &'static str,
    /// Its steps in order.
    pub steps: &'static [Migration],
    /// Kinds of record whose every version stays readable below the feed's floor.
    pub history_kinds: &'static [&'static str],
    /// Those of them whose record a sync session writes when it ends: that version is kept only if
    /// the session has changed anything else, or somebody has changed the record after it.
    pub standing_kinds: &'static [&'static str],
}

/// The steps of this crate.
pub(crate) const STORE: &[Migration] = &[
    Migration {
        version: 1,
        name: "records",
        statements: Statements::Each {
            sqlite: include_str!("sql/sqlite/0001_records.sql"),
            postgres: include_str!("sql/postgres/0001_records.sql"),
        },
    },
    Migration {
        version: 2,
        name: "marks",
        statements: Statements::Each {
            sqlite: include_str!("sql/sqlite/0002_marks.sql"),
            postgres: include_str!("sql/postgres/0002_marks.sql"),
        },
    },
    Migration {
        version: 3,
        name: "forms",
        statements: Statements::Each {
            sqlite: include_str!("sql/sqlite/0003_forms.sql"),
            postgres: include_str!("sql/postgres/0003_forms.sql"),
        },
    },
    Migration {
        version: 4,
        name: "digests",
        statements: Statements::Each {
            sqlite: include_str!("sql/sqlite/0004_digests.sql"),
            postgres: include_str!("sql/postgres/0004_digests.sql"),
        },
    },
    Migration {
        version: 5,
        name: "proofs",
        statements: Statements::Both(include_str!("sql/0005_proofs.sql")),
    },
    Migration {
        version: 6,
        name: "seals",
        statements: Statements::Each {
            sqlite: include_str!("sql/sqlite/0006_seals.sql"),
            postgres: include_str!("sql/postgres/0006_seals.sql"),
        },
    },
    Migration {
        version: 7,
        name: "names",
        statements: Statements::Each {
            sqlite: include_str!("sql/sqlite/0007_names.sql"),
            postgres: include_str!("sql/postgres/0007_names.sql"),
        },
    },
    Migration {
        version: 8,
        name: "sessions",
        statements: Statements::Each {
            sqlite: include_str!("sql/sqlite/0008_sessions.sql"),
            postgres: include_str!("sql/postgres/0008_sessions.sql"),
        },
    },
];
