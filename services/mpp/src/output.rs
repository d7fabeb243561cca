//! How answers are printed: proto3 JSON for programs, aligned columns for people.
//!
//! Everything goes through [`say!`] and [`complain!`]: the standard library's macros panic if the
//! reader has gone or the disk is full, in the middle of whatever the command is doing.

use std::{
    fmt,
    io::{self, ErrorKind, Write as _},
    process::ExitCode,
    sync::OnceLock,
};

use clap::ValueEnum;
use mpp_api::{
    types::{Fee, LocalizedText, ServiceTime},
    wording::{self, Language},
};
use mpp_core::Result;
use prost::{Message, Name};

/// Prints a line; a failure shows at the program's end.
macro_rules! say {
    () => { $crate::output::print(format_args!("\n")) };
    ($($text:tt)*) => { $crate::output::print(format_args!("{}\n", format_args!($($text)*))) };
}

/// Prints a line for people beside the output, if anybody listens.
macro_rules! complain {
    ($($text:tt)*) => { $crate::output::complain(format_args!($($text)*)) };
}

/// Why nothing more can be printed.
static LOST: OnceLock<ErrorKind> = OnceLock::new();
/// Wakes those who wait for that.
static GONE: tokio::sync::Notify = tokio::sync::Notify::const_new();

/// Prints a text; after the first that could not be printed, nothing.
pub fn print(text: fmt::Arguments<'_>) {
    if LOST.get().is_none()
        && let Err(error) = io::stdout().write_fmt(text)
    {
        lost(&error);
    }
}

/// The same for what is no text of ours.
pub fn bytes(bytes: &[u8]) {
    if LOST.get().is_none()
        && let Err(error) = io::stdout().write_all(bytes)
    {
        lost(&error);
    }
}

/// Prints a line on the standard error, if anybody listens.
pub fn complain(text: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{text}");
}

fn lost(error: &io::Error) {
    if LOST.set(error.kind()).is_ok() {
        GONE.notify_one();
    }
}

/// Waits until nobody reads the output any more.
pub async fn until_lost() {
    GONE.notified().await;
}

/// The end of the program. Output that could not be printed is a failure, unless its reader, such
/// as `head`, has closed the pipe.
pub fn finish(code: ExitCode) -> ExitCode {
    if let Err(error) = io::stdout().flush() {
        lost(&error);
    }
    match LOST.get() {
        None | Some(ErrorKind::BrokenPipe) => code,
        Some(why) => {
            complain!("mpp: what was to be printed is lost: {why}");
            if code == ExitCode::SUCCESS { ExitCode::from(crate::exit::FAILED) } else { code }
        }
    }
}

/// How answers are printed.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people: tables and lines of text.
    #[default]
    Table,
    /// For programs: the answer as proto3 JSON, streams one document a line.
    Json,
}

impl Output {
    /// True if a program reads the output.
    pub fn is_json(self) -> bool {
        self == Output::Json
    }
}

/// A message as proto3 JSON.
///
/// # Errors
/// The message is not of the contract.
pub fn json<M: Message + Name>(message: &M) -> Result<String> {
    mpp_api::json::write(message)
}

/// A word of the contract for people: "STAGE_OPERATING" is "operating".
pub fn word(value_name: &str) -> String {
    mpp_api::word(value_name).to_lowercase().replace('_', " ")
}

/// The text in English, which this program speaks; in Indonesian if there is no English.
pub fn english(text: Option<&LocalizedText>) -> &str {
    match text {
        Some(text) if text.en.is_empty() => &text.id,
        Some(text) => &text.en,
        None => "",
    }
}

/// Rows under headings, each column as wide as its widest cell; the last one is not padded.
pub struct TextTable {
    rows: Vec<Vec<String>>,
}

impl TextTable {
    pub fn new<H: AsRef<str>>(headings: impl IntoIterator<Item = H>) -> Self {
        let headings = headings.into_iter().map(|heading| heading.as_ref().to_uppercase());
        Self { rows: vec![headings.collect()] }
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        // A cell is one line: names come from peers.
        let one_line = |cell: String| cell.replace(|c: char| c.is_control(), " ");
        self.rows.push(cells.into_iter().map(one_line).collect());
    }

    pub fn is_empty(&self) -> bool {
        self.rows.len() == 1
    }

    pub fn print(&self) {
        print(format_args!("{self}"));
    }
}

impl std::fmt::Display for TextTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let columns = self.rows.first().map_or(0, Vec::len);
        let width = |column: usize| {
            self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &self.rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(&format!("{cell:width$}  "));
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// Shown where a source states no fee or time: nothing is missing here, and it does not mean
/// "free".
const NOT_STATED: &str = "not stated by its source";

/// The fees of a service in a few words of English; texts of the source stay in its language.
pub fn fees(fees: &[Fee]) -> String {
    if fees.is_empty() {
        return NOT_STATED.into();
    }
    wording::fees(fees, Language::English)
}

/// How long a service takes, in the same way.
pub fn time(time: Option<&ServiceTime>) -> String {
    time.map_or(NOT_STATED.into(), |time| wording::plain_time(time, Language::English))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_control_characters_are_not_printed() {
        let mut table = TextTable::new(["name", "fee"]);
        table.row(["a\u{1b}[31m".into(), "Rp1".into()]);
        assert_eq!(table.to_string(), "NAME    FEE\na [31m  Rp1\n");
    }

    #[test]
    fn where_the_source_names_no_fee_that_is_said() {
        assert!(fees(&[]).contains("not stated by its source"));
    }
}
