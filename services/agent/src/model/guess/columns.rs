//! The columns of records, as deep as they lie, with examples of what they hold.

use serde_json::Value;

/// How deep a column may lie.
const DEEPEST: usize = 4;
/// Examples that are kept of a column.
const EXAMPLES: usize = 200;

/// The kind of values that a column holds; some of its records may have a text instead of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ColumnForm {
    /// Texts, numbers, flags.
    Plain,
    /// Lists of texts.
    List,
    /// Lists of objects, whose text lies under this key.
    Objects(String),
}

/// A column of the source, with what its values show.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// The keys that lead to it.
    pub(super) path: Vec<String>,
    pub(super) form: ColumnForm,
    /// Items of its lists, as they are.
    pub(super) items: Vec<Value>,
    /// Its values in the records that have one; a list's items as lines.
    pub(super) examples: Vec<String>,
    /// Its values are numbers.
    pub(super) is_number: bool,
}

impl Column {
    /// The path as people write it: `data.nama`.
    pub(super) fn name(&self) -> String {
        self.path.join(".")
    }
}

/// All columns, in the order in which they come first.
pub(super) fn columns(records: &[Value]) -> Vec<Column> {
    let mut found: Vec<Column> = Vec::new();
    for record in records.iter().take(EXAMPLES) {
        walk(record, &mut Vec::new(), &mut found);
    }
    found
}

fn walk(value: &Value, path: &mut Vec<String>, found: &mut Vec<Column>) {
    match value {
        Value::Object(fields) if path.len() < DEEPEST => {
            for (name, inner) in fields {
                path.push(name.clone());
                walk(inner, path, found);
                path.pop();
            }
        }
        Value::Object(_) => {}
        _ if path.is_empty() => {}
        _ => see(value, path, found),
    }
}

fn see(value: &Value, path: &[String], found: &mut Vec<Column>) {
    let (form, text) = read(value);
    let at = found.iter().position(|column| column.path == path).unwrap_or_else(|| {
        let (path, items, examples) = (path.to_vec(), Vec::new(), Vec::new());
        found.push(Column { path, form: ColumnForm::Plain, items, examples, is_number: true });
        found.len() - 1
    });
    let column = &mut found[at];
    // An empty list is one as well; the items of another record may be objects.
    if matches!(
        (&form, &column.form),
        (ColumnForm::Objects(_), _) | (ColumnForm::List, ColumnForm::Plain)
    ) {
        column.form = form;
    }
    column.items.extend(value.as_array().into_iter().flatten().take(EXAMPLES).cloned());
    if text.trim().is_empty() {
        return;
    }
    column.is_number &= value.is_number();
    column.examples.push(text);
}

fn read(value: &Value) -> (ColumnForm, String) {
    match value {
        Value::Array(items) => {
            let key = items.first().and_then(text_key);
            let line = |item: &Value| match &key {
                Some(key) => plain(&item[key.as_str()]),
                None => plain(item),
            };
            let lines = items.iter().map(line).collect::<Vec<_>>().join("\n");
            (key.clone().map_or(ColumnForm::List, ColumnForm::Objects), lines)
        }
        other => (ColumnForm::Plain, plain(other)),
    }
}

/// The key of an item's longest text.
fn text_key(item: &Value) -> Option<String> {
    let texts = item.as_object()?.iter().filter_map(|(key, value)| Some((key, value.as_str()?)));
    texts.max_by_key(|(_, text)| text.len()).map(|(key, _)| key.clone())
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
