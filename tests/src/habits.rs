//! Habits that no compiler keeps: where a thing has one place, it is done nowhere else.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Files that others read are written by `mpp_client::file::write_file`, whole or not at all. The
/// rest are locks, which hold nothing that is read while it is written, and a backup's folder,
/// which gets its name once it is whole.
const WRITERS: [&str; 4] = [
    "libs/client/src/file.rs",
    "libs/store/src/file.rs",
    "services/agent/src/store/mod.rs",
    "services/mpp/src/command/backup.rs",
];

#[test]
fn files_that_others_read_are_written_in_one_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for folder in ["libs", "services"] {
        for file in sources(&root.join(folder)) {
            let name = file.strip_prefix(&root).expect("below it").display().to_string();
            let text = fs::read_to_string(&file).expect("a source");
            // Writes of tests alone do not count.
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            let writes = ["fs::write(", "File::create(", "OpenOptions::new()", "fs::rename("];
            if writes.iter().any(|way| text.contains(way)) {
                found.push(name);
            }
        }
    }
    found.retain(|name| !WRITERS.iter().any(|writer| name.ends_with(writer)));
    assert!(found.is_empty(), "these write files by themselves: {found:?}");
}

/// The Rust files below the `src` folders of crates, except those that are tests as a whole.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if is_source(&path) {
            found.push(path);
        }
    }
    found
}

fn is_source(path: &Path) -> bool {
    let text = path.display().to_string();
    let tests =
        ["/tests/", "/examples/", "/target/", "/tests.rs", "/reference.rs", "/questions.rs"];
    text.ends_with(".rs") && text.contains("/src/") && !tests.iter().any(|part| text.contains(part))
}
