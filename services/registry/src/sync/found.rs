//! Where a place that a source sends may lie: why it waits, or is refused.

use mpp_api::{
    registry::{Mall, Unit},
    sync::Source,
};
use mpp_core::{Error, FieldCode, FieldViolation, Result};
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

/// Why the units that a batch makes lie below none: each is named by the next as the one above.
pub(super) fn in_a_circle(circle: &str) -> FieldViolation {
    let text = format!("{circle} would lie below itself; name the unit that is truly above it");
    fault(PARENT, FieldCode::SelfReference, &text)
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
        && let Some(fault) = not_below(tx, source, &given.parent).await?
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

/// Why the source puts no unit right below this one.
async fn not_below(tx: &mut Tx, source: &Source, parent: &str) -> Result<Option<FieldViolation>> {
    if parent.is_empty() {
        let text = "must name the unit above: an agency is made by an administrator";
        return Ok(Some(fault(PARENT, FieldCode::NotAllowed, text)));
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

/// The fault of a record of which a field refers to what it may not: the message begins with the
/// field, which of a unit is the record's own.
pub(super) fn misplaced(error: &Error) -> FieldViolation {
    let (field, text) = error.message().split_once(": ").unwrap_or(("", error.message()));
    let field = match field.strip_prefix("unit.") {
        Some(rest) => format!("unit_record.{rest}"),
        None => field.to_owned(),
    };
    fault(&field, FieldCode::UnknownValue, text)
}
