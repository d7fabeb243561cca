//! A report as a function of the nation, the day asked for, what was known, and the time.
//!
//! The report is the contract's own message: a second type beside it would say the same twice.

use std::{cell::Cell, collections::BTreeMap};

use jiff::civil::Date;
use mpp_api::{
    report::ReportRow as _,
    reporting::{CatalogChange, Freshness, MallReport, Report, Share, SourceReport, StageCount},
    types::LocalizedText,
};
use mpp_calendar::{Zone, local_date};
use mpp_core::{Error, Micros, Result, as_told, unit_of};

use super::{
    catalog_change::catalog_change,
    coverage::{self, share},
    deviations::{CounterFindings, order_of_deviations, stands},
    event::Upstream,
    facts::{ChangeRow, DeviationRow},
    message::{count, text, timestamp},
    nation::Nation,
    published::published,
    question::Question,
    source,
    stage::{AsOf, MallThen, malls_then},
};
use crate::policy::Policy;

/// Computes the report; the caller sets `sample_data`.
///
/// # Errors
/// Internal, for a time outside the calendar.
pub fn report(nation: &Nation, question: &Question, policy: &Policy) -> Result<Report> {
    let view = NationView::new(nation, question)?;
    let malls_then = malls_then(nation, &view.at);
    let mut malls: Vec<_> = malls_then.iter().map(|mall_then| view.mall(mall_then)).collect();
    malls.sort_by(MallReport::order);
    let found = view.deviations(policy.report_counters);
    let sources = view.sources();
    let (changes, changes_total) = changes(nation, &view.at, policy.report_changes)?;
    let published = published(nation);
    let (complete, incomplete_reason) = view.completeness(&malls);
    Ok(Report {
        as_of: view.at.day.clone(),
        known_on: Some(timestamp(question.known_on.unwrap_or(question.now))),
        coverage_autonomous: Some(coverage::autonomous(nation, &malls_then, &view.at.day)),
        coverage_all: Some(coverage::all(nation, &malls_then, &view.at.day)),
        stages: stage_counts(&malls_then),
        provinces: coverage::provinces(nation, &malls_then, &malls, &view.at.day),
        uniformity: Some(uniformity(&malls)),
        sources,
        changes,
        changes_total: count(changes_total),
        deviations: found.deviations,
        counters_with_findings: count(found.counters),
        counters_shown: count(found.shown),
        findings_left_out: i32::try_from(found.left_out).unwrap_or(i32::MAX),
        tickets_completed_today: malls.iter().map(|mall| mall.tickets_completed_today).sum(),
        regions: coverage::regions(nation, &malls_then, &view.at.day),
        extent: Some(coverage::extent(&malls_then, published, &view.at.day)),
        published: published.to_vec(),
        sample_data: false,
        malls,
        freshness: Upstream::ALL.into_iter().map(|feed| freshness(nation, feed)).collect(),
        complete,
        incomplete_reason,
    })
}

/// The nation as a question looks at it.
pub struct NationView<'a> {
    /// The facts that the answer comes from.
    pub nation: &'a Nation,
    /// The question that is answered.
    pub question: &'a Question,
    /// The day and the time that were asked for.
    pub at: AsOf,
    /// The day asked for is today.
    current: bool,
    /// Something was left out, because it changed after `known` and only its last state is kept.
    left_out: Cell<bool>,
}

impl<'a> NationView<'a> {
    /// Looks at the nation as the question asks.
    ///
    /// # Errors
    /// Internal, for a time outside the calendar.
    pub fn new(nation: &'a Nation, question: &'a Question) -> Result<Self> {
        let today = local_date(question.now, Zone::Wib).map_err(Error::internal)?;
        let at = AsOf {
            day: question.as_of.unwrap_or(today).to_string(),
            known: question.known_on.unwrap_or(Micros::MAX),
        };
        let current = question.as_of.is_none_or(|day| day == today);
        Ok(Self { nation, question, at, current, left_out: Cell::new(false) })
    }

    /// The deviations of a counter in the week asked for.
    pub fn deviation(&self, counter: &str) -> Option<&'a DeviationRow> {
        let row = self.nation.deviations.get(counter)?;
        (self.was_known(row.known) && (self.current || in_week(&self.at.day, &row.week)))
            .then_some(row)
    }

    /// Whether it was known then; if not, notes that something had to be left out.
    pub fn was_known(&self, known: Micros) -> bool {
        let was = known <= self.at.known;
        if !was {
            self.left_out.set(true);
        }
        was
    }

    fn deviations(&self, most: usize) -> CounterFindings {
        let nation = self.nation;
        let mut found: Vec<_> = nation
            .deviations
            .iter()
            .filter(|(counter, row)| {
                !row.findings.is_empty() && stands(nation, counter, self.at.known)
            })
            .filter(|(counter, _)| self.deviation(counter).is_some())
            .collect();
        found.sort_by_key(|(counter, row)| order_of_deviations(counter, row));
        CounterFindings::first(nation, &found, most)
    }

    fn sources(&self) -> Vec<SourceReport> {
        let nation = self.nation;
        let now = self.question.known_on.unwrap_or(self.question.now);
        let known = nation.sources.iter().filter(|(_, row)| self.was_known(row.known));
        let fed = |name: &str| nation.fed.get(name).map(|row| &row.0);
        let known = known.filter(|(name, _)| {
            nation.fed.get(*name).is_none_or(|fed| self.was_known(fed.0.known))
        });
        known.map(|(name, row)| source::source(name, (row, fed(name)), now)).collect()
    }

    fn completeness(&self, malls: &[MallReport]) -> (bool, Option<LocalizedText>) {
        let mut reasons: Vec<LocalizedText> =
            Upstream::ALL.into_iter().filter_map(|feed| missing(feed, self.nation)).collect();
        if !self.current {
            reasons.extend(not_of_that_day(malls));
        }
        if self.left_out.get() {
            reasons.push(text(
                "Sumber, penyimpangan jam, dan antrean yang berubah setelah waktu yang diminta \
                 tidak ditampilkan, karena hanya keadaan terakhirnya yang disimpan.",
                "Sources, deviations and tickets that changed after the time asked for are left \
                 out, since only their last state is kept.",
            ));
        }
        let join =
            |of: fn(&LocalizedText) -> &str| reasons.iter().map(of).collect::<Vec<_>>().join(" ");
        let reason = text(&join(|reason| &reason.id), &join(|reason| &reason.en));
        (reasons.is_empty(), (!reasons.is_empty()).then_some(reason))
    }
}

/// What nobody has kept for a day that is past.
fn not_of_that_day(malls: &[MallReport]) -> Option<LocalizedText> {
    let counters: i32 = malls.iter().map(|mall| mall.counters).sum();
    let unknown = counters - judged(malls).1;
    (counters > 0).then(|| {
        text(
            &format!(
                "Gerai dan layanan adalah yang tercatat sekarang, karena tanggal mulainya tidak \
                 tercatat; jam layanan {unknown} dari {counters} gerai pada pekan itu tidak \
                 diketahui."
            ),
            &format!(
                "Counters and services are those on record now, since the days on which they \
                 began are not recorded; the hours of {unknown} of {counters} counters in that \
                 week are not known."
            ),
        )
    })
}

fn missing(feed: Upstream, nation: &Nation) -> Option<LocalizedText> {
    let (name_id, name_en) = match feed {
        Upstream::Registry => ("registri", "registry"),
        Upstream::Scheduling => ("penjadwalan", "scheduling"),
    };
    let (stands, pace) = (nation.feed(feed), nation.pace(feed));
    if !stands.caught_up {
        return Some(text(
            &format!("Data {name_id} belum selesai dibaca untuk pertama kali."),
            &format!("The {name_en}'s data have not been read whole yet."),
        ));
    }
    let (read, head) = (stands.revision, pace.head);
    match (nation.is_connected(feed), pace.behind_since) {
        (true, None) => None,
        (false, None) => Some(text(
            &format!("Sambungan ke {name_id} terputus; angkanya mungkin tertinggal."),
            &format!("The {name_en} is not connected; its figures may lag."),
        )),
        (_, Some(_)) => Some(text(
            &format!("Data {name_id} tertinggal: baru terbaca sampai revisi {read} dari {head}."),
            &format!("The {name_en}'s figures lag: read up to revision {read} of {head}."),
        )),
    }
}

/// True if the week that begins on `monday` holds `day`.
fn in_week(day: &str, monday: &str) -> bool {
    let parsed = day.parse::<Date>().ok().zip(monday.parse::<Date>().ok());
    parsed
        .and_then(|(day, monday)| day.since(monday).ok())
        .is_some_and(|since| (0..7).contains(&since.get_days()))
}

/// Counters that are uniform, and those whose hours are known.
fn judged<'m>(malls: impl IntoIterator<Item = &'m MallReport>) -> (i32, i32) {
    malls.into_iter().fold((0, 0), |(uniform, judged), mall| {
        let of_mall = mall.uniform_counters + mall.deviating_counters;
        (uniform + mall.uniform_counters, judged + of_mall)
    })
}

/// The share of the counters whose hours are known. A mall that serves nobody has no hours that
/// anybody could keep; if a mall has no stage at all, nobody knows, and its counters count.
fn uniformity(malls: &[MallReport]) -> Share {
    let serves = |mall: &&MallReport| mall.operates || mall.stage == 0;
    let (uniform, counted) = judged(malls.iter().filter(serves));
    let left_out = judged(malls).1 - counted;
    let mut name = text(
        &format!("{counted} gerai yang jam layanannya diketahui"),
        &format!("{counted} counters whose hours are known"),
    );
    if left_out > 0 {
        name.id += &format!(", tanpa {left_out} di mal yang tidak beroperasi");
        name.en += &format!(", without {left_out} at malls that do not operate");
    }
    share(uniform, counted, name.id, name.en)
}

fn stage_counts(malls_then: &[MallThen<'_>]) -> Vec<StageCount> {
    let mut counts: BTreeMap<i32, i32> = BTreeMap::new();
    for fact in malls_then.iter().filter_map(|mall_then| mall_then.stage) {
        *counts.entry(fact.stage).or_default() += 1;
    }
    counts.into_iter().map(|(stage, malls)| StageCount { stage, malls }).collect()
}

/// The newest catalog changes that were known, and how many were known.
fn changes(nation: &Nation, at: &AsOf, most: usize) -> Result<(Vec<CatalogChange>, usize)> {
    let known = || nation.changes.iter().filter(|(_, row)| row.at <= at.known);
    let newest = known().rev().take(most).map(|(key, row)| change(nation, key, row));
    let mut newest: Vec<_> = newest.collect::<Result<_>>()?;
    newest.sort_by(CatalogChange::order);
    Ok((newest, known().count()))
}

fn change(nation: &Nation, key: &str, row: &ChangeRow) -> Result<CatalogChange> {
    let unit_name = nation.units.get(unit_of(&row.service)).map(|unit| (&unit.title).into());
    let change = catalog_change(key, row)?;
    // An earlier version kept persons' names.
    let actor = as_told(&change.actor).to_owned();
    Ok(CatalogChange { unit_name, actor, ..change })
}

fn freshness(nation: &Nation, upstream: Upstream) -> Freshness {
    let (feed, pace) = (nation.feed(upstream), nation.pace(upstream));
    Freshness {
        feed: upstream.named().into(),
        revision: feed.revision,
        commit_time: feed.commit_time.map(timestamp),
        seen_time: feed.seen.map(timestamp),
        connected: nation.is_connected(upstream),
        head_revision: pace.head,
        behind_since: pace.behind_since.map(timestamp),
    }
}
