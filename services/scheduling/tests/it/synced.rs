//! A mall's own system sends its hours: what it may write stands, what it may not is refused, and
//! what comes too early waits for its mall.

use mpp_api::{
    registry::{Counter, Mall, Service},
    scheduling::{
        DeleteHoursRuleRequest, GetHoursRequest, HoursRule, ListHoursRulesRequest,
        UpdateHoursRuleRequest, day_hours::Status as Day, hours_service_client::HoursServiceClient,
        reason::Code as Why,
    },
    sync::{
        Batch, Checkpoint, CreateSourceRequest, End, Hello, ListSourcesRequest, OpenSessionRequest,
        Outcome, Record, RedriveRecordsRequest, Source, SyncRequest, record::Body,
        sync_request::Message as Ask, sync_response::Message as Answer,
    },
};
use mpp_core::Role;
use mpp_testkit::on_both;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;

use crate::{
    source::{
        MALL, ORGANISER, SOURCE, closed, codes, delete, hours, name, officer, opening, outcomes,
        restarted, run, source, sourced, stored, sync, waiting,
    },
    world::{BANK, TUESDAY, World, administrator, caller, eventually, office_week, refused},
};

const POLRI: &str = "malls/banyuwangi/counters/polri";

/// How a target stands on the Tuesday.
async fn day(world: &World, target: &str) -> Day {
    let request =
        GetHoursRequest { target: target.into(), date: TUESDAY.to_string(), ..Default::default() };
    let answer = world.scheduling.hours().get_hours(request).await.expect("hours").into_inner();
    answer.days[0].status()
}

#[tokio::test]
async fn a_malls_system_sends_its_hours_and_closures_and_takes_one_back() {
    on_both(async |database| {
        let world = sourced(database).await;
        let ceremony = || closed("upacara", MALL, "2026-11-24");
        let (_, result) =
            run(&world, vec![hours("jam", MALL), hours("bank", BANK), ceremony()]).await;
        assert_eq!(outcomes(&result), [Outcome::Applied; 3], "{result:?}");
        let rule = stored(&world, "jam").await.expect("applied");
        assert_eq!((rule.source.as_str(), rule.target.as_str()), (SOURCE, MALL));
        assert_eq!(day(&world, MALL).await, Day::Closed, "as its own system says");
        let (_, again) = run(&world, vec![hours("jam", MALL), delete("upacara")]).await;
        assert_eq!(outcomes(&again), [Outcome::Unchanged, Outcome::Applied]);
        assert_eq!(day(&world, MALL).await, Day::Open, "the closure was taken back");
        let (_, back) = run(&world, vec![ceremony(), delete("upacara"), delete("never")]).await;
        assert_eq!(codes(&back), ["TOMBSTONED", "DUPLICATE", "NOT_FOUND"]);
        let shown = source(&world).await;
        let counted = shown.accounting.expect("counted");
        assert_eq!((shown.unit.as_str(), counted.received, counted.applied), (ORGANISER, 8, 4));
        assert!(shown.last_end_time.is_some() && shown.counted, "{shown:?}");
    })
    .await;
}

#[tokio::test]
async fn rules_for_malls_and_counters_that_do_not_exist_yet_wait_for_them() {
    on_both(async |database| {
        let world = sourced(database).await;
        let early = vec![hours("baru", "malls/baru"), hours("loket", "malls/baru/counters/kua")];
        let (_, result) = run(&world, early).await;
        assert_eq!(outcomes(&result), [Outcome::Quarantined; 2], "{result:?}");
        assert_eq!(codes(&result), ["TARGET_NOT_FOUND"; 2]);
        assert!(result.results[0].message.contains("applied by itself"), "{result:?}");
        let listed = waiting(&world).await;
        let awaited: Vec<_> = listed.records.iter().map(|one| one.awaited.as_str()).collect();
        assert_eq!(awaited, ["malls/baru", "malls/baru/counters/kua"]);
        assert_eq!(source(&world).await.waiting_now, 2);

        let region = "regions/35.10".to_owned();
        let mall = Mall { region, organiser: ORGANISER.into(), ..Mall::default() };
        world.upstream.put("malls/baru", mall).await;
        eventually("the mall's rule", async || stored(&world, "baru").await).await;
        assert!(stored(&world, "loket").await.is_none(), "its counter is not there");
        world.upstream.put("malls/baru/counters/kua", Counter::default()).await;
        eventually("the counter's rule", async || stored(&world, "loket").await).await;
        let shown = eventually("the account", async || {
            let shown = source(&world).await;
            (shown.waiting_now == 0).then_some(shown)
        })
        .await;
        let counted = shown.accounting.expect("counted");
        assert_eq!((counted.quarantined, counted.redriven, counted.applied), (2, 2, 0));
        assert_eq!(waiting(&world).await.total_size, 0);
    })
    .await;
}

#[tokio::test]
async fn a_rule_for_a_target_of_another_body_waits_until_it_is_the_sources() {
    on_both(async |database| {
        let world = sourced(database).await;
        let others = vec![hours("bali", "malls/denpasar"), hours("negara", "national")];
        let (_, result) = run(&world, others).await;
        assert_eq!(outcomes(&result), [Outcome::Quarantined, Outcome::Rejected], "{result:?}");
        assert_eq!(codes(&result), ["TARGET_NOT_OWNED", "NOT_ALLOWED"]);
        let (_, early) = run(&world, vec![hours("baru", "malls/baru")]).await;
        assert_eq!(codes(&early), ["TARGET_NOT_FOUND"]);
        world.upstream.mall("baru", "35.10", mpp_calendar::Zone::Wib).await;
        eventually("what it is found to wait for", async || {
            let codes: Vec<_> =
                waiting(&world).await.records.into_iter().map(|one| one.code).collect();
            (codes == ["TARGET_NOT_OWNED"; 2]).then_some(())
        })
        .await;
        assert!(stored(&world, "bali").await.is_none() && stored(&world, "baru").await.is_none());
        for (mall, region) in [("malls/denpasar", "regions/51.71"), ("malls/baru", "regions/35.10")]
        {
            let (region, organiser) = (region.to_owned(), ORGANISER.to_owned());
            world.upstream.put(mall, Mall { region, organiser, ..Mall::default() }).await;
        }
        for id in ["bali", "baru"] {
            eventually("the mall's new organiser", async || stored(&world, id).await).await;
        }
    })
    .await;
}

/// A police office whose counter it is, and its source.
async fn police(world: &World) {
    let unit = "units/polres".to_owned();
    world.upstream.put(POLRI, Counter { unit: unit.clone(), ..Counter::default() }).await;
    world.upstream.put("sources/polres", Source { unit, ..Source::default() }).await;
}

fn ask(message: Ask) -> SyncRequest {
    SyncRequest { message: Some(message) }
}

#[tokio::test]
async fn an_agency_sends_the_hours_of_its_own_counters_over_one_stream() {
    on_both(async |database| {
        let world = sourced(database).await;
        police(&world).await;
        let own = caller("sources/polres", Role::Publisher, &["sources/polres"]);
        let mut client = sync(&world, own);
        let (asks, asked) = mpsc::channel(1);
        let source = "sources/polres".to_owned();
        let hello = Hello { source, mapping_version: "1".into(), ..Hello::default() };
        asks.send(ask(Ask::Hello(hello))).await.expect("open");
        let stream = client.sync(ReceiverStream::new(asked)).await.expect("a stream");
        let mut answers = stream.into_inner();
        let mut next = async || answers.message().await.expect("told").and_then(|one| one.message);
        let Some(Answer::Welcome(welcome)) = next().await else { panic!("no welcome") };
        let batch = Batch {
            nonce: 1,
            fencing_token: welcome.fencing_token,
            records: vec![hours("skck", POLRI), hours("mal", MALL)],
            checkpoint: Some(Checkpoint { sequence: 1, ..Checkpoint::default() }),
            reconciled: None,
        };
        asks.send(ask(Ask::Batch(batch))).await.expect("open");
        let Some(Answer::BatchResult(result)) = next().await else { panic!("no answer") };
        assert_eq!(outcomes(&result), [Outcome::Applied, Outcome::Quarantined], "{result:?}");
        asks.send(ask(Ask::End(End::default()))).await.expect("open");
        let Some(Answer::Summary(summary)) = next().await else { panic!("no summary") };
        let counted = summary.session.expect("counted");
        assert_eq!((counted.received, counted.applied, counted.quarantined), (2, 1, 1));
    })
    .await;
}

#[tokio::test]
async fn what_is_malformed_is_rejected_and_stops_no_other() {
    on_both(async |database| {
        let world = sourced(database).await;
        let mut wrong = hours("salah", MALL);
        if let Some(Body::HoursRule(rule)) = &mut wrong.body {
            rule.valid_from = "kemarin".into();
            rule.basis.clear();
        }
        let service = Record { body: Some(Body::Service(Service::default())), ..hours("kk", MALL) };
        let (_, result) = run(&world, vec![wrong, service, hours("baik", MALL)]).await;
        let fields: Vec<_> = result.results.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(fields, ["hours_rule.valid_from", "service", ""]);
        assert!(result.results[0].message.contains("hours_rule.basis"), "{result:?}");
        let rejected = Outcome::Rejected;
        assert_eq!(outcomes(&result), [rejected, rejected, Outcome::Applied]);
        let (_, moved) = run(&world, vec![hours("baik", BANK)]).await;
        assert_eq!(codes(&moved), ["IMMUTABLE"], "{moved:?}");
        assert_eq!(stored(&world, "baik").await.expect("it stands").target, MALL);
    })
    .await;
}

#[tokio::test]
async fn a_target_takes_so_many_rules_and_no_more() {
    on_both(async |database| {
        let world = sourced(database).await;
        let world = restarted(world, |options| options.policy.rules_per_target = 2).await;
        let three = ["satu", "dua", "tiga"].map(|id| hours(id, MALL)).to_vec();
        let (_, result) = run(&world, three).await;
        assert_eq!(codes(&result), ["", "", "TARGET_FULL"], "{result:?}");
        assert!(result.results[2].send_again, "there may be room by then");
        let (_, swapped) = run(&world, vec![hours("tiga", MALL), delete("satu")]).await;
        assert_eq!(codes(&swapped), ["", ""], "what goes with it makes room: {swapped:?}");
        // What the mall writes itself has a room of its own.
        world.rule("sendiri", MALL, office_week()).await;
    })
    .await;
}

/// Closures of earlier years are told, and stay; present hours have their room all the same.
#[tokio::test]
async fn rules_that_are_over_bar_no_new_ones_and_days_of_before_are_answered() {
    on_both(async |database| {
        let world = sourced(database).await;
        let world = restarted(world, |options| {
            options.policy.rules_per_target = 2;
            options.policy.past_rules_per_target = 4;
        })
        .await;
        let days = ["2026-03-02", "2026-03-03", "2026-03-04"];
        let past = days.map(|on| closed(&format!("hari-{on}"), MALL, on)).to_vec();
        let (_, result) = run(&world, past).await;
        assert_eq!(codes(&result), ["", "", ""], "{result:?}");
        let (_, result) = run(&world, vec![hours("jam", MALL), hours("jam-2", MALL)]).await;
        assert_eq!(codes(&result), ["", ""], "what is over takes no room: {result:?}");
        let (_, third) = run(&world, vec![hours("jam-3", MALL)]).await;
        assert_eq!(codes(&third), ["TARGET_FULL"], "{third:?}");
        let request =
            GetHoursRequest { target: MALL.into(), date: days[0].into(), ..Default::default() };
        let answer = world.scheduling.hours().get_hours(request).await.expect("hours").into_inner();
        assert_eq!(answer.days[0].status(), Day::Closed, "as it was then");
        let mut why = answer.days[0].why.iter().map(|why| why.code());
        assert!(why.any(|code| code == Why::Closure), "{answer:?}");

        let (_, again) = run(&world, vec![closed("hari-2026-03-02", MALL, "2027-03-02")]).await;
        assert_eq!(codes(&again), ["TARGET_FULL"], "what has ended is no reserve: {again:?}");
        let more = ["2026-03-05", "2026-03-06"].map(|on| closed(&format!("hari-{on}"), MALL, on));
        let (_, more) = run(&world, more.to_vec()).await;
        assert_eq!(codes(&more), ["", "TARGET_FULL"], "{more:?}");
        assert!(more.results[1].message.contains("as many as are kept"), "{more:?}");
    })
    .await;
}

fn update(rule: HoursRule) -> UpdateHoursRuleRequest {
    let (etag, works_national_holidays) = (String::new(), true);
    let hours_rule = Some(HoursRule { etag, works_national_holidays, ..rule });
    UpdateHoursRuleRequest { hours_rule, ..Default::default() }
}

#[tokio::test]
async fn what_a_source_publishes_is_changed_there_as_long_as_there_is_that_source() {
    on_both(async |database| {
        let world = sourced(database).await;
        run(&world, vec![hours("jam", MALL), hours("bank", BANK)]).await;
        let organiser = caller("users/ani", Role::Organiser, &[MALL]);
        let mut hours = HoursServiceClient::new(world.scheduling.channel(organiser));
        let rule = stored(&world, "jam").await.expect("a rule");
        let answer = hours.update_hours_rule(update(rule.clone())).await;
        let (reason, text) = refused(answer, Code::FailedPrecondition);
        assert!(reason == "WRONG_STATE" && text.contains(SOURCE), "{reason} {text}");
        let gone = DeleteHoursRuleRequest { name: name("jam"), ..Default::default() };
        let bank = DeleteHoursRuleRequest { name: name("bank"), ..Default::default() };
        hours.delete_hours_rule(bank).await.expect("whoever runs the mall takes it away");
        let (_, again) = run(&world, vec![crate::source::hours("bank", BANK)]).await;
        assert_eq!(codes(&again), ["TOMBSTONED"], "and its source is told");

        let of = |source: &str| ListHoursRulesRequest {
            source: source.into(),
            ..ListHoursRulesRequest::default()
        };
        let listed = hours.list_hours_rules(of(SOURCE)).await.expect("a list").into_inner();
        assert_eq!((listed.total_size, &*listed.hours_rules[0].name), (1, &*name("jam")));
        refused(hours.list_hours_rules(of("sources/none")).await, Code::InvalidArgument);
        let named =
            refused(hours.list_hours_rules(of("mal-banyuwangi")).await, Code::InvalidArgument);
        assert!(named.1.contains("not a name of the form sources/{id}"), "{named:?}");

        world.upstream.withdraw::<Source>(SOURCE).await;
        eventually("a rule that is its mall's again", async || {
            hours.update_hours_rule(update(rule.clone())).await.ok()
        })
        .await;
        let left = hours.list_hours_rules(of(SOURCE)).await.expect("still found").into_inner();
        assert_eq!(left.total_size, 1, "what it has left, by its name");
        hours.delete_hours_rule(gone).await.expect("its organiser may");
    })
    .await;
}

#[tokio::test]
async fn sources_are_the_registrys_and_only_who_holds_one_speaks_for_it() {
    on_both(async |database| {
        let world = sourced(database).await;
        let mut admin = sync(&world, administrator());
        let made = CreateSourceRequest { source_id: "baru".into(), ..Default::default() };
        let (reason, text) = refused(admin.create_source(made).await, Code::FailedPrecondition);
        assert!(reason == "WRONG_STATE" && text.contains("registry"), "{text}");
        source(&world).await;
        let listed = admin.list_sources(ListSourcesRequest::default()).await.expect("a list");
        let names: Vec<_> =
            listed.into_inner().sources.into_iter().map(|source| source.name).collect();
        assert_eq!(names, [SOURCE]);
        let nowhere = OpenSessionRequest { source: "sources/nowhere".into(), ..opening() };
        let (reason, _) = refused(admin.open_session(nowhere).await, Code::NotFound);
        assert_eq!(reason, "NOT_FOUND");
        let other = caller("sources/other", Role::Publisher, &["sources/other"]);
        let opened = sync(&world, other).open_session(opening()).await;
        assert_eq!(refused(opened, Code::PermissionDenied).0, "PERMISSION_DENIED");
        sync(&world, caller("users/kepala", Role::Publisher, &[ORGANISER]))
            .open_session(opening())
            .await
            .expect("its unit may speak for it");
        let redrive = RedriveRecordsRequest { source: SOURCE.into(), ..Default::default() };
        sync(&world, officer()).redrive_records(redrive).await.expect("an officer may");
    })
    .await;
}

#[tokio::test]
async fn a_source_that_the_registry_has_just_made_is_known_at_once() {
    on_both(async |database| {
        let world = sourced(database).await;
        let fresh = Source { unit: ORGANISER.into(), ..Source::default() };
        world.upstream.put("sources/baru", fresh).await;
        let own = caller("sources/baru", Role::Publisher, &["sources/baru"]);
        let hello = OpenSessionRequest { source: "sources/baru".into(), ..opening() };
        sync(&world, own).open_session(hello).await.expect("asked of the registry");
    })
    .await;
}
