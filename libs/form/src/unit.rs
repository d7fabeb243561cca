//! Units: bodies and their parts.

use mpp_api::registry::{Region, Unit, unit};
use mpp_core::{FieldCode, Result};

use crate::{Check, contacts, localized};

/// The most former names of one unit.
const MAX_FORMER_NAMES: usize = 50;

/// Checks a unit's form.
///
/// # Errors
/// Every wrong field.
pub fn check(unit: &Unit) -> Result<()> {
    let mut check = Check::new("unit");
    check.name::<Unit>("name", &unit.name);
    localized(&mut check, "display_name", unit.display_name.as_ref());
    if unit.kind == 0 || unit::Kind::try_from(unit.kind).is_err() {
        check.fail("kind", FieldCode::Required, "must be a known kind of body");
    }
    check.optional_name::<Unit>("parent", &unit.parent);
    check.optional_name::<Region>("region", &unit.region);
    check.period(("valid_from", &unit.valid_from), ("valid_to", &unit.valid_to));
    check.optional_name::<Unit>("predecessor", &unit.predecessor);
    if unit.predecessor == unit.name {
        check.fail("predecessor", FieldCode::SelfReference, "must name another unit");
    }
    check.each("former_names", &unit.former_names, MAX_FORMER_NAMES, |part, former| {
        localized(part, "display_name", former.display_name.as_ref());
        part.period(("valid_from", &former.valid_from), ("valid_to", &former.valid_to));
    });
    contacts(&mut check, "contacts", &unit.contacts);
    if unit::Level::try_from(unit.level).is_err() {
        check.fail("level", FieldCode::UnknownValue, "must be a known level, or left out");
    }
    check.finish()
}

#[cfg(test)]
mod tests {
    use mpp_api::types::LocalizedText;

    use super::*;

    #[test]
    fn a_unit_tells_all_its_faults_at_once() {
        let unit = Unit {
            name: "units/komdigi".into(),
            parent: "malls/banyuwangi".into(),
            valid_from: "2024-10-21".into(),
            valid_to: "2024-10-20".into(),
            former_names: vec![unit::DatedName {
                display_name: Some(LocalizedText { id: String::new(), en: "x".into() }),
                ..Default::default()
            }],
            ..Unit::default()
        };
        let error = check(&unit).expect_err("five faults");
        let fields: Vec<_> = error.violations().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "unit.display_name.id",
                "unit.kind",
                "unit.parent",
                "unit.valid_to",
                "unit.former_names[0].display_name.id"
            ]
        );
    }
}
