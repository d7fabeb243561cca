//! `WatchReport`: the changes between two reports, and how a client applies them.
//!
//! [`difference`] and [`apply`] are each other's inverse. Server and client use the same list of
//! sections, so that a client's report cannot drift from the server's.

use std::{
    borrow::Cow,
    cmp::Ordering,
    collections::{BTreeMap, HashSet},
};

use bytes::Bytes;
use prost::{DecodeError, Message as _};

use crate::reporting::{
    CatalogChange, DeviationReport, MallReport, ProvinceReport, PublishedCount, RegionReport,
    Report, ReportChange, SourceReport, report_change::Removed,
};

/// `mpp.reporting.v1.WatchReportResponse` over shared bytes, so that a message is encoded once
/// however many listeners get it.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct WatchReportResponse {
    /// The message's content, still encoded.
    #[prost(oneof = "Kind", tags = "1, 2")]
    pub kind: Option<Kind>,
}

/// The encoded message within a [`WatchReportResponse`].
#[derive(Clone, PartialEq, Eq, Hash, prost::Oneof)]
pub enum Kind {
    /// A whole [`Report`].
    #[prost(bytes = "bytes", tag = "1")]
    Report(Bytes),
    /// What changed since the message before: a [`ReportChange`].
    #[prost(bytes = "bytes", tag = "2")]
    Change(Bytes),
}

impl WatchReportResponse {
    /// A message with the whole report.
    pub fn whole(report: &Report) -> Self {
        Self { kind: Some(Kind::Report(report.encode_to_vec().into())) }
    }

    /// A message with changes.
    pub fn change(change: &ReportChange) -> Self {
        Self { kind: Some(Kind::Change(change.encode_to_vec().into())) }
    }

    /// Applies this to a client's report; a new client starts with an empty one.
    ///
    /// # Errors
    /// The bytes are no message of the contract; `held` is then as it was.
    pub fn apply_to(self, held: &mut Report) -> Result<(), DecodeError> {
        match self.kind {
            Some(Kind::Report(bytes)) => *held = Report::decode(bytes)?,
            Some(Kind::Change(bytes)) => apply(held, ReportChange::decode(bytes)?),
            None => {}
        }
        Ok(())
    }
}

/// The changes from one report to the next. Their lists are in the order of the contract.
pub fn difference(before: &Report, after: &Report) -> ReportChange {
    let mut removed = Removed::default();
    let report = Report {
        provinces: changed(&before.provinces, &after.provinces, &mut removed.provinces),
        regions: changed(&before.regions, &after.regions, &mut removed.regions),
        malls: changed(&before.malls, &after.malls, &mut removed.malls),
        sources: changed(&before.sources, &after.sources, &mut removed.sources),
        changes: changed(&before.changes, &after.changes, &mut removed.changes),
        deviations: changed(&before.deviations, &after.deviations, &mut removed.deviations),
        published: changed(&before.published, &after.published, &mut removed.published),
        ..head(after)
    };
    ReportChange { report: Some(report), removed: Some(removed) }
}

/// Turns the earlier report into the later one.
pub fn apply(held: &mut Report, change: ReportChange) {
    let mut after = change.report.unwrap_or_default();
    let removed = change.removed.unwrap_or_default();
    let before = std::mem::take(held);
    merge(&mut after.provinces, before.provinces, removed.provinces);
    merge(&mut after.regions, before.regions, removed.regions);
    merge(&mut after.malls, before.malls, removed.malls);
    merge(&mut after.sources, before.sources, removed.sources);
    merge(&mut after.changes, before.changes, removed.changes);
    merge(&mut after.deviations, before.deviations, removed.deviations);
    merge(&mut after.published, before.published, removed.published);
    *held = after;
}

/// A report without the rows that are sent only where they changed.
pub fn head(report: &Report) -> Report {
    // Every field by its name, so that a new one does not compile before it has its place here.
    Report {
        as_of: report.as_of.clone(),
        known_on: report.known_on,
        coverage_autonomous: report.coverage_autonomous.clone(),
        coverage_all: report.coverage_all.clone(),
        stages: report.stages.clone(),
        provinces: Vec::new(),
        malls: Vec::new(),
        uniformity: report.uniformity.clone(),
        sources: Vec::new(),
        changes: Vec::new(),
        deviations: Vec::new(),
        tickets_completed_today: report.tickets_completed_today,
        freshness: report.freshness.clone(),
        complete: report.complete,
        incomplete_reason: report.incomplete_reason.clone(),
        counters_with_findings: report.counters_with_findings,
        counters_shown: report.counters_shown,
        findings_left_out: report.findings_left_out,
        changes_total: report.changes_total,
        regions: Vec::new(),
        published: Vec::new(),
        extent: report.extent.clone(),
        sample_data: report.sample_data,
    }
}

/// A row of a section that is sent by its changes. Rows of one name stand together.
pub trait ReportRow: Clone + PartialEq {
    /// Its name in the contract's `ReportChange.Removed`.
    fn name(&self) -> Cow<'_, str>;

    /// The order within the section.
    fn order(&self, other: &Self) -> Ordering;
}

/// The rows of every name that has other rows than before; notes the names that are gone.
fn changed<R: ReportRow>(before: &[R], after: &[R], removed: &mut Vec<String>) -> Vec<R> {
    let (held, now) = (by_name(before), by_name(after));
    let gone = held.keys().filter(|name| !now.contains_key(*name));
    removed.extend(gone.map(|name| name.clone().into_owned()));
    groups(after)
        .filter(|rows| held.get(&rows[0].name()) != Some(rows))
        .flatten()
        .cloned()
        .collect()
}

fn by_name<R: ReportRow>(rows: &[R]) -> BTreeMap<Cow<'_, str>, &[R]> {
    groups(rows).map(|rows| (rows[0].name(), rows)).collect()
}

/// Never an empty one.
fn groups<R: ReportRow>(rows: &[R]) -> impl Iterator<Item = &[R]> {
    rows.chunk_by(|row, next| row.name() == next.name())
}

/// Adds to the rows that changed those that did not.
fn merge<R: ReportRow>(rows: &mut Vec<R>, before: Vec<R>, removed: Vec<String>) {
    let mut gone: HashSet<String> = removed.into_iter().collect();
    gone.extend(rows.iter().map(|row| row.name().into_owned()));
    rows.extend(before.into_iter().filter(|row| !gone.contains(row.name().as_ref())));
    // Stable: rows of one name keep the order in which they were sent.
    rows.sort_by(R::order);
}

impl ReportRow for ProvinceReport {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.region)
    }

    fn order(&self, other: &Self) -> Ordering {
        self.region.cmp(&other.region)
    }
}

impl ReportRow for RegionReport {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.region)
    }

    fn order(&self, other: &Self) -> Ordering {
        self.region.cmp(&other.region)
    }
}

impl ReportRow for MallReport {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.mall)
    }

    fn order(&self, other: &Self) -> Ordering {
        (&self.region, &self.mall).cmp(&(&other.region, &other.mall))
    }
}

impl ReportRow for SourceReport {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.source)
    }

    fn order(&self, other: &Self) -> Ordering {
        self.source.cmp(&other.source)
    }
}

impl ReportRow for CatalogChange {
    fn name(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{} {}", self.revision, self.service))
    }

    /// The newest change comes first.
    fn order(&self, other: &Self) -> Ordering {
        let key = |row: &Self| (row.time.map(moment), row.revision);
        key(other).cmp(&key(self)).then_with(|| self.service.cmp(&other.service))
    }
}

impl ReportRow for DeviationReport {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.counter)
    }

    /// Counters that differ from their mall or from the nation come first, the newest of them
    /// first.
    fn order(&self, other: &Self) -> Ordering {
        let newest_first = || other.known_time.map(moment).cmp(&self.known_time.map(moment));
        self.uniform
            .cmp(&other.uniform)
            .then_with(newest_first)
            .then_with(|| self.counter.cmp(&other.counter))
    }
}

impl ReportRow for PublishedCount {
    fn name(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{} {}", self.date, self.publisher))
    }

    fn order(&self, other: &Self) -> Ordering {
        (&self.date, &self.publisher).cmp(&(&other.date, &other.publisher))
    }
}

/// A timestamp that can be compared.
fn moment(time: prost_types::Timestamp) -> (i64, i32) {
    (time.seconds, time.nanos)
}

#[cfg(test)]
mod tests;
