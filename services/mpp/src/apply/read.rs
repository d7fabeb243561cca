//! Files of records: JSON (one record, a list, or one record a line) or YAML (one record or a list
//! in each document).

use std::{fs, io, path::Path};

use mpp_api::strict::Strict;
use mpp_core::{Error, FieldCode, Result};
use serde::Deserialize as _;
use serde_json::Value;

/// A record as a file gives it.
#[derive(Debug)]
pub struct GivenRecord {
    /// "malls.yaml, record 3".
    pub place: String,
    pub value: Value,
}

/// The records of a file; "-" is standard input.
///
/// # Errors
/// It cannot be read, or is neither JSON nor YAML; names the file and the line.
pub fn from_file(path: &Path) -> Result<Vec<GivenRecord>> {
    let (name, text) = if path == Path::new("-") {
        ("standard input".to_owned(), io::read_to_string(io::stdin()))
    } else {
        (path.display().to_string(), fs::read_to_string(path))
    };
    let text =
        text.map_err(|error| Error::field(&name, FieldCode::Unreadable, error.to_string()))?;
    from_text(&name, &text)
}

/// The records of a text that was read from `file`.
///
/// # Errors
/// The same as [`from_file`].
pub fn from_text(file: &str, text: &str) -> Result<Vec<GivenRecord>> {
    let documents = if text.trim_start().starts_with(['{', '[']) { json(text) } else { yaml(text) };
    let documents = documents.map_err(|error| Error::field(file, FieldCode::Unreadable, error))?;
    let values = documents.into_iter().flat_map(|document| match document {
        Value::Array(records) => records,
        // An empty document, such as one of comments.
        Value::Null => Vec::new(),
        record => vec![record],
    });
    let given = values.enumerate().map(|(at, value)| {
        let place = format!("{file}, record {}", at + 1);
        GivenRecord { place, value }
    });
    Ok(given.collect())
}

fn json(text: &str) -> Result<Vec<Value>, String> {
    let documents = serde_json::Deserializer::from_str(text).into_iter();
    let values = documents.map(|document| document.map(|Strict(value)| value));
    values.collect::<Result<_, _>>().map_err(|error| format!("is not JSON: {error}"))
}

/// Reads into YAML's own value first, which refuses a key that stands twice.
fn yaml(text: &str) -> Result<Vec<Value>, String> {
    let documents = yaml_serde::Deserializer::from_str(text);
    let value = |document| {
        let value = yaml_serde::Value::deserialize(document)
            .map_err(|error| format!("is not YAML: {error}"))?;
        serde_json::to_value(value).map_err(|error| format!("is not a record: {error}"))
    };
    documents.map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(String, String)> {
        let given = from_text("f", text).expect("records").into_iter();
        given
            .map(|given| (given.place, given.value["name"].as_str().unwrap_or("").into()))
            .collect()
    }

    #[test]
    fn one_record_a_list_lines_and_documents_are_read_alike() {
        let two =
            [("f, record 1".into(), "malls/a".into()), ("f, record 2".into(), "malls/b".into())];
        for text in [
            r#"[{"name": "malls/a"}, {"name": "malls/b"}]"#,
            "{\"name\": \"malls/a\"}\n{\"name\": \"malls/b\"}\n",
            "- name: malls/a\n- name: malls/b\n",
            "# Two malls.\nname: malls/a\n---\nname: malls/b\n",
            "---\n- name: malls/a\n---\nname: malls/b\n---\n# Nothing.\n",
        ] {
            assert_eq!(names(text), two, "{text}");
        }
        assert!(names("").is_empty());
    }

    #[test]
    fn what_is_no_file_of_records_is_told_with_its_line() {
        for text in ["[{", "name: malls/a\nname: malls/b\n", "name: [\n", "{\"name\": 1,}"] {
            let error = from_text("malls.yaml", text).expect_err(text);
            assert!(error.message().starts_with("malls.yaml: is not"), "{error}");
            assert!(error.message().contains("line") || error.message().contains("duplicate"));
        }
    }

    #[test]
    fn days_and_codes_stay_texts() {
        let given = from_text("f", "validTo: 2024-10-21\nopen: 08:00\nregion: regions/35.10\n");
        let value = &given.expect("a record")[0].value;
        assert_eq!(value["validTo"], "2024-10-21");
        assert_eq!(value["open"], "08:00");
    }
}
