//! The column that a row lacks: it is NULL or empty, and the mapping cannot do without it. It is
//! found by filling one column after the other, whatever the mapping does with it.

use std::fmt::Write as _;

use jaq_json::Val;

use super::filled::{holds_something, text};

/// Values to fill a column with, a text and a number, to see whether the mapping then takes the
/// row.
const FILLED: [&str; 2] = ["\"kode-1\"", "1"];
/// Columns that a message shows, so that a person finds the row.
const SHOWN: usize = 2;
/// Characters of each that are shown.
const LONGEST: usize = 60;

/// The columns that would mend the row if they were filled, and how each lacks a value: "kode",
/// "NULL". `asked` are keys that the row may not have at all.
pub fn columns(
    raw: &Val,
    asked: &[String],
    mends: impl Fn(Val) -> bool,
) -> Vec<(String, &'static str)> {
    let lacking = lacking(raw, asked);
    let fill = |column: &String, with| filled(raw.clone(), column, with);
    let alone = |column: &String| FILLED.iter().any(|with| mends(fill(column, with)));
    let one: Vec<_> = lacking.iter().filter(|(column, _)| alone(column)).cloned().collect();
    if !one.is_empty() {
        return one;
    }
    // Several are lacking: each column without which filling the others is not enough.
    let but = |left: &str| {
        let others = lacking.iter().filter(|(column, _)| column != left);
        others.fold(raw.clone(), |row, (column, _)| filled(row, column, FILLED[0]))
    };
    if !mends(but("")) {
        return Vec::new();
    }
    lacking.iter().filter(|(column, _)| !mends(but(column))).cloned().collect()
}

fn lacking(raw: &Val, asked: &[String]) -> Vec<(String, &'static str)> {
    let Val::Obj(map) = raw else { return Vec::new() };
    let there = map.iter().filter_map(|(name, value)| Some((text(name)?, is_lacking(value)?)));
    let absent = asked.iter().filter(|key| !holds_key(raw, key));
    there.chain(absent.map(|key| (key.clone(), "not there"))).collect()
}

/// "; the row has nama \"Surat Pindah\"": helps a person to find the row in a source that shows no
/// row numbers.
pub fn shown(raw: &Val) -> String {
    let Val::Obj(map) = raw else { return String::new() };
    let filled = map.iter().filter(|(_, value)| holds_something(value));
    let mut shown = String::new();
    for (name, value) in
        filled.filter_map(|(name, value)| Some((text(name)?, plain(value)?))).take(SHOWN)
    {
        let start = if shown.is_empty() { "; the row has" } else { "," };
        // Writing to a string cannot fail.
        let _ = write!(shown, "{start} {name} \"{value}\"");
    }
    shown
}

fn is_lacking(value: &Val) -> Option<&'static str> {
    match value {
        Val::Null => Some("NULL"),
        value if !holds_something(value) => Some("empty"),
        _ => None,
    }
}

fn holds_key(raw: &Val, key: &str) -> bool {
    matches!(raw, Val::Obj(map) if map.contains_key(&Val::utf8_str(key.as_bytes().to_vec())))
}

fn filled(raw: Val, column: &str, with: &str) -> Val {
    let Val::Obj(map) = &raw else { return raw };
    let Ok(value) = jaq_json::read::parse_single(with.as_bytes()) else { return raw };
    let mut map = (**map).clone();
    map.insert(Val::utf8_str(column.as_bytes().to_vec()), value);
    Val::obj(map)
}

/// A plain value on one line; `None` for lists and objects.
fn plain(value: &Val) -> Option<String> {
    let whole = match value {
        Val::TStr(_) => text(value)?,
        Val::Num(number) => number.to_string(),
        _ => return None,
    };
    let line = whole.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(LONGEST).collect();
    Some(if short.len() < line.len() { format!("{short}…") } else { short })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::mapping::Mapping;

    fn raw(text: &str) -> Val {
        jaq_json::read::parse_single(text.as_bytes()).expect("JSON")
    }

    fn lacks(program: &str, row: &str) -> Option<String> {
        let mapping = Mapping::compile(program).expect("compiles");
        let mends = |raw| mapping.run(raw).is_ok();
        let asked = mapping.keys().uppermost();
        columns(&raw(row), &asked, mends).first().map(|(column, how)| format!("{column} is {how}"))
    }

    #[test]
    fn the_column_is_named_whatever_the_mapping_does_with_it() {
        let row = r#"{"kode": null, "catatan": null, "biaya": "", "nama": "Surat Pindah"}"#;
        for program in [
            "{source_id: (.kode | ascii_downcase)}",
            ". as $row | {source_id: ($row[\"kode\"] | gsub(\" \"; \"-\"))}",
            "def id: .kode | ltrimstr(\"x\") | explode; {source_id: id, product: .catatan}",
        ] {
            assert_eq!(lacks(program, row).as_deref(), Some("kode is NULL"), "{program}");
        }
        let empty = "if .biaya == \"\" then error(\"x\") else . end";
        assert_eq!(lacks(empty, row).as_deref(), Some("biaya is empty"));
        let absent = "{source_id: (.unit | ascii_downcase)}";
        assert_eq!(lacks(absent, row).as_deref(), Some("unit is not there"));
        assert_eq!(lacks("{a: (.catatan * 1000)}", row).as_deref(), Some("catatan is NULL"));
        assert_eq!(lacks("error(\"always\")", row), None);
    }

    #[test]
    fn a_row_is_shown_by_its_first_values() {
        let row = raw(r#"{"kode": null, "nama": "Surat\n Pindah", "x": "", "no": 7, "y": "z"}"#);
        assert_eq!(shown(&row), "; the row has nama \"Surat Pindah\", no \"7\"");
        assert_eq!(shown(&raw("{}")), "");
        assert!(shown(&raw(&format!(r#"{{"a": "{}"}}"#, "é".repeat(90)))).ends_with("é…\""));
    }
}
