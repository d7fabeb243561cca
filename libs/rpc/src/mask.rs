//! Field masks of updates: which fields the caller means to set.

use mpp_core::{Error, FieldCode, FieldViolation, Result};
use prost_types::FieldMask;

/// Most paths of a mask.
const MOST_PATHS: usize = 100;

/// The paths of `mask`, each one of `allowed`, without repeats. An absent or empty mask gives
/// no path: the service then takes every allowed field that is set. `*` gives all of them.
///
/// # Errors
/// Names every path (as `field`) that cannot be updated, and lists those that can.
pub fn check_paths(mask: &FieldMask, allowed: &[&str], field: &str) -> Result<Vec<String>> {
    if mask.paths.len() > MOST_PATHS {
        let text = format!("at most {MOST_PATHS} paths; leave the mask empty for all");
        return Err(Error::field(field, FieldCode::TooMany, text));
    }
    if mask.paths == ["*"] {
        return Ok(allowed.iter().map(|path| (*path).to_owned()).collect());
    }
    let unknown: Vec<_> = mask
        .paths
        .iter()
        .filter(|path| !allowed.contains(&path.as_str()))
        .map(|path| FieldViolation {
            field: field.to_owned(),
            description: match path.as_str() {
                "*" => "'*' stands alone: it means every field already".to_owned(),
                path => format!("'{path}' cannot be updated; these can: {}", allowed.join(", ")),
            },
            code: FieldCode::UnknownValue,
        })
        .collect();
    if !unknown.is_empty() {
        return Err(Error::fields(unknown));
    }
    let mut paths = mask.paths.clone();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(paths: &[&str]) -> FieldMask {
        FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() }
    }

    #[test]
    fn paths_are_taken_once_and_in_order() {
        let paths =
            check_paths(&mask(&["zone", "title", "zone"]), &["title", "zone"], "update_mask");
        assert_eq!(paths.expect("allowed"), ["title", "zone"]);
    }

    #[test]
    fn every_path_that_cannot_be_updated_is_named() {
        let error = check_paths(&mask(&["etag", "title", "name"]), &["title"], "update_mask")
            .expect_err("two unknown paths");
        assert_eq!(error.violations().len(), 2);
        assert!(error.message().contains("these can: title"));
    }

    #[test]
    fn a_star_means_all_and_nothing_means_what_is_set() {
        assert_eq!(check_paths(&mask(&["*"]), &["a", "b"], "m").expect("all"), ["a", "b"]);
        assert!(check_paths(&mask(&[]), &["a"], "m").expect("none").is_empty());
        assert!(check_paths(&mask(&["*", "a"]), &["a"], "m").is_err());
    }
}
