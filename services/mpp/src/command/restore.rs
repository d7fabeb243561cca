//! `mpp restore`: a data folder for `mpp up`, made of a backup.
//!
//! Only into a folder that is empty: what is there now may be running, and is the only copy of what
//! came after the backup.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use clap::Args as ClapArgs;
use mpp_core::{Clock, Error, FieldCode, Micros, Result};

use crate::{
    archive::{self, Contents, KEYS},
    output::Output,
    program::{path_word, program},
    up::newest_commit,
};

#[derive(ClapArgs)]
pub struct RestoreArgs {
    /// The folder that `mpp backup` wrote.
    pub from: PathBuf,
    /// The folder to make for `mpp up`; empty, or not there yet.
    #[arg(long, env = "MPP_DATA", default_value = "mpp-data", value_name = "DIR")]
    pub data: PathBuf,
}

pub async fn run(args: RestoreArgs, output: Output) -> Result<()> {
    let RestoreArgs { from, data } = args;
    let contents = archive::load(&from)?;
    check(&contents, &from).await?;
    make_empty(&data)?;
    put_back(&contents, &from, &data)?;
    let newest = newest_commit(&data).await?;
    let step = next_step(contents.sample_data, newest, Clock::system().now());
    archive::print(&contents, output)?;
    if !output.is_json() {
        let (mpp, context) = (program(), data.join("context.json"));
        say!("\nNext:\n  {mpp} {step} --data {}", path_word(&data));
        say!("then, in another terminal:\n  {mpp} --context {} doctor", path_word(&context));
    }
    Ok(())
}

/// Records that are dated later than this machine's clock are not served, since the clock may be
/// wrong, unless the person who restores them says that it is right. The clock of sample data goes
/// on from where they end.
fn next_step(sample_data: bool, newest: Option<Micros>, now: Micros) -> &'static str {
    match newest {
        Some(newest) if newest > now && sample_data => "up --demo",
        Some(newest) if newest > now => "up --clock-is-right",
        _ => "up",
    }
}

/// Looks every copy through before anything is written.
async fn check(contents: &Contents, from: &Path) -> Result<()> {
    for service in archive::SERVICES {
        let listed = contents.databases.get(service);
        let path = archive::file(from, service);
        let found = mpp_store::check_copy(&path).await?;
        let fits = found.service == service
            && listed.is_some_and(|listed| listed.revision == found.revision);
        if !fits {
            let text = format!(
                "{} holds {} at revision {}, which is not what the backup lists; it was changed \
                 since, take another one",
                path.display(),
                found.service,
                found.revision
            );
            return Err(Error::field("from", FieldCode::Unreadable, text));
        }
    }
    Ok(())
}

fn make_empty(data: &Path) -> Result<()> {
    match fs::read_dir(data).map(|mut files| files.next().is_none()) {
        Err(error) if error.kind() == ErrorKind::NotFound => archive::make_private(data),
        Err(error) => Err(archive::unwritable(data, &error)),
        Ok(true) => Ok(()),
        Ok(false) => {
            let mut before = data.as_os_str().to_owned();
            before.push(".before");
            let text = format!(
                "{} is not empty, and nothing was written; stop `mpp up` and move it away (mv {} {}), \
                 or name another folder",
                data.display(),
                path_word(data),
                path_word(Path::new(&before))
            );
            Err(Error::field("data", FieldCode::Duplicate, text))
        }
    }
}

fn put_back(contents: &Contents, from: &Path, data: &Path) -> Result<()> {
    archive::copy_keys(&from.join(KEYS), &data.join(KEYS))?;
    if contents.sample_data {
        // This file tells `mpp up` that the records are made up.
        archive::make_private(&data.join("demo"))?;
    }
    for service in archive::SERVICES {
        let to = archive::file(data, service);
        let copied = fs::copy(archive::file(from, service), &to)
            .and_then(|_| fs::File::open(&to)?.sync_all());
        copied.map_err(|error| archive::unwritable(&to, &error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_a_later_time_than_now_are_started_so_that_they_are_served() {
        for (sample_data, newest, step) in [
            (true, Some(8), "up --demo"),
            (false, Some(8), "up --clock-is-right"),
            (true, Some(7), "up"),
            (false, None, "up"),
        ] {
            assert_eq!(next_step(sample_data, newest, 7), step);
        }
    }
}
