//! A backup of `mpp up`: a folder that `mpp backup` writes and `mpp restore` reads.
//!
//! ```text
//! backup.json      when it was taken, by which version, and what each copy shows; written last
//! registry.db …    one copy for each service
//! keys/            what callers and applicants are known by
//! ```

use std::{
    collections::BTreeMap,
    fs,
    io::ErrorKind,
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use mpp_client::file::{Readers, write_file};
use mpp_core::{Error, FieldCode, Reason, Result};
use mpp_store::Copied;
use serde::{Deserialize, Serialize};

use crate::{
    output::{Output, TextTable},
    service::Service,
};

/// The services whose databases are kept, in the order in which they are copied: each before those
/// that it follows, so that no copy knows more of another service than that service's own copy.
pub const SERVICES: [&str; 3] =
    [Service::Reporting.name(), Service::Scheduling.name(), Service::Registry.name()];
/// The file that lists a backup's contents. A folder without it is no whole backup.
const CONTENTS: &str = "backup.json";
/// The folder of keys, in a backup as well as in a data folder.
pub const KEYS: &str = "keys";

/// A backup's list of contents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// When the first copy was begun, as RFC 3339.
    pub begun: String,
    /// When the last copy was whole.
    pub ended: String,
    /// The version of the program that took it.
    pub program: String,
    /// The records are made up.
    pub sample_data: bool,
    /// The databases by service.
    pub databases: BTreeMap<String, Database>,
}

/// One service's copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    /// The revision of its feed that it shows.
    pub revision: i64,
    /// Length of its file.
    pub bytes: u64,
}

impl From<Copied> for Database {
    fn from(copied: Copied) -> Self {
        Self { revision: copied.revision, bytes: copied.bytes }
    }
}

/// The file of a service's database, in a backup as in a data folder.
pub fn file(folder: &Path, service: &str) -> PathBuf {
    folder.join(format!("{service}.db"))
}

/// Writes the list of contents.
///
/// # Errors
/// It cannot be written.
pub fn save(contents: &Contents, folder: &Path) -> Result<()> {
    let text = serde_json::to_string_pretty(contents).map_err(Error::internal)?;
    write_file(&folder.join(CONTENTS), (text + "\n").as_bytes(), Readers::All)
}

/// Reads the list of contents.
///
/// # Errors
/// Names `backup` if the folder is not a backup, or not a whole one.
pub fn load(folder: &Path) -> Result<Contents> {
    let path = folder.join(CONTENTS);
    let unusable = |why: &dyn std::fmt::Display| {
        let text = format!("{} is no whole backup: {CONTENTS}: {why}", folder.display());
        Error::field("backup", FieldCode::Unreadable, text)
    };
    let text = fs::read_to_string(&path).map_err(|error| unusable(&error))?;
    serde_json::from_str(&text).map_err(|error| unusable(&error))
}

/// Makes a folder that only its owner may look into.
///
/// # Errors
/// It cannot be made, or is there already.
pub fn make_private(folder: &Path) -> Result<()> {
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).map_err(|error| unwritable(parent, &error))?;
    }
    let made = fs::DirBuilder::new().mode(0o700).create(folder);
    made.map_err(|error| unwritable(folder, &error))
}

/// Copies the files of a folder of keys; only their owner may read them. A file that disappears
/// meanwhile, such as one that is being replaced, is left out.
///
/// # Errors
/// One cannot be read or written.
pub fn copy_keys(from: &Path, to: &Path) -> Result<()> {
    make_private(to)?;
    let files = fs::read_dir(from).map_err(|error| unwritable(from, &error))?;
    for file in files {
        let path = file.map_err(|error| unwritable(from, &error))?.path();
        let Some(name) = path.file_name().filter(|_| path.is_file()) else { continue };
        copy_private(&path, &to.join(name))?;
    }
    Ok(())
}

fn copy_private(from: &Path, to: &Path) -> Result<()> {
    match fs::copy(from, to) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        copied => copied.map_err(|error| unwritable(to, &error))?,
    };
    let private = fs::set_permissions(to, fs::Permissions::from_mode(0o600));
    let synced = private.and_then(|()| fs::File::open(to)?.sync_all());
    synced.map_err(|error| unwritable(to, &error))
}

/// Prints what a backup holds, registry first.
pub fn print(contents: &Contents, output: Output) -> Result<()> {
    if output.is_json() {
        say!("{}", serde_json::to_string(contents).map_err(Error::internal)?);
        return Ok(());
    }
    let mut table = TextTable::new(["database", "revision", "bytes"]);
    for service in SERVICES.iter().rev() {
        if let Some(Database { revision, bytes }) = contents.databases.get(*service) {
            table.row([(*service).to_owned(), revision.to_string(), bytes.to_string()]);
        }
    }
    table.print();
    Ok(())
}

/// A file or folder cannot be written.
pub fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    let text = format!("{} cannot be written: {error}", path.display());
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::NotADirectory => {
            Error::field("folder", FieldCode::Unreadable, text)
        }
        // A disk that is full, say, may have room again.
        _ => Error::new(Reason::Unavailable, text),
    }
}
