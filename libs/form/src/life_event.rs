//! Life events: what happens in people's lives, and what is then to be done.

use std::collections::BTreeSet;

use mpp_api::{
    registry::{LifeEvent, Service, Standard, Unit, life_event::Goal},
    types::LocalizedText,
};
use mpp_core::{FieldCode, Result};

use crate::{
    Check,
    limits::{LONG, SHORT},
    localized,
    service::{MAX_KEYWORD, MAX_LIST},
    standard::check_origin,
};

/// Most goals of a life event: whoever needs more describes several events.
const MAX_GOALS: usize = 30;

/// Checks a life event's form.
///
/// # Errors
/// Every wrong field.
pub fn check(event: &LifeEvent) -> Result<()> {
    let mut check = Check::new("life_event");
    check.name::<LifeEvent>("name", &event.name);
    localized(&mut check, "title", event.title.as_ref());
    check.texts("keywords", &event.keywords, MAX_LIST, MAX_KEYWORD);
    check_text(&mut check, "description", event.description.as_ref(), LONG);
    if event.goals.is_empty() {
        check.fail("goals", FieldCode::Required, "must name what is to be done, once at least");
    }
    check.each("goals", &event.goals, MAX_GOALS, check_goal);
    check_each_once(&mut check, &event.goals);
    check.name::<Unit>("unit", &event.unit);
    check_origin(&mut check, event.origin.as_ref(), event.example);
    check.finish()
}

/// A text that may be left out. One that is there says something in Indonesian.
fn check_text(check: &mut Check, field: &str, text: Option<&LocalizedText>, most: usize) {
    let Some(text) = text else { return };
    check.within(field, |part| {
        part.required("id", &text.id, most);
        part.text("en", &text.en, most);
    });
}

fn check_goal(part: &mut Check, goal: &Goal) {
    part.optional_name::<Standard>("standard", &goal.standard);
    part.optional_name::<Service>("service", &goal.service);
    match (goal.standard.is_empty(), goal.service.is_empty()) {
        (true, true) => {
            let text = "must name a standard, or a service where there is no standard";
            part.fail("standard", FieldCode::Required, text);
        }
        (false, false) => {
            let text = "must be empty beside a standard, whose services are found by their links";
            part.fail("service", FieldCode::NotAllowed, text);
        }
        _ => {}
    }
    check_text(part, "condition", goal.condition.as_ref(), SHORT);
}

/// What is to be reached is reached once.
fn check_each_once(check: &mut Check, goals: &[Goal]) {
    let mut known = BTreeSet::new();
    for (index, goal) in goals.iter().enumerate() {
        for (field, name) in [("standard", &goal.standard), ("service", &goal.service)] {
            if !name.is_empty() && !known.insert(name) {
                let text = format!("{name} is named by a goal before it, too");
                check.fail(&format!("goals[{index}].{field}"), FieldCode::Duplicate, text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use mpp_api::registry::standard::Origin;

    use super::*;

    fn said(id: &str) -> Option<LocalizedText> {
        Some(LocalizedText { id: id.into(), en: String::new() })
    }

    fn to_standard(id: &str) -> Goal {
        Goal { standard: format!("standards/{id}"), ..Goal::default() }
    }

    fn event() -> LifeEvent {
        LifeEvent {
            name: "lifeEvents/kelahiran".into(),
            title: said("Kelahiran anak"),
            keywords: vec!["anak baru lahir".into()],
            goals: vec![to_standard("akta-kelahiran"), to_standard("kia")],
            unit: "units/kemendagri".into(),
            example: true,
            ..LifeEvent::default()
        }
    }

    fn faults(event: &LifeEvent) -> Vec<String> {
        let error = check(event).expect_err("faults");
        error.violations().iter().map(|fault| fault.field.clone()).collect()
    }

    #[test]
    fn a_goal_names_a_standard_or_a_service_and_each_only_once() {
        check(&event()).expect("as it is");
        let service = || "units/kemendagri/services/kia".to_owned();
        let both = Goal { service: service(), ..to_standard("nikah") };
        let own = Goal { service: service(), condition: said(" "), ..Goal::default() };
        let goals = vec![both, Goal::default(), own, to_standard("kk"), to_standard("kk")];
        let expected = [
            "life_event.goals[0].service",
            "life_event.goals[1].standard",
            "life_event.goals[2].condition.id",
            "life_event.goals[2].service",
            "life_event.goals[4].standard",
        ];
        assert_eq!(faults(&LifeEvent { goals, ..event() }), expected);
        let many = (0..31).map(|at| to_standard(&format!("s{at}"))).collect();
        assert_eq!(faults(&LifeEvent { goals: many, ..event() }), ["life_event.goals"]);
        assert_eq!(faults(&LifeEvent { goals: Vec::new(), ..event() }), ["life_event.goals"]);
    }

    #[test]
    fn an_event_says_where_it_was_read_or_that_it_is_an_example() {
        let none = LifeEvent { example: false, ..event() };
        assert_eq!(faults(&none), ["life_event.origin"]);
        let origin = Some(Origin {
            title: "Perpres 96/2018".into(),
            uri: "https://peraturan.go.id".into(),
            read_date: "2026-11-30".into(),
        });
        check(&LifeEvent { origin: origin.clone(), ..none }).expect("it was read");
        assert_eq!(faults(&LifeEvent { origin, ..event() }), ["life_event.origin"]);
    }
}
