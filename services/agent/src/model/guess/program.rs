//! The mapping that follows from a guess, with its doubts as remarks.

use super::{
    amounts::{self, FeeKeys},
    choice::{Choice, Guess},
    columns::{Column, ColumnForm},
    field::Field,
};

/// Parts of a program that others need.
pub(super) const HELPERS: &str = r#"def trimmed: if . == null then "" else tostring | gsub("^\\s+|\\s+$"; "") end;
def slug: trimmed | ascii_downcase | gsub("[^a-z0-9]+"; "-") | gsub("^-+|-+$"; "");
"#;

/// Parts of a program that reads lists: one record may have a text where another has a list.
const LISTS: &str = r#"# A list is read item by item, a text by its lines and numbers; what is neither fails the row.
def each: if type == "array" then .[] else . end | select(. != null and . != "");
def items: if type == "array" then . else list_items end | each;
def worded: if type == "object" or type == "array" or . == null then error("an item of a list is no text") else trimmed end;
def whole: [.[] | if type == "object" or type == "array" then error("an item of a list is no text") else trimmed end | select(. != "")] | join("; ");
def unread: {kind: "KIND_UNPARSED", source_text: whole};
def has_more($known): with_entries(select(.value != null and .value != "")) | keys - $known != [];
"#;

/// The jq program of a guess; `unit` owns all records.
pub fn program(guess: &Guess, unit: &str) -> String {
    let mut lines = vec![
        "# A first mapping, guessed by names and contents: read it, and mend what is not right."
            .to_owned(),
        "# Lines that end with a question mark are not sure.".to_owned(),
        HELPERS.trim_end().to_owned(),
    ];
    if guess.choices.iter().any(|choice| choice.column.form != ColumnForm::Plain) {
        lines.push(LISTS.trim_end().to_owned());
    }
    lines.extend([
        "{".to_owned(),
        id(guess),
        format!("  unit: \"{unit}\",{}", offices(guess)),
        "  service: {".to_owned(),
    ]);
    let fields = Field::ALL.into_iter().filter_map(|(field, _)| guess.of(field));
    let of_service: Vec<(String, &Choice)> =
        fields.filter_map(|choice| Some((field(guess, choice)?, choice))).collect();
    let last = of_service.len().saturating_sub(1);
    for (at, (text, choice)) in of_service.iter().enumerate() {
        let comma = if at == last { "" } else { "," };
        lines.push(format!("    {text}{comma}{}", remark(choice)));
    }
    lines.extend(["  }".to_owned(), "}".to_owned()]);
    lines.join("\n") + "\n" + &unused(&guess.left)
}

/// The remark that ends a mapping: columns that no field was found for.
pub(super) fn unused(left: &[String]) -> String {
    if left.is_empty() {
        return String::new();
    }
    format!("# Not used: {}\n", one_line(&left.join(", ")))
}

fn remark(choice: &Choice) -> String {
    choice.doubt.as_ref().map_or(String::new(), |doubt| format!("  # {}?", one_line(doubt)))
}

/// A column's name or a code may have several lines; the rest of a remark that such a line ends
/// would be read as program.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

fn id(guess: &Guess) -> String {
    match (guess.of(Field::SourceId), guess.of(Field::Title)) {
        (Some(choice), _) => {
            format!("  source_id: ({} | slug),{}", path(&choice.column), remark(choice))
        }
        (None, Some(title)) => format!(
            "  source_id: ({} | slug),  # no column of codes: a record that is renamed becomes \
             another one?",
            path(&title.column)
        ),
        (None, None) => "  source_id: \"\",  # no column of codes or titles was found?".to_owned(),
    }
}

fn offices(guess: &Guess) -> String {
    match (guess.of(Field::Unit), guess.offices.len()) {
        (Some(choice), 2..) => format!(
            "  # {} names {} offices; where each is a unit: (\"units/\" + ({} | slug))?",
            one_line(&choice.column()),
            guess.offices.len(),
            path(&choice.column)
        ),
        _ => String::new(),
    }
}

/// A field of the service; `None` for what stands elsewhere.
fn field(guess: &Guess, choice: &Choice) -> Option<String> {
    let at = path(&choice.column);
    let plain = format!("({at} | trimmed)");
    Some(match choice.field {
        Field::SourceId | Field::Unit | Field::TitleEn => return None,
        Field::Title => match guess.of(Field::TitleEn) {
            Some(english) => {
                format!("title: {{id: {plain}, en: ({} | trimmed)}}", path(&english.column))
            }
            None => format!("title: {{id: {plain}}}"),
        },
        Field::Category => format!("category: ({at} | slug)"),
        Field::Keywords => format!("keywords: {}", keywords(choice)),
        Field::Requirements => format!("requirements: [{}[] | {{text: .}}]", items(choice)),
        Field::Time => format!("time: ({at} | service_time)"),
        Field::Fees if choice.column.form == ColumnForm::Plain => format!("fees: [{at} | rupiah]"),
        Field::Fees => format!("fees: [{at} | each | {}]", fee(&choice.column)),
        Field::Procedure
        | Field::Complaints
        | Field::LegalBasis
        | Field::Facilities
        | Field::Notes => {
            format!("{}: {}", choice.field.name(), items(choice))
        }
        Field::Staff => format!("staff: {{source_text: {plain}}}"),
        Field::State => format!("state: ({at} | service_state)"),
        other => format!("{}: {plain}", other.name()),
    })
}

fn keywords(choice: &Choice) -> String {
    let at = path(&choice.column);
    let parted = "trimmed | split(\",\") | map(trimmed) | map(select(. != \"\"))";
    match &choice.column.form {
        ColumnForm::Plain => format!("({at} | {parted})"),
        form => format!(
            "[{at} | if type == \"array\" then . else {parted} end | each | {}]",
            item(form)
        ),
    }
}

fn items(choice: &Choice) -> String {
    let at = path(&choice.column);
    match &choice.column.form {
        ColumnForm::Plain => format!("({at} | list_items)"),
        form => format!("[{at} | items | {}]", item(form)),
    }
}

/// A fee of a list: a text is read whole. An object of which the amount is not sure, or which has
/// more than those that were looked at, is kept as it is written and not read.
fn fee(column: &Column) -> String {
    let ColumnForm::Objects(_) = column.form else { return "worded | rupiah".to_owned() };
    let FeeKeys { amount, label, keys } = amounts::parts(&column.items);
    let of_object = amount.map_or("unread".to_owned(), |key| {
        let (at, label) = (step(&key), label.map(|key| step(&key)));
        let label = label.map_or(String::new(), |at| format!(" + {{label: ({at} | trimmed)}}"));
        let known = serde_json::Value::from(keys);
        format!(
            "(if has_more({known}) or {at} == null or {at} == \"\" then unread \
             else ({at} | rupiah){label} end)"
        )
    });
    format!("if type == \"object\" then {of_object} else worded | rupiah end")
}

/// The text of a list's item.
fn item(form: &ColumnForm) -> String {
    match form {
        ColumnForm::Plain | ColumnForm::List => "worded".to_owned(),
        ColumnForm::Objects(key) => {
            format!("(if type == \"object\" then {} else . end) | worded", step(key))
        }
    }
}

pub(super) fn path(column: &Column) -> String {
    column.path.iter().map(|name| step(name)).collect()
}

/// `.nama`, or `.["Nama Pelayanan"]`.
fn step(name: &str) -> String {
    let is_word = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    let begins = name.starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '_');
    if begins && name.chars().all(is_word) {
        return format!(".{name}");
    }
    format!(".[{}]", serde_json::Value::from(name))
}
