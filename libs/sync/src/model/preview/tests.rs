use mpp_api::{Document as _, json};
use mpp_api::{
    registry::{Service, service::Requirement},
    sync::record_preview::Change,
    types::LocalizedText,
};
use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn value(service: &Service) -> Value {
    json::value(service).expect("known")
}

fn between(before: &Service, after: &Service) -> Vec<FieldDifference> {
    differences(Service::KIND, &before.encode_to_vec(), &after.encode_to_vec())
}

fn service(title: &str, product: &str, requirements: &[u8]) -> Service {
    let texts = requirements.iter();
    Service {
        title: Some(LocalizedText { id: title.into(), en: String::new() }),
        product: product.into(),
        requirements: texts
            .map(|number| Requirement {
                text: format!("Syarat {number}"),
                condition: if number % 2 == 0 { "jika dikuasakan".into() } else { String::new() },
                ..Requirement::default()
            })
            .collect(),
        ..Service::default()
    }
}

/// Where a path leads, from the whole on.
fn steps(path: &str) -> Vec<String> {
    let path = path.trim_start_matches("service.").replace('[', "/").replace(['.'], "/");
    path.replace(']', "").split('/').map(str::to_owned).collect()
}

/// Makes the later state out of the earlier one, by what was told of it.
fn applied(before: &Service, told: &[FieldDifference]) -> Value {
    let mut whole = value(before);
    // Removals carry their places in the old list, so they are applied from the last one back.
    let gone = told.iter().rev().filter(|one| one.new_value.is_empty());
    for one in gone.chain(told.iter().filter(|one| !one.new_value.is_empty())) {
        let mut steps = steps(&one.path);
        let last = steps.pop().expect("a field");
        let mut at = &mut whole;
        for step in steps {
            at = match at {
                Value::Array(all) => &mut all[step.parse::<usize>().expect("a place")],
                other => other.get_mut(&step).expect("a field"),
            };
        }
        let value = (!one.new_value.is_empty())
            .then(|| serde_json::from_str::<Value>(&one.new_value).expect("JSON"));
        match (at, value) {
            (Value::Object(all), Some(value)) => drop(all.insert(last, value)),
            (Value::Object(all), None) => drop(all.remove(&last)),
            (Value::Array(all), value) => {
                let place: usize = last.parse().expect("a place");
                match (value, one.old_value.is_empty()) {
                    (Some(value), true) => all.insert(place, value),
                    (Some(value), false) => all[place] = value,
                    (None, _) => drop(all.remove(place)),
                }
            }
            _ => panic!("{} leads nowhere", one.path),
        }
    }
    whole
}

fn services() -> impl Strategy<Value = Service> {
    let words = prop_oneof![Just(""), Just("Kartu"), Just("Akta")];
    (words.clone(), words, prop::collection::vec(0_u8..6, 0..6))
        .prop_map(|(title, product, requirements)| service(title, product, &requirements))
}

proptest! {
    /// Nothing that differs is left out, and nothing is told that does not.
    #[test]
    fn what_was_before_and_what_is_told_make_what_is_afterwards(before in services(), after in services()) {
        let told = between(&before, &after);
        let is = value(&after);
        prop_assert_eq!(applied(&before, &told), is, "{:?}", told);
        prop_assert_eq!(told.is_empty(), before == after);
    }
}

#[test]
fn one_line_more_in_a_list_is_one_difference() {
    let told = between(&service("KK", "", &[1, 3, 5]), &service("KK", "", &[1, 2, 3, 5]));
    assert_eq!((told.len(), told[0].path.as_str()), (1, "service.requirements[1]"));
    assert_eq!(told[0].old_value, "");
    assert!(told[0].new_value.contains(r#""text":"Syarat 2""#), "{told:?}");
    let gone = between(&service("KK", "", &[1, 2, 3]), &service("Kartu", "", &[1, 3]));
    let paths: Vec<_> = gone.iter().map(|one| one.path.as_str()).collect();
    assert_eq!(paths, ["service.requirements[1]", "service.title.id"]);
    assert_eq!((gone[1].old_value.as_str(), gone[1].new_value.as_str()), (r#""KK""#, r#""Kartu""#));
}

#[test]
fn what_becomes_of_a_record_is_told_by_what_stood_and_what_stands() {
    let version = |number| Some(Version { number, doc: &[] });
    let change = |stood, was, is| Became { kind: "service", stood, was, is }.change();
    assert_eq!(change(None, None, version(1)), Change::Created);
    assert_eq!(change(version(1), version(1), version(1)), Change::Unspecified);
    assert_eq!(change(version(1), version(1), version(2)), Change::Updated);
    assert_eq!(change(None, version(7), version(1)), Change::Moved);
    assert_eq!(change(version(1), version(1), None), Change::Deleted);
    assert_eq!(change(None, None, None), Change::Unspecified, "it was not there");
}

#[test]
fn an_answer_stays_small_enough_to_be_read_and_says_what_it_leaves_out() {
    let long = FieldDifference {
        path: "service.product".into(),
        new_value: "x".repeat(600_000),
        ..Default::default()
    };
    let one = RecordPreview { differences: vec![long; 3], ..RecordPreview::default() };
    let told = bounded(vec![one.clone(), one]);
    let kept: Vec<_> = told.iter().map(|one| (one.differences.len(), one.left_out)).collect();
    assert_eq!(kept, [(3, 0), (0, 3)]);
}
