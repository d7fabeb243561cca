//! Where commands of `mpp` are given, as by a person.

use std::{
    ffi::{OsStr, OsString},
    path::PathBuf,
};

use tokio::process::Command;

use crate::program::command;

/// Somebody's place before a terminal: addresses and a token in the environment.
#[derive(Clone, Debug)]
pub struct Desk {
    pub(crate) home: PathBuf,
    pub(crate) settings: Vec<(&'static str, OsString)>,
}

impl Desk {
    /// A command that is given here.
    pub fn command<A: AsRef<OsStr>>(&self, args: &[A]) -> Command {
        let mut mpp = command(&self.home);
        mpp.args(args).envs(self.settings.iter().map(|(name, value)| (name, value)));
        mpp
    }
}
