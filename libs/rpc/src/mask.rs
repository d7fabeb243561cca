//! Field masks of updates: which fields the caller means to set.

use mpp_core::{Error, FieldCode, FieldViolation, Result};
use prost::Name;
use prost_types::FieldMask;

/// Most paths of a mask.
const MOST_PATHS: usize = 100;

/// The paths of `mask` for a record `M`, each one of `allowed` or below one (`title.en`), without
/// repeats. An absent or empty mask gives no path: the service then takes every allowed field that
/// is set. `*` gives all of them.
///
/// # Errors
/// Names every path (as `field`) that cannot be updated, and lists those that can.
pub fn check_paths<M: Name>(
    mask: &FieldMask,
    allowed: &[&str],
    field: &str,
) -> Result<Vec<String>> {
    if mask.paths.len() > MOST_PATHS {
        let text = format!("at most {MOST_PATHS} paths; leave the mask empty for all");
        return Err(Error::field(field, FieldCode::TooMany, text));
    }
    if mask.paths == ["*"] {
        return Ok(allowed.iter().map(|path| (*path).to_owned()).collect());
    }
    let mut unknown = Vec::new();
    for path in &mask.paths {
        if let Some(description) = fault::<M>(path, allowed)? {
            let field = field.to_owned();
            unknown.push(FieldViolation { field, description, code: FieldCode::UnknownValue });
        }
    }
    if !unknown.is_empty() {
        return Err(Error::fields(unknown));
    }
    let mut paths = mask.paths.clone();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

fn fault<M: Name>(path: &str, allowed: &[&str]) -> Result<Option<String>> {
    let shown: String = path.chars().filter(|c| !c.is_control()).take(60).collect();
    let top = path.split('.').next().unwrap_or_default();
    if path == "*" {
        return Ok(Some("'*' stands alone: it means every field already".to_owned()));
    }
    if !allowed.contains(&top) {
        return Ok(Some(format!("'{shown}' cannot be updated; these can: {}", allowed.join(", "))));
    }
    let below = mpp_api::mask::fault::<M>(path)?;
    Ok(below.map(|why| format!("'{shown}' cannot be updated: {why}")))
}

#[cfg(test)]
mod tests {
    use mpp_api::registry::Service;

    use super::*;

    fn mask(paths: &[&str]) -> FieldMask {
        FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() }
    }

    fn checked(paths: &[&str], allowed: &[&str]) -> Result<Vec<String>> {
        check_paths::<Service>(&mask(paths), allowed, "update_mask")
    }

    #[test]
    fn paths_are_taken_once_and_in_order() {
        let paths = checked(&["title", "fees", "title"], &["fees", "title"]);
        assert_eq!(paths.expect("allowed"), ["fees", "title"]);
    }

    #[test]
    fn every_path_that_cannot_be_updated_is_named() {
        let error = checked(&["etag", "title", "name"], &["title"]).expect_err("two unknown paths");
        assert_eq!(error.violations().len(), 2);
        assert!(error.message().contains("these can: title"));
    }

    #[test]
    fn a_path_may_lie_below_a_field() {
        assert_eq!(checked(&["title.en"], &["title"]).expect("below"), ["title.en"]);
        for (path, why) in [
            ("title.de", "id, en"),
            ("fees.label", "as a whole"),
            ("etag.x", "these can: title, fees"),
        ] {
            let error = checked(&[path], &["title", "fees"]).expect_err(path);
            assert!(error.message().contains(why), "{error}");
        }
    }

    #[test]
    fn a_star_means_all_and_nothing_means_what_is_set() {
        assert_eq!(checked(&["*"], &["a", "b"]).expect("all"), ["a", "b"]);
        assert!(checked(&[], &["a"]).expect("none").is_empty());
        assert!(checked(&["*", "a"], &["a"]).is_err());
    }
}
