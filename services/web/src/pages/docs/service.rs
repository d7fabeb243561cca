//! The addresses of one service: what each takes, what it answers, and requests that a test sends.

use maud::{Markup, html};
use serde_json::Value;

use super::{
    document::{Document, Example, Operation, Tag},
    fields::{anchor, fields, kind, parameters},
    text::{english, line, text},
};
use crate::{
    components::{
        Look,
        table::{Column, TableRow, table},
    },
    words::api as words,
};

/// The addresses in a table, each with a link to its description on the page at `path`.
pub fn addresses(look: Look, document: &Document, tag: &Tag, path: &str) -> Markup {
    let columns = [Column::text(words::ADDRESS), Column::flow(words::MEANING)];
    let all = document.of(&tag.name);
    let row = |(verb, address, operation): &(String, &str, &Operation)| {
        let link = format!("{path}#{}", operation.operation_id);
        let name = html! { code.verb { (verb) } " " a href=(link) { code { (address) } } };
        TableRow::new(name, [line(look, first_sentence(&operation.description))])
    };
    let rows: Vec<TableRow> = all.iter().map(row).collect();
    let caption = words::ADDRESSES_OF.text(look.lang, &[&tag.name]);
    table(look, "", &html! { (caption) }, &columns, &rows)
}

fn first_sentence(text: &str) -> &str {
    let end = text.find(". ").map_or(text.len(), |at| at + 1);
    text[..end].lines().next().unwrap_or_default()
}

/// All operations of a service.
pub fn operations(look: Look, document: &Document, tag: &Tag) -> Markup {
    html! {
        div #operations {
            @for (verb, path, operation) in document.of(&tag.name) {
                section.api id=(operation.operation_id) {
                    h2 { code.verb { (verb) } " " code { (path) } }
                    (text(look, &operation.description))
                    (takes(look, document, operation))
                    (answers(look, operation))
                    @for example in &operation.examples { (shown(look, example)) }
                }
            }
        }
    }
}

fn takes(look: Look, document: &Document, operation: &Operation) -> Markup {
    let all = document.parameters(operation);
    html! {
        @if !all.is_empty() { (parameters(look, &all)) }
        @if let Some(body) = operation.body() {
            @if body.fields().is_empty() {
                p { (words::BODY_IS.say(look.lang, &[&kind(look, body)])) }
            } @else {
                (fields(look, &html! { (look.of(words::BODY)) }, body))
            }
        }
    }
}

fn answers(look: Look, operation: &Operation) -> Markup {
    let phrase = if operation.streams() { words::EVENTS_ARE } else { words::ANSWER_IS };
    html! {
        @if let Some(answer) = operation.answer() {
            p { (phrase.say(look.lang, &[&kind(look, answer)])) }
        }
    }
}

/// A request as it is typed, and its answer folded up.
fn shown(look: Look, example: &Example) -> Markup {
    let answer = words::ANSWER.text(look.lang, &[&example.status.to_string()]);
    html! {
        h3 lang=[english(look)] { (example.title) }
        p.quiet { (words::AS.text(look.lang, &[&example.who])) }
        pre { code { "TOKEN=$(cat mpp-data/keys/" (example.who) ".jwt)\n" (curl(example)) } }
        details {
            summary { (answer) }
            pre { code { (pretty(&example.answer)) } }
        }
    }
}

/// The request as a command of curl, with the variables that the page of all services sets.
pub fn curl(example: &Example) -> String {
    let (verb, address) = example.request.split_once(' ').unwrap_or(("GET", &example.request));
    let mut parts = vec![format!("curl \"$MPP{address}\"")];
    if verb != "GET" {
        parts[0] += &format!(" -X {verb}");
    }
    parts.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
    for (name, value) in &example.headers {
        parts.push(format!("-H {}", single_quoted(&format!("{name}: {}", plain(value)))));
    }
    if let Some(body) = &example.body {
        parts.push("-H 'Content-Type: application/json'".to_owned());
        parts.push(format!("-d {}", single_quoted(&pretty(body))));
    }
    parts.join(" \\\n  ")
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn pretty(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        // Writing JSON that was read does not fail.
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    }
}

/// Quotes a text for a shell: between single quotes no character has a special meaning.
fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The messages and enums that the operations mention.
pub fn messages(look: Look, document: &Document, tag: &Tag) -> Markup {
    let operations = document.of(&tag.name);
    let operations: Vec<&Operation> = operations.into_iter().map(|(_, _, own)| own).collect();
    let named = document.mentioned(&operations);
    let all = named.into_iter().filter_map(|name| Some((name, document.schema(name)?)));
    html! {
        div #messages {
            @for (name, schema) in all {
                section.api id=(anchor(name)) {
                    h2 { code { (name) } }
                    (text(look, &schema.description))
                    (fields(look, &html! { (words::FIELDS_OF.text(look.lang, &[name])) }, schema))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_can_be_typed_as_it_is_shown() {
        let example = Example {
            title: String::new(),
            who: "reader".into(),
            request: "POST /v1/malls/a/x:book".into(),
            headers: serde_json::Map::from_iter([("If-Match".to_owned(), json!("\"7\""))]),
            body: Some(json!({ "note": "Jum'at" })),
            status: 200,
            answer: Value::Null,
        };
        let expected = "curl \"$MPP/v1/malls/a/x:book\" -X POST \\\n  \
            -H \"Authorization: Bearer $TOKEN\" \\\n  -H 'If-Match: \"7\"' \\\n  \
            -H 'Content-Type: application/json' \\\n  -d '{\n  \"note\": \"Jum'\\''at\"\n}'";
        assert_eq!(curl(&example), expected);
    }
}
