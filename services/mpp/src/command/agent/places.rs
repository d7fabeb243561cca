//! Finds the line of a setting in the agent's configuration file.

use std::path::Path;

use mpp_core::{Error, FieldViolation};
use serde::de::DeserializeOwned;
use toml::Table;

/// The place of each setting in a file, for messages to people who have to mend one.
pub(super) struct SettingPlaces<'a> {
    pub(super) file: &'a Path,
    pub(super) text: &'a str,
}

impl SettingPlaces<'_> {
    /// "bkpm.toml, line 9"; for a setting of `[input]` that is missing, the file and the table.
    pub(super) fn of(&self, key: &str) -> String {
        self.within("input", key)
    }

    fn within(&self, table: &str, key: &str) -> String {
        let file = self.file.display();
        match self.line(&[table], key) {
            Some(line) => format!("{file}, line {line}"),
            None if table.is_empty() => file.to_string(),
            None => format!("{file}, [{table}]"),
        }
    }

    /// The line that sets a key in one of the tables.
    fn line(&self, tables: &[&str], key: &str) -> Option<usize> {
        let mut table = "";
        let line = self.text.lines().position(|line| {
            let line = line.trim();
            if let Some(name) = line.strip_prefix('[') {
                table = name.split(']').next().unwrap_or_default().trim();
            }
            let name = line.split('=').next().unwrap_or_default().trim();
            let is_dotted = |table: &&str| name == format!("{table}.{key}");
            (tables.contains(&table) && name == key) || tables.iter().any(is_dotted)
        });
        line.map(|line| line + 1)
    }

    /// The error of a setting, with the line that sets it.
    pub(super) fn with_line(&self, error: Error) -> Error {
        let placed = |violation: &FieldViolation| {
            let (table, key) = violation.field.split_once('.').unwrap_or(("", &violation.field));
            let description = format!("{}: {}", self.within(table, key), violation.description);
            FieldViolation { description, ..violation.clone() }
        };
        let placed: Vec<_> = error.violations().iter().map(placed).collect();
        if placed.is_empty() { error } else { Error::fields(placed) }
    }

    /// What cannot be read as a `T`, in a keeper's words and with its line. Where the text is no
    /// TOML, its reader says so best.
    pub(super) fn unread<T: DeserializeOwned>(&self, error: &toml::de::Error) -> String {
        let Ok(table) = self.text.parse::<Table>() else { return error.to_string() };
        let (tables, key) = culprit::<T>(&table, error);
        let line = self.line(&[&tables], &key).or_else(|| self.line_of(error));
        let setting = [tables.as_str(), &key].into_iter().filter(|part| !part.is_empty());
        let setting = setting.collect::<Vec<_>>().join(".");
        let said = plain(&setting, error.message());
        match line {
            Some(line) => format!("line {line}: {said}"),
            None => said,
        }
    }

    fn line_of(&self, error: &toml::de::Error) -> Option<usize> {
        let before = self.text.get(..error.span()?.start)?;
        Some(before.lines().count().max(1) + usize::from(before.ends_with('\n')))
    }
}

/// The table and the key without which the reader would say something else: it learns the kind of
/// `[input]` only after it has seen all keys, and by then it has forgotten where each stood.
fn culprit<T: DeserializeOwned>(table: &Table, error: &toml::de::Error) -> (String, String) {
    let said =
        |without: Table| without.try_into::<T>().err().map(|error| error.message().to_owned());
    let is_other = |without: Table| said(without).as_deref() != Some(error.message());
    // A key that is needed is missed as soon as it is gone, whatever else is wrong.
    let is_missed = |without: Table| said(without).is_some_and(|said| said.starts_with(MISSING));
    let own = table.iter().filter(|(_, value)| !value.is_table());
    let own = own.map(|(key, _)| (String::new(), key.clone()));
    let below = table.iter().filter_map(|(name, value)| Some((name, value.as_table()?)));
    let below =
        below.flat_map(|(name, part)| part.keys().map(move |key| (name.clone(), key.clone())));
    // Without its type, nothing else in a table is understood.
    let (of_type, others): (Vec<_>, Vec<_>) = own.chain(below).partition(|(_, key)| key == "type");
    let keys: Vec<_> = others.into_iter().chain(of_type).collect();
    let without = |name: &str, key: &str| {
        let mut without = table.clone();
        let part = match name {
            "" => Some(&mut without),
            name => without.get_mut(name).and_then(toml::Value::as_table_mut),
        };
        part.and_then(|part| part.remove(key))?;
        Some(without)
    };
    let of = |judge: &dyn Fn(Table) -> bool| {
        keys.iter().find(|(name, key)| without(name, key).is_some_and(judge)).cloned()
    };
    if error.message().starts_with(MISSING) || is_other(table.clone()) {
        return Default::default();
    }
    let sure = of(&|table| is_other(table.clone()) && !is_missed(table));
    sure.or_else(|| of(&is_other)).unwrap_or_default()
}

/// How the reader's message begins if something is missing.
const MISSING: &str = "missing field";

/// What the reader calls values, and what a keeper of a list calls them.
const KINDS: [(&str, &str); 13] = [
    ("a sequence", "a list in square brackets"),
    ("sequence", "a list in square brackets"),
    ("a string", "a text in quotes"),
    ("string", "the text"),
    ("path string", "a text in quotes"),
    ("a character", "one sign in quotes"),
    ("a boolean", "true or false"),
    ("boolean", "the word"),
    ("integer", "the number"),
    ("floating point", "the number"),
    ("map", "a table"),
    ("usize", "a whole number"),
    ("any value of internally tagged enum InputConfig", "a table [input]"),
];

/// The reader's message without programmers' words.
fn plain(setting: &str, message: &str) -> String {
    let quoted = |text: &str| text.replace('`', "\"");
    if let Some(rest) = message.strip_prefix("unknown field ") {
        let (key, known) = rest.split_once(", expected ").unwrap_or((rest, ""));
        let known = known.trim_start_matches("one of ");
        return format!(
            "{} is no setting; the settings here are {}",
            quoted(key),
            known.replace('`', "")
        );
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        let (value, known) = rest.split_once(", expected ").unwrap_or((rest, ""));
        let known = known.trim_start_matches("one of ");
        return format!("{setting} is {}; it may be {}", quoted(value), known.replace('`', ""));
    }
    if let Some(key) = message.strip_prefix("missing field ") {
        return format!("{} is not set, and has to be", quoted(key));
    }
    let wrong = message.strip_prefix("invalid type: ").or(message.strip_prefix("invalid value: "));
    if let Some((found, wanted)) = wrong.and_then(|rest| rest.rsplit_once(", expected ")) {
        return format!("{setting} must be {}, and is {}", kind(wanted), found_kind(found));
    }
    message.to_owned()
}

fn kind(wanted: &str) -> &str {
    let is_number = ["u16", "u32", "u64", "i64", "i32", "u8"].contains(&wanted);
    let known = KINDS.iter().find(|(own, _)| *own == wanted).map(|(_, told)| *told);
    let table = || wanted.starts_with("struct ").then_some("a table");
    if is_number { "a whole number" } else { known.or_else(table).unwrap_or(wanted) }
}

/// "string \"x\"", "integer `5`", "sequence".
fn found_kind(found: &str) -> String {
    let (own, value) = match found.find(['"', '`']) {
        Some(at) => (found[..at].trim(), found[at..].replace('`', "")),
        None => (found, String::new()),
    };
    format!("{} {value}", kind(own)).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_found_again_in_its_file() {
        let text = "source = \"x\"\n[policy]\nitems = 1\n[input] # where\n  items = \"data\"\n";
        let places = SettingPlaces { file: Path::new("x.toml"), text };
        assert_eq!(places.of("items"), "x.toml, line 5");
        assert_eq!(places.of("next"), "x.toml, [input]");
        let dotted = SettingPlaces { file: Path::new("x.toml"), text: "input.items = \"data\"" };
        assert_eq!(dotted.of("items"), "x.toml, line 1");
    }
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "lowercase", tag = "type")]
    enum Any {
        Folder {
            #[allow(dead_code)]
            path: String,
            #[allow(dead_code)]
            files: Option<String>,
        },
    }

    #[derive(serde::Deserialize)]
    struct Whole {
        #[allow(dead_code)]
        source: String,
        #[allow(dead_code)]
        input: Any,
    }

    #[test]
    fn what_does_not_fit_is_told_by_its_setting_and_in_no_words_of_a_program() {
        let head = "source = 'x'\n[input]\ntype = 'folder'\n";
        for (rest, told) in [
            (
                "path = '.'\n# which\nfiles = ['a.csv']",
                "line 6: input.files must be a text in quotes, and is a list in square brackets",
            ),
            (
                "path = 5\nfiles = '*'",
                "line 4: input.path must be a text in quotes, and is the number 5",
            ),
            ("files = '*'", "line 2: \"path\" is not set, and has to be"),
        ] {
            let text = format!("{head}{rest}\n");
            let error = toml::from_str::<Whole>(&text).err().expect(rest);
            let places = SettingPlaces { file: Path::new("x.toml"), text: &text };
            assert_eq!(places.unread::<Whole>(&error), told, "{rest}");
        }
        let kind = "source = 'x'\n[input]\ntype = 'excel'\n";
        let error = toml::from_str::<Whole>(kind).err().expect("no such kind");
        let told = SettingPlaces { file: Path::new("x.toml"), text: kind }.unread::<Whole>(&error);
        assert_eq!(told, "line 3: input.type is \"excel\"; it may be folder");
    }
}
