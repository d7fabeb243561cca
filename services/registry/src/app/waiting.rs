//! Records that wait: looked at, listed and measured.

use std::{
    collections::BTreeMap,
    sync::{Arc, RwLock},
};

use mpp_api::{registry::Service, sync::Source};
use mpp_core::{Error, Micros, Result};
use mpp_resource::page::PageRequest;
use mpp_store::Label;
use mpp_telemetry::Point;

use super::{Registry, filing::parent_of};
use crate::{
    model::{quarantine::Sight, source::check_unit},
    store::waiting::{self, Cause, Waiting},
};

/// The causes that records of all sources waited for when a replica last looked. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct LastLook(Arc<RwLock<Arc<Vec<Cause>>>>);

impl LastLook {
    /// Puts the causes of a newer look in place of the last one's.
    pub fn replace(&self, causes: Arc<Vec<Cause>>) {
        if let Ok(mut last) = self.0.write() {
            *last = causes;
        }
    }

    fn causes(&self) -> Arc<Vec<Cause>> {
        self.0.read().map(|last| Arc::clone(&last)).unwrap_or_default()
    }

    /// How many records of each source wait, or were rejected since, by reason.
    pub fn counts(&self) -> Vec<Point> {
        let mut counts: BTreeMap<[String; 3], i64> = BTreeMap::new();
        for cause in self.causes().iter() {
            let state = if cause.refused { "rejected" } else { "waiting" };
            let key = [cause.source.clone(), cause.code.clone(), state.to_owned()];
            *counts.entry(key).or_default() += cause.records;
        }
        counts.into_iter().map(|(key, count)| (key.to_vec(), count as f64)).collect()
    }

    /// How long the oldest waiting record of each source has waited, in seconds.
    pub fn ages(&self, now: Micros) -> Vec<Point> {
        let mut oldest: BTreeMap<String, Micros> = BTreeMap::new();
        for cause in self.causes().iter().filter(|cause| !cause.refused) {
            let own = oldest.entry(cause.source.clone()).or_insert(cause.oldest);
            *own = cause.oldest.min(*own);
        }
        let age = |since: Micros| now.saturating_sub(since).max(0) as f64 / 1e6;
        oldest.into_iter().map(|(source, since)| (vec![source], age(since))).collect()
    }
}

/// A page of records that wait.
#[derive(Debug, Default)]
pub struct WaitingPage {
    /// Its records.
    pub records: Vec<Waiting>,
    /// The source and name after which the next page begins; `None` on the last.
    pub next: Option<String>,
    /// The causes, over all pages; those of most records first.
    pub causes: Vec<Cause>,
}

impl WaitingPage {
    /// Records that wait or were refused since, over all pages.
    pub fn total(&self) -> i64 {
        self.causes.iter().map(|cause| cause.records).sum()
    }

    /// Those of them that were refused.
    pub fn refused(&self) -> i64 {
        let refused = self.causes.iter().filter(|cause| cause.refused);
        refused.map(|cause| cause.records).sum()
    }

    /// What has been waited for longest.
    pub fn oldest(&self) -> Option<&Cause> {
        let waits = self.causes.iter().filter(|cause| !cause.refused);
        waits.min_by_key(|cause| cause.oldest)
    }
}

impl Registry {
    /// The state of a unit or service that records of a source wait for, in this replica's memory.
    pub fn sight(&self, source: &str, awaited: &str) -> Sight {
        let state = self.memory.read();
        let owner = state.records.row::<Service>(awaited).map(|row| row.label(Label::Source));
        let unit = if awaited.contains("/services/") { parent_of(awaited) } else { awaited };
        let lineage = state.lineage(unit);
        let source_doc = state.records.get::<Source>(source).map(|found| found.doc);
        let may_write = source_doc.is_some_and(|doc| {
            lineage.is_some() && check_unit(&doc, unit, lineage.as_ref()).is_ok()
        });
        Sight {
            unit_exists: lineage.is_some(),
            may_write,
            is_foreign: owner.is_some_and(|owner| owner != source),
        }
    }

    /// The records that wait, of one source or, if that is empty, of all.
    ///
    /// # Errors
    /// `NOT_FOUND` for a source that does not exist; `UNAVAILABLE` when the database is away.
    pub async fn waiting(
        &self,
        source: &str,
        code: &str,
        page: &PageRequest,
    ) -> Result<WaitingPage> {
        if !source.is_empty() && self.memory.read().records.row::<Source>(source).is_none() {
            return Err(Error::not_found(source));
        }
        let after = page.after.split_once(' ').unwrap_or_default();
        let mut db = self.db.read().await?;
        let mut records =
            waiting::page(db.conn(), source, code, after, page.size.saturating_add(1)).await?;
        let mut causes = waiting::causes(db.conn(), source).await?;
        db.end().await?;
        causes.retain(|cause| code.is_empty() || cause.code == code);
        causes.sort_by_key(|cause| std::cmp::Reverse(cause.records));
        let has_more = records.len() > page.size;
        records.truncate(page.size);
        let last = records.last().map(|last| format!("{} {}", last.source, last.name));
        Ok(WaitingPage { next: last.filter(|_| has_more), records, causes })
    }
}
