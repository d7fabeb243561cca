//! The inbox and the projections in the database: SQL only.

mod books;
mod catalog_change;
mod feed_state;
mod inbox;
mod news;
mod projection;
mod proof;
mod sound;

use mpp_core::Result;
use mpp_store::{Migration, Schema, Statements, db_error};
use sqlx::{Row as _, any::AnyRow};

pub use books::{TABLES, close_gaps, disagreements, lost_events};
pub use catalog_change::change_names;
pub use feed_state::{Reached, note_feed, save_feed};
pub use inbox::{
    Head, drop_held, drop_repeated, events_after, held, insert_events, living, lock_head, set_head,
    versions,
};
pub use news::{form, inbox_head, news};
pub use projection::{load_rows, remark, replace_rows, rows_after, save_rows, there};
pub use proof::{accept_altered, received, set_deletions_right};
pub use sound::inboxes_are_sound;

/// The service's track of migrations.
pub const SCHEMA: Schema = Schema {
    service: "reporting",
    steps: &[
        Migration {
            version: 1,
            name: "inbox",
            statements: Statements::Both(include_str!("../sql/0001_inbox.sql")),
        },
        Migration {
            version: 2,
            name: "marks",
            statements: Statements::Each {
                sqlite: include_str!("../sql/sqlite/0002_marks.sql"),
                postgres: include_str!("../sql/postgres/0002_marks.sql"),
            },
        },
        Migration {
            version: 3,
            name: "form",
            statements: Statements::Both(include_str!("../sql/0003_form.sql")),
        },
        Migration {
            version: 4,
            name: "beats",
            statements: Statements::Both(include_str!("../sql/0004_beats.sql")),
        },
        Migration {
            version: 5,
            name: "proof of each event",
            statements: Statements::Both(include_str!("../sql/0005_proof.sql")),
        },
        Migration {
            version: 6,
            name: "proof of the head",
            statements: Statements::Both(include_str!("../sql/0006_head.sql")),
        },
    ],
    history_kinds: &[],
    standing_kinds: &[],
};

/// The writer that the database notes.
pub const SUBJECT: &str = "services/reporting";

/// Rows in one page of a table that is read whole.
const PAGE: i64 = 1_000;

fn get<'r, T>(row: &'r AnyRow, column: &str) -> Result<T>
where
    T: sqlx::Decode<'r, sqlx::Any> + sqlx::Type<sqlx::Any>,
{
    row.try_get(column).map_err(db_error)
}
