//! Where an export goes.

use std::{
    fs::{self, Permissions},
    io::{self, BufWriter, Write},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use mpp_core::{Error, FieldCode, Result};
use tempfile::NamedTempFile;

use crate::output;

/// The standard output, or a file that takes its name once it is whole.
pub enum Target {
    Output,
    File { out: BufWriter<NamedTempFile>, name: PathBuf },
}

impl Target {
    pub fn open(file: Option<&Path>) -> Result<Self> {
        let Some(name) = file else { return Ok(Self::Output) };
        if fs::symlink_metadata(name).is_ok_and(|there| !there.is_file()) {
            let text = format!("{} is no plain file; name another", name.display());
            return Err(Error::field("file", FieldCode::NotAllowed, text));
        }
        let folder = name.parent().filter(|folder| !folder.as_os_str().is_empty());
        let part = tempfile::Builder::new()
            .prefix(".mpp-export-")
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder.unwrap_or(Path::new(".")))
            .and_then(|part| keep_mode(part, name))
            .map_err(|error| unwritable(name, &error))?;
        Ok(Self::File { out: BufWriter::new(part), name: name.to_owned() })
    }

    /// Puts the file in its place.
    pub fn done(self) -> Result<()> {
        let Self::File { out, name } = self else { return Ok(()) };
        let placed = || -> io::Result<()> {
            let part = out.into_inner().map_err(io::IntoInnerError::into_error)?;
            part.as_file().sync_all()?;
            part.persist(&name)?;
            Ok(())
        };
        placed().map_err(|error| unwritable(&name, &error))
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Output => {
                output::bytes(bytes);
                Ok(bytes.len())
            }
            Self::File { out, .. } => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Output => Ok(()),
            Self::File { out, .. } => out.flush(),
        }
    }
}

/// Who could read the file that is replaced can read the new one, and nobody else.
fn keep_mode(part: NamedTempFile, name: &Path) -> io::Result<NamedTempFile> {
    if let Ok(there) = fs::metadata(name) {
        let mode = there.permissions().mode() & 0o777;
        part.as_file().set_permissions(Permissions::from_mode(mode))?;
    }
    Ok(part)
}

fn unwritable(path: &Path, error: &io::Error) -> Error {
    let text = format!("{} cannot be written: {error}", path.display());
    Error::field("file", FieldCode::Unwritable, text)
}
