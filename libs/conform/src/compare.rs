//! Whether an answer is as a vector expects it. What a vector does not name may have any value.
//!
//! ```text
//! "x", 7, true       just that; 0, "" and false also where the field is left out
//! "*"                anything but nothing
//! {"field": …}       an object, and in it each field that is named
//! [ …, … ]           as many, in their order
//! {"$above": n}      a number above n
//! {"$some": …}       a list of which at least one is so
//! {"$none": …}       a list of which none is so
//! {"$sum": true}     an accounting: received = applied + unchanged + rejected + quarantined
//! ```

use serde_json::Value;

use crate::fill::whole_number;

/// What differs between an answer and what is expected; empty if nothing does.
pub fn differences(expected: &Value, came: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare(expected, came, "", &mut found);
    found
}

fn compare(expected: &Value, came: &Value, path: &str, found: &mut Vec<String>) {
    let is_so = match expected {
        Value::Object(fields) => {
            let (rules, named): (Vec<_>, Vec<_>) =
                fields.iter().partition(|(key, _)| key.starts_with('$'));
            for (key, value) in named {
                let own = came.get(key).unwrap_or(&Value::Null);
                compare(value, own, &format!("{path}.{key}"), found);
            }
            rules.iter().all(|(rule, given)| holds(rule, given, came))
                && (!rules.is_empty() || came.is_object())
        }
        Value::Array(items) => {
            let own = came.as_array().map(Vec::as_slice).unwrap_or_default();
            for (at, (expected, came)) in items.iter().zip(own).enumerate() {
                compare(expected, came, &format!("{path}[{at}]"), found);
            }
            items.len() == own.len()
        }
        Value::String(any) if any == "*" => !is_nothing(came),
        expected => same(expected, came),
    };
    if !is_so {
        let place = path.trim_start_matches('.');
        found.push(format!("{place}: expected {expected}, came {came}"));
    }
}

fn holds(rule: &str, given: &Value, came: &Value) -> bool {
    let items = came.as_array().map(Vec::as_slice).unwrap_or_default();
    match rule {
        "$above" => {
            whole_number(came).zip(whole_number(given)).is_some_and(|(own, least)| own > least)
        }
        "$some" => items.iter().any(|item| differences(given, item).is_empty()),
        "$none" => !items.iter().any(|item| differences(given, item).is_empty()),
        "$sum" => came.is_object() && adds_up(came),
        _ => false,
    }
}

/// Each record has one outcome.
fn adds_up(counts: &Value) -> bool {
    let of = |name: &str| counts.get(name).and_then(whole_number).unwrap_or(0);
    let parts = ["applied", "unchanged", "rejected", "quarantined"].map(of);
    of("received") == parts.iter().sum::<i64>()
}

fn same(expected: &Value, came: &Value) -> bool {
    let numbers = whole_number(expected).zip(whole_number(came));
    numbers.map_or(expected == came, |(one, other)| one == other)
        || (is_nothing(expected) && is_nothing(came))
}

/// What the contract's JSON leaves out.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(is) => !is,
        Value::Array(items) => items.is_empty(),
        Value::Object(_) => false,
        other => other.as_str() == Some("") || whole_number(other) == Some(0),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is_so(expected: &Value, came: &Value) -> bool {
        differences(expected, came).is_empty()
    }

    #[test]
    fn what_is_named_counts_and_what_is_left_out_is_the_default() {
        assert!(is_so(&json!({"a": 7}), &json!({"a": "7", "b": 1})));
        assert!(is_so(&json!({"a": 0, "b": false, "c": ""}), &json!({})));
        assert!(!is_so(&json!({"a": 1}), &json!({})));
        assert!(!is_so(&json!({"a": "*"}), &json!({"a": "0"})));
        assert!(!is_so(&json!([1, 2]), &json!([1, 2, 3])));
        assert!(!is_so(&json!({"summary": {}}), &json!({"batchResult": {}})), "another message");
        let told = differences(&json!({"a": [{"b": 1}]}), &json!({"a": [{"b": 2}]}));
        assert_eq!(told, ["a[0].b: expected 1, came 2"]);
    }

    #[test]
    fn rules_look_at_numbers_lists_and_sums() {
        assert!(is_so(&json!({"$above": "3"}), &json!("4")));
        assert!(!is_so(&json!({"$above": 4}), &json!("4")));
        assert!(is_so(&json!({"$some": {"x": 1}}), &json!([{"x": 2}, {"x": 1}])));
        assert!(!is_so(&json!({"$none": {"x": 1}}), &json!([{"x": 1}])));
        let sums = |received: i64| json!({"received": received, "applied": 2, "rejected": "1"});
        assert!(is_so(&json!({"$sum": true}), &sums(3)));
        assert!(!is_so(&json!({"$sum": true}), &sums(4)));
        assert!(!is_so(&json!({"$sum": true}), &Value::Null), "no accounting is none that adds up");
        let of_three = json!({"$sum": true, "received": 3});
        assert!(is_so(&of_three, &sums(3)) && !is_so(&of_three, &json!({})));
        assert!(!is_so(&json!({"$misspelt": 1}), &json!(1)), "an unknown rule is not kept");
    }
}
