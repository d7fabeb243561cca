//! The JSON Schema of the agent's configuration, for editors and for those who check many of them.
//! It is made of the types that read a configuration, so that it says what they do.

use mpp_core::{Error, Result};
use schemars::schema_for;

use super::config::Config;

/// The schema, as text.
///
/// # Errors
/// It cannot be written, which it always can.
pub(super) fn text() -> Result<String> {
    let mut schema = schema_for!(Config);
    schema.insert("title".to_owned(), "A source of mpp agent".into());
    serde_json::to_string_pretty(&schema).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const WRITTEN: &str =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../agent/configuration.schema.json");

    #[test]
    fn the_schema_that_is_published_is_that_of_the_types() {
        let current = text().expect("a schema") + "\n";
        if std::env::var_os("WRITE_REFERENCE").is_some() {
            std::fs::write(WRITTEN, current).expect("it can be written");
            return;
        }
        let written = std::fs::read_to_string(WRITTEN).unwrap_or_default();
        assert!(current == written, "run WRITE_REFERENCE=1 cargo test -p mpp schema");
    }

    #[test]
    fn every_key_is_described_and_every_number_bounded() {
        let schema: Value = serde_json::from_str(&text().expect("a schema")).expect("JSON");
        let kinds = schema["$defs"]["InputConfig"]["oneOf"].as_array().expect("kinds");
        let kinds_and_all = kinds.iter().chain([&schema, &schema["properties"]["policy"]]);
        for object in kinds_and_all {
            assert_eq!(object["additionalProperties"], json!(false), "{object:#}");
            for (name, key) in object["properties"].as_object().expect("keys") {
                let said = key.get("description").or_else(|| key.get("$ref"));
                assert!(name == "type" || said.is_some(), "{name}: {key:#}");
            }
        }
        let tries = &schema["properties"]["policy"]["properties"]["page_tries"];
        assert_eq!((&tries["minimum"], &tries["maximum"]), (&json!(1), &json!(20)));
    }
}
