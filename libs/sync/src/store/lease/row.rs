//! The rows of `sync_lease`.

use mpp_api::sync::Checkpoint;
use mpp_core::Micros;
use sqlx::{Row as _, any::AnyRow};

use crate::{
    kind::Synced,
    model::{
        checkpoint::{Opened, SourceState},
        forms::Forms,
    },
};

/// A row of `sync_lease`.
#[derive(Debug)]
pub(super) struct LeaseRow {
    pub fencing: i64,
    pub session: String,
    pub holder: String,
    pub until: Micros,
    pub unique_ids: bool,
    pub accept_moves: bool,
    form: i64,
    others: String,
    /// The fencing token of the session that the other forms belong to.
    others_of: i64,
    client: i64,
    /// The fencing token of the session that the client belongs to.
    client_of: i64,
    /// An older program has written since the last sums.
    pub is_unsealed: bool,
    pub standing: SourceState,
}

/// The columns that [`read`] needs.
pub(super) const COLUMNS: &str =
    "fencing, session, holder, until, mapping_version, sequence, position, mark,
    mapped_after, heard, opened_mapping, opened_send_all, resumed_sequence, resumed_position,
    resumed_mark, began_at, unique_ids, accept_moves, form, forms, forms_of, unsealed,
    client, client_of";

impl LeaseRow {
    /// The client of its session; 0 where an older program has opened that.
    pub(super) fn client(&self) -> i64 {
        if self.client_of == self.fencing { self.client } else { 0 }
    }

    /// The forms in which the client of its session writes. An older program knows those of one
    /// kind only.
    pub(super) fn forms<D: Synced>(&self) -> Forms {
        let others = if self.others_of == self.fencing { self.others.as_str() } else { "" };
        Forms::read::<D>(others, self.form)
    }
}

pub(super) fn read(row: &AnyRow) -> sqlx::Result<LeaseRow> {
    Ok(LeaseRow {
        fencing: row.try_get("fencing")?,
        session: row.try_get("session")?,
        holder: row.try_get("holder")?,
        until: row.try_get("until")?,
        unique_ids: row.try_get::<i64, _>("unique_ids")? != 0,
        accept_moves: row.try_get::<i64, _>("accept_moves")? != 0,
        form: row.try_get("form")?,
        others: row.try_get("forms")?,
        others_of: row.try_get("forms_of")?,
        client: row.try_get("client")?,
        client_of: row.try_get("client_of")?,
        is_unsealed: row.try_get::<i64, _>("unsealed")? != 0,
        standing: standing(row)?,
    })
}

fn standing(row: &AnyRow) -> sqlx::Result<SourceState> {
    let checkpoint = |prefix: &str| -> sqlx::Result<Checkpoint> {
        let of = |column: &str| format!("{prefix}{column}");
        Ok(Checkpoint {
            sequence: row.try_get(of("sequence").as_str())?,
            position: row.try_get(of("position").as_str())?,
            mark: row.try_get(of("mark").as_str())?,
        })
    };
    Ok(SourceState {
        last: checkpoint("")?,
        mapping: row.try_get("mapping_version")?,
        mapped_after: row.try_get("mapped_after")?,
        heard: row.try_get("heard")?,
        opened: Opened {
            mapping: row.try_get("opened_mapping")?,
            resumed: checkpoint("resumed_")?,
            began_at: row.try_get("began_at")?,
            send_all: row.try_get::<i64, _>("opened_send_all")? != 0,
        },
    })
}
