//! The projections as a function of the inbox: one event in, rows out.
//!
//! The effect of an event depends only on earlier events of its own feed, so that the same inbox
//! gives the same rows however the two feeds interleave.

use jiff::civil::Date;
use mpp_api::time::micros;
use mpp_api::{
    Document,
    freshness::has_ended,
    registry::{Counter, Mall, Offering, Region, Service, Unit, offering},
    reporting::catalog_change::Field,
    scheduling::{Appointment, Deviation, Ticket, appointment, ticket},
    sync::Source,
};
use mpp_core::{Micros, Reason, Result, as_told, mall_of};

use super::{
    event::{Event, Upstream},
    facts::{
        ChangeRow, CounterRow, DayRow, DeviationRow, FedRow, Finding, KEPT_FINDINGS, MallRow,
        OfferingRow, RegionRow, ServiceRow, SourceRow, Span, StageFact, UnitRow, VisitRow, bounded,
        mark,
    },
    rows::{ProjectedRow, Rows},
    wording,
};

/// Applies one event. A record that cannot be read is always logged and skipped: it must not stop
/// the feed, and the rows from before stay.
///
/// # Errors
/// Internal, where a stored row cannot be read.
pub fn project(rows: &mut Rows, event: &Event) -> Result<()> {
    match apply(rows, event) {
        Err(error) if error.reason() == Reason::InvalidField => {
            let (feed, revision) = (event.feed.as_str(), event.revision);
            tracing::error!(feed, revision, %error, "skipped");
            Ok(())
        }
        applied => applied,
    }
}

fn apply(rows: &mut Rows, event: &Event) -> Result<()> {
    match event.kind.as_str() {
        Region::KIND => {
            let region = event.document::<Region>()?.map(region_row);
            replace(rows, &event.name, region)
        }
        Unit::KIND => {
            let unit = event.document::<Unit>()?;
            replace(rows, &event.name, unit.map(|unit| UnitRow { title: unit.display_name.into() }))
        }
        Deviation::KIND => deviation(rows, event),
        Mall::KIND => mall(rows, event),
        Counter::KIND => counter(rows, event),
        Offering::KIND => offering(rows, event),
        Source::KIND => source(rows, event),
        Service::KIND => service(rows, event),
        Ticket::KIND => {
            let row = event.document::<Ticket>()?.map(|ticket| ticket_row(&ticket, &event.name));
            visit(rows, event, row)
        }
        Appointment::KIND => {
            let row = event.document::<Appointment>()?;
            visit(rows, event, row.map(|booked| appointment_row(&booked, &event.name)))
        }
        _ => Ok(()),
    }
}

/// Writes a row if it differs.
fn replace<R: ProjectedRow + PartialEq>(rows: &mut Rows, name: &str, row: Option<R>) -> Result<()> {
    if rows.get::<R>(name)? == row { Ok(()) } else { rows.put(name, row.as_ref()) }
}

fn region_row(region: Region) -> RegionRow {
    RegionRow {
        title: bounded(&region.display_name),
        parent: region.parent,
        zone: region.time_zone,
        autonomous: region.autonomous,
        valid_from: region.valid_from,
        valid_to: region.valid_to,
        predecessor: region.predecessor,
    }
}

fn mall(rows: &mut Rows, event: &Event) -> Result<()> {
    let mut row = rows.get::<MallRow>(&event.name)?.unwrap_or_default();
    let mall = event.document::<Mall>()?;
    mark(&mut row.spans, mall.is_some(), event.at);
    let listed = mall.as_ref().map_or(&[][..], |mall| &mall.stages);
    for fact in row.stages.iter_mut().filter(|fact| fact.known.until.is_none()) {
        let kept = listed.iter().any(|entry| entry.stage == fact.stage && entry.date == fact.date);
        if !kept {
            fact.known.until = Some(event.at);
        }
    }
    for (place, entry) in listed.iter().enumerate() {
        let held = row.stages.iter_mut().find(|fact| {
            fact.known.until.is_none() && fact.stage == entry.stage && fact.date == entry.date
        });
        let known = held.as_ref().map_or(Span { from: event.at, until: None }, |fact| fact.known);
        let evidence = bounded(&entry.evidence);
        let fact =
            StageFact { stage: entry.stage, date: entry.date.clone(), place, evidence, known };
        match held {
            Some(held) => *held = fact,
            None => row.stages.push(fact),
        }
    }
    if let Some(mall) = mall {
        row.title = mall.display_name.into();
        row.region = mall.region;
    }
    replace(rows, &event.name, Some(row))
}

fn counter(rows: &mut Rows, event: &Event) -> Result<()> {
    let mut row = rows.get::<CounterRow>(&event.name)?.unwrap_or_default();
    let counter = event.document::<Counter>()?;
    mark(&mut row.spans, counter.is_some(), event.at);
    if let Some(counter) = counter {
        row.title = counter.display_name.into();
    }
    replace(rows, &event.name, Some(row))
}

fn offering(rows: &mut Rows, event: &Event) -> Result<()> {
    let mut row = rows.get::<OfferingRow>(&event.name)?.unwrap_or_default();
    let offering = event.document::<Offering>()?;
    let accepted = offering.is_some_and(|offering| offering.state() == offering::State::Accepted);
    mark(&mut row.spans, accepted, event.at);
    replace(rows, &event.name, Some(row))
}

/// Each service tells of its own sessions.
fn source(rows: &mut Rows, event: &Event) -> Result<()> {
    let source = event.document::<Source>()?;
    match event.feed {
        Upstream::Registry => {
            let before = rows.get::<SourceRow>(&event.name)?;
            let since = before.map_or(event.at, |before| before.since);
            replace(rows, &event.name, source.map(|source| source_row(source, since, event.at)))
        }
        Upstream::Scheduling => {
            let before = rows.get::<FedRow>(&event.name)?;
            let since = before.map_or(event.at, |before| before.0.since);
            let row = source.map(|source| FedRow(source_row(source, since, event.at)));
            replace(rows, &event.name, row)
        }
    }
}

fn source_row(source: Source, since: Micros, known: Micros) -> SourceRow {
    let ended = has_ended(&source);
    let counts = source.accounting.unwrap_or_default();
    SourceRow {
        title: source.display_name.into(),
        feeds: source.feeds,
        ended,
        target_seconds: source.freshness_target_seconds,
        last_success: source.last_success_time.as_ref().map(micros),
        unheard_since: source.unheard_since.as_ref().map(micros),
        since,
        known,
        accounting: [
            counts.received,
            counts.applied,
            counts.unchanged,
            counts.rejected,
            counts.quarantined,
        ],
        unread: source.unread_now,
        rejected_now: source.rejected_now,
        waiting_now: source.waiting_now,
        counted: source.counted,
        incomplete: source.incomplete.map(|incomplete| (incomplete.reason, incomplete.text)),
        clients: source.clients.into_iter().map(Into::into).collect(),
    }
}

/// Writes a row for each change that citizens notice.
fn service(rows: &mut Rows, event: &Event) -> Result<()> {
    let before = rows.get::<ServiceRow>(&event.name)?;
    let after = event.document::<Service>()?.map(|service| ServiceRow {
        fees: wording::fees(&service.fees),
        time: wording::time(service.time.as_ref()),
        requirements: wording::requirements(&service.requirements),
        fees_en: wording::fees_in_english(&service.fees),
        time_en: wording::time_in_english(service.time.as_ref()),
        title: service.title.into(),
    });
    for (field, old, new) in differences(before.as_ref(), after.as_ref(), event.version) {
        let english = |row: &Option<ServiceRow>| {
            row.as_ref().map(|row| row.english(field)).unwrap_or_default()
        };
        let title = after.as_ref().or(before.as_ref()).map(|row| row.title.clone());
        let change = ChangeRow {
            service: event.name.clone(),
            title: title.unwrap_or_default(),
            field: field.into(),
            before: old,
            after: new,
            english: told_apart(english(&before), english(&after)),
            at: event.at,
            actor: as_told(&event.actor).to_owned(),
        };
        let key = format!(
            "{:020} {:020} {:06} {} {:02}",
            event.at, event.revision, event.sub, event.name, field as i32
        );
        rows.put(&key, Some(&change))?;
    }
    replace(rows, &event.name, after)
}

/// Empty texts if English says the same of both: it would not show the change.
fn told_apart(before: String, after: String) -> (String, String) {
    if before == after { Default::default() } else { (before, after) }
}

impl ServiceRow {
    /// A field in English; requirements have only their source's words.
    fn english(&self, field: Field) -> String {
        match field {
            Field::Fees => self.fees_en.clone(),
            Field::Time => self.time_en.clone(),
            Field::Title | Field::Published | Field::Withdrawn => self.title.en.clone(),
            _ => String::new(),
        }
    }
}

/// The changed fields, each with its value before and after. Empty for a service that is first seen
/// in a later version: its earlier content is not known, and it was published long ago.
fn differences(
    before: Option<&ServiceRow>,
    after: Option<&ServiceRow>,
    version: i64,
) -> Vec<(Field, String, String)> {
    match (before, after) {
        (None, Some(after)) if version <= 1 => {
            vec![(Field::Published, String::new(), after.title.id.clone())]
        }
        (None, _) => Vec::new(),
        (Some(before), None) => vec![(Field::Withdrawn, before.title.id.clone(), String::new())],
        (Some(before), Some(after)) => [
            (Field::Fees, &before.fees, &after.fees),
            (Field::Time, &before.time, &after.time),
            (Field::Requirements, &before.requirements, &after.requirements),
            (Field::Title, &before.title.id, &after.title.id),
        ]
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(field, old, new)| (field, old.clone(), new.clone()))
        .collect(),
    }
}

const DAYS_OF_A_WEEK: i32 = 7;

/// The key is the counter: one week at a time stands in the feed.
fn deviation(rows: &mut Rows, event: &Event) -> Result<()> {
    let counter = event.name.strip_suffix("/deviation").unwrap_or(&event.name).to_owned();
    let row = event.document::<Deviation>()?.map(|found| {
        let (findings, left_out) = findings(&found);
        DeviationRow {
            mall: mall_of(&counter).to_owned(),
            week: found.week,
            uniform: found.uniform,
            unknown: found.unknown_days >= DAYS_OF_A_WEEK,
            findings,
            left_out,
            known: event.at,
        }
    });
    replace(rows, &counter, row)
}

/// Findings that are alike on several days become one with several dates; answers also how many
/// were left out because the row has its most.
fn findings(found: &Deviation) -> (Vec<Finding>, u32) {
    let mut kept: Vec<Finding> = Vec::new();
    let mut left_out = 0;
    for told in &found.findings {
        let finding = Finding {
            code: told.code,
            text: told.text.clone().into(),
            yardstick: told.yardstick,
            implied: told.implied,
            dates: day(&told.date).into_iter().collect(),
        };
        match kept.iter().position(|other| other.is_like(&finding)) {
            Some(alike) => kept[alike].add(finding.dates),
            None if kept.len() < KEPT_FINDINGS => kept.push(finding),
            None => left_out += 1,
        }
    }
    (kept, left_out)
}

/// A date as the calendar writes it; `None` if it cannot be read.
fn day(date: &str) -> Option<String> {
    date.parse::<Date>().ok().map(|date| date.to_string())
}

fn ticket_row(ticket: &Ticket, name: &str) -> VisitRow {
    let completed = i32::from(ticket.state() == ticket::State::Completed);
    let count = DayRow { issued: 1, completed, ..DayRow::default() };
    VisitRow { day: format!("{} {}", ticket.date, mall_of(name)), count }
}

fn appointment_row(booked: &Appointment, name: &str) -> VisitRow {
    let counts = booked.state() != appointment::State::Cancelled;
    let count = DayRow { booked: i32::from(counts), ..DayRow::default() };
    VisitRow { day: format!("{} {}", booked.date, mall_of(name)), count }
}

/// Subtracts from the day what the record counted before, and adds what it counts now.
fn visit(rows: &mut Rows, event: &Event, after: Option<VisitRow>) -> Result<()> {
    let before = rows.get::<VisitRow>(&event.name)?;
    if before == after {
        return Ok(());
    }
    if let Some(before) = before {
        add(rows, &before, -1, event.at)?;
    }
    if let Some(after) = &after {
        add(rows, after, 1, event.at)?;
    }
    rows.put(&event.name, after.as_ref())
}

fn add(rows: &mut Rows, visit: &VisitRow, sign: i32, at: Micros) -> Result<()> {
    let mut day = rows.get::<DayRow>(&visit.day)?.unwrap_or_default();
    day.issued += sign * visit.count.issued;
    day.completed += sign * visit.count.completed;
    day.booked += sign * visit.count.booked;
    day.known = day.known.max(at);
    rows.put(&visit.day, Some(&day))
}
