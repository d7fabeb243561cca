//! Tables of parameters and of fields.

use maud::{Markup, html};

use super::{
    document::{Parameter, Schema, SchemaKind},
    text::line,
};
use crate::{
    components::{
        Look,
        table::{Column, TableRow, table},
    },
    words::{Phrase, api as words},
};

const COLUMNS: [Column; 3] =
    [Column::text(words::NAME), Column::text(words::KIND), Column::flow(words::MEANING)];

/// The parameters of an address.
pub fn parameters(look: Look, parameters: &[&Parameter]) -> Markup {
    let row = |own: &&Parameter| {
        let name = html! { code { (own.name) } span.minor { (look.of(place(&own.place))) } };
        TableRow::new(name, [kind(look, &own.schema), line(look, &own.description)])
    };
    let rows: Vec<TableRow> = parameters.iter().map(row).collect();
    table(look, "", &html! { (look.of(words::PARAMETERS)) }, &COLUMNS, &rows)
}

fn place(place: &str) -> Phrase {
    match place {
        "path" => words::IN_PATH,
        "header" => words::IN_HEADER,
        _ => words::IN_QUERY,
    }
}

/// The fields of a message.
pub fn fields(look: Look, caption: &Markup, schema: &Schema) -> Markup {
    let row = |(name, field): (&str, &Schema)| {
        let name = html! {
            code { (name) }
            @if field.read_only { span.minor { (look.of(words::READ_ONLY)) } }
        };
        TableRow::new(name, [kind(look, field), line(look, &field.description)])
    };
    let rows: Vec<TableRow> = schema.fields().into_iter().map(row).collect();
    html! { @if !rows.is_empty() { (table(look, "", caption, &COLUMNS, &rows)) } }
}

/// The type of a value, with a link to its message.
pub fn kind(look: Look, schema: &Schema) -> Markup {
    match schema.kind() {
        SchemaKind::Named(name) => html! { a href=(format!("#{}", anchor(name))) { (name) } },
        SchemaKind::List(items) => words::LIST.say(look.lang, &[&kind(look, items)]),
        SchemaKind::Entries(of) => words::ENTRIES.say(look.lang, &[&kind(look, of)]),
        SchemaKind::Value(word) => html! { (word) },
    }
}

/// The anchor of a message on the page; no operation's is the same.
pub fn anchor(message: &str) -> String {
    format!("message-{message}")
}
