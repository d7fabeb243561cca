//! The queue of today and later beside the tickets that it follows from. The ticket, which its
//! holder has in hand, is never changed.

use std::collections::{BTreeMap, BTreeSet};

use mpp_api::time::from_timestamp;
use mpp_api::{
    Document as _,
    scheduling::{Appointment, Ticket, ticket},
};
use mpp_calendar::{Zone, local_to_utc_micros};
use mpp_core::{Micros, Result, mall_of};
use mpp_form::hours_rule::Target;
use mpp_store::{Conn, Disagreement, Statement, records_between, taken_away};

use super::compare_bookings::{names_of, records_first, starts_in_any_zone};
use crate::{
    memory::Memory,
    model::{
        date::local,
        slot::SlotName,
        ticket::{Queued, Rank, TicketState},
    },
    policy::Policy,
    store::{kept, queue},
};

/// The tables, in the order in which a ticket's commands lock them.
pub const TABLES: &[&str] = &["queue_counter", "ticket_queue"];

/// A ticket as its row should be, with the moments at which it may stand in the queue.
struct Wanted {
    row: Queued,
    mall: String,
    prefix: String,
    /// `None` if it cannot be worked out: the ticket names an appointment whose start is not known,
    /// for example because its counter has left the registry.
    due: Option<BTreeSet<Micros>>,
}

/// Everything that is wrong, as `conn` shows it; in one mall only, if `part` names one.
///
/// # Errors
/// `UNAVAILABLE` if the database is away.
pub async fn disagreements(
    conn: &mut Conn,
    (now, part): (Micros, &str),
    memory: &Memory,
    policy: &Policy,
) -> Result<Vec<Disagreement>> {
    let today = local(now, Zone::Wib)?.0.to_string();
    let known = memory.read().directory.malls().map(|(name, _)| name.to_owned()).collect();
    let (mut wanted, mut altered) = (BTreeMap::new(), Vec::new());
    for kind in [Ticket::KIND, Appointment::KIND] {
        altered.extend(taken_away(conn, kind, &names_of(part)).await?);
    }
    for mall in kept::malls(conn, part, known).await? {
        let collection = format!("{mall}/tickets");
        let (tickets, wrong) = kept::records::<Ticket>(conn, &collection, &today).await?;
        altered.extend(wrong);
        for ticket in tickets {
            let starts = starts_of(conn, &ticket.doc, memory, &mut altered).await?;
            wanted.insert(ticket.name, wanted_of(&mall, &ticket.doc, starts, policy)?);
        }
    }
    if !altered.is_empty() {
        return Ok(vec![records_first(&altered)]);
    }
    let rows = queue::since(conn, part, &today).await?;
    let mut found = tickets(&wanted, &rows);
    found.extend(numbers(&wanted, &kept::numbers(conn, part).await?, &today));
    Ok(found)
}

/// `starts` are those of its appointment's slot.
fn wanted_of(mall: &str, doc: &Ticket, starts: Option<Starts>, policy: &Policy) -> Result<Wanted> {
    let at = |time: &Option<prost_types::Timestamp>| -> Result<Micros> {
        time.as_ref().map_or(Ok(0), |time| from_timestamp(time, "time"))
    };
    let issued_at = at(&doc.issue_time)?;
    let start = starts.as_ref().map(|starts| starts.now);
    let rank = Rank::new(doc.priority(), issued_at, start, policy.late_grace());
    let (prefix, seq) = doc.number.rsplit_once('-').unwrap_or_default();
    let row = Queued {
        name: doc.name.clone(),
        counter: doc.counter.clone(),
        date: doc.date.clone(),
        number: doc.number.clone(),
        seq: seq.parse().unwrap_or(0),
        rank,
        state: match doc.state() {
            ticket::State::Called => TicketState::Called,
            ticket::State::Completed => TicketState::Completed,
            ticket::State::Waiting | ticket::State::Unspecified => TicketState::Waiting,
        },
        window: doc.window.clone(),
        appointment: doc.appointment.clone(),
        issued_at,
        called_at: at(&doc.call_time)?,
        completed_at: at(&doc.complete_time)?,
    };
    // How late a citizen may come is a setting. It may have been different then, and so may the
    // zone.
    let ever = starts.map_or_else(Vec::new, |starts| starts.ever);
    let is_known = doc.appointment.is_empty() || start.is_some();
    let due = is_known.then(|| ever.into_iter().chain([issued_at]).collect());
    Ok(Wanted { row, mall: mall.to_owned(), prefix: prefix.to_owned(), due })
}

/// When a slot starts.
struct Starts {
    /// In the zone that its mall has now.
    now: Micros,
    /// In any zone: a mall may have had another one when the ticket was printed.
    ever: Vec<Micros>,
}

/// When the slot of a ticket's appointment starts, where that is known; the appointment is named
/// where it was altered.
async fn starts_of(
    conn: &mut Conn,
    ticket: &Ticket,
    memory: &Memory,
    altered: &mut Vec<String>,
) -> Result<Option<Starts>> {
    let appointment = ticket.appointment.as_str();
    if appointment.is_empty() {
        return Ok(None);
    }
    let next = format!("{appointment}\u{1}");
    let before = appointment.get(..appointment.len().saturating_sub(1)).unwrap_or_default();
    let found = records_between::<Appointment>(conn, before, &next, 1_000).await?;
    let found = found.into_iter().find(|(record, _)| record.name == appointment);
    if let Some((record, true)) = &found {
        altered.push(record.name.clone());
    }
    let schedule = Target::counter_named(&ticket.counter, "counter")
        .and_then(|counter| memory.schedule(&counter))
        .ok();
    let Some(((record, _), schedule)) = found.zip(schedule) else { return Ok(None) };
    let Ok(slot) = SlotName::parse(&record.doc.slot, "slot") else { return Ok(None) };
    let now = local_to_utc_micros(slot.date, slot.minute, schedule.zone).ok();
    Ok(now.map(|now| Starts { now, ever: starts_in_any_zone(&slot) }))
}

fn tickets(wanted: &BTreeMap<String, Wanted>, rows: &[Queued]) -> Vec<Disagreement> {
    let known: BTreeMap<&str, &Queued> = rows.iter().map(|row| (row.name.as_str(), row)).collect();
    let mut found: Vec<Disagreement> = rows
        .iter()
        .filter(|row| !wanted.contains_key(&row.name))
        .map(|row| {
            let gone = Statement::new("delete from ticket_queue where name = $1").text(&row.name);
            let what = format!("{} stands in the queue, and no such ticket was printed", row.name);
            Disagreement::new("ticket_queue", what, gone).of_part(mall_of(&row.name).to_owned())
        })
        .collect();
    // A window that one ticket holds wrongly is freed before another gets it.
    let (called, others): (Vec<_>, Vec<_>) =
        wanted.values().partition(|one| one.row.state == TicketState::Called);
    let all = others.into_iter().chain(called);
    found.extend(all.filter_map(|one| ticket(one, known.get(one.row.name.as_str()).copied())));
    found
}

fn ticket(wanted: &Wanted, row: Option<&Queued>) -> Option<Disagreement> {
    let right = &wanted.row;
    let Some(row) = row else {
        let what = format!("{} was printed, and does not stand in the queue", right.name);
        let mend = queue::entered(right);
        let missing = Disagreement::new("ticket_queue", what, mend).without_row(true);
        return Some(missing.of_part(wanted.mall.clone()));
    };
    let is_due = wanted.due.as_ref().is_none_or(|due| due.contains(&row.rank.due_at));
    let due_at = if is_due { row.rank.due_at } else { right.rank.due_at };
    let right = Queued { rank: Rank { due_at, ..right.rank }, ..right.clone() };
    (right != *row).then(|| {
        let what = format!(
            "{} stands in the queue in another place, state or window than its ticket says",
            right.name
        );
        let mend = queue::entered(&right);
        Disagreement::new("ticket_queue", what, mend).of_part(wanted.mall.clone())
    })
}

/// The next number comes after the last that was printed.
fn numbers(
    wanted: &BTreeMap<String, Wanted>,
    rows: &BTreeMap<(String, String, String), i64>,
    today: &str,
) -> Vec<Disagreement> {
    let mut last: BTreeMap<(String, String, String), i64> = BTreeMap::new();
    for Wanted { row, mall, prefix, .. } in wanted.values() {
        let key = (mall.clone(), prefix.clone(), row.date.clone());
        let last = last.entry(key).or_default();
        *last = row.seq.max(*last);
    }
    let kept = rows.keys().filter(|(_, _, date)| date.as_str() >= today);
    let keys: BTreeSet<_> = kept.chain(last.keys()).collect();
    let wrong = keys.into_iter().filter_map(|key| {
        let (says, printed) = (rows.get(key).copied(), last.get(key).copied().unwrap_or(0));
        (says != Some(printed)).then(|| number(key, says, printed))
    });
    wrong.collect()
}

fn number(
    (mall, prefix, date): &(String, String, String),
    says: Option<i64>,
    printed: i64,
) -> Disagreement {
    let lacks_row = says.is_none();
    let says = says.map_or_else(|| "nothing".to_owned(), |says| says.to_string());
    let what = format!("{mall} {prefix} {date}: says {says}, and {printed} is the last printed");
    let text = "insert into queue_counter (mall, prefix, date, last) values ($1, $2, $3, $4)
                on conflict (mall, prefix, date) do update set last = excluded.last";
    let mend = Statement::new(text).text(mall).text(prefix).text(date).number(printed);
    Disagreement::new("queue_counter", what, mend).without_row(lacks_row).of_part(mall.clone())
}
