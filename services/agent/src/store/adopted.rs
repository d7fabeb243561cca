//! The agent's beliefs about the registry's answers, and what replaces them after a comparison.

use std::collections::{BTreeMap, HashMap, HashSet};

use mpp_api::sync::{Checkpoint, Outcome, lone_item::Sender};
use mpp_core::Result;
use mpp_form::reconcile::AnswerState;
use serde_json::json;
use sqlx::{Row, SqliteConnection};

use super::{
    NO_DIGEST, Store, failed, forget_notes,
    own::{found, own_unanswered},
    store_checkpoint,
};
use crate::model::{difference::Digest, own::Senders};

/// Records of one statement.
const CHUNK: usize = 5_000;

/// How records stand at the registry, as far as the agent knows.
#[derive(Debug, Default)]
pub struct Beliefs {
    /// Ids of rejected records.
    rejected: HashSet<String>,
    /// The names under which the registry holds records, by id.
    held: BTreeMap<String, String>,
}

impl Beliefs {
    /// A record is believed to be taken unless it was rejected; if the registry disagrees, it is
    /// sent. So a record that waits, or was taken with a remark, is sent by each run, whether that
    /// compares or not, and is taken once it is allowed.
    pub fn standing(&self, id: &str, name: &str) -> AnswerState {
        if !self.rejected.contains(id) {
            return AnswerState::Taken;
        }
        AnswerState::Rejected(self.held.get(id).is_some_and(|known| known == name))
    }
}

/// A record that stands in the registry as it is in the source.
#[derive(Clone, Debug)]
pub struct Adopted {
    pub id: Box<str>,
    pub digest: Digest,
    /// The registry has rejected it; the reason that is stored here still holds.
    pub is_rejected: bool,
}

/// The outcome of a comparison.
#[derive(Debug, Default)]
pub struct Compared {
    pub confirmed: Vec<Adopted>,
    /// Records of the source that the registry holds, in whatever form, with their names.
    pub held: BTreeMap<String, String>,
    /// Who has sent those that the source does not have, as the registry knows it.
    pub sent_by: HashMap<String, Sender>,
}

impl Compared {
    /// Who has sent what, as far as the registry knows.
    pub fn senders(&self) -> Senders {
        let of = |sender| {
            let of_it = self.sent_by.iter().filter(|(_, one)| **one == sender);
            of_it.map(|(id, _)| id.clone()).collect()
        };
        Senders { alone: of(Sender::ThisAlone), others: of(Sender::Other) }
    }

    /// The ids that the registry holds.
    pub fn ids(&self) -> HashSet<String> {
        self.held.keys().cloned().collect()
    }
}

impl Store {
    /// The beliefs that follow from the stored answers.
    pub async fn beliefs(&self) -> Result<Beliefs> {
        // A record that has to be sent again has no digest: its answer was not final.
        let text = "SELECT source_id FROM answered WHERE outcome = ? AND digest <> ?"; // answered_said
        let rows = sqlx::query(text)
            .bind(i32::from(Outcome::Rejected))
            .bind(NO_DIGEST)
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        let rejected = rows.into_iter().map(|row| row.get(0)).collect();
        Ok(Beliefs { rejected, held: self.names().await? })
    }

    /// Begins a session that compares: stored answers stay until the comparison replaces them.
    pub async fn begin_comparing(&self, agreed: &Checkpoint) -> Result<()> {
        let mut tx = self.pool.begin().await.map_err(failed)?;
        sqlx::query("DELETE FROM unsent").execute(&mut *tx).await.map_err(failed)?;
        store_checkpoint(&mut tx, agreed).await?;
        tx.commit().await.map_err(failed)
    }

    /// Replaces all stored answers by the outcome of a comparison, with its checkpoint.
    pub async fn adopt(&self, compared: &Compared, checkpoint: &Checkpoint) -> Result<()> {
        let mut tx = self.pool.begin().await.map_err(failed)?;
        sqlx::query("UPDATE answered SET sequence = -1").execute(&mut *tx).await.map_err(failed)?;
        own_unanswered(&mut tx).await?;
        for chunk in compared.confirmed.chunks(CHUNK) {
            confirm(&mut tx, chunk, checkpoint.sequence).await?;
            let taken = chunk.iter().filter(|one| !one.is_rejected).map(|one| &*one.id);
            found(&mut tx, taken).await?;
        }
        for query in [
            "DELETE FROM answered WHERE sequence = -1", // answered_sequence
            "DELETE FROM remarked",
        ] {
            sqlx::query(query).execute(&mut *tx).await.map_err(failed)?;
        }
        hold_truly(&mut tx, &compared.held).await?;
        store_checkpoint(&mut tx, checkpoint).await?;
        forget_notes(&mut tx, &checkpoint.position).await?;
        tx.commit().await.map_err(failed)
    }

    /// Takes over which records the registry holds, and nothing else.
    pub async fn hold(&self, compared: &Compared) -> Result<()> {
        let mut tx = self.pool.begin().await.map_err(failed)?;
        hold_truly(&mut tx, &compared.held).await?;
        tx.commit().await.map_err(failed)
    }
}

/// Stores answers anew; a rejected record keeps the reason that was stored.
async fn confirm(tx: &mut SqliteConnection, all: &[Adopted], sequence: i64) -> Result<()> {
    let row = |one: &Adopted| {
        let outcome = if one.is_rejected { Outcome::Rejected } else { Outcome::Unchanged };
        json!([one.id, mpp_core::hex(&one.digest), i32::from(outcome)])
    };
    let rows = serde_json::Value::from(all.iter().map(row).collect::<Vec<_>>()).to_string();
    sqlx::query(
        "INSERT INTO answered
         SELECT value ->> 0, unhex(value ->> 1), ?1, value ->> 2, '', '', '' FROM json_each(?2) WHERE true
         ON CONFLICT (source_id) DO UPDATE SET digest = excluded.digest, sequence = excluded.sequence,
         outcome = excluded.outcome,
         field = iif(excluded.outcome = ?3, field, ''), code = iif(excluded.outcome = ?3, code, ''),
         message = iif(excluded.outcome = ?3, message, '')",
    )
    .bind(sequence)
    .bind(rows)
    .bind(i32::from(Outcome::Rejected))
    .execute(tx)
    .await
    .map(drop)
    .map_err(failed)
}

/// Replaces the held records; one that was reported as gone stays so, as long as it is held.
async fn hold_truly(tx: &mut SqliteConnection, held: &BTreeMap<String, String>) -> Result<()> {
    own_unanswered(tx).await?;
    let rows = json!(held).to_string();
    for query in [
        "DELETE FROM held WHERE source_id NOT IN (SELECT key FROM json_each(?))",
        "INSERT INTO held SELECT key, value, 0 FROM json_each(?) WHERE true
         ON CONFLICT (source_id) DO UPDATE SET name = excluded.name",
        "DELETE FROM may_hold WHERE ? <> ''",
    ] {
        sqlx::query(query).bind(&rows).execute(&mut *tx).await.map_err(failed)?;
    }
    Ok(())
}
