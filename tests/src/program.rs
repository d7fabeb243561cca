//! The binary under test, and commands run to their end.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use tokio::process::Command;

/// The binary: `MPP_BIN`, else `mpp` beside this program or in the folder above it.
///
/// # Panics
/// If it has not been built, saying how.
pub fn path() -> PathBuf {
    if let Some(named) = env::var_os("MPP_BIN") {
        return PathBuf::from(named);
    }
    let own = env::current_exe().expect("a program has a path");
    let found = own.ancestors().skip(1).take(2).map(|folder| folder.join("mpp"));
    let found = found.into_iter().find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("there is no mpp to test: run `cargo build -p mpp` first"))
}

/// The binary in `home`, with none of this process's own settings.
pub fn command(home: &Path) -> Command {
    command_of(&path(), home)
}

/// Like [`command`], of another binary.
pub fn command_of(program: &Path, home: &Path) -> Command {
    let mut command = Command::new(program);
    isolate(&mut command, home);
    command
}

/// A shell's line, run in `home`, with none of this process's own settings.
pub fn shell(home: &Path, line: &str) -> Command {
    let mut command = Command::new("sh");
    isolate(&mut command, home);
    command.arg("-c").arg(line);
    command
}

/// Like [`shell`], by bash, and ending at the first command that fails.
pub fn bash(home: &Path, lines: &str) -> Command {
    let mut command = Command::new("bash");
    isolate(&mut command, home);
    command.args(["-euo", "pipefail", "-c", lines]);
    command
}

fn isolate(command: &mut Command, home: &Path) {
    for (name, _) in env::vars().filter(|(name, _)| name.starts_with("MPP_")) {
        command.env_remove(name);
    }
    command.env("HOME", home).env("XDG_STATE_HOME", home.join("state"));
    command.current_dir(home).stdin(Stdio::null()).kill_on_drop(true);
}

/// The output of a command, and how it ended.
#[derive(Clone, Debug)]
pub struct Said {
    /// The exit code; -1 if a signal ended it.
    pub code: i32,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

impl Said {
    /// Runs a command to its end.
    pub async fn by(mut command: Command) -> Self {
        let output = command.output().await.expect("a command that starts");
        let Output { status, stdout, stderr } = output;
        Self {
            code: status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&stdout).into_owned(),
            err: String::from_utf8_lossy(&stderr).into_owned(),
        }
    }

    /// Like [`Said::by`], of a command whose standard streams go where they were told to.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn by_parts(mut command: Command) -> Self {
        let child = command.spawn().expect("a command that starts");
        let Output { status, stdout, stderr } =
            child.wait_with_output().await.expect("a command that ends");
        Self {
            code: status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&stdout).into_owned(),
            err: String::from_utf8_lossy(&stderr).into_owned(),
        }
    }

    /// Its output, if it succeeded.
    ///
    /// # Panics
    /// With everything that it said, if it failed.
    pub fn succeeded(self) -> String {
        assert_eq!(self.code, 0, "it failed:\n{}\n{}", self.out, self.err);
        self.out
    }
}
