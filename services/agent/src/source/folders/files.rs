//! The files of a folder: a file's name tells whether it is read, is still being written, or is a
//! program's own.

use std::{
    fs,
    io::{Error, Result},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use glob::{MatchOptions, Pattern};

/// Endings of files that are read.
pub const READ: [&str; 3] = ["csv", "json", "xlsx"];
/// Endings of files that may hold a part of a catalog, and are not read unless they are named. So
/// is a file without one.
const NOT_READ: [&str; 21] = [
    "tsv", "txt", "xls", "xlsm", "xlsb", "ods", "xml", "html", "htm", "jsonl", "ndjson", "zip",
    "gz", "rar", "7z", "sql", "doc", "docx", "odt", "rtf", "pdf",
];
/// Endings under which programs write a file that gets its name once it is whole.
const WRITTEN: [&str; 6] = ["tmp", "part", "partial", "crdownload", "download", "filepart"];
/// Beginnings of programs' own files, such as the lock file of an open workbook.
const OWN: [&str; 2] = ["~$", "."];
/// Most levels of folders within folders.
const DEEPEST: usize = 16;

/// Large and small letters count as the same, as they do for people; `*` matches within one name.
const MATCH: MatchOptions = MatchOptions {
    case_sensitive: false,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// A file that is to be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KnownFile {
    /// Its name within the folder.
    pub name: String,
    /// Its whole path.
    pub path: PathBuf,
    /// The file's size in bytes.
    pub size: u64,
    /// When it was written last, if the system tells.
    pub modified: Option<SystemTime>,
}

impl KnownFile {
    /// The file as it is now.
    ///
    /// # Errors
    /// It is not there.
    pub fn of(name: String, path: &Path) -> Result<Self> {
        let is = fs::metadata(path)?;
        Ok(Self { name, path: path.to_owned(), size: is.len(), modified: is.modified().ok() })
    }

    /// True for a file that was written just now. A time in the future comes from another machine's
    /// clock, and tells nothing.
    pub fn is_fresh(&self, settle: Duration) -> bool {
        self.modified.is_some_and(|at| at.elapsed().is_ok_and(|age| age < settle))
    }
}

/// All files of a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// The files to be read, by name.
    pub known: Vec<KnownFile>,
    /// Files that are still being written, by their present names.
    pub written: Vec<String>,
    /// Files that may hold a part of the catalog and are not read.
    pub unread: Vec<String>,
    /// Folders within it, with a "/", that hold files of a kind that is read, and are not gone
    /// into.
    pub folders: Vec<String>,
    /// Links that lead to no file: what they led to may hold a part of the catalog.
    pub links: Vec<String>,
}

/// Lists a folder: the files that the pattern names, or all that can be read.
///
/// # Errors
/// The folder cannot be listed, or holds more than `most` files.
pub fn list(folder: &Path, pattern: Option<&Pattern>, most: usize) -> Result<Files> {
    let mut files = Files::default();
    let depth = if pattern.is_some_and(|one| one.as_str().contains('/')) { DEEPEST } else { 1 };
    go_into(folder, "", depth, pattern, &mut files)?;
    if files.known.len() > most {
        let text = format!("it holds {} files, more than {most} (max_files)", files.known.len());
        return Err(Error::other(text));
    }
    files.known.sort();
    files.written.sort();
    files.unread.sort();
    files.folders.sort();
    files.links.sort();
    Ok(files)
}

fn go_into(
    folder: &Path,
    above: &str,
    depth: usize,
    pattern: Option<&Pattern>,
    files: &mut Files,
) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let own = entry.file_name().to_string_lossy().into_owned();
        if OWN.iter().any(|mark| own.starts_with(mark)) {
            continue;
        }
        let (path, name) = (entry.path(), format!("{above}{own}"));
        // A link to a folder may lead in a circle.
        let (kind, within) = (entry.file_type()?, format!("{name}/"));
        if kind.is_dir() && depth > 1 {
            go_into(&path, &within, depth - 1, pattern, files)?;
        } else if kind.is_dir() && pattern.is_none() {
            files.folders.extend(holds_readable(&path, DEEPEST)?.then_some(within));
        } else if path.is_file() {
            sort_in(name, &path, pattern, files)?;
        } else if kind.is_symlink() && may_be_meant(&name, &path, pattern) {
            files.links.push(name);
        }
    }
    Ok(())
}

/// Whether a link that leads to no file stands for one that is to be read.
fn may_be_meant(name: &str, path: &Path, pattern: Option<&Pattern>) -> bool {
    let Some(pattern) = pattern else { return true };
    pattern.matches_with(name, MATCH) || (path.is_dir() && pattern.as_str().contains('/'))
}

/// True for a folder that holds a file of a kind that is read, itself or further within.
fn holds_readable(folder: &Path, depth: usize) -> Result<bool> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_own = OWN.iter().any(|mark| name.starts_with(mark));
        let is_deeper = entry.file_type()?.is_dir() && depth > 1;
        let holds = if is_deeper && !is_own {
            holds_readable(&entry.path(), depth - 1)?
        } else {
            READ.contains(&ending(&name).as_str())
        };
        if holds && !is_own {
            return Ok(true);
        }
    }
    Ok(false)
}

fn sort_in(name: String, path: &Path, pattern: Option<&Pattern>, files: &mut Files) -> Result<()> {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
    let ending = ending.to_lowercase();
    let is_meant = |name: &str| match pattern {
        Some(pattern) => pattern.matches_with(name, MATCH),
        None => READ.contains(&self::ending(name).as_str()),
    };
    if WRITTEN.contains(&ending.as_str()) {
        files.written.extend(is_meant(stem).then_some(name));
    } else if is_meant(&name) {
        files.known.push(KnownFile::of(name, path)?);
    } else if pattern.is_none() && (ending.is_empty() || NOT_READ.contains(&ending.as_str())) {
        files.unread.push(name);
    }
    Ok(())
}

/// A name's ending, in small letters.
pub fn ending(name: &str) -> String {
    name.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let into = folder.path().join("2026");
        fs::create_dir(&into).expect("a folder");
        fs::create_dir_all(folder.path().join("foto/2026")).expect("a folder");
        fs::write(folder.path().join("foto/2026/a.jpg"), "x").expect("a picture");
        for name in [
            "b.csv",
            "A.XLSX",
            "c.json",
            "~$A.xlsx",
            ".~lock.b.csv#",
            ".b.csv.swp",
            "d.csv.part",
            "e.tmp",
            "lama.xls",
            "baca.md",
            "Layanan 2026",
            "Layanan.docx",
            "2026/f.csv",
        ] {
            fs::write(folder.path().join(name), "x").expect("a file");
        }
        let names = |files: &Files| -> Vec<String> {
            files.known.iter().map(|file| file.name.clone()).collect()
        };
        let all = list(folder.path(), None, 10).expect("files");
        assert_eq!(names(&all), ["A.XLSX", "b.csv", "c.json"]);
        assert_eq!(all.folders, ["2026/"], "and the folder of pictures is none");
        assert_eq!(all.written, ["d.csv.part"]);
        assert_eq!(all.unread, ["Layanan 2026", "Layanan.docx", "lama.xls"]);
        let of = |pattern: &str| {
            let pattern = Pattern::new(pattern).expect("a pattern");
            list(folder.path(), Some(&pattern), 10).expect("files")
        };
        assert_eq!(names(&of("*.csv")), ["b.csv"]);
        assert_eq!(names(&of("**/*.CSV")), ["2026/f.csv", "b.csv"]);
        assert!(of("*.csv").folders.is_empty(), "what is named is all");
        assert_eq!(of("*.json").written, Vec::<String>::new());
        assert!(list(folder.path(), None, 2).is_err() && list(&into.join("x"), None, 2).is_err());
    }
}
