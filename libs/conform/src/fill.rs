//! Values of a run, put into a vector's JSON: `"${name}"` stands for a value that was kept,
//! `"${name+1}"` for one more than it, and within a longer text for its words.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Values by name.
#[derive(Clone, Debug, Default)]
pub struct Values(BTreeMap<String, Value>);

impl Values {
    /// Keeps a value.
    pub fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// The JSON with all values put in.
    ///
    /// # Errors
    /// It names a value that was not kept.
    pub fn fill(&self, json: &Value) -> Result<Value, String> {
        Ok(match json {
            Value::String(text) => self.fill_text(text)?,
            Value::Array(items) => {
                items.iter().map(|item| self.fill(item)).collect::<Result<_, _>>()?
            }
            Value::Object(fields) => {
                let filled = fields.iter().map(|(key, value)| Ok((key.clone(), self.fill(value)?)));
                Value::Object(filled.collect::<Result<_, String>>()?)
            }
            other => other.clone(),
        })
    }

    fn fill_text(&self, text: &str) -> Result<Value, String> {
        let whole = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        if let Some(name) = whole.filter(|name| !name.contains('}')) {
            return self.get(name);
        }
        let mut parts = text.split("${");
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').ok_or("a ${ without its }")?;
            filled += &words(&self.get(name)?);
            filled += rest;
        }
        Ok(Value::String(filled))
    }

    fn get(&self, asked: &str) -> Result<Value, String> {
        let (name, more) = asked.split_once('+').unwrap_or((asked, ""));
        let value = self.0.get(name).ok_or_else(|| format!("no value {name} was kept"))?;
        if more.is_empty() {
            return Ok(value.clone());
        }
        let more: i64 = more.parse().map_err(|_| format!("{asked} adds no number"))?;
        let number = whole_number(value).ok_or_else(|| format!("{name} is no number: {value}"))?;
        Ok(json!((number + more).to_string()))
    }
}

/// A value as it stands within a text.
fn words(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// An integer as JSON has it: 64 bits of it as a text.
pub fn whole_number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// The value at a path such as `welcome.checkpoint.sequence` or `results.0.code`.
pub fn at<'a>(json: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(json, |at, part| match part.parse::<usize>() {
        Ok(place) => at.get(place),
        Err(_) => at.get(part),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_in_whole_within_words_and_one_higher() {
        let mut values = Values::default();
        values.set("next", json!("7"));
        values.set("id", json!("a-1"));
        let given =
            json!({"sequence": "${next+1}", "name": "units/x/services/${id}", "n": "${next}"});
        let filled = values.fill(&given).expect("all are kept");
        assert_eq!(filled, json!({"sequence": "8", "name": "units/x/services/a-1", "n": "7"}));
        assert!(values.fill(&json!("${nothing}")).is_err());
        assert!(values.fill(&json!("${id+1}")).is_err());
    }

    #[test]
    fn a_path_leads_into_lists() {
        let json = json!({"results": [{"code": "A"}, {"code": "B"}]});
        assert_eq!(at(&json, "results.1.code"), Some(&json!("B")));
        assert_eq!(at(&json, "results.2.code"), None);
    }
}
