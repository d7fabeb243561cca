//! Checks that must hold once everything is calm.

use std::collections::{BTreeMap, BTreeSet};

use mpp_api::{
    registry::{ListServicesRequest, Offering, Service as CatalogService},
    reporting::{
        GetReportRequest, Report, VerifyProjectionsRequest,
        report_service_client::ReportServiceClient,
    },
    scheduling::{
        Appointment, Deviation, ListSlotsRequest, Slot, Ticket, appointment,
        booking_service_client::BookingServiceClient, ticket,
    },
    sync::{Accounting, GetSourceRequest, sync_service_client::SyncServiceClient},
};
use mpp_tests::{
    PATIENCE, Service, Suite,
    copy::{Copy, Follower, feed},
    eventually,
    keys::{APP, AUDITOR},
    town::{DUKCAPIL, MALL, OFFERING, Row, SOURCE, catalog_of},
    wait::that,
};

use super::{
    book::{Booked, Kept},
    queue::Called,
};

/// Every record of the last edition is there, as it was published; nothing else is; and the source
/// is accounted for.
pub async fn catalog(suite: &Suite, published: &[Row]) {
    let stored = all_services(suite).await;
    assert_eq!(stored.len(), published.len(), "records in the registry, and in the catalog");
    for [code, title, fee, _] in published {
        let name = format!("units/kemendagri/services/{}", code.to_lowercase());
        let service = stored.get(&name).unwrap_or_else(|| panic!("{name} is lost"));
        let told = &service.fees[0];
        assert_eq!(&told.source_text, fee, "{name} is stale");
        assert_eq!(service.title.as_ref().map(|text| &text.id), Some(title), "{name}");
    }
    let channel = suite.channel(Service::Registry, APP);
    let request = GetSourceRequest { name: SOURCE.into() };
    let answer = SyncServiceClient::new(channel).get_source(request).await.expect("the source");
    let source = answer.into_inner().source.expect("a source");
    for sums in [source.accounting, source.last_session] {
        balances(&sums.expect("an accounting"));
    }
    let sums = source.accounting.expect("an accounting");
    println!("    {sums:?}");
    assert_eq!((sums.rejected, sums.quarantined), (0, 0));
    // The answers to some of the written records were killed on the way, and they came again.
    let written = sums.applied + sums.sent_again;
    assert!(written >= i64::try_from(published.len()).expect("small"), "{sums:?}");
}

fn balances(sums: &Accounting) {
    let answered = sums.applied + sums.unchanged + sums.rejected + sums.quarantined;
    assert_eq!(sums.received, answered, "{sums:?}");
}

async fn all_services(suite: &Suite) -> BTreeMap<String, CatalogService> {
    let mut catalog = catalog_of(suite, APP);
    let mut stored = BTreeMap::new();
    let mut page_token = String::new();
    loop {
        let request = ListServicesRequest {
            parent: "units/kemendagri".into(),
            page_size: 1_000,
            page_token,
            source: SOURCE.into(),
            ..Default::default()
        };
        let answer = catalog.list_services(request).await.expect("a page").into_inner();
        for service in answer.services {
            assert!(
                stored.insert(service.name.clone(), service).is_none(),
                "a service is listed twice"
            );
        }
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            return stored;
        }
    }
}

/// Citizens were told the truth, and no slot has more bookings than places.
pub async fn bookings(suite: &Suite, told: &Booked) {
    let copy =
        Copy::of(&suite.channel(Service::Scheduling, AUDITOR)).await.expect("scheduling's state");
    let stored = copy.of_kind::<Appointment>();
    let names: BTreeSet<_> = stored.keys().collect();
    assert_eq!(
        names,
        told.made.keys().collect(),
        "appointments that exist, and that were acknowledged"
    );
    let mut taken: BTreeMap<&str, i32> = BTreeMap::new();
    for (name, Kept { slot, .. }) in &told.made {
        let appointment = &stored[name];
        assert_eq!(&appointment.slot, slot, "{name}");
        let cancelled = told.cancelled.contains(name);
        let state =
            if cancelled { appointment::State::Cancelled } else { appointment::State::Booked };
        assert_eq!(appointment.state(), state, "{name}");
        *taken.entry(slot).or_default() += i32::from(!cancelled);
    }
    let codes: BTreeSet<_> = told.made.values().map(|kept| &kept.code).collect();
    assert_eq!(codes.len(), told.made.len(), "two citizens have the same code");
    let is_secret = stored.values().all(|appointment| appointment.code.is_empty());
    assert!(is_secret, "the feed gives codes away");
    for slot in slots(suite).await {
        let taken = taken.remove(slot.name.as_str()).unwrap_or(0);
        assert_eq!(slot.booked, taken, "{}: what is counted, and what is booked", slot.name);
        assert!(slot.booked <= slot.capacity, "{} is sold above {}", slot.name, slot.capacity);
        assert_eq!(slot.capacity, 10, "{}", slot.name);
    }
    assert!(taken.is_empty(), "booked in slots that are not listed: {taken:?}");
}

async fn slots(suite: &Suite) -> Vec<Slot> {
    let mut booking = BookingServiceClient::new(suite.channel(Service::Scheduling, APP));
    let request = ListSlotsRequest { offering: OFFERING.into(), days: 5, ..Default::default() };
    booking.list_slots(request).await.expect("slots").into_inner().slots
}

/// Numbers were given once, without gaps, and each called citizen was served once.
pub async fn queue(suite: &Suite, told: &Called) {
    let copy =
        Copy::of(&suite.channel(Service::Scheduling, AUDITOR)).await.expect("scheduling's state");
    let stored = copy.of_kind::<Ticket>();
    assert_eq!(
        stored.keys().collect::<BTreeSet<_>>(),
        told.issued.iter().collect(),
        "tickets that exist, and that were printed"
    );
    let done = stored.iter().filter(|(_, ticket)| ticket.state() == ticket::State::Completed);
    assert_eq!(done.map(|(name, _)| name.clone()).collect::<BTreeSet<_>>(), told.completed);
    let mut by_day: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for ticket in stored.values() {
        assert_eq!(ticket.counter, DUKCAPIL);
        by_day.entry(&ticket.date).or_default().push(&ticket.number);
    }
    for (day, mut numbers) in by_day {
        numbers.sort_unstable();
        let expected: Vec<_> = (1..=numbers.len()).map(|n| format!("A-{n:03}")).collect();
        assert_eq!(numbers, expected, "{day}");
    }
}

/// A follower that lived through all of it, one that begins now, and the server itself agree.
pub async fn copies_agree(suite: &Suite, followers: &[Follower; 2]) {
    for (service, follower) in [Service::Registry, Service::Scheduling].into_iter().zip(followers) {
        let channel = suite.channel(service, AUDITOR);
        eventually(
            PATIENCE,
            &format!("all copies of the {} feed agree", service.name()),
            async || {
                let stands = feed(&channel).await.map_err(|status| status.to_string())?;
                let fresh = Copy::of(&channel).await.map_err(|status| status.to_string())?;
                let count = i64::try_from(fresh.records.len()).expect("small");
                that(
                    count == stands.record_count,
                    format!("{count} records, and {}", stands.record_count),
                )?;
                that(fresh.digest() == stands.state_digest, "a fresh copy differs")?;
                let kept = follower.copy();
                that(
                    kept.records == fresh.records,
                    format!("the follower is at {} of {}", kept.revision, stands.head_revision),
                )
            },
        )
        .await;
    }
}

/// Reports agree with the feeds, and are the same when rebuilt.
pub async fn report(suite: &Suite) {
    let registry =
        Copy::of(&suite.channel(Service::Registry, AUDITOR)).await.expect("the registry's state");
    let scheduling =
        Copy::of(&suite.channel(Service::Scheduling, AUDITOR)).await.expect("scheduling's state");
    let mut reports = ReportServiceClient::new(suite.channel(Service::Reporting, AUDITOR));
    let request = GetReportRequest {
        min_registry_revision: registry.revision,
        min_scheduling_revision: scheduling.revision,
        ..Default::default()
    };
    let report =
        eventually(PATIENCE, "the report has seen everything and is complete", async || {
            let answer =
                reports.get_report(request.clone()).await.map_err(|status| status.to_string())?;
            let report = answer.into_inner().report.unwrap_or_default();
            that(report.complete, format!("{:?}", report.incomplete_reason)).map(|()| report)
        })
        .await;
    agrees(&report, &registry, &scheduling);
    let answer = reports
        .verify_projections(VerifyProjectionsRequest {})
        .await
        .expect("a comparison")
        .into_inner();
    assert!(answer.equal, "rebuilt differs from live: {:?}", answer.differences);
    assert_eq!(answer.live_digest, answer.rebuilt_digest);
}

fn agrees(report: &Report, registry: &Copy, scheduling: &Copy) {
    let mall = report.malls.iter().find(|mall| mall.mall == MALL).expect("the mall");
    assert_eq!(mall.offerings, i32::try_from(registry.of_kind::<Offering>().len()).expect("small"));
    let tickets = scheduling.of_kind::<Ticket>();
    let today = tickets.values().map(|ticket| &ticket.date).max().expect("tickets");
    let of_today: Vec<_> = tickets.values().filter(|ticket| ticket.date == *today).collect();
    let done = of_today.iter().filter(|ticket| ticket.state() == ticket::State::Completed).count();
    assert_eq!(usize::try_from(mall.tickets_issued_today).expect("no debt"), of_today.len());
    assert_eq!(usize::try_from(mall.tickets_completed_today).expect("no debt"), done);
    let deviations = scheduling.of_kind::<Deviation>();
    let deviating = deviations.values().filter(|deviation| !deviation.uniform).count();
    assert_eq!(usize::try_from(mall.deviating_counters).expect("no debt"), deviating);
    let source = &report.sources[0];
    assert_eq!(
        source.received,
        source.applied + source.unchanged + source.rejected + source.quarantined
    );
}
