//! A report as a function of the state, the day asked for, what was known, and the time.
//!
//! The report is the contract's own message: a second type beside it would say the same twice.

use std::{cell::Cell, cmp::Reverse, collections::BTreeMap};

use jiff::civil::{Date, date};
use mpp_api::{
    reporting::{CatalogChange, Freshness, MallReport, Report, SourceReport, StageCount},
    types::LocalizedText,
};
use mpp_calendar::{Zone, local_date};
use mpp_core::{Error, Micros, Result};

use super::{
    coverage::{self, share},
    event::Upstream,
    facts::{DayRow, DeviationRow, SourceRow},
    found::{Found, stands},
    stage::{AsOf, Standing, standings},
    state::{State, below},
};

/// Most changes in a report.
const MAX_CHANGES: usize = 20;
/// Most counters whose deviations are in a report.
const MAX_COUNTERS: usize = 100;
/// The first day that can be asked for: the calendar's rules begin in 1995, and no mall is so old.
const FIRST_DAY: Date = date(1995, 1, 1);

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// The day that facts must hold for; `None`: today, in Jakarta for the nation, at each mall for
    /// its own tickets.
    pub as_of: Option<Date>,
    /// Facts that became known after it are left out; `None`: nothing is.
    pub known_on: Option<Micros>,
    /// The time now.
    pub now: Micros,
}

impl Question {
    /// Refuses days and times that no report can answer for.
    ///
    /// # Errors
    /// Those of the fields `as_of` and `known_on`; internal, where now is outside the calendar.
    pub fn check(&self) -> Result<()> {
        let today = local_date(self.now, Zone::Wib).map_err(Error::internal)?;
        let out_of_range = |field, text: String| Err(Error::field(field, "OUT_OF_RANGE", text));
        match self.as_of {
            Some(day) if day > today => out_of_range(
                "as_of",
                format!(
                    "{day} is yet to come; today is {today} in Jakarta, the last day to ask for"
                ),
            )?,
            Some(day) if day < FIRST_DAY => out_of_range(
                "as_of",
                format!("{day} is too early; the first day to ask for is {FIRST_DAY}"),
            )?,
            _ => {}
        }
        let known_day = self.known_on.map(|time| local_date(time, Zone::Wib));
        match (self.known_on, known_day) {
            (Some(time), _) if time > self.now => out_of_range(
                "known_on",
                "is yet to come; leave it empty for what is known now".to_owned(),
            ),
            (Some(_), Some(day)) if day.as_ref().map_or(true, |day| *day < FIRST_DAY) => {
                out_of_range(
                    "known_on",
                    format!("is too early; the first day to ask for is {FIRST_DAY}"),
                )
            }
            _ => Ok(()),
        }
    }
}

/// Answers it.
///
/// # Errors
/// Internal, for a time outside the calendar.
pub fn report(state: &State, question: &Question) -> Result<Report> {
    let today = local_date(question.now, Zone::Wib).map_err(Error::internal)?;
    let at = AsOf {
        day: question.as_of.unwrap_or(today).to_string(),
        known: question.known_on.unwrap_or(Micros::MAX),
    };
    let current = question.as_of.is_none_or(|day| day == today);
    let view = View { state, question, at, current, left_out: Cell::new(false) };
    let standings = standings(state, &view.at);
    let mut malls: Vec<_> = standings.iter().map(|standing| view.mall(standing)).collect();
    malls.sort_by(|a, b| (&a.region, &a.mall).cmp(&(&b.region, &b.mall)));
    let found = view.deviations();
    let sources = view.sources();
    let (uniform, judged) = malls.iter().fold((0, 0), |(uniform, judged), mall| {
        (uniform + mall.uniform_counters, judged + mall.uniform_counters + mall.deviating_counters)
    });
    let (changes, changes_total) = changes(state, &view.at);
    let (complete, incomplete_reason) = view.completeness();
    Ok(Report {
        as_of: view.at.day.clone(),
        known_on: Some(timestamp(question.known_on.unwrap_or(question.now))),
        coverage_autonomous: Some(coverage::autonomous(state, &standings, &view.at.day)),
        coverage_all: Some(coverage::all(state, &standings, &view.at.day)),
        stages: stage_counts(&standings),
        provinces: coverage::provinces(state, &standings, &malls, &view.at.day),
        uniformity: Some(share(
            uniform,
            judged,
            format!("{judged} gerai yang jam layanannya diketahui"),
            format!("{judged} counters whose hours are known"),
        )),
        sources,
        changes,
        changes_total: count(changes_total),
        deviations: found.deviations,
        counters_with_findings: count(found.counters),
        counters_shown: count(found.shown),
        findings_left_out: i32::try_from(found.left_out).unwrap_or(i32::MAX),
        tickets_completed_today: malls.iter().map(|mall| mall.tickets_completed_today).sum(),
        malls,
        freshness: Upstream::ALL.into_iter().map(|feed| freshness(state, feed)).collect(),
        complete,
        incomplete_reason,
    })
}

/// A report in the making.
struct View<'a> {
    state: &'a State,
    question: &'a Question,
    at: AsOf,
    /// The day asked for is today.
    current: bool,
    /// Something of which only the last state is kept became known later.
    left_out: Cell<bool>,
}

impl<'a> View<'a> {
    fn mall(&self, standing: &Standing<'_>) -> MallReport {
        let known = self.at.known;
        let counters: Vec<_> = below(&self.state.counters, standing.name)
            .filter(|(_, row)| row.spans.iter().any(|span| span.holds(known)))
            .map(|(name, _)| name)
            .collect();
        let judged: Vec<_> = counters.iter().filter_map(|name| self.deviation(name)).collect();
        let uniform = judged.iter().filter(|row| row.uniform).count();
        let offerings = below(&self.state.offerings, standing.name)
            .filter(|(_, row)| row.spans.iter().any(|span| span.holds(known)))
            .count();
        let day = self.day(standing);
        MallReport {
            mall: standing.name.to_owned(),
            display_name: Some((&standing.row.title).into()),
            region: standing.region.unwrap_or(&standing.row.region).to_owned(),
            stage: standing.stage_number(),
            stage_date: standing.stage.map_or_else(String::new, |fact| fact.date.clone()),
            counters: count(counters.len()),
            uniform_counters: count(uniform),
            deviating_counters: count(judged.len() - uniform),
            offerings: count(offerings),
            tickets_issued_today: day.issued,
            tickets_completed_today: day.completed,
            appointments_today: day.booked,
            operates: standing.operates(),
        }
    }

    /// Tickets of the day asked for, or of the mall's own today.
    fn day(&self, standing: &Standing<'_>) -> DayRow {
        let zone = self.state.regions.get(&standing.row.region).map_or("", |region| &region.zone);
        let today = local_date(self.question.now, Zone::from_iana(zone).unwrap_or(Zone::Wib));
        let date = match self.question.as_of {
            Some(day) => day.to_string(),
            None => today.map(|today| today.to_string()).unwrap_or_default(),
        };
        let row = self.state.days.get(&format!("{date} {}", standing.name)).copied();
        row.filter(|row| self.was_known(row.known)).unwrap_or_default()
    }

    /// What is known of a counter's hours in the week asked for.
    fn deviation(&self, counter: &str) -> Option<&'a DeviationRow> {
        let row = self.state.deviations.get(counter)?;
        (self.was_known(row.known) && (self.current || in_week(&self.at.day, &row.week)))
            .then_some(row)
    }

    /// Notes that something had to be left out where the answer is no.
    fn was_known(&self, known: Micros) -> bool {
        let was = known <= self.at.known;
        if !was {
            self.left_out.set(true);
        }
        was
    }

    fn deviations(&self) -> Found {
        let state = self.state;
        let mut found: Vec<_> = state
            .deviations
            .iter()
            .filter(|(counter, row)| {
                !row.findings.is_empty() && stands(state, counter, self.at.known)
            })
            .filter(|(counter, _)| self.deviation(counter).is_some())
            .collect();
        found.sort_by_key(|(counter, row)| order_of_deviations(counter, row));
        Found::first(&found, MAX_COUNTERS)
    }

    fn sources(&self) -> Vec<SourceReport> {
        let state = self.state;
        let now = self.question.known_on.unwrap_or(self.question.now);
        let known = state.sources.iter().filter(|(_, row)| self.was_known(row.known));
        known.map(|(name, row)| source(name, row, now)).collect()
    }

    fn completeness(&self) -> (bool, Option<LocalizedText>) {
        let mut reasons: Vec<LocalizedText> =
            Upstream::ALL.into_iter().filter_map(|feed| missing(feed, self.state)).collect();
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

/// The order of deviations: counters that differ from their mall or the national template come
/// first, the newest of them first. The findings of one counter stay in the feed's order: by
/// yardstick, then by day, then by code.
fn order_of_deviations<'a>(
    counter: &'a str,
    row: &DeviationRow,
) -> (bool, Reverse<Micros>, &'a str) {
    (row.uniform, Reverse(row.known), counter)
}

fn missing(feed: Upstream, state: &State) -> Option<LocalizedText> {
    let (name_id, name_en) = match feed {
        Upstream::Registry => ("registri", "registry"),
        Upstream::Scheduling => ("penjadwalan", "scheduling"),
    };
    let feed = state.feed(feed);
    match (feed.caught_up, feed.connected) {
        (true, true) => None,
        (false, _) => Some(text(
            &format!("Data {name_id} belum selesai dibaca untuk pertama kali."),
            &format!("The {name_en}'s data have not been read whole yet."),
        )),
        (true, false) => Some(text(
            &format!("Sambungan ke {name_id} terputus; angkanya mungkin tertinggal."),
            &format!("The {name_en} is not connected; its figures may lag."),
        )),
    }
}

/// True where the week that begins on `monday` holds `day`.
fn in_week(day: &str, monday: &str) -> bool {
    let parsed = day.parse::<Date>().ok().zip(monday.parse::<Date>().ok());
    parsed
        .and_then(|(day, monday)| day.since(monday).ok())
        .is_some_and(|since| (0..7).contains(&since.get_days()))
}

fn source(name: &str, row: &SourceRow, now: Micros) -> SourceReport {
    let fresh_until = row
        .last_success
        .unwrap_or(row.since)
        .saturating_add(row.target_seconds.saturating_mul(1_000_000));
    let [received, applied, unchanged, rejected, quarantined] = row.accounting;
    SourceReport {
        source: name.to_owned(),
        display_name: Some((&row.title).into()),
        last_success_time: row.last_success.map(timestamp),
        freshness_target_seconds: row.target_seconds,
        late: fresh_until < now,
        received,
        applied,
        unchanged,
        rejected,
        quarantined,
    }
}

fn stage_counts(standings: &[Standing<'_>]) -> Vec<StageCount> {
    let mut counts: BTreeMap<i32, i32> = BTreeMap::new();
    for fact in standings.iter().filter_map(|standing| standing.stage) {
        *counts.entry(fact.stage).or_default() += 1;
    }
    counts.into_iter().map(|(stage, malls)| StageCount { stage, malls }).collect()
}

/// The newest that were known, and how many were.
fn changes(state: &State, at: &AsOf) -> (Vec<CatalogChange>, usize) {
    let known = || state.changes.values().filter(|row| row.at <= at.known);
    let newest = known().rev().take(MAX_CHANGES).map(|row| CatalogChange {
        service: row.service.clone(),
        title: Some((&row.title).into()),
        field: row.field,
        before: row.before.clone(),
        after: row.after.clone(),
        time: Some(timestamp(row.at)),
        actor: row.actor.clone(),
    });
    (newest.collect(), known().count())
}

fn freshness(state: &State, upstream: Upstream) -> Freshness {
    let feed = state.feed(upstream);
    Freshness {
        feed: upstream.as_str().to_owned(),
        revision: feed.revision,
        commit_time: feed.commit_time.map(timestamp),
        seen_time: feed.seen.map(timestamp),
        connected: feed.connected,
    }
}

/// A text in both languages.
pub fn text(id: &str, en: &str) -> LocalizedText {
    LocalizedText { id: id.to_owned(), en: en.to_owned() }
}

/// Counts fit: a nation has fewer counters than `i32` has numbers.
pub fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Microseconds as the contract's timestamp.
pub fn timestamp(time: Micros) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: time.div_euclid(1_000_000),
        nanos: i32::try_from(time.rem_euclid(1_000_000) * 1_000).unwrap_or_default(),
    }
}
