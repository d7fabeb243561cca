//! The reason for which a record goes.

use mpp_api::types::{Tombstone, tombstone::Reason};
use mpp_core::{Error, FieldCode, Result, check_name};

/// Checks a tombstone below the field `root`: its reason is known, and the record that it names is
/// of the same kind as the one that goes.
///
/// # Errors
/// Names the wrong field.
pub fn checked(
    tombstone: Option<&Tombstone>,
    own_name: &str,
    collections: &[&str],
    root: &str,
) -> Result<Tombstone> {
    let given = tombstone.cloned().unwrap_or_default();
    let field = format!("{root}.successor");
    match Reason::try_from(given.reason) {
        Err(_) | Ok(Reason::Unspecified | Reason::Undone) => {
            let hint = "must be withdrawn, superseded or moved";
            return Err(Error::field(format!("{root}.reason"), FieldCode::Required, hint));
        }
        Ok(Reason::Withdrawn) if given.successor.is_empty() => {}
        Ok(Reason::Withdrawn) => {
            let hint = "must be empty for a record that is withdrawn";
            return Err(Error::field(field, FieldCode::NotAllowed, hint));
        }
        Ok(_) if given.successor == own_name => {
            return Err(Error::field(field, FieldCode::SelfReference, "must name another record"));
        }
        Ok(_) => check_name(&given.successor, collections, &field)?,
    }
    Ok(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tombstone_says_why_and_names_a_successor_only_where_there_is_one() {
        let of = |reason: Reason, successor: &str| {
            let given = Tombstone { reason: reason.into(), successor: successor.into() };
            let collections = &["units", "services"];
            checked(Some(&given), "units/a/services/b", collections, "tombstone").is_ok()
        };
        assert!(of(Reason::Withdrawn, ""));
        assert!(of(Reason::Superseded, "units/a/services/c"));
        assert!(!of(Reason::Unspecified, ""));
        assert!(!of(Reason::Withdrawn, "units/a/services/c"));
        assert!(!of(Reason::Moved, "units/a/services/b"));
        assert!(!of(Reason::Moved, "malls/a"));
    }
}
