//! Sources: which units one may write (its namespace). When one counts as late follows from the
//! freshness target that it declares: `late_by` in `libs/api/src/freshness.rs`.

use mpp_api::{
    registry::Unit,
    sync::{Source, source},
};
use mpp_core::{Error, FieldCode, FieldViolation, Result};
use mpp_form::localized;

use super::{Check, tree::Lineage};

/// Each stands for all units below it, so more than this is a mistake of its author.
const MAX_ALSO_WRITES: usize = 200;

/// Checks a source's form.
///
/// # Errors
/// Every wrong field.
pub fn check(source: &Source) -> Result<()> {
    let mut check = Check::new("source");
    check.name::<Source>("name", &source.name);
    localized(&mut check, "display_name", source.display_name.as_ref());
    check.name::<Unit>("unit", &source.unit);
    check.range("freshness_target_seconds", source.freshness_target_seconds, 300, 31_536_000);
    check.each("also_writes", &source.also_writes, MAX_ALSO_WRITES, |part, unit| {
        part.name::<Unit>("", unit);
    });
    let feeds = &source.feeds;
    for (index, service) in feeds.iter().enumerate() {
        let field = format!("feeds[{index}]");
        if *service == 0 || source::Service::try_from(*service).is_err() {
            check.fail(&field, FieldCode::UnknownValue, "is no service that sources feed");
        } else if feeds[..index].contains(service) {
            check.fail(&field, FieldCode::Duplicate, "stands in the list before; leave one out");
        }
    }
    check.finish()
}

/// Checks that a unit of `also_writes` adds something: it must not lie below one that the source
/// writes already.
///
/// # Errors
/// `DUPLICATE`, naming the other one.
pub fn check_also_writes(source: &Source, index: usize, own: &Lineage) -> Result<()> {
    let others = source.also_writes.iter().enumerate();
    let mut others = others.filter(|(at, other)| *at < index || *other != own.unit());
    let other = std::iter::once((0, &source.unit))
        .chain(others.by_ref())
        .find(|(_, other)| own.is_within(other));
    let Some((_, other)) = other else { return Ok(()) };
    let text = match other == own.unit() {
        true => format!("{other} is written by this source already; leave one out"),
        false => format!(
            "{} lies below {other}, which the source writes already; leave it out",
            own.unit()
        ),
    };
    Err(Error::field(format!("source.also_writes[{index}]"), FieldCode::Duplicate, text))
}

/// Checks that a unit lies where the source may write. `lineage` is `None` for a unit that does
/// not exist.
///
/// # Errors
/// Names the field `unit`.
pub fn check_unit(
    source: &Source,
    unit: &str,
    lineage: Option<&Lineage>,
) -> Result<(), FieldViolation> {
    let fault = |code, description| FieldViolation { field: "unit".into(), description, code };
    let Some(lineage) = lineage else {
        return Err(fault(
            FieldCode::UnitNotFound,
            format!("{unit} does not exist; create it first"),
        ));
    };
    let may = lineage.is_within(&source.unit)
        || source.also_writes.iter().any(|other| lineage.is_within(other));
    if may {
        return Ok(());
    }
    let message = format!(
        "{unit} is neither below {} nor below a unit that the source also writes",
        source.unit
    );
    Err(fault(FieldCode::UnitNotOwned, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_source_also_writes_adds_something() {
        let also_writes = ["units/polres", "units/skck", "units/polres", "units/kk"];
        let source = Source {
            unit: "units/kemendagri".into(),
            also_writes: also_writes.map(String::from).to_vec(),
            ..Source::default()
        };
        let told = |index: usize, names: &[&str]| {
            let line = Lineage::new(names.iter().map(|name| (*name).to_owned()).collect());
            let error = check_also_writes(&source, index, &line.expect("a unit")).err();
            error.map(|error| error.message().to_owned()).unwrap_or_default()
        };
        assert_eq!(told(0, &["units/polres", "units/polri"]), "");
        assert!(told(1, &["units/skck", "units/polres"]).contains("lies below units/polres"));
        assert!(told(2, &["units/polres", "units/polri"]).contains("already; leave one out"));
        assert!(told(3, &["units/kk", "units/kemendagri"]).contains("lies below units/kemendagri"));
    }

    #[test]
    fn a_source_writes_its_units_subtree_and_what_it_also_writes() {
        let source = Source {
            unit: "units/kemendagri".into(),
            also_writes: vec!["units/polres".into()],
            ..Source::default()
        };
        let line = |names: &[&str]| Lineage::new(names.iter().map(|n| (*n).to_owned()).collect());
        let code = |unit: &str, line: Option<Lineage>| {
            check_unit(&source, unit, line.as_ref()).err().map(|v| v.code)
        };
        assert_eq!(code("units/dukcapil", line(&["units/dukcapil", "units/kemendagri"])), None);
        assert_eq!(code("units/skck", line(&["units/skck", "units/polres", "units/polri"])), None);
        assert_eq!(code("units/bkpm", line(&["units/bkpm"])), Some(FieldCode::UnitNotOwned));
        assert_eq!(code("units/gone", None), Some(FieldCode::UnitNotFound));
    }
}
