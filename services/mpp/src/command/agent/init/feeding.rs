//! Configurations that feed a source already, beside a new one.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::command::agent::keeper::Keeper;

/// The configurations beside `new` that feed a source as well, of the same service.
pub(super) fn feeding(source: &str, service: Keeper, new: &Path) -> Vec<PathBuf> {
    #[derive(Deserialize)]
    struct FedSource {
        source: String,
        #[serde(default)]
        service: Keeper,
    }
    let folder = new.parent().filter(|folder| !folder.as_os_str().is_empty());
    let Ok(entries) = fs::read_dir(folder.unwrap_or(Path::new("."))) else { return Vec::new() };
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let is_toml = |path: &PathBuf| path.extension().is_some_and(|end| end == "toml");
    let feeds = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap_or_default();
        toml::from_str::<FedSource>(&text).is_ok_and(|part| {
            part.source == source && part.service.destination() == service.destination()
        })
    };
    let mut all: Vec<PathBuf> = files.filter(is_toml).filter(feeds).collect();
    all.sort();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_that_feeds_the_source_already_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let put = |name: &str, text: &str| {
            fs::write(folder.path().join(name), text).expect("a file");
        };
        put("services.toml", "source = 'sources/a'\n[input]\ntype = 'csv'\n");
        put("hours.toml", "source = 'sources/a'\nservice = 'scheduling'\n");
        put("other.toml", "source = 'sources/b'\n");
        put("broken.toml", "source =");
        let found = feeding("sources/a", Keeper::Registry, &folder.path().join("units.toml"));
        assert_eq!(found, [folder.path().join("services.toml")]);
    }
}
