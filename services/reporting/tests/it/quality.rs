//! Changes, deviations, sources, tickets and appointments.

use mpp_api::{
    registry::{Service, mall::Stage, offering},
    reporting::{Report, catalog_change::Field, source_report::Client},
    scheduling::{Deviation, appointment, deviation::finding::Code, ticket},
    sync::{Source, SourceClient, source::Service as Fed},
    types::{ServiceTime, service_time},
};
use mpp_testkit::on_both;

use crate::{
    records::{
        appointment, counter, deviation, mall, offering, regions, service, source, text, ticket,
    },
    world::{DAY, MORNING, SECOND, World},
};

const OPEN: &[(Stage, &str)] = &[(Stage::Operating, "2026-01-05")];

#[tokio::test]
async fn a_changed_fee_is_told_before_and_after() {
    on_both(async |database| {
        let world = World::start(database).await;
        let name = "units/polri/services/skck";
        world.registry.put(name, &service("SKCK", 30_000)).await;
        world.clock.advance(SECOND);
        let mut dearer = service("SKCK", 50_000);
        let mut time = ServiceTime { value: 1, at_most: true, ..ServiceTime::default() };
        time.set_unit(service_time::Unit::WorkingDays);
        dearer.time = Some(time);
        world.registry.put(name, &dearer).await;
        world.clock.advance(SECOND);
        let revision = world.registry.delete::<Service>(name).await;

        let report = world.after(revision).await;
        let told: Vec<_> = report
            .changes
            .iter()
            .map(|change| (change.field(), change.before.as_str(), change.after.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (Field::Withdrawn, "SKCK", ""),
                (Field::Time, "", "paling lama 1 hari kerja"),
                (Field::Fees, "Rp30.000", "Rp50.000"),
                (Field::Published, "", "SKCK"),
            ]
        );
        assert_eq!(report.changes[1].after_en, "at most 1 working day", "for readers of English");
        let fees = &report.changes[2];
        assert_eq!(fees.time, Some(mpp_api::time::to_timestamp(MORNING + SECOND)));
        assert_eq!(fees.actor, "units/kemendagri");
    })
    .await;
}

#[tokio::test]
async fn a_counter_whose_hours_nobody_knows_is_neither_uniform_nor_deviating() {
    on_both(async |database| {
        let world = World::start(database).await;
        regions(&world).await;
        world.registry.put("malls/satu", &mall("satu", "regions/35.10", OPEN)).await;
        let (dukcapil, polri) = ("malls/satu/counters/dukcapil", "malls/satu/counters/polri");
        world.registry.put(dukcapil, &counter("Dukcapil")).await;
        let registry = world.registry.put(polri, &counter("Polri")).await;
        let some = Deviation { unknown_days: 6, ..deviation(&[]) };
        world.scheduling.put(&format!("{dukcapil}/deviation"), &some).await;
        let all = Deviation { unknown_days: 7, ..deviation(&[]) };
        let scheduling = world.scheduling.put(&format!("{polri}/deviation"), &all).await;

        let report = world.after_both(registry, scheduling).await;
        let uniformity = report.uniformity.expect("a share");
        assert_eq!((uniformity.numerator, uniformity.denominator), (1, 1));
        let mall = &report.malls[0];
        let judged = (mall.counters, mall.uniform_counters, mall.deviating_counters);
        assert_eq!(judged, (2, 1, 0), "of one counter nobody can say it");
    })
    .await;
}

#[tokio::test]
async fn a_counter_that_closes_early_deviates() {
    on_both(async |database| {
        let world = World::start(database).await;
        regions(&world).await;
        world.registry.put("malls/satu", &mall("satu", "regions/35.10", OPEN)).await;
        let (dukcapil, polri) = ("malls/satu/counters/dukcapil", "malls/satu/counters/polri");
        world.registry.put(dukcapil, &counter("Dukcapil")).await;
        let accepted = offering(offering::State::Accepted);
        world.registry.put(&format!("{dukcapil}/offerings/ktp"), &accepted).await;
        let proposed = offering(offering::State::Proposed);
        world.registry.put(&format!("{dukcapil}/offerings/kia"), &proposed).await;
        let registry = world.registry.put(polri, &counter("Polri")).await;
        world.scheduling.put(&format!("{dukcapil}/deviation"), &deviation(&[])).await;
        let codes = [Code::ClosesEarly, Code::ShortHours, Code::ClosesEarly];
        let scheduling =
            world.scheduling.put(&format!("{polri}/deviation"), &deviation(&codes)).await;

        let report = world.after_both(registry, scheduling).await;
        let uniformity = report.uniformity.expect("a share");
        assert_eq!((uniformity.numerator, uniformity.denominator), (1, 2));
        let first = &report.malls[0];
        assert_eq!((first.counters, first.uniform_counters, first.deviating_counters), (2, 1, 1));
        assert_eq!(first.offerings, 1, "what is only proposed is not offered");
        let found: Vec<_> = report
            .deviations
            .iter()
            .map(|found| (found.counter.as_str(), found.code(), found.week.as_str()))
            .collect();
        assert_eq!(
            found,
            [(polri, Code::ClosesEarly, "2026-11-23"), (polri, Code::ShortHours, "2026-11-23")]
        );

        // The week before, nothing is known of it.
        let before = world.as_of("2026-11-20", None).await;
        assert_eq!(before.uniformity.expect("a share").denominator, 0);
        let why = before.incomplete_reason.expect("a reason").en;
        assert!(!before.complete && why.contains("2 of 2 counters in that week"), "{why}");
        // When its hours are mended it no longer deviates.
        let mended = world.scheduling.put(&format!("{polri}/deviation"), &deviation(&[])).await;
        let report = world.after_both(0, mended).await;
        assert_eq!(report.uniformity.expect("a share").numerator, 2);
        assert!(report.deviations.is_empty());

        // While the mall is suspended nobody keeps its hours, and none of them counts.
        let stages = [OPEN, &[(Stage::Suspended, "2026-11-24")]].concat();
        let suspended = mall("satu", "regions/35.10", &stages);
        let registry = world.registry.put("malls/satu", &suspended).await;
        let uniformity = world.after(registry).await.uniformity.expect("a share");
        let of = uniformity.denominator_name.expect("a name").en;
        assert!(uniformity.denominator == 0 && of.contains("without 2 at malls"), "{of}");
    })
    .await;
}

#[tokio::test]
async fn a_source_becomes_late_by_time_alone() {
    on_both(async |database| {
        let world = World::start(database).await;
        let kept = source("Kemendagri", 3_600, MORNING - 1_800 * SECOND);
        let revision = world.registry.put("sources/kemendagri", &kept).await;

        let report = world.after(revision).await;
        let source = &report.sources[0];
        assert!(!source.late);
        let answered = source.applied + source.unchanged + source.rejected + source.quarantined;
        assert_eq!(source.received, answered);

        world.clock.advance(1_801 * SECOND);
        world.until("the source is late", |report| report.sources[0].late).await;
    })
    .await;
}

#[tokio::test]
async fn of_a_source_with_several_clients_the_one_that_is_late_is_named() {
    on_both(async |database| {
        let world = World::start(database).await;
        let client = |name: &str, last: i64, away: bool| SourceClient {
            name: name.into(),
            last_success_time: Some(mpp_api::time::to_timestamp(MORNING + last * SECOND)),
            away,
            ..SourceClient::default()
        };
        let clients =
            vec![client("barat", 0, false), client("timur", 60, false), client("lama", -9, true)];
        let several = Source { clients, ..source("Katalog", 3_600, MORNING) };
        let revision = world.registry.put("sources/kemendagri", &several).await;
        world.after(revision).await;
        let late = |report: &Report| {
            let at = &report.sources[0].services[0];
            let told = |one: &Client| (one.name.clone(), one.late, one.away);
            at.clients.iter().map(told).collect::<Vec<_>>()
        };
        world.clock.advance(3_601 * SECOND);
        world.until("one is late", |report| report.sources[0].late).await;
        let told = [("barat", true, false), ("timur", false, false), ("lama", false, true)];
        let told = told.map(|(name, late, away)| (name.to_owned(), late, away));
        world.until("it is named", |report| late(report) == told).await;
    })
    .await;
}

#[tokio::test]
async fn a_source_that_sends_only_hours_is_judged_by_its_sessions_at_scheduling() {
    on_both(async |database| {
        let world = World::start(database).await;
        let unheard =
            Source { last_success_time: None, accounting: None, ..source("Mal", 3_600, 0) };
        let revision = world.registry.put("sources/mal", &unheard).await;
        let report = world.after(revision).await;
        assert!(report.sources[0].services.is_empty(), "nobody knows yet where it belongs");

        world.clock.advance(3_601 * SECOND);
        world.until("nothing has come at all", |report| report.sources[0].late).await;
        let kept = source("Mal", 3_600, MORNING + 3_600 * SECOND);
        world.scheduling.put("sources/mal", &kept).await;
        let at = |report: &Report| {
            let own = &report.sources[0];
            let at = own.services.iter().map(|at| (at.service(), at.late)).collect::<Vec<_>>();
            (at, own.late, own.received)
        };
        let fresh = (vec![(Fed::Scheduling, false)], false, 10);
        world.until("scheduling has it", |report| at(report) == fresh).await;

        let feeds = vec![Fed::Registry.into(), Fed::Scheduling.into()];
        world.registry.put("sources/mal", &Source { feeds, ..unheard }).await;
        let both = vec![(Fed::Registry, true), (Fed::Scheduling, false)];
        let told = (both, true, 10);
        world.until("it says that it feeds both", |report| at(report) == told).await;
    })
    .await;
}

#[tokio::test]
async fn today_is_each_malls_local_date() {
    on_both(async |database| {
        let world = World::start(database).await;
        regions(&world).await;
        // 23:30 in Jakarta is 01:30 of the next day in Jayapura.
        world.clock.set(MORNING + DAY / 2 + 4 * 3_600 * SECOND + 1_800 * SECOND);
        world.registry.put("malls/barat", &mall("barat", "regions/35.10", OPEN)).await;
        let registry =
            world.registry.put("malls/timur", &mall("timur", "regions/91.71", OPEN)).await;
        let (called, done) = (ticket::State::Called, ticket::State::Completed);
        for (mall, date, number, state) in [
            ("barat", "2026-11-24", 1, done),
            ("barat", "2026-11-24", 2, called),
            ("barat", "2026-11-25", 3, done),
            ("timur", "2026-11-24", 1, done),
            ("timur", "2026-11-25", 2, done),
        ] {
            let name = format!("malls/{mall}/tickets/{date}-A-{number:03}");
            world.scheduling.put(&name, &ticket(date, called)).await;
            world.scheduling.put(&name, &ticket(date, state)).await;
        }
        let (booked, cancelled) = (appointment::State::Booked, appointment::State::Cancelled);
        world
            .scheduling
            .put("malls/timur/appointments/a", &appointment("2026-11-25", booked))
            .await;
        world
            .scheduling
            .put("malls/timur/appointments/b", &appointment("2026-11-25", booked))
            .await;
        let scheduling = world
            .scheduling
            .put("malls/timur/appointments/b", &appointment("2026-11-25", cancelled))
            .await;

        let report = world.after_both(registry, scheduling).await;
        let of = |name: &str| {
            let mall = report.malls.iter().find(|mall| mall.mall == name).expect("the mall");
            (mall.tickets_issued_today, mall.tickets_completed_today, mall.appointments_today)
        };
        assert_eq!(of("malls/barat"), (2, 1, 0));
        assert_eq!(of("malls/timur"), (1, 1, 1));
        assert_eq!(report.tickets_completed_today, 2);
        assert_eq!(report.as_of, "2026-11-24", "the nation's day is Jakarta's");
    })
    .await;
}

#[tokio::test]
async fn an_earlier_knowledge_says_what_it_had_to_leave_out() {
    on_both(async |database| {
        let world = World::start(database).await;
        world.registry.put("sources/a", &source("A", 3_600, MORNING)).await;
        world.clock.advance(DAY);
        let registry = world.registry.put("sources/a", &source("A", 3_600, MORNING + DAY)).await;
        world.after(registry).await;
        world.until("both feeds are read", |report| report.complete).await;

        let then = world.as_of("2026-11-24", Some(MORNING + SECOND)).await;
        assert!(then.sources.is_empty());
        assert!(!then.complete);
        let reason = then.incomplete_reason.expect("a reason");
        assert!(reason.en.contains("only their last state is kept"), "{}", reason.en);
        assert!(!reason.id.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_record_that_cannot_be_read_stops_nothing() {
    on_both(async |database| {
        let world = World::start(database).await;
        regions(&world).await;
        // An impossible date and an unknown stage, as a newer registry might send.
        let mut odd = mall("aneh", "regions/35.78", &[(Stage::Operating, "kapan-kapan")]);
        odd.stages[0].stage = 99;
        world.registry.put("malls/aneh", &odd).await;
        let registry = world.registry.put("malls/satu", &mall("satu", "regions/35.10", OPEN)).await;
        let mut nameless = mall("tanpa-nama", "regions/00.00", &[]);
        nameless.display_name = text("");
        let registry = registry.max(world.registry.put("malls/tanpa-nama", &nameless).await);

        let report = world.after(registry).await;
        assert_eq!(report.coverage_all.expect("a share").numerator, 1);
        world.verify().await;
    })
    .await;
}
