//! The difference between two forms of a record, field by field.

use mpp_core::{Error, Result};
use prost_reflect::DynamicMessage;
use serde_json::Value;

/// Fields that every write changes.
const ALWAYS: [&str; 3] = ["etag", "createTime", "updateTime"];

/// A field that changes; `None` stands for a field that is not set.
#[derive(Debug, PartialEq)]
pub struct Change {
    /// The field's path, such as "sites[0].address".
    pub path: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// The changes from one form of a record to another.
///
/// # Errors
/// One of them cannot be written as JSON.
pub fn difference(before: &DynamicMessage, after: &DynamicMessage) -> Result<Vec<Change>> {
    let value = |message| serde_json::to_value(message).map_err(Error::internal);
    let mut changes = Vec::new();
    compare("", Some(&value(before)?), Some(&value(after)?), &mut changes);
    changes.retain(|change| !ALWAYS.contains(&change.path.as_str()));
    Ok(changes)
}

fn compare(path: &str, before: Option<&Value>, after: Option<&Value>, changes: &mut Vec<Change>) {
    match (before, after) {
        (Some(before), Some(after)) if before == after => {}
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let new = after.keys().filter(|key| !before.contains_key(*key));
            for key in before.keys().chain(new) {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                compare(&path, before.get(key), after.get(key), changes);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            for at in 0..before.len().max(after.len()) {
                compare(&format!("{path}[{at}]"), before.get(at), after.get(at), changes);
            }
        }
        (before, after) => changes.push(Change {
            path: path.to_owned(),
            before: before.cloned(),
            after: after.cloned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use mpp_api::json::read_dynamic;
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_differs_is_told_down_to_the_leaf() {
        let mall = |json| read_dynamic("mall", &json).expect("a mall");
        let before = mall(json!({
            "displayName": { "id": "MPP A", "en": "A" }, "etag": "1",
            "sites": [{ "address": "Jl. A" }],
        }));
        let after = mall(json!({
            "displayName": { "id": "MPP B", "en": "A" }, "etag": "2",
            "sites": [{ "address": "Jl. A" }, { "address": "Jl. B" }],
        }));
        let changes = difference(&before, &after).expect("JSON");
        let told: Vec<_> = changes.iter().map(|c| (c.path.as_str(), c.before.is_some())).collect();
        assert_eq!(told, [("displayName.id", true), ("sites[1]", false)]);
    }
}
