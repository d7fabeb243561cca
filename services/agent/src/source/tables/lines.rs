//! A file as lines of text, in whatever encoding it was saved. Memory is bounded: a line that is
//! too long is passed over and told.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;

use crate::source::fault::Fault;

/// Bytes from which the form of a file is told.
const SNIFFED: usize = 512;

/// The setting that leads to a file.
pub const HOW_TO_FIND: &str = "see path in [input]";
/// How to save a file so that it can be read.
const HOW_TO_SAVE: &str = "save it as \"CSV UTF-8\", or name the encoding in the agent's file, such \
                           as encoding = \"windows-1252\"";

/// A line without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextLine {
    /// Counted from 1, as an editor does.
    pub number: usize,
    /// The text, or why it cannot be read.
    pub text: Result<String, String>,
}

/// The lines of a file, one after the other.
pub struct Lines {
    reader: Box<dyn BufRead>,
    encoding: &'static Encoding,
    longest: usize,
    number: usize,
    /// The last line has no end.
    open: bool,
}

impl Lines {
    /// Opens a file. `encoding` is the configured one; a mark at the start of the file goes before.
    ///
    /// # Errors
    /// There is no such file, or it is no text.
    pub fn open(
        path: &Path,
        encoding: Option<&'static Encoding>,
        longest: usize,
    ) -> Result<Self, Fault> {
        let place = path.display().to_string();
        let file = File::open(path);
        let file =
            file.map_err(|error| Fault::unreachable(&place, format!("{error}; {HOW_TO_FIND}")))?;
        Self::of(Box::new(file), encoding, longest, &place)
    }

    /// Like [`Self::open`], of anything that can be read.
    pub fn of(
        file: Box<dyn Read>,
        encoding: Option<&'static Encoding>,
        longest: usize,
        place: &str,
    ) -> Result<Self, Fault> {
        let mut reader = BufReader::with_capacity(64 * 1024, file);
        let start = reader.fill_buf().map_err(|error| Fault::unreachable(place, error))?;
        let start = &start[..start.len().min(SNIFFED)];
        let marked = Encoding::for_bom(start);
        let chosen = marked.map(|(encoding, _)| encoding).or(encoding).unwrap_or(UTF_8);
        let is_wide = chosen == UTF_16LE || chosen == UTF_16BE;
        if let Some(other) = other_form(start, is_wide) {
            return Err(Fault::unreadable(place, other));
        }
        let mark = marked.map_or(0, |(_, length)| length);
        reader.consume(mark);
        let reader: Box<dyn BufRead> = if is_wide {
            let decoded = DecodeReaderBytesBuilder::new().encoding(Some(chosen)).build(reader);
            Box::new(BufReader::new(decoded))
        } else {
            Box::new(reader)
        };
        let encoding = if is_wide { UTF_8 } else { chosen };
        Ok(Self { reader, encoding, longest, number: 0, open: false })
    }

    /// The next line; `None` after the last.
    ///
    /// # Errors
    /// The file cannot be read on.
    pub fn next(&mut self) -> io::Result<Option<TextLine>> {
        let mut bytes = Vec::new();
        let mut length = 0;
        let ended = loop {
            let (taken, ended) = self.take_buffered(&mut bytes)?;
            length += taken;
            if ended || taken == 0 {
                break ended;
            }
        };
        if length == 0 && !ended {
            return Ok(None);
        }
        self.number += 1;
        self.open = !ended;
        let text = if length > self.longest {
            Err(format!("the line is longer than {} bytes", self.longest))
        } else {
            decode(&bytes, self.encoding)
        };
        Ok(Some(TextLine { number: self.number, text }))
    }

    /// True once the last line was read and has no end.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Takes the buffered bytes up to the line's end; answers how many, and whether the end was
    /// found.
    fn take_buffered(&mut self, bytes: &mut Vec<u8>) -> io::Result<(usize, bool)> {
        let buffer = self.reader.fill_buf()?;
        let end = buffer.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let taken = end.unwrap_or(buffer.len());
        let room = (self.longest + 1).saturating_sub(bytes.len());
        bytes.extend_from_slice(&buffer[..taken.min(room)]);
        let is_return = end.is_some_and(|end| buffer[end] == b'\r');
        self.reader.consume(taken + usize::from(end.is_some()));
        if is_return && self.reader.fill_buf()?.first() == Some(&b'\n') {
            self.reader.consume(1);
        }
        Ok((taken, end.is_some()))
    }
}

/// A file that is no text of rows, and what to do with it.
fn other_form(start: &[u8], is_wide: bool) -> Option<String> {
    let zeros = start.iter().filter(|byte| **byte == 0).count();
    let text = String::from_utf8_lossy(start);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let found = if start.starts_with(b"PK\x03\x04") {
        "this is a workbook; for .xlsx set type = \"xlsx\" in [input], else save it as \"CSV UTF-8\""
    } else if start.starts_with(b"\xd0\xcf\x11\xe0") {
        "this is an old workbook (.xls); open it and save it as .xlsx or as \"CSV UTF-8\""
    } else if start.starts_with(b"%PDF") {
        "this is a PDF; ask for the table itself, as CSV"
    } else if text.starts_with("<!")
        || text.to_lowercase().starts_with("<html")
        || text.starts_with("<table")
    {
        "this is an HTML page and no CSV; was a login page saved, or a web page as .xls?"
    } else if text.starts_with("{\"") || text.starts_with("[{") {
        "this is JSON; set type = \"json\" in [input]"
    } else if !is_wide && zeros * 4 > start.len() {
        "every other byte of the file is zero, as in UTF-16; set encoding = \"utf-16le\", or save it as \"CSV UTF-8\""
    } else if let Some(at) = start.iter().position(|byte| *byte == 0).filter(|_| !is_wide) {
        let line = start[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        return Some(format!("line {line} holds a zero byte, and no text does; export it again"));
    } else {
        return None;
    };
    Some(found.to_owned())
}

/// Text that was damaged before it came here is refused, too: what it was is not known.
fn decode(bytes: &[u8], encoding: &'static Encoding) -> Result<String, String> {
    let as_utf8 = std::str::from_utf8(bytes);
    if encoding != UTF_8 && as_utf8.is_ok() && !bytes.is_ascii() {
        return Err(format!("the line is UTF-8 and not {}; leave `encoding` out", encoding.name()));
    }
    let (text, damaged) = encoding.decode_without_bom_handling(bytes);
    if damaged && encoding == UTF_8 {
        let at = as_utf8.err().map_or(0, |error| error.valid_up_to()) + 1;
        return Err(format!("the line is not UTF-8, from its byte {at} on; {HOW_TO_SAVE}"));
    }
    if damaged || text.contains('\u{fffd}') {
        let text = "the line holds a sign that stands for lost text (U+FFFD); export it again, and";
        return Err(format!("{text} {HOW_TO_SAVE}"));
    }
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use encoding_rs::WINDOWS_1252;

    use super::*;

    fn lines(bytes: &[u8], encoding: Option<&'static Encoding>) -> Vec<TextLine> {
        let bytes = bytes.to_vec();
        let mut lines =
            Lines::of(Box::new(io::Cursor::new(bytes)), encoding, 40, "x").expect("text");
        std::iter::from_fn(|| lines.next().expect("read")).collect()
    }

    fn texts(bytes: &[u8], encoding: Option<&'static Encoding>) -> Vec<String> {
        lines(bytes, encoding).into_iter().map(|line| line.text.expect("text")).collect()
    }

    #[test]
    fn lines_end_as_in_any_editor() {
        assert_eq!(texts(b"a\r\nb\n\nc\rd", None), ["a", "b", "", "c", "d"]);
        assert_eq!(texts(b"a\n", None), ["a"]);
        assert_eq!(texts(b"", None), Vec::<String>::new());
        assert_eq!(lines(b"a\r\nb", None)[1].number, 2);
    }

    #[test]
    fn marks_and_configured_encodings_are_read() {
        assert_eq!(texts(b"\xef\xbb\xbfkode", None), ["kode"]);
        let wide = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "\u{feff}kode\nPékan\n".encode_utf16().flat_map(bytes).collect()
        };
        assert_eq!(texts(&wide(u16::to_le_bytes), None), ["kode", "Pékan"]);
        assert_eq!(texts(&wide(u16::to_be_bytes), None), ["kode", "Pékan"]);
        assert_eq!(texts(b"P\xe9kan \x96 baru", Some(WINDOWS_1252)), ["Pékan – baru"]);
    }

    #[test]
    fn what_was_saved_otherwise_says_how_to_save_it() {
        let said = lines(b"ok\nP\xe9kan\nok", None);
        let why = said[1].text.as_ref().expect_err("not UTF-8");
        assert!(why.contains("byte 2") && why.contains("CSV UTF-8"), "{why}");
        assert!(said[2].text.is_ok(), "the next line goes on");
        let why = lines("Pékan".as_bytes(), Some(WINDOWS_1252))[0].text.clone();
        assert!(why.expect_err("UTF-8").contains("leave `encoding` out"));
        assert!(lines("P\u{fffd}kan".as_bytes(), None)[0].text.is_err(), "it is lost already");
        let other = |bytes: &'static [u8]| {
            let read = Lines::of(Box::new(bytes), None, 40, "x.csv");
            read.err().expect("no text").error.message().to_owned()
        };
        assert!(other(b"PK\x03\x04rest").contains("workbook"));
        assert!(other(b"\n<!DOCTYPE html>").contains("HTML"));
        assert!(other(b"[{\"a\":1}]").contains("JSON"));
        assert!(other(b"k\0o\0d\0e\0").contains("utf-16le"));
        let said = other(b"kode,nama\na,Akta\0\n");
        assert!(said.contains("line 2 holds a zero byte") && !said.contains("utf-16"), "{said}");
    }

    #[test]
    fn a_line_that_goes_on_too_long_is_told_and_passed_over() {
        let endless = io::repeat(b'x').take(1 << 20);
        let mut lines = Lines::of(Box::new(endless), None, 40, "x").expect("text");
        assert!(lines.next().expect("read").expect("a line").text.is_err());
        assert_eq!(lines.next().expect("read"), None);
    }
}
