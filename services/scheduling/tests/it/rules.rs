//! Hours rules are written as every record is: etag, mask, trial, and requests that come twice.

use mpp_api::scheduling::{
    CreateHoursRuleRequest, DeleteHoursRuleRequest, GetHoursRuleRequest, HoursRule,
    ListHoursRulesRequest, UpdateHoursRuleRequest, UpdateHoursRuleResponse,
    hours_rule::{Closure, Week},
};
use mpp_api::{
    Document as _,
    feed::{WatchRequest, feed_service_client::FeedServiceClient},
    types::LocalizedText,
};
use mpp_calendar::Zone;
use mpp_core::{Label, Labels};
use mpp_store::{Filter, Op, Start, Subscription};
use mpp_testkit::{Backend, database, on_both};
use prost_types::FieldMask;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Response, Status};

use crate::world::{
    BANK, Replica, World, administrator, eventually, interval, office_week, refused, request_id,
    rule_for, week,
};

const RULE: &str = "hoursRules/bank";

/// The bank works on national holidays.
async fn bank(world: &World) -> HoursRule {
    let rule =
        HoursRule { weekly: Some(office_week()), works_national_holidays: true, ..rule_for(BANK) };
    world.create("bank", rule).await
}

fn change(given: HoursRule, paths: &[&str]) -> UpdateHoursRuleRequest {
    UpdateHoursRuleRequest {
        hours_rule: Some(HoursRule { name: RULE.into(), ..given }),
        update_mask: Some(FieldMask { paths: paths.iter().map(|path| (*path).into()).collect() }),
        ..Default::default()
    }
}

async fn update(
    world: &World,
    request: UpdateHoursRuleRequest,
) -> Result<Response<UpdateHoursRuleResponse>, Status> {
    world.scheduling.hours().update_hours_rule(request).await
}

async fn stored(world: &World) -> HoursRule {
    let get = GetHoursRuleRequest { name: RULE.into(), ..Default::default() };
    let got = world.scheduling.hours().get_hours_rule(get).await.expect("the rule");
    got.into_inner().hours_rule.expect("a rule")
}

/// The region that the rule is filed under, as a follower sees it.
async fn filed_under(world: &World, id: &str) -> Option<String> {
    let mut read = world.scheduling.running.db.read().await.expect("a snapshot");
    let rule = read.get::<HoursRule>(&format!("hoursRules/{id}")).await.expect("readable");
    rule.expect("the rule").labels.get(&Label::Region).cloned()
}

#[tokio::test]
async fn who_follows_a_region_hears_of_its_hours_also_of_those_that_come_with_a_mall() {
    on_both(async |database| {
        let world = World::on(database).await;
        bank(&world).await;
        assert_eq!(filed_under(&world, "bank").await.as_deref(), Some("35.10"));
        assert_eq!(filed_under(&world, "templat").await, None, "the nation's");
        let of = |region: &str, wider| {
            let labels = Labels::from([(Label::Region, region.to_owned())]);
            let filter = Filter { labels, wider, ..Filter::kinds([HoursRule::KIND]) };
            world.scheduling.running.feed.subscribe(Start::State, filter)
        };
        let state = |rules: Subscription| async move {
            let mut rules = rules;
            let changes = rules.next().await.expect("a feed").expect("not the end").changes;
            changes.iter().map(|change| change.name.clone()).collect::<Vec<_>>()
        };
        let before = of("35.10", false).await.expect("a follower");
        assert_eq!(state(before).await, [RULE]);
        let wider = of("35.10", true).await.expect("a follower");
        assert_eq!(state(wider).await, [RULE, "hoursRules/templat"]);

        let mut left = of("35.10", false).await.expect("a follower");
        world.upstream.mall("banyuwangi", "35.09", Zone::Wib).await;
        eventually("the rule's new region", async || {
            (filed_under(&world, "bank").await? == "35.09").then_some(())
        })
        .await;
        eventually("the removal", async || {
            let changes = left.next().await.expect("a feed").expect("not the end").changes;
            changes.iter().any(|change| change.op == Op::Removed).then_some(())
        })
        .await;
        assert_eq!(stored(&world).await.weekly, Some(office_week()), "only filed anew");
    })
    .await;
}

#[tokio::test]
async fn a_place_that_there_is_not_is_refused_in_lists_and_in_watches() {
    on_both(async |database| {
        let world = World::on(database).await;
        let channel = world.scheduling.channel(administrator());
        let watch = async |label: &str, value: &str| {
            let mut request = WatchRequest::default();
            let filter = request.filter.get_or_insert_default();
            filter.labels.insert(label.into(), value.into());
            FeedServiceClient::new(channel.clone()).watch(request).await
        };
        for (label, value, told) in [
            ("regoin", "35.10", "region"),
            ("region", "35.99", "35.99"),
            ("region", "Banyuwangi", "35.10"),
            ("mall", "malls/atlantis", "malls/atlantis"),
            ("counter", "malls/banyuwangi/counters/none", "counters/none"),
            ("target", "nasional", "national"),
            ("target", "malls/atlantis", "malls/atlantis"),
            ("date", "tomorrow", "2026-11-24"),
            ("agency", "units/kemendagri", "date, mall, overridden, region, source, target, unit"),
            ("source", "sources/none", "sources/none"),
        ] {
            let (_, message) = refused(watch(label, value).await, Code::InvalidArgument);
            assert!(message.contains(told), "{label}={value}: {message}");
        }
        for (label, value) in
            [("region", "35.10"), ("mall", "malls/banyuwangi"), ("target", "national")]
        {
            watch(label, value).await.expect("there is such a record");
        }
        for target in ["malls/atlantis", "malls/banyuwangi/counters/none", "nasional"] {
            let list = ListHoursRulesRequest { target: target.into(), ..Default::default() };
            refused(world.scheduling.hours().list_hours_rules(list).await, Code::InvalidArgument);
        }
        let list = ListHoursRulesRequest { target: BANK.into(), ..Default::default() };
        let none = world.scheduling.hours().list_hours_rules(list).await.expect("a list");
        assert!(none.into_inner().hours_rules.is_empty(), "it has none of its own");
    })
    .await;
}

#[tokio::test]
async fn a_mask_sets_a_field_to_nothing() {
    on_both(async |database| {
        let world = World::on(database).await;
        let before = bank(&world).await;
        let request = change(HoursRule::default(), &["works_national_holidays"]);
        update(&world, request).await.expect("an update");
        let after = stored(&world).await;
        assert!(before.works_national_holidays && !after.works_national_holidays);
        assert_eq!((after.weekly, after.basis), (before.weekly, before.basis));
    })
    .await;
}

#[tokio::test]
async fn an_update_without_a_mask_changes_the_fields_that_are_set() {
    on_both(async |database| {
        let world = World::on(database).await;
        let before = bank(&world).await;
        let given = HoursRule {
            works_collective_leave: true,
            basis: "SK 2".into(),
            ..HoursRule::default()
        };
        let request = UpdateHoursRuleRequest { update_mask: None, ..change(given, &[]) };
        update(&world, request).await.expect("an update");
        let after = stored(&world).await;
        assert_eq!((after.basis.as_str(), after.weekly), ("SK 2", before.weekly));
        assert!(after.works_collective_leave && after.works_national_holidays);
    })
    .await;
}

#[tokio::test]
async fn a_rule_that_somebody_else_changed_is_neither_changed_nor_deleted() {
    on_both(async |database| {
        let world = World::on(database).await;
        let seen = bank(&world).await.etag;
        let other = HoursRule { basis: "SK 2".into(), ..HoursRule::default() };
        update(&world, change(other, &["basis"])).await.expect("an update");
        let late = HoursRule { basis: "SK 3".into(), etag: seen.clone(), ..HoursRule::default() };
        let late = update(&world, change(late, &["basis"])).await;
        assert_eq!(refused(late, Code::Aborted).0, "ETAG_MISMATCH");
        let delete = DeleteHoursRuleRequest { name: RULE.into(), etag: seen, ..Default::default() };
        let late = world.scheduling.hours().delete_hours_rule(delete).await;
        assert_eq!(refused(late, Code::Aborted).0, "ETAG_MISMATCH");
        assert_eq!(stored(&world).await.basis, "SK 2");
    })
    .await;
}

#[tokio::test]
async fn trying_a_change_keeps_nothing() {
    on_both(async |database| {
        let world = World::on(database).await;
        let before = bank(&world).await;
        let given = HoursRule { weekly: Some(week("09:00", "14:00")), ..HoursRule::default() };
        let mut request = change(given, &["weekly"]);
        request.validate_only = true;
        let tried = update(&world, request).await.expect("valid").into_inner();
        let shown = tried.hours_rule.expect("the rule as it would be").weekly;
        assert_eq!((shown, tried.revision), (Some(week("09:00", "14:00")), 0));
        assert_eq!(stored(&world).await, before);
        let delete =
            DeleteHoursRuleRequest { name: RULE.into(), validate_only: true, ..Default::default() };
        world.scheduling.hours().delete_hours_rule(delete).await.expect("it could go");
        assert_eq!(stored(&world).await, before);
        let mut wrong = change(HoursRule::default(), &["basis"]);
        wrong.validate_only = true;
        let wrong = update(&world, wrong).await;
        assert_eq!(refused(wrong, Code::InvalidArgument).0, "INVALID_FIELD");
    })
    .await;
}

#[tokio::test]
async fn a_request_that_comes_twice_is_answered_alike() {
    on_both(async |database| {
        let world = World::on(database).await;
        let etag = bank(&world).await.etag;
        let given = HoursRule { basis: "SK 2".into(), etag, ..HoursRule::default() };
        let mut request = change(given, &["basis"]);
        request.request_id = request_id();
        let first = update(&world, request.clone()).await.expect("an update").into_inner();
        let second = update(&world, request.clone()).await.expect("a repeat").into_inner();
        assert_eq!(first.hours_rule, second.hours_rule);
        request.hours_rule =
            Some(HoursRule { name: RULE.into(), basis: "SK 3".into(), ..HoursRule::default() });
        let reused = update(&world, request).await;
        assert_eq!(refused(reused, Code::InvalidArgument).0, "REQUEST_ID_REUSED");

        let delete = DeleteHoursRuleRequest {
            name: RULE.into(),
            request_id: request_id(),
            ..Default::default()
        };
        for _ in 0..2 {
            let mut client = world.scheduling.hours();
            client.delete_hours_rule(delete.clone()).await.expect("a delete");
        }
    })
    .await;
}

#[tokio::test]
async fn another_replica_waits_for_the_revision_that_a_reader_knows() {
    let world = World::on(database(Backend::Postgres).await).await;
    let other = Replica::start(world.options()).await;
    other.ready().await;
    bank(&world).await;
    for basis in ["SK 2", "SK 3", "SK 4"] {
        let given = HoursRule { basis: basis.into(), ..HoursRule::default() };
        let changed = update(&world, change(given, &["basis"])).await.expect("an update");
        let min_revision = changed.into_inner().revision;
        let get = GetHoursRuleRequest { name: RULE.into(), min_revision };
        let got = other.hours().get_hours_rule(get).await.expect("the rule").into_inner();
        assert_eq!(got.hours_rule.expect("a rule").basis, basis);
        let list =
            ListHoursRulesRequest { target: BANK.into(), min_revision, ..Default::default() };
        let listed = other.hours().list_hours_rules(list).await.expect("a list").into_inner();
        assert_eq!(listed.hours_rules[0].basis, basis);
    }
}

#[tokio::test]
async fn a_target_has_as_many_rules_as_the_operator_allows() {
    on_both(async |database| {
        let world = World::on(database).await;
        let world = world.restarted(|options| options.policy.rules_per_target = 2).await;
        world.scheduling.ready().await;
        for id in ["bank-1", "bank-2"] {
            world.rule(id, BANK, office_week()).await;
        }
        let third = CreateHoursRuleRequest {
            hours_rule_id: "bank-3".into(),
            hours_rule: Some(HoursRule { weekly: Some(office_week()), ..rule_for(BANK) }),
            ..Default::default()
        };
        let third = world.scheduling.hours().create_hours_rule(third).await;
        assert_eq!(refused(third, Code::ResourceExhausted).0, "LIMIT_REACHED");
        world.rule("mall", "malls/banyuwangi", office_week()).await;
    })
    .await;
}

#[tokio::test]
async fn a_number_that_no_operator_can_mean_is_refused_at_the_start() {
    let world = World::on(database(Backend::Sqlite).await).await;
    let mut options = world.options();
    options.policy.days_ahead = 0;
    let error = mpp_scheduling::start(options, CancellationToken::new()).await.err();
    let error = error.expect("no day ahead could be booked");
    assert_eq!(error.violations()[0].field, "days_ahead");
}

#[tokio::test]
async fn hours_are_kept_as_the_contract_writes_them_and_words_are_kept_clean() {
    on_both(async |database| {
        let world = World::on(database).await;
        let monday = vec![interval("8:00", "11.30"), interval("13:00", "15:30")];
        let rule = HoursRule {
            weekly: Some(Week { mon: monday, ..Week::default() }),
            basis: "SE\u{a0} 1/2026\u{200b}".into(),
            ..rule_for(BANK)
        };
        world.create("bank", rule).await;
        let kept = stored(&world).await;
        let monday = [interval("08:00", "11:30"), interval("13:00", "15:30")];
        assert_eq!(
            (kept.weekly.expect("hours").mon, kept.basis.as_str()),
            (monday.to_vec(), "SE 1/2026")
        );
        let closed = |reason: &str| HoursRule {
            closure: Some(Closure {
                reason: Some(LocalizedText { id: reason.into(), en: String::new() }),
                ..Closure::default()
            }),
            ..HoursRule::default()
        };
        let request = change(closed("Libur\u{1b}[31m"), &["closure", "weekly"]);
        let status = update(&world, request).await.expect_err("no text");
        let error = mpp_client::error_of(&status);
        assert_eq!(error.fields[0].0, "hours_rule.closure.reason.id");
        let request = change(closed("Libur\u{202e}  panen\n"), &["closure", "weekly"]);
        update(&world, request).await.expect("cleaned");
        let kept = stored(&world).await.closure.expect("closed").reason.expect("a reason");
        assert_eq!(kept.id, "Libur panen");
    })
    .await;
}
