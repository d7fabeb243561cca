//! Where the settings of a configuration stand.

use std::path::Path;

/// The place of each setting in a file, for messages to people who have to mend one.
pub(super) struct Places<'a> {
    pub(super) file: &'a Path,
    pub(super) text: &'a str,
}

impl Places<'_> {
    /// "bkpm.toml, line 9"; of a setting that is not there, the file and its table.
    pub(super) fn of(&self, key: &str) -> String {
        let file = self.file.display();
        let mut table = "";
        let line = self.text.lines().position(|line| {
            let line = line.trim();
            if line.starts_with('[') {
                table = line;
            }
            let name = line.split('=').next().unwrap_or_default().trim();
            (table.starts_with("[input]") && name == key) || name == format!("input.{key}")
        });
        match line {
            Some(line) => format!("{file}, line {}", line + 1),
            None => format!("{file}, [input]"),
        }
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
