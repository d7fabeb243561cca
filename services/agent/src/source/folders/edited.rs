//! Notices that a file, or one of a folder, was written, so that an edit is sent at once and not
//! only with the next run. It looks again and again, since no system tells what others write on a
//! shared drive.

use std::{
    io,
    path::PathBuf,
    time::{Duration, Instant},
};

use tokio::{task::spawn_blocking, time::sleep};

use super::{
    files::{Files, KnownFile, list},
    folder::Folder,
};
use crate::policy::Policy;

/// The pause after a look is this many times as long as the look took.
const REST: u32 = 10;

/// The file or folder that is watched.
#[derive(Clone, Debug)]
enum WatchedPath {
    File(PathBuf),
    Folder(Box<Folder>),
}

/// Watches files for an edit.
pub struct Edited {
    watched: WatchedPath,
    most: usize,
    look: Duration,
    seen: Option<Files>,
}

impl Edited {
    /// Watches one file.
    pub fn of_file(path: &std::path::Path, policy: &Policy) -> Self {
        Self::of(WatchedPath::File(path.to_owned()), policy)
    }

    /// Watches the files of a folder.
    pub fn of_folder(folder: &Folder, policy: &Policy) -> Self {
        Self::of(WatchedPath::Folder(Box::new(folder.clone())), policy)
    }

    fn of(watched: WatchedPath, policy: &Policy) -> Self {
        Self { watched, most: policy.max_files, look: policy.look(), seen: None }
    }

    /// Notes how the files are now, before they are read. The run tells what is wrong with them.
    pub async fn note(&mut self) {
        self.seen = self.state().await;
    }

    /// Ends once the files differ from their noted state.
    pub async fn changed(&mut self) {
        let mut rest = self.look;
        loop {
            sleep(rest).await;
            let begun = Instant::now();
            if self.state().await != self.seen {
                return;
            }
            rest = self.look.max(begun.elapsed().saturating_mul(REST));
        }
    }

    async fn state(&self) -> Option<Files> {
        let (watched, most) = (self.watched.clone(), self.most);
        let state = spawn_blocking(move || state(&watched, most).ok()).await;
        state.ok().flatten()
    }
}

fn state(watched: &WatchedPath, most: usize) -> io::Result<Files> {
    match watched {
        WatchedPath::Folder(folder) => list(&folder.path, folder.files.as_ref(), most),
        WatchedPath::File(path) => {
            let known = KnownFile::of(String::new(), path)?;
            Ok(Files { known: vec![known], ..Files::default() })
        }
    }
}
