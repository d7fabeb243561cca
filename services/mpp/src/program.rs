//! Commands as they are printed: to be pasted into a shell as they are.

use std::{
    env,
    path::{Path, PathBuf},
};

use mpp_core::text;

/// How this program is called from here, so that printed commands can be run as they stand.
pub fn program() -> String {
    let exe = env::current_exe().unwrap_or_default();
    let here = env::current_dir().unwrap_or_default();
    let folders = env::var_os("PATH").unwrap_or_default();
    path_word(&called(&exe, &here, env::split_paths(&folders)))
}

/// How to call it: by its name alone if the PATH has it, else by its path, relative if it lies
/// below this folder. A path without a slash would be looked for in the PATH.
fn called(exe: &Path, here: &Path, mut folders: impl Iterator<Item = PathBuf>) -> PathBuf {
    let name = PathBuf::from(exe.file_name().unwrap_or_default());
    let found = folders.find_map(|folder| folder.join(&name).canonicalize().ok());
    if found.is_some() && found == exe.canonicalize().ok() {
        return name;
    }
    match exe.strip_prefix(here) {
        Ok(below) if below.components().count() == 1 => Path::new(".").join(below),
        Ok(below) => below.to_owned(),
        Err(_) => exe.to_owned(),
    }
}

/// A path as a word of a printed command.
pub fn path_word(path: &Path) -> String {
    text::quoted(&path.display().to_string()).into_owned()
}

/// A text that names commands of `mpp`, as they are called from here.
pub fn as_called(text: &str) -> String {
    text.replace("`mpp ", &format!("`{} ", program()))
}

/// The same of commands of the agent, on its file.
pub fn as_called_on(text: &str, config: Option<&Path>) -> String {
    const COMMANDS: [&str; 5] = ["check", "problems", "release", "run", "withdraw"];
    let mut text = text.to_owned();
    for command in COMMANDS {
        let Some(config) = config else { break };
        let own = format!("{} agent {command} {}", program(), path_word(config));
        text = text.replace(&format!("mpp agent {command} CONFIG"), &own);
    }
    as_called(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_named_so_that_a_shell_finds_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let (here, elsewhere) = (folder.path().join("here"), folder.path().join("else where"));
        for folder in [&here, &elsewhere] {
            std::fs::create_dir_all(folder.join("bin")).expect("a folder");
            std::fs::write(folder.join("mpp"), "").expect("a file");
            std::fs::write(folder.join("bin/mpp"), "").expect("a file");
        }
        let from_here = |exe: &Path, path: &[&Path]| {
            let folders = path.iter().map(|folder| folder.to_path_buf());
            called(exe, &here, folders).display().to_string()
        };
        let own = here.join("bin/mpp");
        assert_eq!(from_here(&own, &[&here.join("bin")]), "mpp");
        assert_eq!(
            from_here(&own, &[&elsewhere, &here.join("bin")]),
            "bin/mpp",
            "another is first"
        );
        assert_eq!(from_here(&here.join("mpp"), &[]), "./mpp");
        let other = elsewhere.join("mpp");
        assert_eq!(from_here(&other, &[]), other.display().to_string());
        assert!(path_word(&other).starts_with('\''), "{}", path_word(&other));
    }
}
