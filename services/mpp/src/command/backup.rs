//! `mpp backup`: a copy of what `mpp up` keeps, taken beside it.
//!
//! Each copy is one moment of its database. They are taken followers first, so that the copy of a
//! follower never knows of a revision that the copy of its source does not hold: restored, each
//! goes on from its position, as after any restart. Writes that were answered before the command
//! began are in it; those that were answered while it ran may be.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use clap::Args as ClapArgs;
use mpp_core::{Clock, Error, FieldCode, Result};

use crate::{
    archive::{self, Contents, Database, KEYS, SERVICES},
    output::Output,
    program::{path_word, program},
};

#[derive(ClapArgs)]
pub struct BackupArgs {
    /// The new folder to write. It will hold the keys, too: keep it as you keep those.
    pub to: PathBuf,
    /// The folder that `mpp up` keeps everything in.
    #[arg(long, env = "MPP_DATA", default_value = "mpp-data", value_name = "DIR")]
    pub data: PathBuf,
}

pub async fn run(args: BackupArgs, output: Output) -> Result<()> {
    let BackupArgs { to, data } = args;
    check_data(&data)?;
    if to.exists() {
        let text = format!("{} is there already; name a folder that is not", to.display());
        return Err(Error::field("to", FieldCode::Duplicate, text));
    }
    // Written aside, so that whatever bears the name is whole.
    let aside = aside(&to)?;
    archive::make_private(&aside)?;
    let taken = back_up(&data, &aside).await.and_then(|contents| {
        fs::rename(&aside, &to).map_err(|error| archive::unwritable(&to, &error))?;
        Ok(contents)
    });
    if taken.is_err() {
        // If that fails, too, its name still says that it is no whole backup.
        let _ = fs::remove_dir_all(&aside);
    }
    archive::print(&taken?, output)?;
    if !output.is_json() {
        say!("\nTo go on from it, in a new folder:");
        say!("  {} restore {} --data {}", program(), path_word(&to), path_word(&beside(&data)));
    }
    Ok(())
}

fn check_data(data: &Path) -> Result<()> {
    let Some(missing) = SERVICES.iter().find(|service| !archive::file(data, service).is_file())
    else {
        return Ok(());
    };
    let text = format!(
        "{} has no {missing}.db, so `mpp up` keeps nothing there; name its folder with --data (a \
         PostgreSQL is backed up by its own means)",
        data.display()
    );
    Err(Error::field("data", FieldCode::NotFound, text))
}

/// A folder that is not there yet, beside the one that is kept.
fn beside(data: &Path) -> PathBuf {
    let name = data.file_name().map_or_else(|| "mpp-data".into(), |name| name.to_string_lossy());
    let all = (1..).map(|number| data.with_file_name(format!("{name}-restored-{number}")));
    all.into_iter().find(|folder| !folder.exists()).unwrap_or_default()
}

/// A name beside the folder, on the same file system.
fn aside(to: &Path) -> Result<PathBuf> {
    let name = to.file_name().and_then(|name| name.to_str()).ok_or_else(|| {
        let text = format!("{} names no new folder", to.display());
        Error::field("to", FieldCode::Format, text)
    })?;
    Ok(to.with_file_name(format!("{name}.{}.part", std::process::id())))
}

async fn back_up(data: &Path, to: &Path) -> Result<Contents> {
    let begun = now()?;
    let mut databases = BTreeMap::new();
    for service in SERVICES {
        let copied =
            mpp_store::copy(&archive::file(data, service), &archive::file(to, service)).await?;
        databases.insert(copied.service.clone(), Database::from(copied));
    }
    archive::copy_keys(&data.join(KEYS), &to.join(KEYS))?;
    let contents = Contents {
        begun,
        ended: now()?,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        sample_data: data.join("demo").exists(),
        databases,
    };
    archive::save(&contents, to)?;
    Ok(contents)
}

/// The system's time, whatever time the services stand at.
fn now() -> Result<String> {
    let now = jiff::Timestamp::from_microsecond(Clock::system().now()).map_err(Error::internal)?;
    Ok(now.to_string())
}
