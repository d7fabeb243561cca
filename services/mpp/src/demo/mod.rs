//! The demo: real services and malls, synced and seeded through the same calls that anybody makes.
//!
//! Seeding may be cut at any point and is simply run again: what exists is left alone.

mod data;
mod ministries;
mod seed;
mod time;
mod wire;

use std::path::Path;

use mpp_core::Result;
use mpp_rpc::Endpoint;
use tokio_util::sync::CancellationToken;

pub use ministries::{Ministry, Tokens};
pub use time::start_of_demo;

/// What the demo needs of the running services.
pub struct Services {
    pub registry: Endpoint,
    pub scheduling: Endpoint,
}

/// Seeds the directory, syncs the ministries in, opens the malls.
///
/// # Errors
/// A service refuses something, which names it.
pub async fn run(
    data: &Path,
    services: &Services,
    ministries: &[Ministry],
    shutdown: &CancellationToken,
) -> Result<()> {
    let demo = data::Data::load()?;
    seed::directory(&demo, &services.registry).await?;
    println!("Syncing the ministries' catalogs:");
    for ministry in ministries {
        ministry.sync(shutdown).await?;
    }
    seed::malls(&demo, &services.registry).await?;
    seed::hours(&demo, &services.scheduling).await?;
    println!(
        "{} malls are open for a look; the ministries' files are in {}.",
        demo.malls.len(),
        data.join("demo").display()
    );
    Ok(())
}

/// Lays out the ministries' systems: their files, and the API of the one that has one.
///
/// # Errors
/// The folder cannot be written, or no port is free.
pub async fn ministries(
    data: &Path,
    tokens: &Tokens<'_>,
    port: u16,
    shutdown: &CancellationToken,
) -> Result<Vec<Ministry>> {
    ministries::lay_out(data, &data::Data::load()?.sources, tokens, port, shutdown).await
}
