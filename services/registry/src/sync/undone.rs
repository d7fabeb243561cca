//! Records that are put back when a session is undone: filed as a write files them, and only where
//! their source may still write.

use mpp_api::{
    Document as _,
    registry::{Counter, LifeEvent, Mall, Offering, Service, Standard, StandardLink, Unit, Window},
    sync::Source,
};
use mpp_core::{Error, Labels, Reason, Result, mall_of, parent_of, region_code};
use mpp_resource::{Keeps, Resource};
use mpp_store::{Change, Label, Op, Tx};

use crate::{
    app::{
        Registry,
        filing::find_lineage,
        relabel::{self, TxRecords},
    },
    memory::RegistryView,
    model::source::check_unit,
};

/// The unit whose subtree a record from a source lies in; empty if its mall is gone, and for
/// records of other kinds.
pub(super) fn unit_in_charge<'a>(state: &'a RegistryView, kind: &str, name: &'a str) -> &'a str {
    match kind {
        Unit::KIND => name,
        Service::KIND => parent_of(name),
        Mall::KIND | Counter::KIND => {
            let mall = state.records.row::<Mall>(mall_of(name));
            mall.map_or("", |row| row.label(Label::Organiser))
        }
        _ => "",
    }
}

/// Whether the source may write where the record lies; if its place has gone, it may.
pub(super) fn may_undo(state: &RegistryView, source: &str, record: &Change) -> bool {
    let unit = unit_in_charge(state, &record.kind, &record.name);
    let Some(lineage) = state.lineage(unit) else { return true };
    let source = state.records.get::<Source>(source).map(|found| found.doc);
    source.is_some_and(|source| check_unit(&source, unit, Some(&lineage)).is_ok())
}

/// The labels of a record that is put back, or why it cannot stand as it was.
pub(super) async fn filed(
    registry: &Registry,
    tx: &mut Tx,
    last: &Change,
    then: &Change,
) -> Result<std::result::Result<Labels, String>> {
    let both = (last, then);
    let filed = match then.kind.as_str() {
        Unit::KIND => unit(registry, tx, both).await,
        Mall::KIND => again::<Mall>(registry, tx, both).await,
        Counter::KIND => again::<Counter>(registry, tx, both).await,
        Window::KIND => again::<Window>(registry, tx, both).await,
        Service::KIND => again::<Service>(registry, tx, both).await,
        Offering::KIND => again::<Offering>(registry, tx, both).await,
        StandardLink::KIND => again::<StandardLink>(registry, tx, both).await,
        Standard::KIND => again::<Standard>(registry, tx, both).await,
        LifeEvent::KIND => again::<LifeEvent>(registry, tx, both).await,
        Source::KIND => again::<Source>(registry, tx, both).await,
        // A new kind, until it is named here.
        kind => Err(Error::internal(format!("how a {kind} that goes back is filed"))),
    };
    match filed {
        Err(error) if is_the_records(&error) => Ok(Err(error.message().to_owned())),
        filed => filed.map(Ok),
    }
}

/// True if the error is about the record, or about what it refers to.
fn is_the_records(error: &Error) -> bool {
    let reasons = [Reason::ReferenceInvalid, Reason::NotFound, Reason::Tombstoned];
    reasons.contains(&error.reason()) || !error.violations().is_empty()
}

/// The record as it was, and as it stands where it does.
fn both<R: Resource>((last, then): (&Change, &Change)) -> Result<(R, Option<R>)> {
    let stands = (last.op == Op::Put).then(|| last.decode::<R>()).transpose()?;
    Ok((then.decode::<R>()?, stands))
}

async fn again<R: Resource>(
    registry: &Registry,
    tx: &mut Tx,
    changes: (&Change, &Change),
) -> Result<Labels>
where
    Registry: Keeps<R>,
{
    let (record, stands) = both::<R>(changes)?;
    Ok(registry.file(&record, stands.as_ref(), tx).await?.labels)
}

/// Below a unit that goes back lie others, which go with it.
async fn unit(registry: &Registry, tx: &mut Tx, changes: (&Change, &Change)) -> Result<Labels> {
    let (unit, stands) = both::<Unit>(changes)?;
    let filing = registry.file(&unit, stands.as_ref(), tx).await?;
    if stands.is_none_or(|stands| stands.parent != unit.parent) {
        registry.check_height(tx, &unit, &filing).await?;
    }
    Ok(filing.labels)
}

/// What lies below units and malls that went back is filed with them.
pub(super) async fn follow(registry: &Registry, tx: &mut Tx, names: &[String]) -> Result<()> {
    for name in names {
        match mpp_api::document::kind_of(name) {
            Some(Unit::KIND) => {
                let Some(lineage) = find_lineage(tx, name).await? else { continue };
                let standing = TxRecords::of(registry, tx).await?;
                relabel::unit((registry, &standing), tx, name, lineage.agency()).await?;
            }
            Some(Mall::KIND) => {
                let Some(mall) = tx.get::<Mall>(name).await? else { continue };
                relabel::mall(registry, tx, name, region_code(&mall.doc.region)).await?;
            }
            _ => {}
        }
    }
    Ok(())
}
