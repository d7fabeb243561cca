//! Records that are held back because they look like trials, and those that a person has released.

use std::collections::BTreeMap;

use mpp_core::{Error, FieldCode, Result};
use sqlx::Row;

use super::{Store, failed};
use crate::source::HeldBack;

impl Store {
    /// Keeps the list of records that the last run held back, in place of the one before.
    ///
    /// # Errors
    /// The state cannot be written.
    pub async fn hold_back(&self, all: &[HeldBack]) -> Result<()> {
        let mut tx = self.pool.begin().await.map_err(failed)?;
        sqlx::query("DELETE FROM held_back").execute(&mut *tx).await.map_err(failed)?;
        for one in all {
            sqlx::query("INSERT OR IGNORE INTO held_back VALUES (?, ?)")
                .bind(&one.id)
                .bind(&one.title)
                .execute(&mut *tx)
                .await
                .map_err(failed)?;
        }
        tx.commit().await.map_err(failed)
    }

    /// The titles of the rows that are held back, by id.
    ///
    /// # Errors
    /// The state cannot be read.
    pub async fn held_back(&self) -> Result<BTreeMap<String, String>> {
        self.titles("SELECT source_id, title FROM held_back").await
    }

    /// The titles of the rows that a person has released, by id.
    ///
    /// # Errors
    /// The state cannot be read.
    pub async fn released(&self) -> Result<BTreeMap<String, String>> {
        self.titles("SELECT source_id, title FROM released").await
    }

    /// Releases records that are held back: the next run sends them. Answers their titles.
    ///
    /// # Errors
    /// Names the first id that is not held back, and those that are; nothing is then released.
    pub async fn release(&self, ids: &[String]) -> Result<Vec<String>> {
        let held = self.held_back().await?;
        let mut titles = Vec::new();
        for id in ids {
            let title = held.get(id).ok_or_else(|| not_held(id, &held))?;
            titles.push(title.clone());
        }
        let mut tx = self.pool.begin().await.map_err(failed)?;
        for (id, title) in ids.iter().zip(&titles) {
            sqlx::query("INSERT OR REPLACE INTO released VALUES (?, ?)")
                .bind(id)
                .bind(title)
                .execute(&mut *tx)
                .await
                .map_err(failed)?;
        }
        tx.commit().await.map_err(failed)?;
        Ok(titles)
    }

    /// Takes releases back: the next run holds those records back again.
    ///
    /// # Errors
    /// Names the first id that is not released; nothing is then taken back.
    pub async fn take_back(&self, ids: &[String]) -> Result<Vec<String>> {
        let released = self.released().await?;
        if let Some(id) = ids.iter().find(|id| !released.contains_key(*id)) {
            let text = format!("{id} is not released, so there is nothing to take back");
            return Err(Error::field("ids", FieldCode::NotFound, text));
        }
        let mut tx = self.pool.begin().await.map_err(failed)?;
        for id in ids {
            sqlx::query("DELETE FROM released WHERE source_id = ?")
                .bind(id)
                .execute(&mut *tx)
                .await
                .map_err(failed)?;
        }
        tx.commit().await.map_err(failed)?;
        Ok(ids.iter().filter_map(|id| released.get(id).cloned()).collect())
    }

    async fn titles(&self, query: &'static str) -> Result<BTreeMap<String, String>> {
        let rows = sqlx::query(query).fetch_all(&self.pool).await.map_err(failed)?;
        Ok(rows.into_iter().map(|row| (row.get(0), row.get(1))).collect())
    }
}

/// Ids that a message names.
const NAMED: usize = 10;

fn not_held(id: &str, held: &BTreeMap<String, String>) -> Error {
    let ids: Vec<&str> = held.keys().take(NAMED).map(String::as_str).collect();
    let others = match ids.as_slice() {
        [] => "the last run held nothing back".to_owned(),
        ids if held.len() > NAMED => format!("held back are {} and others", ids.join(", ")),
        ids => format!("held back are {}", ids.join(", ")),
    };
    let text = format!("{id} is not held back: {others}; mpp agent problems lists them");
    Error::field("ids", FieldCode::NotFound, text)
}
