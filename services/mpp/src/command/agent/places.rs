//! Finds the line of a setting in the agent's configuration file.

use std::path::Path;

use mpp_core::{Error, FieldViolation};

/// The place of each setting in a file, for messages to people who have to mend one.
pub(super) struct Places<'a> {
    pub(super) file: &'a Path,
    pub(super) text: &'a str,
}

impl Places<'_> {
    /// "bkpm.toml, line 9"; for a setting of `[input]` that is missing, the file and the table.
    pub(super) fn of(&self, key: &str) -> String {
        self.within("input", key)
    }

    fn within(&self, table: &str, key: &str) -> String {
        let file = self.file.display();
        match self.line(&[table], key) {
            Some(line) => format!("{file}, line {line}"),
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
    pub(super) fn told(&self, error: Error) -> Error {
        let placed = |violation: &FieldViolation| {
            let (table, key) = violation.field.split_once('.')?;
            let description = format!("{}: {}", self.within(table, key), violation.description);
            Some(FieldViolation { description, ..violation.clone() })
        };
        let placed: Option<Vec<_>> = error.violations().iter().map(placed).collect();
        placed.filter(|fields| !fields.is_empty()).map_or(error, Error::fields)
    }

    /// The message for a file that cannot be read, with the line. For a key of `[input]` the reader
    /// only tells the table's line, since it learns the kind of input after it has seen all keys.
    pub(super) fn unread(&self, error: &toml::de::Error) -> String {
        let start = error.span().map_or(0, |span| span.start);
        let is_placed = !self.text.get(start..).unwrap_or_default().starts_with('[');
        let said: Vec<&str> = error.message().split(['`', '"']).collect();
        let line = match said.as_slice() {
            _ if is_placed && error.span().is_some() => None,
            ["unknown field ", key, ..] => self.line(&["", "input", "policy"], key),
            [_, value, ..] => self.line_of_value(value),
            _ => None,
        };
        match line {
            Some(line) => format!("line {line}: {}", error.message()),
            None => error.to_string(),
        }
    }

    /// The only line that sets something to a value.
    fn line_of_value(&self, value: &str) -> Option<usize> {
        let is_set_to = |line: &str| {
            let text = line.split_once('=').map_or("", |(_, text)| text).trim();
            text.trim_start_matches(['"', '\'']).starts_with(value)
        };
        let mut lines = self.text.lines().enumerate().filter(|(_, line)| is_set_to(line));
        let first = lines.next();
        first.filter(|_| lines.next().is_none()).map(|(line, _)| line + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_found_again_in_its_file() {
        let text = "source = \"x\"\n[policy]\nitems = 1\n[input] # where\n  items = \"data\"\n";
        let places = Places { file: Path::new("x.toml"), text };
        assert_eq!(places.of("items"), "x.toml, line 5");
        assert_eq!(places.of("next"), "x.toml, [input]");
        let dotted = Places { file: Path::new("x.toml"), text: "input.items = \"data\"" };
        assert_eq!(dotted.of("items"), "x.toml, line 1");
    }
}
