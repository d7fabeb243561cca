//! Where a place that a source sends may lie: why it waits, or is refused.

use mpp_api::{
    registry::{Mall, Unit},
    sync::Source,
};
use mpp_core::{Error, FieldCode, FieldViolation, Reason, Result};
use mpp_store::Tx;
use mpp_sync::fault;

use crate::{app::filing::find_lineage, model::source::check_unit};

const PARENT: &str = "unit_record.parent";
const PREDECESSOR: &str = "unit_record.predecessor";

/// Why a unit that stands is not the source's, whoever publishes it.
pub(super) async fn unit_elsewhere(
    tx: &mut Tx,
    source: &Source,
    stands: Option<&Unit>,
) -> Result<Option<FieldViolation>> {
    let Some(stands) = stands else { return Ok(None) };
    let lineage = find_lineage(tx, &stands.name).await?;
    let amiss = check_unit(source, &stands.name, lineage.as_ref()).err();
    Ok(amiss.map(|fault| FieldViolation { field: "source_id".into(), ..fault }))
}

/// Why a unit names itself as the one above it, or before it.
pub(super) fn names_itself(given: &Unit) -> Option<FieldViolation> {
    let named = [(PARENT, &given.parent), (PREDECESSOR, &given.predecessor)];
    let (field, _) = named.into_iter().find(|(_, other)| **other == given.name)?;
    Some(fault(field, FieldCode::SelfReference, "is the unit itself; name another one"))
}

/// Why a unit waits for one that needs it in turn.
pub(super) fn in_a_circle(missing: &FieldViolation, (name, other): (&str, &str)) -> FieldViolation {
    let text = format!(
        "{other} does not exist, and needs {name} in turn, as the unit above it or before it, \
         itself or through others that come; name another one in one of them"
    );
    fault(&missing.field, FieldCode::Circle, &text)
}

/// The unit that a unit names in a field.
pub(super) fn named_in<'a>(field: &str, given: &'a Unit) -> &'a str {
    match field {
        PARENT => &given.parent,
        PREDECESSOR => &given.predecessor,
        _ => "",
    }
}

/// Why a unit is not the source's to write so.
pub(super) async fn unit_of_source(
    tx: &mut Tx,
    source: &Source,
    given: &Unit,
    before: Option<&Unit>,
) -> Result<Option<FieldViolation>> {
    let known = before.map(|before| before.parent.as_str());
    if known != Some(&given.parent)
        && let Some(fault) = not_below(tx, source, given, before).await?
    {
        return Ok(Some(fault));
    }
    let known = before.map(|before| before.predecessor.as_str());
    let predecessor = given.predecessor.as_str();
    if predecessor.is_empty() || known == Some(predecessor) {
        return Ok(None);
    }
    let text = format!("{predecessor} does not exist; create it first");
    let is_there = tx.get::<Unit>(predecessor).await?.is_some();
    Ok((!is_there).then(|| fault(PREDECESSOR, FieldCode::UnitNotFound, &text)))
}

/// Why the source does not put a unit right below the one that it names.
async fn not_below(
    tx: &mut Tx,
    source: &Source,
    given: &Unit,
    before: Option<&Unit>,
) -> Result<Option<FieldViolation>> {
    let parent = given.parent.as_str();
    if parent.is_empty() {
        let name = &given.name;
        return Ok(Some(match before {
            None => {
                let text = format!(
                    "{name} does not exist, and without a unit above it is an agency, which an \
                     administrator makes; or name the unit above"
                );
                fault(PARENT, FieldCode::UnitNotFound, &text)
            }
            Some(before) => {
                let text = format!(
                    "{name} lies below {}; only an administrator makes it an agency: name the unit \
                     above, or have it changed there first",
                    before.parent
                );
                fault(PARENT, FieldCode::SetByOthers, &text)
            }
        }));
    }
    let above = find_lineage(tx, parent).await?;
    let amiss = check_unit(source, parent, above.as_ref()).err();
    Ok(amiss.map(|fault| FieldViolation { field: PARENT.into(), ..fault }))
}

/// The mall, if it is there and the source may write it; why it waits otherwise.
pub(super) async fn mall_of_source(
    tx: &mut Tx,
    source: &Source,
    mall: &str,
    field: &str,
) -> Result<Result<Mall, FieldViolation>> {
    let Some(found) = tx.get::<Mall>(mall).await?.map(|found| found.doc) else {
        let text = format!("{mall} does not exist; an administrator makes it");
        return Ok(Err(fault(field, FieldCode::MallNotFound, &text)));
    };
    let organiser = find_lineage(tx, &found.organiser).await?;
    if check_unit(source, &found.organiser, organiser.as_ref()).is_ok() {
        return Ok(Ok(found));
    }
    let text = format!(
        "{mall} is run by {}, which is neither below {} nor below a unit that the source also writes",
        found.organiser, source.unit
    );
    Ok(Err(fault(field, FieldCode::MallNotOwned, &text)))
}

/// The fault of a record of which a field refers to what it may not; `None` for an error that is
/// not the record's. Of a unit the field is the record's own.
pub(super) fn misplaced(error: &Error) -> Option<FieldViolation> {
    if let Some(first) = error.violations().first() {
        return Some(FieldViolation { field: own_field(&first.field), ..first.clone() });
    }
    if error.reason() != Reason::ReferenceInvalid {
        return None;
    }
    let (field, text) = error.message().split_once(": ").unwrap_or(("", error.message()));
    Some(fault(&own_field(field), FieldCode::UnknownValue, text))
}

fn own_field(field: &str) -> String {
    match field.strip_prefix("unit.") {
        Some(rest) => format!("unit_record.{rest}"),
        None => field.to_owned(),
    }
}
