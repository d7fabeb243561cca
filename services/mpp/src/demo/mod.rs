//! The demo: real services and malls, synced and seeded through the same calls that anybody makes.
//!
//! Its directory, malls and hours are records as `mpp apply` reads them. Seeding may be interrupted
//! at any point and is then simply run again: existing records are left alone. So a step that a
//! slow machine has not answered in time is repeated, too.

mod ministries;
mod outcomes;
mod patience;
#[cfg(test)]
mod questions;
mod seed;
mod time;

use std::path::Path;

use mpp_core::Result;
use tokio_util::sync::CancellationToken;

use self::patience::until_answered;
use crate::client::Client;

pub use ministries::{Ministry, Tokens, lay_out};
pub use time::start_of_demo;

/// Seeds the directory, syncs the ministries in, opens the malls.
///
/// # Errors
/// A service refuses something, which names it, or answers nothing in time for half an hour.
pub async fn run(
    data: &Path,
    administrator: &Client,
    ministries: &[Ministry],
    shutdown: &CancellationToken,
) -> Result<()> {
    let seed_directory = async || seed::directory(administrator).await;
    until_answered("creating units and sources", seed_directory).await?;
    say!("Syncing the ministries' catalogs:");
    for ministry in ministries {
        if outcomes::are_of(ministry) {
            outcomes::show(ministry, administrator, shutdown).await?;
        } else {
            ministry.sync(shutdown).await?;
        }
    }
    let seed_standards = async || seed::standards(administrator).await;
    until_answered("creating standard services", seed_standards).await?;
    let seed_events = async || seed::life_events(administrator).await;
    until_answered("creating life events", seed_events).await?;
    let seed_malls = async || seed::malls(administrator).await;
    let malls = until_answered("opening the malls", seed_malls).await?;
    let files = data.join("demo");
    say!("{malls} malls are open for a look; the ministries' files are in {}.", files.display());
    Ok(())
}
