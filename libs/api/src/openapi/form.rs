//! The small forms that all schemas are made of.

use serde_json::{Value, json};

/// A closed list of words, each with what it means.
pub fn words(text: &str, values: &[(String, String)]) -> Value {
    let told = values.iter().filter(|(_, meaning)| !meaning.is_empty());
    let lines = told.map(|(value, meaning)| format!("- `{value}`: {meaning}"));
    let list = lines.collect::<Vec<_>>().join("\n");
    let texts = [text, &list].into_iter().filter(|text| !text.is_empty());
    let names = values.iter().map(|(value, _)| value.as_str()).collect::<Vec<_>>();
    let mut schema = json!({ "type": "string", "enum": names });
    describe(&mut schema, texts.collect::<Vec<_>>().join("\n\n"));
    schema
}

/// A reference to a schema of the document.
pub fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Sets a schema's description, unless the text is empty.
pub fn describe(schema: &mut Value, text: String) {
    if !text.is_empty() {
        schema["description"] = text.into();
    }
}
