//! Texts of hours rules: what no person has written is refused, by the rules that catalogs have.

use mpp_api::{
    scheduling::{CreateHoursRuleRequest, HoursRule, UpdateHoursRuleRequest, hours_rule::Closure},
    types::LocalizedText,
};
use mpp_client::error_of;
use mpp_testkit::on_both;

use crate::world::{BANK, World, office_week, rule_for};

/// Closes the bank's counter.
fn closed(reason: &str, referral: &str) -> HoursRule {
    let reason = Some(LocalizedText { id: reason.into(), en: String::new() });
    let closure = Closure { reason, referral: referral.into(), mandatory: false };
    HoursRule { closure: Some(closure), ..rule_for(BANK) }
}

/// Opens it, by this letter.
fn by_letter(source: &str) -> HoursRule {
    HoursRule { basis: source.into(), weekly: Some(office_week()), ..rule_for(BANK) }
}

/// The only wrong field of a new rule, and why.
async fn wrong(world: &World, rule: HoursRule) -> (String, String) {
    let request = CreateHoursRuleRequest {
        hours_rule_id: "salah".into(),
        hours_rule: Some(rule),
        ..Default::default()
    };
    let answer = world.scheduling.hours().create_hours_rule(request).await;
    let error = error_of(&answer.expect_err("a text that no person has written"));
    assert_eq!(error.fields.len(), 1, "{error:?}");
    error.fields[0].clone()
}

#[tokio::test]
async fn what_no_person_has_written_is_refused_with_its_field() {
    on_both(async |database| {
        let world = World::on(database).await;
        for (rule, field, why) in [
            (closed("#REF!", ""), "closure.reason.id", "error value of a spreadsheet"),
            (closed("Banjir", "Kantor undefined"), "closure.referral", "value is missing"),
            (closed("<b>Banjir</b>", ""), "closure.reason.id", "markup"),
            (closed("N/A", ""), "closure.reason.id", "why it is closed"),
            (closed("-", ""), "closure.reason.id", "why it is closed"),
            (by_letter("SK &ndash; 2"), "basis", "markup"),
            (by_letter("=VLOOKUP(A2;B:C;2)"), "basis", "value is missing"),
        ] {
            let (told, description) = wrong(&world, rule).await;
            assert_eq!(told, format!("hours_rule.{field}"), "{description}");
            assert!(description.contains(why), "{description}");
        }
        world.create("uji", closed("Uji coba sistem antrean", "Kantor Kecamatan")).await;
    })
    .await;
}

#[tokio::test]
async fn signs_that_nobody_sees_are_taken_out_and_control_characters_refused() {
    on_both(async |database| {
        let world = World::on(database).await;
        let hidden =
            closed("Banjir\u{202e} di\u{200b}  Ban\u{ad}cak\u{a0}", "Kantor\u{feff} Camat");
        let kept = world.create("banjir", hidden).await.closure.expect("a closure");
        assert_eq!(kept.reason.expect("a reason").id, "Banjir di Bancak");
        assert_eq!(kept.referral, "Kantor Camat");
        for (rule, field) in [
            (closed("Banjir\u{1b}[31m", ""), "hours_rule.closure.reason.id"),
            (closed("Banjir", "Kantor\0"), "hours_rule.closure.referral"),
            (by_letter("SK\u{7} 1"), "hours_rule.basis"),
        ] {
            let (told, description) = wrong(&world, rule).await;
            assert_eq!(told, field);
            assert!(description.contains("control characters"), "{description}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_update_is_judged_by_what_it_changes() {
    on_both(async |database| {
        let world = World::on(database).await;
        let name = world.create("bank", by_letter("SK 1")).await.name;
        let to = |source: &str| UpdateHoursRuleRequest {
            hours_rule: Some(HoursRule {
                name: name.clone(),
                basis: source.into(),
                ..HoursRule::default()
            }),
            ..Default::default()
        };
        let refused = world.scheduling.hours().update_hours_rule(to("#N/A")).await;
        let error = error_of(&refused.expect_err("an error value"));
        assert_eq!(error.fields[0].0, "hours_rule.basis", "{error:?}");
        world.scheduling.hours().update_hours_rule(to("SK 2")).await.expect("a person's");
    })
    .await;
}
