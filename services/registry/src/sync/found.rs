//! Where a place that a source sends may lie: why it waits, or is refused.

use mpp_api::{
    registry::{Mall, Unit},
    sync::Source,
};
use mpp_core::{FieldCode, FieldViolation, Result};
use mpp_store::Tx;
use mpp_sync::fault;

use crate::{app::filing::find_lineage, model::source::check_unit};

const PARENT: &str = "unit_record.parent";
const PREDECESSOR: &str = "unit_record.predecessor";

/// Why a unit is not the source's to write so.
pub(super) async fn unit_of_source(
    tx: &mut Tx,
    source: &Source,
    given: &Unit,
    before: Option<&Unit>,
) -> Result<Option<FieldViolation>> {
    if before.is_some() {
        let stands = find_lineage(tx, &given.name).await?;
        if let Err(fault) = check_unit(source, &given.name, stands.as_ref()) {
            return Ok(Some(FieldViolation { field: "source_id".into(), ..fault }));
        }
    }
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
