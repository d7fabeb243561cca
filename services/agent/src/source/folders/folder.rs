//! A folder of files, such as one workbook of each office: each is read as if it were the source
//! alone, and together they are the whole. **What is being written is never taken for it**: the
//! files rest before they are read, and are as they were afterwards, or the run is not complete.

use std::{
    io,
    path::{Path, PathBuf},
    thread,
    time::Instant,
};

use glob::Pattern;

use super::files::{Files, KnownFile, ending, list};
use crate::{
    policy::Policy,
    source::{
        Input,
        fault::Fault,
        pages::json::Pages,
        sink::Sink,
        tables::{csv::CsvFile, workbook::Workbook},
        whole::saying::Saying,
    },
};

/// Names that one message lists.
const NAMED: usize = 5;

/// A folder, and how its files are read: each by what its name ends with.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// The folder's path.
    pub path: PathBuf,
    /// Which of its files; none: all that end in .csv, .json or .xlsx.
    pub files: Option<Pattern>,
    /// How a file of rows is read; its path is the file's.
    pub table: CsvFile,
    /// How a workbook is read.
    pub workbook: Workbook,
    /// How a page is read.
    pub pages: Pages,
}

/// Hands on every record of every file.
///
/// # Errors
/// The folder cannot be listed, or holds no file. A fault of one file goes to the sink.
pub fn read(folder: &Folder, policy: &Policy, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let place = folder.path.display().to_string();
    let failed = |error: io::Error| Fault::unreachable(&place, format!("{error}: see path"));
    let files = rested(folder, policy).map_err(failed)?;
    if files.known.is_empty() {
        return Err(Fault::nothing(&place, none(folder)));
    }
    let (mut parts, mut has_ends, mut faults) = (Saying::default(), true, Vec::new());
    for file in &files.known {
        if sink.is_unheard() {
            return Ok(()); // The run has ended.
        }
        parts.hear_name(Path::new(&file.name).with_extension("").to_str().unwrap_or_default());
        sink.enter(&file.name);
        let read = alone(folder, file).and_then(|one| one.read_into(policy, sink));
        faults.extend(read.and_then(|()| holds_one(file, sink)).err());
        has_ends &= sink.leave();
    }
    if has_ends {
        sink.ends();
    }
    let now = list(&folder.path, folder.files.as_ref(), policy.max_files).map_err(failed)?;
    faults.extend(sink.unknown_unit(&place));
    faults.extend(missed(&files, &now, &parts).into_iter().map(|text| Fault::torn(&place, text)));
    // A run that has ended needs no reason any more.
    let _ = Fault::all(faults).map_or(Ok(()), |fault| sink.lack(fault));
    Ok(())
}

/// Which files of a folder are meant: `*.csv`, `2026/*.xlsx`, `**/*.json`.
///
/// # Errors
/// Says what is wrong with the pattern.
pub fn pattern(text: &str) -> Result<Pattern, String> {
    Pattern::new(text).map_err(|error| error.to_string())
}

/// The files, once none of them was written just now, or once the wait is over.
fn rested(folder: &Folder, policy: &Policy) -> io::Result<Files> {
    let begun = Instant::now();
    let look = || list(&folder.path, folder.files.as_ref(), policy.max_files);
    let mut files = look()?;
    let is_fresh = |files: &Files| files.known.iter().any(|file| file.is_fresh(policy.settle()));
    while is_fresh(&files) && begun.elapsed() < policy.page_timeout() {
        thread::sleep(policy.settle());
        let now = look()?;
        if now == files {
            break;
        }
        files = now;
    }
    Ok(files)
}

fn none(folder: &Folder) -> String {
    match &folder.files {
        Some(pattern) => format!("no file there is called {pattern}: see files in [input]"),
        None => "no file there ends in .csv, .json or .xlsx: see path and files in [input]".into(),
    }
}

/// One of the files, as a source of its own.
fn alone(folder: &Folder, file: &KnownFile) -> Result<Input, Fault> {
    let path = file.path.clone();
    match ending(&file.name).as_str() {
        "csv" | "tsv" | "txt" => Ok(Input::Csv(CsvFile { path, ..folder.table.clone() })),
        "xlsx" => Ok(Input::Sheet(Workbook { path, ..folder.workbook.clone() })),
        "json" => {
            let location = path.display().to_string();
            Ok(Input::Json(Pages { location, ..folder.pages.clone() }))
        }
        _ => {
            let text = "only files that end in .csv, .tsv, .txt, .json and .xlsx are read: see \
                        files in [input]";
            Err(Fault::config(&path.display().to_string(), text))
        }
    }
}

/// A folder that nobody has looked at yet.
pub struct FolderListing {
    /// Its files by name, each as a source of its own.
    pub files: Vec<(String, Result<Input, Fault>)>,
    /// What else there is, and why it is not read.
    pub others: Vec<String>,
}

/// The files of a folder, each to be looked at by itself.
///
/// # Errors
/// The folder cannot be listed, or holds no file.
pub fn look(folder: &Folder, policy: &Policy) -> Result<FolderListing, Fault> {
    let place = folder.path.display().to_string();
    let files = list(&folder.path, folder.files.as_ref(), policy.max_files)
        .map_err(|error| Fault::unreachable(&place, format!("{error}: see path")))?;
    let others = missed(&files, &files, &Saying::default());
    let known = files.known.iter().map(|file| (file.name.clone(), alone(folder, file)));
    let files: Vec<_> = known.collect();
    if files.is_empty() && others.is_empty() {
        return Err(Fault::nothing(&place, none(folder)));
    }
    Ok(FolderListing { files, others })
}

/// A file without a record is like a source without one: what it held before has not surely gone.
fn holds_one(file: &KnownFile, sink: &Sink<'_>) -> Result<(), Fault> {
    let text = "it holds no record; where that is right, take the file away";
    if sink.has_row() {
        Ok(())
    } else {
        Err(Fault::nothing(&file.path.display().to_string(), text))
    }
}

/// Why the files may not be all, or not whole.
fn missed(before: &Files, now: &Files, parts: &Saying) -> Vec<String> {
    let differs = |one: &Files, other: &Files| -> Vec<String> {
        let others = one.known.iter().filter(|file| !other.known.contains(file));
        others.map(|file| file.name.clone()).collect()
    };
    let mut moved = [differs(before, now), differs(now, before)].concat();
    moved.sort();
    moved.dedup();
    let parts = parts.parts_missing().map(|(said, here)| {
        format!(
            "the names of its files say that there are {said} parts, and {here} of them found: put \
             all of them there"
        )
    });
    let told = [
        (moved, "changed, came or went while they were read; the next run reads them again"),
        (now.written.clone(), "being written; where nobody does any more, take them away"),
        (
            now.unread.clone(),
            "not read; save them as .xlsx or .csv, or name those that are as files",
        ),
        (
            now.folders.clone(),
            "a folder with files that are not read; name them too, as files = \"**/*.csv\" does, \
             or those of this folder alone, as \"*.csv\" does",
        ),
        (now.links.clone(), "a link that leads to no file here; mend it, or take it away"),
    ];
    let told = told.iter().filter(|(names, _)| !names.is_empty());
    told.map(|(names, why)| format!("{}: {why}", some_of(names))).chain(parts).collect()
}

fn some_of(names: &[String]) -> String {
    let shown = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
