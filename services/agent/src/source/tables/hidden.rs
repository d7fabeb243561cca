//! Rows and columns that a sheet hides, also by a filter. They are read as all others are, since
//! nobody knows why they are hidden; but whoever looks at the sheet does not see them, so it is
//! told.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{BufReader, Read, Take},
    path::Path,
};

use mpp_core::{Error, FieldCode};
use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};
use zip::ZipArchive;

use crate::model::column_letters::letters;

/// Most columns of a table.
pub const MAX_COLUMNS: usize = 1_000;
/// Most bytes that are read of the lists of sheets.
const LONGEST_LIST: u64 = 1 << 20;

/// What a sheet hides.
#[derive(Clone, Debug, Default)]
pub struct Hidden {
    /// Rows, from 1.
    rows: BTreeSet<usize>,
    /// Columns, from 0.
    columns: BTreeSet<u32>,
}

impl Hidden {
    /// Looks through a sheet of a workbook that was unpacked before. Errors are ignored here: they
    /// are told when the same part is read for its values.
    pub fn look(path: &Path, sheet: &str) -> Self {
        let mut hidden = Self::default();
        let Ok(mut archive) = File::open(path)
            .map_err(drop)
            .and_then(|file| ZipArchive::new(BufReader::new(file)).map_err(drop))
        else {
            return hidden;
        };
        let Some(part) = part_of(&mut archive, sheet) else { return hidden };
        if let Ok(part) = archive.by_name(&part) {
            each_tag(part, |tag| hidden.note(tag));
        }
        hidden
    }

    fn note(&mut self, tag: &BytesStart<'_>) -> Option<()> {
        let is_row = tag.local_name().as_ref() == "row";
        if !is_row && tag.local_name().as_ref() != "col" {
            return None;
        }
        let size = if is_row { "ht" } else { "width" };
        let is_flat = attribute(tag, size).and_then(|size| size.parse::<f64>().ok()) == Some(0.0);
        if !is_flat
            && !attribute(tag, "hidden").is_some_and(|given| given == "1" || given == "true")
        {
            return None;
        }
        let number = |name| attribute(tag, name)?.parse::<u32>().ok();
        if is_row {
            self.rows.insert(number("r")? as usize);
        } else {
            let last = number("max")?.min(MAX_COLUMNS as u32);
            self.columns.extend((number("min")?..=last).map(|column| column.saturating_sub(1)));
        }
        None
    }

    /// The remark on a row.
    pub fn of_row(&self, line: usize) -> Option<Error> {
        let text = "the sheet hides this row, perhaps by a filter, and it was read like the others";
        self.rows.contains(&line).then(|| remark(text.to_owned()))
    }

    /// The remark on the columns under these headings.
    pub fn of_columns(&self, headings: &[String]) -> Option<Error> {
        let named = (0..).zip(headings).filter(|(at, _)| self.columns.contains(at));
        let named: Vec<_> =
            named.map(|(at, heading)| format!("{} ({heading})", letters(at))).collect();
        let text =
            || format!("the sheet hides the columns {}, and they were read", named.join(", "));
        (!named.is_empty()).then(|| remark(text()))
    }
}

fn remark(text: String) -> Error {
    Error::field("row", FieldCode::Hidden, text)
}

/// The part of the archive in which a sheet lies.
fn part_of(archive: &mut ZipArchive<BufReader<File>>, sheet: &str) -> Option<String> {
    let id = find(archive, "xl/workbook.xml", "sheet", ("name", sheet), "id")?;
    let list = "xl/_rels/workbook.xml.rels";
    let target = find(archive, list, "Relationship", ("Id", &id), "Target")?;
    let whole = target.strip_prefix('/').map(str::to_owned);
    Some(whole.unwrap_or_else(|| format!("xl/{target}")))
}

/// The attribute `wanted` of the tag whose attribute is of this value.
fn find(
    archive: &mut ZipArchive<BufReader<File>>,
    part: &str,
    name: &str,
    (key, value): (&str, &str),
    wanted: &str,
) -> Option<String> {
    let part: Take<_> = archive.by_name(part).ok()?.take(LONGEST_LIST);
    each_tag(part, |tag| {
        let is_meant = tag.local_name().as_ref() == name
            && attribute(tag, key).is_some_and(|own| own == value);
        if is_meant { attribute(tag, wanted) } else { None }
    })
}

/// The first tag of which something is found.
fn each_tag<T>(part: impl Read, mut found: impl FnMut(&BytesStart<'_>) -> Option<T>) -> Option<T> {
    let mut reader = Reader::from_reader(BufReader::new(part));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let answer = match reader.read_event_into(&mut buffer).ok()? {
            Event::Start(tag) | Event::Empty(tag) => found(&tag),
            Event::Eof => return None,
            _ => None,
        };
        if answer.is_some() {
            return answer;
        }
    }
}

/// An attribute of this name, whatever its prefix.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut all = tag.attributes().filter_map(Result::ok);
    let own = all.find(|own| own.key.local_name().as_ref() == name)?;
    own.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
}
