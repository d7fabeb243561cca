//! Catalog changes as records of reporting's own feed.

use mpp_api::reporting::CatalogChange;
use mpp_core::{Error, Label, Labels, Result, unit_of};

use super::{
    facts::ChangeRow,
    message::timestamp,
    rows::{Key, ProjectedRow, Written, decode},
};

/// A record's name, the record, and its labels.
pub type ChangeRecord = (String, CatalogChange, Labels);

/// The records of the rows that tell of a catalog change.
///
/// # Errors
/// Internal, where this version cannot read a row.
pub fn change_records(written: &Written) -> Result<Vec<ChangeRecord>> {
    let changes = written.iter().filter(|(key, _)| key.0 == ChangeRow::TABLE);
    changes.filter_map(|(key, value)| Some(record(key, value.as_ref()?))).collect()
}

fn record(key: &Key, value: &str) -> Result<ChangeRecord> {
    let change = catalog_change(&key.1, &decode(key, value)?)?;
    let unit = unit_of(&change.service).to_owned();
    let labels = [(Label::Service, change.service.clone()), (Label::Unit, unit)];
    Ok((change.name.clone(), change, labels.into()))
}

/// The change of a row, without fields that are worked out from others. Its key holds the time, the
/// revision and the place within it, the service and the field.
///
/// # Errors
/// Internal: reporting writes no such key.
pub fn catalog_change(key: &str, row: &ChangeRow) -> Result<CatalogChange> {
    let numbers: Vec<i64> = key.split(' ').filter_map(|part| part.parse().ok()).collect();
    let &[at, revision, sub, field] = numbers.as_slice() else {
        return Err(Error::internal(format!("'{key}' is no key of a catalog change")));
    };
    Ok(CatalogChange {
        name: format!("catalogChanges/{at}-{revision}-{sub}-{field}"),
        service: row.service.clone(),
        title: Some((&row.title).into()),
        field: row.field,
        before: row.before.clone(),
        after: row.after.clone(),
        time: Some(timestamp(row.at)),
        actor: row.actor.clone(),
        revision,
        unit_name: None,
        before_en: row.english.0.clone(),
        after_en: row.english.1.clone(),
    })
}
