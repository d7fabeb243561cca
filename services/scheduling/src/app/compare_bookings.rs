//! Compares places, applicants and codes with the appointments that they follow from. An
//! appointment is never changed: what was sold is sold.

use std::collections::{BTreeMap, BTreeSet};

use mpp_api::{
    Document as _,
    scheduling::{Appointment, appointment::State},
};
use mpp_calendar::{Zone, local_to_utc_micros};
use mpp_core::{Micros, Result, mall_of};
use mpp_store::{Conn, Disagreement, Statement, taken_away};
use uuid::{NoContext, Timestamp, Uuid};

use crate::{
    memory::Memory,
    model::{
        appointment::is_a_code,
        date::{local, shift},
        slot::SlotName,
    },
    policy::{MOST_DAYS_AHEAD, Policy},
    store::kept::{self, SlotRow},
};

/// The tables, in the order in which a booking locks them.
pub const TABLES: &[&str] = &["applicant", "slot", "appointment_code"];

/// Longest time from a booking to its day that a setting allows, in days, with some to spare.
const LONGEST_AHEAD: i64 = MOST_DAYS_AHEAD + 4;
const DAY: Micros = 24 * 3_600 * 1_000_000;

/// The appointments whose rows are still kept.
struct Booked {
    appointments: BTreeMap<String, Appointment>,
    /// The local date in the westernmost zone, WIB.
    today: String,
    oldest: String,
}

impl Booked {
    /// The appointments that hold their place.
    fn holding(&self) -> impl Iterator<Item = (&String, &Appointment)> {
        self.appointments.iter().filter(|(_, booked)| holds(booked))
    }

    /// Appointments that hold their place and whose day is not over.
    fn to_come(&self) -> impl Iterator<Item = (&String, &Appointment)> {
        self.holding().filter(|(_, booked)| booked.date >= self.today)
    }
}

fn holds(booked: &Appointment) -> bool {
    booked.state() != State::Cancelled
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
    let (booked, altered) = read(conn, (now, part), memory, policy).await?;
    if !altered.is_empty() {
        return Ok(vec![records_first(&altered)]);
    }
    let rows = kept::slots(conn, part).await?;
    let mut found = slots(&booked, &rows, memory);
    let rows = kept::dates(conn, part, "applicant").await?;
    found.extend(applicants(&booked, &rows));
    let rows = kept::dates(conn, part, "appointment_code").await?;
    let texts = kept::codes(conn, part).await?;
    found.extend(codes(&booked, &rows, &texts));
    Ok(found)
}

/// Sends the operator to repair the records first: no row is set by an altered record, nor by the
/// records that remain after one was deleted.
pub fn records_first(altered: &[String]) -> Disagreement {
    let what = format!(
        "{} records were altered or deleted in the database, and nothing is compared with the \
         others ({})",
        altered.len(),
        altered.iter().take(3).cloned().collect::<Vec<_>>().join(", ")
    );
    let way_out = "`mpp repair scheduling records` first, and then see `mpp doctor`";
    Disagreement::for_a_person("record", what, way_out)
}

async fn read(
    conn: &mut Conn,
    (now, part): (Micros, &str),
    memory: &Memory,
    policy: &Policy,
) -> Result<(Booked, Vec<String>)> {
    let (today, _) = local(now, Zone::Wib)?;
    let oldest = shift(today, -policy.kept_days).to_string();
    let longest = (LONGEST_AHEAD + policy.kept_days).saturating_mul(DAY);
    let since = first_id(now.saturating_sub(longest));
    let known = memory.read().directory.malls().map(|(name, _)| name.to_owned()).collect();
    let (mut appointments, mut altered) =
        (BTreeMap::new(), taken_away(conn, Appointment::KIND, &names_of(part)).await?);
    for mall in kept::malls(conn, part, known).await? {
        let collection = format!("{mall}/appointments");
        let (all, wrong) = kept::records::<Appointment>(conn, &collection, &since).await?;
        altered.extend(wrong);
        let recent = all.into_iter().filter(|record| record.doc.date >= oldest);
        appointments.extend(recent.map(|record| (record.name, record.doc)));
    }
    Ok((Booked { appointments, today: today.to_string(), oldest }, altered))
}

/// The beginning of the names of a part's records.
pub fn names_of(part: &str) -> String {
    if part.is_empty() { String::new() } else { format!("{part}/") }
}

/// How the ids of appointments made at this time begin, which sort by it.
fn first_id(at: Micros) -> String {
    let seconds = u64::try_from(at / 1_000_000).unwrap_or(0);
    let made = Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, 0)).simple().to_string();
    // The time is in the first 12 digits; the others are random.
    made.chars().take(12).collect()
}

fn slots(booked: &Booked, rows: &BTreeMap<String, SlotRow>, memory: &Memory) -> Vec<Disagreement> {
    let mut taken: BTreeMap<&str, i64> = BTreeMap::new();
    for (_, appointment) in booked.holding() {
        *taken.entry(&appointment.slot).or_default() += 1;
    }
    let names: BTreeSet<&str> =
        rows.keys().map(String::as_str).chain(taken.keys().copied()).collect();
    let all = names.into_iter().filter_map(|name| {
        let (row, count) = (rows.get(name), taken.get(name).copied().unwrap_or(0));
        Some(slot(name, row, count, booked, memory)?.of_part(mall_of(name).to_owned()))
    });
    all.collect()
}

fn slot(
    name: &str,
    row: Option<&SlotRow>,
    count: i64,
    booked: &Booked,
    memory: &Memory,
) -> Option<Disagreement> {
    let Ok(parts) = SlotName::parse(name, "slot") else { return Some(no_slot(name, count)) };
    let date = parts.date.to_string();
    // Rows of days that are long over are erased anyway.
    if date < booked.oldest {
        return None;
    }
    let known = memory.offering(&parts.offering, "slot").ok();
    let start = known.as_ref().and_then(|(schedule, _)| {
        local_to_utc_micros(parts.date, parts.minute, schedule.zone).ok()
    });
    let (had, offered) = match (row, &known) {
        (Some(row), _) => row.sealed().unwrap_or((row.capacity, row.offered)),
        (None, Some((_, terms))) => (0, terms.slot_capacity),
        (None, None) => (0, count),
    };
    let ever = starts_in_any_zone(&parts);
    let noted = row.map(|row| row.start_at).filter(|at| start.is_none() || ever.contains(at));
    let Some(start_at) = noted.or(start) else {
        let what = format!("{name} has no row, {count} are booked, and its offering is gone");
        let way_out = "`mpp cancel APPOINTMENT` for each, or wait until their day is over";
        return Some(Disagreement::for_a_person("slot", what, way_out));
    };
    let capacity = had.max(offered).max(count);
    let (offering, is_sealed) = (parts.offering, row.is_none_or(|row| row.seal != 0));
    let seal = if is_sealed { SlotRow::seal(capacity, offered) } else { 0 };
    let wanted = SlotRow { offering, date, start_at, capacity, offered, booked: count, seal };
    let most = had.max(offered);
    (row != Some(&wanted)).then(|| {
        let what = differs(name, row, &wanted, most);
        Disagreement::new("slot", what, written(name, &wanted)).without_row(row.is_none())
    })
}

/// When a slot starts, in each zone: a start that was noted stays right if its mall was in another
/// zone then.
pub fn starts_in_any_zone(slot: &SlotName) -> Vec<Micros> {
    let start = |zone| local_to_utc_micros(slot.date, slot.minute, zone).ok();
    Zone::ALL.into_iter().filter_map(start).collect()
}

/// A row whose name is not that of a slot.
fn no_slot(name: &str, count: i64) -> Disagreement {
    if count > 0 {
        let what = format!("{name} is no slot's name, and {count} appointments say it");
        return Disagreement::for_a_person("slot", what, "`mpp cancel APPOINTMENT` for each");
    }
    let mend = Statement::new("delete from slot where name = $1").text(name);
    let what = format!("{name} is no slot's name, and no appointment is in it");
    Disagreement::new("slot", what, mend)
}

fn differs(name: &str, row: Option<&SlotRow>, wanted: &SlotRow, most: i64) -> String {
    let Some(row) = row else {
        return format!("{name} has no row, and {} are booked", wanted.booked);
    };
    if row.booked != wanted.booked {
        let (says, count) = (row.booked, wanted.booked);
        let more = if count > most {
            format!("; more than the {most} places that it ever had: ring up who is too many")
        } else {
            String::new()
        };
        return format!(
            "{name} counts {says} as taken, and {count} appointments hold a place{more}"
        );
    }
    format!("{name} says {row:?}, and should {wanted:?}")
}

fn written(name: &str, wanted: &SlotRow) -> Statement {
    let text = "insert into slot (name, offering, date, start_at, capacity, offered, booked, seal)
                values ($1, $2, $3, $4, $5, $6, $7, $8)
                on conflict (name) do update set offering = excluded.offering,
                date = excluded.date, start_at = excluded.start_at, capacity = excluded.capacity,
                offered = excluded.offered, booked = excluded.booked, seal = excluded.seal";
    let statement = Statement::new(text).text(name).text(&wanted.offering).text(&wanted.date);
    let statement = statement.number(wanted.start_at).number(wanted.capacity);
    statement.number(wanted.offered).number(wanted.booked).number(wanted.seal)
}

/// The way out if the lost data cannot be worked out from other rows.
const BOOK_ANEW: &str = "a backup from before has it; else `mpp cancel` it as its counter or mall, \
                         which need no code, and book it anew";

/// An applicant has to be noted for each appointment that holds a place, until its day is over, and
/// for no other: such a row would keep its person from booking.
fn applicants(booked: &Booked, rows: &BTreeMap<String, String>) -> Vec<Disagreement> {
    const TABLE: &str = "applicant";
    let noted = rows.iter().filter(|(_, date)| **date >= booked.today);
    let mut found: Vec<Disagreement> = noted
        .filter_map(|(name, _)| match booked.appointments.get(name) {
            None => Some(stray(TABLE, name)),
            Some(appointment) if !holds(appointment) => Some(freed(name)),
            Some(over) => (over.date < booked.today).then(|| dated(TABLE, name, &over.date)),
        })
        .collect();
    for (name, appointment) in booked.to_come() {
        match rows.get(name) {
            Some(date) if *date == appointment.date => {}
            Some(_) => found.push(dated(TABLE, name, &appointment.date)),
            None => {
                let what = format!(
                    "nobody is noted as the applicant of {name}, who may book a second time; nobody \
                     has the number that the note is made of"
                );
                found.push(for_its_person(TABLE, name, &what));
            }
        }
    }
    found
}

/// Every appointment to come needs a code, and no two may share one.
fn codes(
    booked: &Booked,
    rows: &BTreeMap<String, String>,
    texts: &BTreeMap<String, String>,
) -> Vec<Disagreement> {
    const TABLE: &str = "appointment_code";
    let mut found = Vec::new();
    for (name, date) in rows.iter().filter(|(_, date)| **date >= booked.oldest) {
        match booked.appointments.get(name) {
            None => found.push(stray(TABLE, name)),
            Some(appointment) if *date != appointment.date => {
                found.push(dated(TABLE, name, &appointment.date));
            }
            Some(_) => {}
        }
    }
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, appointment) in booked.to_come() {
        let code = texts.get(name).map_or("", String::as_str);
        let what = match rows.get(name) {
            None => format!("{name} has no code: only its counter and mall can show and cancel it"),
            Some(date) => {
                if *date < booked.oldest {
                    found.push(dated(TABLE, name, &appointment.date));
                }
                if !is_a_code(code) {
                    format!("the code of {name} is none that was ever given to its holder")
                } else if let Some(other) = owners.insert(code, name) {
                    format!("{name} and {other} have one code: one of them is not its holder's")
                } else {
                    continue;
                }
            }
        };
        found.push(for_its_person(TABLE, name, &what));
    }
    found
}

fn for_its_person(table: &'static str, name: &str, what: &str) -> Disagreement {
    Disagreement::for_a_person(table, what, BOOK_ANEW).of_part(mall_of(name).to_owned())
}

/// The applicant's row of an appointment that was cancelled.
fn freed(name: &str) -> Disagreement {
    let mend = Statement::new("delete from applicant where appointment = $1").text(name);
    let what = format!("{name} was cancelled, and holds no place");
    Disagreement::new("applicant", what, mend).of_part(mall_of(name).to_owned())
}

/// A row whose appointment is not known. Its values are nowhere else, so no repair deletes it
/// unasked.
fn stray(table: &'static str, name: &str) -> Disagreement {
    let gone = Statement::new(format!("delete from {table} where appointment = $1")).text(name);
    let what = format!("{name}, which a row is of, is no appointment that is known");
    let way_out = "restore the appointment, or the row's name, from a backup; where neither is to be \
                   had, `mpp repair scheduling bookings --accept-altered` deletes the row";
    let stray = Disagreement::for_a_person(table, what, way_out).once_accepted(gone);
    stray.of_part(mall_of(name).to_owned())
}

fn dated(table: &'static str, name: &str, date: &str) -> Disagreement {
    let text = format!("update {table} set date = $2 where appointment = $1");
    let what = format!("the row of {name} is of another day than {date}");
    let mend = Statement::new(text).text(name).text(date);
    Disagreement::new(table, what, mend).of_part(mall_of(name).to_owned())
}
