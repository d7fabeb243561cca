//! The demo: real services and malls, synced and seeded through the same calls that anybody makes.
//!
//! Its directory, malls and hours are records as `mpp apply` reads them. Seeding may be interrupted
//! at any point and is then simply run again: existing records are left alone.

mod ministries;
mod outcomes;
#[cfg(test)]
mod questions;
mod seed;
mod time;

use std::path::Path;

use mpp_core::Result;
use tokio_util::sync::CancellationToken;

use crate::client::Client;

pub use ministries::{Ministry, Tokens, lay_out};
pub use time::start_of_demo;

/// Seeds the directory, syncs the ministries in, opens the malls.
///
/// # Errors
/// A service refuses something, which names it.
pub async fn run(
    data: &Path,
    administrator: &Client,
    ministries: &[Ministry],
    shutdown: &CancellationToken,
) -> Result<()> {
    seed::directory(administrator).await?;
    say!("Syncing the ministries' catalogs:");
    for ministry in ministries {
        if outcomes::are_of(ministry) {
            outcomes::show(ministry, administrator, shutdown).await?;
        } else {
            ministry.sync(shutdown).await?;
        }
    }
    seed::standards(administrator).await?;
    let malls = seed::malls(administrator).await?;
    let files = data.join("demo");
    say!("{malls} malls are open for a look; the ministries' files are in {}.", files.display());
    Ok(())
}
