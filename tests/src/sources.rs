//! Sources as offices keep them (`tests/sources.tsv`): each has its tests, and they are there.

use std::{fs, path::Path};

const SOURCES: &str = include_str!("../sources.tsv");

/// Why the tests of a line are not there, if they are not.
fn wrong(line: &str, number: usize) -> Option<String> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [own, _, _, tests] = columns.as_slice() else {
        return Some(format!("line {number} has {} columns", columns.len()));
    };
    if *own != number.to_string() || tests.is_empty() {
        return Some(format!("line {number} is numbered {own}, or names no test"));
    }
    tests.split(' ').find_map(|test| (!is_there(test)).then(|| format!("{own}: no {test}")))
}

/// Whether a file has a test, or a part of a story, of that name.
fn is_there(test: &str) -> bool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let Some((file, name)) = test.split_once("::") else { return false };
    fs::read_to_string(root.join(file)).is_ok_and(|text| text.contains(&format!("fn {name}(")))
}

#[test]
fn every_source_of_an_office_has_its_tests() {
    let lines = SOURCES.lines().filter(|line| !line.starts_with('#'));
    let wrong: Vec<_> = lines.zip(1..).filter_map(|(line, number)| wrong(line, number)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
