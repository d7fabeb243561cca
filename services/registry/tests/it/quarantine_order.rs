//! In whatever order units, rights and records come, the outcome is the same.

use std::collections::BTreeSet;

use mpp_api::{
    registry::unit::Kind,
    sync::{Hello, Record, Source, UpdateSourceRequest, record::Body},
    types::{Tombstone, tombstone},
};
use mpp_sync::Policy;
use mpp_testkit::{TestDatabase, on_both};
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};
use prost_types::FieldMask;

use crate::{
    publisher::{begin_again, hello, record_of, source},
    quarantine::{quick, titles, until},
    world::{BKPM, KEMENDAGRI, SECOND, SOURCE, World, service, unit},
};

/// Own units, one that comes later, and one of another agency that the source may write later.
const UNITS: [&str; 3] = [KEMENDAGRI, "units/dinas-baru", "units/uptd"];
/// Changes that come from elsewhere, in their own order: two units, and the right to write one.
const ARRIVALS: usize = 3;

/// A record that the source sends, by unit and id: with a title, wrong without one (0), or its
/// delete, after which no other of the name is sent.
#[derive(Clone, Debug)]
struct Step {
    unit: usize,
    id: u8,
    title: u8,
    deletes: bool,
}

/// The source's batches, and the places of the arrivals between them.
#[derive(Clone, Debug)]
struct Story {
    unique_ids: bool,
    batches: Vec<Vec<Step>>,
    /// For each batch, whether its session ends after it.
    ends: Vec<bool>,
    /// The batch before which each arrival comes; their number: after all of them.
    arrivals: Vec<usize>,
}

fn stories() -> impl Strategy<Value = Story> {
    let step = (0..UNITS.len(), 0u8..3, 0u8..4, prop::bool::weighted(0.15))
        .prop_map(|(unit, id, title, deletes)| Step { unit, id, title, deletes });
    let batches = prop::collection::vec(prop::collection::vec(step, 1..4), 2..6);
    (any::<bool>(), batches).prop_flat_map(|(unique_ids, batches)| {
        let count = batches.len();
        let ends = prop::collection::vec(any::<bool>(), count);
        let arrivals = prop::collection::vec(0..=count, ARRIVALS);
        (ends, arrivals).prop_map(move |(ends, mut arrivals)| {
            arrivals.sort_unstable();
            Story { unique_ids, batches: sound(unique_ids, &batches), ends, arrivals }
        })
    })
}

/// The batches without deletes of services that are not there, and without a second life of a
/// deleted name: the answers to those depend on the past, so no order can make them the same.
fn sound(unique_ids: bool, batches: &[Vec<Step>]) -> Vec<Vec<Step>> {
    let (mut sent, mut gone) = (BTreeSet::new(), BTreeSet::new());
    let mut keep = |step: &Step| {
        let key = (step.unit, step.id);
        let fits = match step.deletes {
            true => !unique_ids && sent.contains(&key) && gone.insert(key),
            false => !gone.contains(&key),
        };
        if fits && step.title > 0 {
            sent.insert(key);
        }
        fits
    };
    batches.iter().map(|batch| batch.iter().filter(|step| keep(step)).cloned().collect()).collect()
}

fn record(step: &Step) -> Record {
    let (unit, id) = (UNITS[step.unit], format!("s{}", step.id));
    if step.deletes {
        let reason = tombstone::Reason::Withdrawn.into();
        let tombstone = Some(Tombstone { reason, ..Tombstone::default() });
        let name = format!("{unit}/services/{id}");
        let body = Some(Body::Delete(mpp_api::sync::record::Delete { name, tombstone }));
        return Record { source_id: id, body, ..Record::default() };
    }
    let title = if step.title == 0 { String::new() } else { format!("Layanan {}", step.title) };
    record_of(unit, &id, service(&title))
}

async fn arrive(world: &World, which: usize) {
    let mut admin = world.admin();
    match which {
        0 => {
            let below = unit("dinas-baru", Kind::Office, KEMENDAGRI);
            admin.create_unit("dinas-baru", below).await.expect("a unit");
        }
        1 => {
            admin.create_unit("uptd", unit("uptd", Kind::Office, BKPM)).await.expect("a unit");
        }
        _ => {
            let wider = Source {
                name: SOURCE.into(),
                also_writes: vec!["units/uptd".into()],
                ..Source::default()
            };
            let request = UpdateSourceRequest {
                source: Some(wider),
                update_mask: Some(FieldMask { paths: vec!["also_writes".into()] }),
                ..UpdateSourceRequest::default()
            };
            admin.sync.update_source(request).await.expect("widened");
        }
    }
}

/// The titles, the number of rejected records and the number received, once none waits any more.
type Stands = (BTreeSet<(String, String)>, i64, i64);

async fn told(database: &TestDatabase, story: &Story) -> Stands {
    let policy = Policy { always_moved_records: 1_000, ..quick() };
    let world = World::with_source_under(database, policy).await;
    let hello = |checkpoint| Hello { unique_ids: story.unique_ids, checkpoint, ..hello() };
    let mut session = begin_again(&world, hello(None)).await;
    let mut arrived = 0;
    for (at, batch) in story.batches.iter().enumerate() {
        while arrived < ARRIVALS && story.arrivals[arrived] <= at {
            arrive(&world, arrived).await;
            arrived += 1;
        }
        if !batch.is_empty() {
            session.send(batch.iter().map(record).collect()).await;
        }
        if story.ends[at] {
            let known = session.checkpoint.clone();
            session.end().await;
            session = begin_again(&world, hello(Some(known))).await;
        }
    }
    session.end().await;
    for which in arrived..ARRIVALS {
        arrive(&world, which).await;
    }
    let shown = until("nothing waits", async || {
        // A try that finds the same as the batch just before is followed by a pause.
        world.clock.advance(SECOND);
        let shown = source(&world).await;
        (shown.waiting_now == 0).then_some(shown)
    })
    .await;
    let counted = shown.accounting.expect("counted");
    assert_eq!(
        counted.received,
        counted.applied + counted.unchanged + counted.rejected + counted.quarantined
    );
    let stands = titles(&world).into_iter().collect();
    world.stop().await;
    (stands, shown.rejected_now, counted.received)
}

#[tokio::test]
async fn any_order_of_units_rights_and_records_leads_to_the_same() {
    let mut runner = TestRunner::new(Config::default());
    for _ in 0..6 {
        let story = stories().new_tree(&mut runner).expect("a story").current();
        let first = Story { arrivals: vec![0; ARRIVALS], ..story.clone() };
        let wanted = std::sync::Mutex::new(None);
        on_both(async |database| {
            let stands = told(&database, &first).await;
            *wanted.lock().expect("no panic") = Some(stands);
        })
        .await;
        on_both(async |database| {
            let stands = told(&database, &story).await;
            assert_eq!(Some(stands), *wanted.lock().expect("no panic"), "{story:?}");
        })
        .await;
    }
}
