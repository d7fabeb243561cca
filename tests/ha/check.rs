//! Checks once everything is calm.

use std::collections::{BTreeMap, BTreeSet};

use mpp_api::{
    registry::Service as CatalogService,
    scheduling::{Appointment, ListSlotsRequest, booking_service_client::BookingServiceClient},
};
use mpp_tests::{
    PATIENCE, Service, Suite,
    copy::{Copy, Follower},
    eventually,
    keys::{APP, AUDITOR},
    town::OFFERING,
    wait::that,
};

use crate::{book::Booked, database, follow::Watch, source::Pushed};

/// Each acknowledged appointment is there once, no other is, and no slot has more than its places.
pub async fn bookings(suite: &Suite, booked: &Booked) {
    let stored = state(suite, Service::Scheduling).await.of_kind::<Appointment>();
    let acknowledged: BTreeSet<_> = booked.keys().collect();
    let there: BTreeSet<_> = stored.keys().collect();
    let lost: Vec<_> = acknowledged.difference(&there).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let untold: Vec<_> = there.difference(&acknowledged).collect();
    assert!(
        untold.is_empty(),
        "booked and never acknowledged, though asked until answered: {untold:?}"
    );
    let mut taken: BTreeMap<&str, i32> = BTreeMap::new();
    for (name, slot) in booked {
        assert_eq!(&stored[name].slot, slot, "{name}");
        *taken.entry(slot).or_default() += 1;
    }
    let mut booking = BookingServiceClient::new(suite.channel(Service::Scheduling, APP));
    let request = ListSlotsRequest { offering: OFFERING.into(), days: 5, ..Default::default() };
    let slots = booking.list_slots(request).await.expect("slots").into_inner().slots;
    for slot in &slots {
        let taken = taken.remove(slot.name.as_str()).unwrap_or(0);
        assert_eq!(slot.booked, taken, "{}: what is counted, and what is booked", slot.name);
        assert!(slot.booked <= slot.capacity, "{} is oversold", slot.name);
    }
    assert!(taken.is_empty(), "booked in slots that are not listed: {taken:?}");
    let full = slots.iter().filter(|slot| slot.booked == slot.capacity).count();
    println!(
        "{} bookings acknowledged, all there once; {full} slots full, none oversold",
        booked.len()
    );
}

/// Each record of an acknowledged batch stands.
pub async fn source(suite: &Suite, pushed: &Pushed) {
    let stored = state(suite, Service::Registry).await.of_kind::<CatalogService>();
    let name = |id: &String| format!("units/kemendagri/services/{id}");
    let lost: Vec<_> = pushed.iter().filter(|id| !stored.contains_key(&name(id))).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    println!("{} records acknowledged, all stand", pushed.len());
}

/// Checks that followers which lived through all of it have the same as one that begins now.
pub async fn copies(suite: &Suite, followers: &[Follower; 2]) {
    for (service, follower) in [Service::Registry, Service::Scheduling].into_iter().zip(followers) {
        let fresh = state(suite, service).await;
        eventually(PATIENCE, "a follower has everything", async || {
            that(follower.copy().records == fresh.records, "not yet")
        })
        .await;
    }
}

/// Checks that each watch heard of each revision once and in order, and was not given the state
/// anew.
pub async fn watches(watches: &[Watch], place: &str) {
    for watch in watches {
        let name = watch.service.name();
        let from = watch.heard().from;
        let there = eventually(PATIENCE, "a watch has heard of every revision", async || {
            let there = database::revisions(place, name, from).await;
            let heard = watch.heard().revisions;
            that(heard == there, differs(&heard, &there)).map(|()| there)
        })
        .await;
        assert_eq!(watch.heard().states, 1, "{name}: the watch began anew");
        println!("{name}: {} revisions, each heard once and in order", there.len());
    }
}

fn differs(heard: &[i64], there: &[i64]) -> String {
    let (heard, there): (BTreeSet<_>, BTreeSet<_>) =
        (heard.iter().collect(), there.iter().collect());
    let missing: Vec<_> = there.difference(&heard).collect();
    let phantom: Vec<_> = heard.difference(&there).collect();
    format!("missing {missing:?}, and not in the database {phantom:?}; or out of order")
}

async fn state(suite: &Suite, service: Service) -> Copy {
    Copy::of(&suite.channel(service, AUDITOR)).await.expect("the state")
}
