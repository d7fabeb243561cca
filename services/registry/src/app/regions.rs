//! Regions: brought in line, at start, with the table that the binary carries.

use mpp_api::registry::Region;
use mpp_core::{Reason, Result, region_code};
use mpp_resource::{Serves, derived};
use mpp_store::{Db, Label, Labels};

use super::Registry;
use crate::{
    model::region::{TABLE, parse_table},
    store::own_name,
};

impl Serves<Region> for Registry {}

/// Replicas that start together write the same rows; one that loses finds them written.
const TRIES: usize = 5;

/// Writes the regions that are new or have changed, in one transaction; answers how many.
///
/// # Errors
/// `UNAVAILABLE` when the database is away.
pub async fn seed(db: &Db) -> Result<usize> {
    let mut tries = 1;
    loop {
        match write(db).await {
            Err(error) if error.reason() == Reason::WriteConflict && tries < TRIES => tries += 1,
            // While an upgrade rolls, the newer replica keeps the regions.
            Err(error) if error.reason() == Reason::NewerForm => return Ok(0),
            done => return done,
        }
    }
}

async fn write(db: &Db) -> Result<usize> {
    let by = own_name();
    let items = parse_table(TABLE)?
        .into_iter()
        .map(|region| (region.name.clone(), region.clone(), labels(&region)))
        .collect();
    let mut tx = derived::begin(db, &by, false).await?;
    let written = derived::put::<Region>(&mut tx, items).await?;
    tx.commit().await?;
    Ok(written)
}

fn labels(region: &Region) -> Labels {
    let code = region_code(&region.name).to_owned();
    Labels::from([(Label::Region, code)])
}
