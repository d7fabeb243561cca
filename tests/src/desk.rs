//! The desk at which commands of `mpp` are given, as by a person.

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use tokio::process::Command;

use crate::program::command_of;

/// Somebody's place before a terminal: addresses and a token in the environment.
#[derive(Clone, Debug)]
pub struct Desk {
    pub(crate) program: PathBuf,
    pub(crate) home: PathBuf,
    pub(crate) settings: Vec<(&'static str, OsString)>,
}

impl Desk {
    /// The same place, with another binary.
    #[must_use]
    pub fn by(self, program: &Path) -> Self {
        Self { program: program.to_owned(), ..self }
    }

    /// A command that is given here.
    pub fn command<A: AsRef<OsStr>>(&self, args: &[A]) -> Command {
        let mut mpp = command_of(&self.program, &self.home);
        mpp.args(args).envs(self.settings.iter().map(|(name, value)| (name, value)));
        mpp
    }
}
