//! Rules, and the hours that follow from them.

use mpp_api::{
    feed::{ListRecordVersionsRequest, history_service_client::HistoryServiceClient},
    scheduling::{
        CreateHoursRuleRequest, DayHours, DeleteHoursRuleRequest, GetHoursRequest,
        GetHoursRuleRequest, HoursRule, ListHoursRulesRequest, UpdateHoursRuleRequest,
        day_hours::Status, hours_rule, hours_service_client::HoursServiceClient, reason,
    },
    types::LocalizedText,
};
use mpp_core::Role;
use mpp_testkit::on_both;
use prost_types::FieldMask;
use tonic::Code;

use crate::world::{
    BANK, DUKCAPIL, KTP, World, caller, interval, office_week, refused, request_id, rule_for, week,
};

async fn hours(world: &World, target: &str, date: &str) -> DayHours {
    let request =
        GetHoursRequest { target: target.into(), date: date.into(), ..Default::default() };
    let answer = world.scheduling.hours().get_hours(request).await.expect("hours");
    answer.into_inner().days.remove(0)
}

fn shown(day: &DayHours) -> Vec<String> {
    day.intervals.iter().map(|open| format!("{}-{}", open.open, open.close)).collect()
}

fn codes(day: &DayHours) -> Vec<reason::Code> {
    day.why.iter().map(mpp_api::scheduling::Reason::code).collect()
}

#[tokio::test]
async fn hours_inherit_and_say_why() {
    on_both(async |database| {
        let world = World::on(database).await;
        let inherited = hours(&world, DUKCAPIL, "").await;
        assert_eq!(shown(&inherited), ["08:00-12:00", "13:00-15:00"]);
        assert_eq!(
            (inherited.date.as_str(), inherited.time_zone.as_str()),
            ("2026-11-24", "Asia/Jakarta")
        );
        world.rule("pagi", KTP, week("08:00", "14:00")).await;
        let own = hours(&world, KTP, "2026-11-25").await;
        assert_eq!(shown(&own), ["08:00-12:00", "13:00-14:00"]);
        assert_eq!(codes(&own), [reason::Code::RuleApplied, reason::Code::RuleOverridden]);
        let christmas = hours(&world, KTP, "2026-12-25").await;
        assert_eq!(christmas.status(), Status::Closed);
        assert!(codes(&christmas).contains(&reason::Code::NationalHoliday));
        assert!(christmas.why.iter().any(|reason| reason.basis.contains("SKB")));
    })
    .await;
}

#[tokio::test]
async fn past_the_last_decree_hours_are_unknown() {
    on_both(async |database| {
        let world = World::on(database).await;
        let day = hours(&world, DUKCAPIL, "2031-03-05").await;
        assert_eq!((day.status(), day.intervals.len()), (Status::Unknown, 0));
        assert!(codes(&day).contains(&reason::Code::YearNotDecreed));
    })
    .await;
}

#[tokio::test]
async fn two_regimes_keep_ramadan_in_one_mall() {
    on_both(async |database| {
        let world = World::on(database).await;
        let ramadan = |target: &str, open, close| HoursRule {
            weekly: Some(week(open, close)),
            season: hours_rule::Season::Ramadan.into(),
            ..rule_for(target)
        };
        world.create("ramadan", ramadan("malls/banyuwangi", "08:00", "14:30")).await;
        world.create("ramadan-bank", ramadan(BANK, "09:00", "14:00")).await;
        let in_ramadan = "2026-03-04";
        assert_eq!(
            shown(&hours(&world, DUKCAPIL, in_ramadan).await),
            ["08:00-12:00", "13:00-14:30"]
        );
        let bank = hours(&world, BANK, in_ramadan).await;
        assert_eq!(shown(&bank), ["09:00-12:00", "13:00-14:00"]);
        assert_eq!(codes(&bank)[0], reason::Code::Ramadan);
        let other_mall = hours(&world, "malls/denpasar", in_ramadan).await;
        assert_eq!(shown(&other_mall), ["08:00-12:00", "13:00-15:00"]);
        assert_eq!(shown(&hours(&world, BANK, "2026-11-25").await), ["08:00-12:00", "13:00-15:00"]);
    })
    .await;
}

#[tokio::test]
async fn a_flooded_mall_is_closed_for_every_counter() {
    on_both(async |database| {
        let world = World::on(database).await;
        world.rule("sendiri", BANK, week("08:00", "16:00")).await;
        let flood = hours_rule::Closure {
            mandatory: true,
            reason: Some(LocalizedText { id: "Banjir".into(), en: "Flood".into() }),
            referral: "Kantor Kecamatan".into(),
        };
        let rule = HoursRule {
            closure: Some(flood),
            valid_from: "2026-11-24".into(),
            valid_through: "2026-11-26".into(),
            ..rule_for("malls/banyuwangi")
        };
        world.create("banjir", rule).await;
        let day = hours(&world, BANK, "2026-11-26").await;
        assert_eq!(
            (day.status(), codes(&day)[0]),
            (Status::Closed, reason::Code::MandatoryClosure)
        );
        assert_eq!(hours(&world, BANK, "2026-11-27").await.status(), Status::Open);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_rule_is_told_field_by_field() {
    on_both(async |database| {
        let world = World::on(database).await;
        let mut weekly = office_week();
        weekly.fri[1] = interval("13:00", "12:30");
        let rule = HoursRule { weekly: Some(weekly), ..rule_for(BANK) };
        let request = |rule: HoursRule| CreateHoursRuleRequest {
            hours_rule_id: "salah".into(),
            hours_rule: Some(rule),
            ..Default::default()
        };
        let mut client = world.scheduling.hours();
        let status = client.create_hours_rule(request(rule)).await.expect_err("a wrong rule");
        let error = mpp_client::error_of(&status);
        assert_eq!(error.fields[0].0, "hours_rule.weekly.fri[1].close");
        let nowhere = HoursRule {
            weekly: Some(office_week()),
            ..rule_for("malls/banyuwangi/counters/tiada")
        };
        let answer = client.create_hours_rule(request(nowhere)).await;
        let (reason, message) = refused(answer, Code::FailedPrecondition);
        assert!(
            reason == "REFERENCE_INVALID" && message.contains("hours_rule.target"),
            "{message}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_rule_is_made_changed_listed_and_deleted() {
    on_both(async |database| {
        let world = World::on(database).await;
        let created = world.rule("bank", BANK, office_week()).await;
        assert_eq!(created.name, "hoursRules/bank");
        let mut client = world.scheduling.hours();
        let change = |etag: &str, paths: &[&str]| UpdateHoursRuleRequest {
            hours_rule: Some(HoursRule {
                name: "hoursRules/bank".into(),
                weekly: Some(week("09:00", "14:00")),
                basis: "SK 2".into(),
                etag: etag.into(),
                ..Default::default()
            }),
            update_mask: Some(FieldMask { paths: paths.iter().map(|p| (*p).into()).collect() }),
            ..Default::default()
        };
        let updated =
            client.update_hours_rule(change(&created.etag, &["weekly"])).await.expect("an update");
        let updated = updated.into_inner().hours_rule.expect("a rule");
        assert_eq!(updated.basis, "SE 1/2026");
        let stale = client.update_hours_rule(change(&created.etag, &["basis"])).await;
        assert_eq!(refused(stale, Code::Aborted).0, "ETAG_MISMATCH");
        let moved = client.update_hours_rule(change(&updated.etag, &["target"])).await;
        assert_eq!(refused(moved, Code::InvalidArgument).0, "INVALID_FIELD");
        let list =
            ListHoursRulesRequest { target: "malls/banyuwangi".into(), ..Default::default() };
        let listed = client.list_hours_rules(list).await.expect("a list").into_inner();
        assert_eq!((listed.total_size, listed.hours_rules[0].clone()), (1, updated));
        let delete =
            DeleteHoursRuleRequest { name: "hoursRules/bank".into(), ..Default::default() };
        client.delete_hours_rule(delete).await.expect("a delete");
        let get = GetHoursRuleRequest { name: "hoursRules/bank".into(), ..Default::default() };
        assert_eq!(refused(client.get_hours_rule(get).await, Code::NotFound).0, "NOT_FOUND");
        assert_eq!(shown(&hours(&world, BANK, "").await), ["08:00-12:00", "13:00-15:00"]);
    })
    .await;
}

#[tokio::test]
async fn trying_changes_nothing_and_repeating_counts_once() {
    on_both(async |database| {
        let world = World::on(database).await;
        let mut client = world.scheduling.hours();
        let mut request = CreateHoursRuleRequest {
            hours_rule_id: "bank".into(),
            hours_rule: Some(HoursRule { weekly: Some(office_week()), ..rule_for(BANK) }),
            validate_only: true,
            request_id: request_id(),
        };
        client.create_hours_rule(request.clone()).await.expect("valid");
        let get = GetHoursRuleRequest { name: "hoursRules/bank".into(), ..Default::default() };
        refused(client.get_hours_rule(get).await, Code::NotFound);
        request.validate_only = false;
        let first = client.create_hours_rule(request.clone()).await.expect("made").into_inner();
        let second =
            client.create_hours_rule(request.clone()).await.expect("repeated").into_inner();
        assert_eq!(first.hours_rule, second.hours_rule);
        assert!(second.revision >= first.revision);
        request.request_id = request_id();
        let third = client.create_hours_rule(request).await;
        assert_eq!(refused(third, Code::AlreadyExists).0, "ALREADY_EXISTS");
    })
    .await;
}

#[tokio::test]
async fn pages_go_on_where_the_last_one_ended() {
    on_both(async |database| {
        let world = World::on(database).await;
        for number in 0..5 {
            world.rule(&format!("bank-{number}"), BANK, office_week()).await;
        }
        let mut request = ListHoursRulesRequest { page_size: 2, ..Default::default() };
        let mut names = Vec::new();
        loop {
            let page = world.scheduling.hours().list_hours_rules(request.clone()).await;
            let page = page.expect("a page").into_inner();
            assert_eq!(page.total_size, 6);
            names.extend(page.hours_rules.into_iter().map(|rule| rule.name));
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                break;
            }
        }
        assert_eq!(names.len(), 6);
        assert!(names.is_sorted());
    })
    .await;
}

#[tokio::test]
async fn each_sets_the_hours_of_what_is_its_own() {
    on_both(async |database| {
        let world = World::on(database).await;
        let try_as = async |subject: &str, role, namespaces: &[&str], target: &str| {
            let channel = world.scheduling.channel(caller(subject, role, namespaces));
            let request = CreateHoursRuleRequest {
                hours_rule_id: uuid::Uuid::now_v7().to_string(),
                hours_rule: Some(HoursRule { weekly: Some(office_week()), ..rule_for(target) }),
                validate_only: true,
                ..Default::default()
            };
            HoursServiceClient::new(channel).create_hours_rule(request).await
        };
        let organiser = ["units/dpmptsp-banyuwangi"];
        let mall = "malls/banyuwangi";
        try_as("users/a", Role::Organiser, &organiser, mall).await.expect("its own mall");
        try_as("users/a", Role::Organiser, &organiser, KTP).await.expect("an offering there");
        try_as("users/b", Role::CounterOfficer, &[DUKCAPIL], DUKCAPIL).await.expect("its counter");
        let denied = Code::PermissionDenied;
        refused(try_as("users/a", Role::Organiser, &organiser, "malls/denpasar").await, denied);
        refused(try_as("users/a", Role::Organiser, &organiser, "national").await, denied);
        refused(try_as("users/b", Role::CounterOfficer, &[DUKCAPIL], BANK).await, denied);
        refused(try_as("users/b", Role::CounterOfficer, &[DUKCAPIL], mall).await, denied);
        refused(try_as("users/c", Role::Reader, &[], mall).await, denied);
    })
    .await;
}

#[tokio::test]
async fn a_rule_is_told_as_it_was_also_once_it_is_gone() {
    on_both(async |database| {
        let world = World::on(database).await;
        let name = world.rule("pagi", KTP, week("08:00", "14:00")).await.name;
        let mut hours = world.scheduling.hours();
        let mut longer = rule_for(KTP);
        longer.name.clone_from(&name);
        longer.weekly = Some(week("08:00", "15:00"));
        let update_mask = Some(FieldMask { paths: vec!["weekly".into()] });
        let update =
            UpdateHoursRuleRequest { hours_rule: Some(longer), update_mask, ..Default::default() };
        hours.update_hours_rule(update).await.expect("changed");
        let gone = DeleteHoursRuleRequest { name: name.clone(), ..Default::default() };
        hours.delete_hours_rule(gone).await.expect("deleted");
        let channel = world.scheduling.channel(caller("users/siti", Role::Reader, &[]));
        let request = ListRecordVersionsRequest { name, ..Default::default() };
        let kept = HistoryServiceClient::new(channel).list_record_versions(request).await;
        let versions = kept.expect("kept").into_inner().versions;
        let changed = versions.iter().flat_map(|version| &version.differences);
        assert_eq!(versions.len(), 3, "made, changed, deleted");
        assert!(changed.clone().count() > 0);
        assert!(
            changed.clone().all(|one| one.path.starts_with("hours_rule.weekly.")),
            "{changed:?}"
        );
    })
    .await;
}
