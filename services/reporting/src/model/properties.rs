//! Properties of the projections: no interleaving of the feeds matters, and neither does when a
//! batch ends or which rows are at hand.

use bytes::Bytes;
use mpp_api::{
    registry::{Counter, Mall, Offering, Service, mall::StageEntry},
    scheduling::{Appointment, Deviation, Ticket},
    types::{Fee, LocalizedText},
};
use proptest::prelude::*;
use prost::Message;

use super::{Event, Rows, Upstream, Written, project};

/// A change in three numbers: the kind, the record, and its new state (0: it is gone).
type RandomChange = (u8, u8, u8);

fn registry(steps: &[RandomChange]) -> Vec<Event> {
    numbered(steps, Upstream::Registry, |(kind, id, value)| {
        let mall = format!("malls/m{}", id % 2);
        let counter = format!("{mall}/counters/c{id}");
        match kind % 4 {
            0 => ("mall", mall, some_mall(value).encode_to_vec()),
            1 => ("counter", counter, Counter::default().encode_to_vec()),
            2 => {
                let offering = Offering { state: i32::from(value % 3), ..Offering::default() };
                ("offering", format!("{counter}/offerings/o"), offering.encode_to_vec())
            }
            _ => {
                ("service", format!("units/u/services/s{id}"), some_service(value).encode_to_vec())
            }
        }
    })
}

fn scheduling(steps: &[RandomChange]) -> Vec<Event> {
    numbered(steps, Upstream::Scheduling, |(kind, id, value)| {
        let mall = format!("malls/m{}", id % 2);
        let date = format!("2026-11-2{}", id % 3);
        match kind % 3 {
            0 => {
                let ticket = Ticket { date, state: i32::from(value % 4), ..Ticket::default() };
                ("ticket", format!("{mall}/tickets/t{id}"), ticket.encode_to_vec())
            }
            1 => {
                let booked =
                    Appointment { date, state: i32::from(value % 4), ..Appointment::default() };
                ("appointment", format!("{mall}/appointments/a{id}"), booked.encode_to_vec())
            }
            _ => {
                let found = Deviation { uniform: value % 2 == 0, ..Deviation::default() };
                ("deviation", format!("{mall}/counters/c{id}/deviation"), found.encode_to_vec())
            }
        }
    })
}

fn numbered(
    steps: &[RandomChange],
    feed: Upstream,
    record: impl Fn(RandomChange) -> (&'static str, String, Vec<u8>),
) -> Vec<Event> {
    let event = |(place, step): (usize, &RandomChange)| {
        let revision = i64::try_from(place).expect("few steps") + 1;
        let (kind, name, doc) = record(*step);
        Event {
            feed,
            revision,
            sub: 1,
            kind: kind.to_owned(),
            name,
            version: revision,
            doc: (step.2 > 0).then(|| Bytes::from(doc)),
            labels: "{}".to_owned(),
            actor: "units/u".to_owned(),
            at: revision * 1_000,
        }
    };
    steps.iter().enumerate().map(event).collect()
}

fn some_mall(value: u8) -> Mall {
    let stage = |stage: u8| StageEntry {
        stage: i32::from(stage % 13),
        date: format!("2026-0{}-01", 1 + stage % 9),
        evidence: String::new(),
    };
    Mall { stages: (1..=value % 5).map(|n| stage(n * value)).collect(), ..Mall::default() }
}

fn some_service(value: u8) -> Service {
    let fee = Fee { kind: 2, amount_rupiah: i64::from(value) * 1_000, ..Fee::default() };
    let title = LocalizedText { id: format!("Layanan {}", value % 2), en: String::new() };
    Service { fees: vec![fee], title: Some(title), ..Service::default() }
}

fn all(events: &[Event]) -> Written {
    let mut rows = Rows::empty();
    for event in events {
        project(&mut rows, event).expect("well-formed");
    }
    rows.into_written()
}

/// Projects like the store: batch by batch, each with only the rows that it asks for.
fn batched(events: &[Event], size: usize) -> Written {
    let mut stored = Written::new();
    for batch in events.chunks(size.max(1)) {
        let mut rows = Rows::default();
        loop {
            batch.iter().for_each(|event| project(&mut rows, event).expect("well-formed"));
            let missing = rows.take_missing();
            if missing.is_empty() {
                break;
            }
            for key in missing {
                let value = stored.get(&key).cloned().flatten();
                rows.load(key, value);
            }
        }
        stored.extend(rows.into_written());
    }
    stored
}

/// Both in their own order, mixed as `picks` says.
fn mixed(first: Vec<Event>, second: Vec<Event>, picks: &[bool]) -> Vec<Event> {
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut out: Vec<Event> =
        picks.iter().filter_map(|pick| if *pick { first.next() } else { second.next() }).collect();
    out.extend(first);
    out.extend(second);
    out
}

fn steps() -> impl Strategy<Value = Vec<RandomChange>> {
    prop::collection::vec((any::<u8>(), 0u8..6, 0u8..8), 0..60)
}

proptest! {
    #[test]
    fn rows_do_not_depend_on_how_the_feeds_interleave(
        one in steps(), two in steps(), picks in prop::collection::vec(any::<bool>(), 0..120),
    ) {
        let ordered = all(&mixed(registry(&one), scheduling(&two), &[]));
        let interleaved = all(&mixed(registry(&one), scheduling(&two), &picks));
        prop_assert_eq!(ordered, interleaved);
    }

    #[test]
    fn rows_do_not_depend_on_where_batches_end(one in steps(), two in steps(), size in 1usize..20) {
        let events = mixed(registry(&one), scheduling(&two), &[true, false, true, true, false]);
        prop_assert_eq!(all(&events), batched(&events, size));
    }

    #[test]
    fn a_state_told_again_counts_once(two in steps()) {
        let events = scheduling(&two);
        let mut last = std::collections::BTreeMap::new();
        for event in &events {
            last.insert(event.name.clone(), event.clone());
        }
        let again: Vec<Event> = events.iter().cloned().chain(last.into_values()).collect();
        prop_assert_eq!(counts(&all(&events)), counts(&all(&again)));
    }
}

/// The sums of each day, without the time at which they became known.
fn counts(rows: &Written) -> Vec<(String, [i32; 3])> {
    let days = rows.iter().filter(|(key, _)| key.0 == "day");
    days.map(|(key, value)| {
        let day: super::facts::DayRow =
            super::rows::decode(key, value.as_deref().expect("days stay")).expect("own text");
        (key.1.clone(), [day.issued, day.completed, day.booked])
    })
    .collect()
}
