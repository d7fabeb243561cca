//! The heading of a table and the separator of its cells: exports bear titles above the heading,
//! and half of them are separated by semicolons.

use std::collections::HashMap;

use super::lines::TextLine;

/// Lines in which the heading must stand.
pub const LOOKED_AT: usize = 40;

/// Signs that separate cells in exports.
const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];

/// Words above a heading for the list, and for the office that keeps it.
const CALLED: [&str; 8] =
    ["daftar", "data", "rekap", "rekapitulasi", "laporan", "tabel", "lampiran", "dinas"];
const PLACED: [&str; 9] =
    ["kabupaten", "kab.", "kab", "kota", "provinsi", "prov.", "kecamatan", "dinas", "tahun"];

/// How a table is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableStart {
    /// The character between the cells.
    pub separator: char,
    /// Lines above the heading.
    pub above: usize,
}

/// Looks at the first lines of a file.
///
/// # Errors
/// No heading is found, or it has another delimiter than the configured one; it says what is there.
pub fn find(
    lines: &[TextLine],
    configured: Option<char>,
    heading_line: Option<usize>,
) -> Result<TableStart, String> {
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_deref().unwrap_or("")).collect();
    let named = texts.first().and_then(|first| named_separator(first));
    let start = usize::from(named.is_some());
    let below = records(&texts[start..], configured.or(named));
    let separator = named.or(configured).unwrap_or_else(|| likeliest(&below));
    check(&below, separator, configured.is_some() && named.is_none())?;
    let above = match heading_line {
        Some(line) if line > start && line <= texts.len() => line - 1,
        Some(line) => {
            return Err(format!(
                "heading_line = {line}, and the heading must be among the file's first {} lines",
                texts.len().max(1)
            ));
        }
        None => start + heading(&below, separator).ok_or_else(|| none(&texts))?,
    };
    Ok(TableStart { separator, above })
}

/// A row, as far as it is needed to tell a heading.
#[derive(Debug, PartialEq, Eq)]
struct HeadingRow {
    /// Lines above it.
    above: usize,
    /// Its text, with one character in place of each quoted part.
    text: String,
}

impl HeadingRow {
    fn cells(&self, separator: char) -> Vec<&str> {
        self.text.split(separator).map(str::trim).collect()
    }

    fn filled(&self, separator: char) -> usize {
        self.cells(separator).iter().filter(|cell| !cell.is_empty()).count()
    }
}

/// Rows whatever parts them: a cell in quotes may hold lines and any separator, and opens behind
/// one. A quote that is not closed within the lines ends them.
fn records(lines: &[&str], own: Option<char>) -> Vec<HeadingRow> {
    let parts = |sign: char| SEPARATORS.contains(&sign) || Some(sign) == own;
    let mut records = Vec::new();
    let mut open: Option<HeadingRow> = None;
    for (above, line) in lines.iter().enumerate() {
        let was_open = open.is_some();
        let mut record = open.take().unwrap_or(HeadingRow { above, text: String::new() });
        if mask(line, was_open, parts, &mut record.text) {
            open = Some(record);
        } else {
            records.push(record);
        }
    }
    match open {
        // A stray quote in a title holds nothing.
        Some(record) if records.is_empty() && lines.len() > 1 => {
            let first = lines[record.above].replace('"', "");
            let rest = self::records(&lines[record.above + 1..], own).into_iter();
            let rest =
                rest.map(|other| HeadingRow { above: other.above + record.above + 1, ..other });
            [HeadingRow { above: record.above, text: first }].into_iter().chain(rest).collect()
        }
        Some(record) => records.into_iter().chain([record]).collect(),
        None => records,
    }
}

/// Adds a line; true if a quote is open at its end.
fn mask(line: &str, mut quoted: bool, parts: impl Fn(char) -> bool, text: &mut String) -> bool {
    let mut is_start = !quoted;
    let mut signs = line.chars().peekable();
    while let Some(sign) = signs.next() {
        if quoted {
            quoted = sign != '"' || signs.next_if_eq(&'"').is_some();
            continue;
        }
        quoted = sign == '"' && is_start;
        is_start = parts(sign) || (is_start && sign.is_whitespace());
        // A quoted cell counts as filled: an empty one is rare.
        let is_empty = quoted && signs.peek() == Some(&'"');
        if !is_empty {
            text.push(if quoted { '"' } else { sign });
        }
    }
    quoted
}

/// `sep=;`, as spreadsheets write and read it.
fn named_separator(line: &str) -> Option<char> {
    let line = line.trim().trim_matches('"').trim();
    let sign = line.get(..4).filter(|start| start.eq_ignore_ascii_case("sep="))?;
    let mut rest = line[sign.len()..].chars();
    match (rest.next(), rest.next()) {
        (Some(separator), None) => Some(separator),
        // A tab at the end was taken for a blank.
        (None, _) => Some('\t'),
        _ => None,
    }
}

/// The sign by which the most rows have the same number of cells.
fn likeliest(records: &[HeadingRow]) -> char {
    let weighed = SEPARATORS.map(|separator| (weight(records, separator), separator));
    let best = weighed.into_iter().rev().max_by_key(|(weight, _)| *weight);
    best.filter(|((support, _), _)| *support > 0).map_or(',', |(_, separator)| separator)
}

/// How many rows have the commonest number of cells, above one; and that number.
fn weight(records: &[HeadingRow], separator: char) -> (usize, usize) {
    let mut counts = HashMap::new();
    for record in records.iter().filter(|record| !record.text.trim().is_empty()) {
        *counts.entry(record.cells(separator).len()).or_insert(0) += 1;
    }
    let many = counts.into_iter().filter(|(width, _)| *width > 1);
    many.map(|(width, support)| (support, width)).max().unwrap_or((0, 1))
}

fn check(records: &[HeadingRow], separator: char, configured: bool) -> Result<(), String> {
    let other = likeliest(records);
    if !configured || other == separator || weight(records, separator).0 > 0 {
        return Ok(());
    }
    if weight(records, other).0 == 0 {
        return Ok(());
    }
    Err(format!(
        "delimiter = \"{}\", and the rows are parted by \"{}\"; set that, or leave delimiter out",
        separator.escape_default(),
        other.escape_default()
    ))
}

/// The first row that is filled as widely as most rows are, and is no title.
fn heading(records: &[HeadingRow], separator: char) -> Option<usize> {
    let (_, width) = weight(records, separator);
    let least = if width == 1 { 1 } else { (width * 3).div_ceil(5).max(2) };
    let mut wide = records.iter().filter(|record| record.filled(separator) >= least).peekable();
    while let Some(record) = wide.next() {
        let is_title = wide.peek().is_some_and(|next| {
            signs_of_title(&record.cells(separator), &next.cells(separator)) >= 2
        });
        if !is_title {
            return Some(record.above);
        }
    }
    None
}

/// "Daftar layanan, Kabupaten Pacitan, 2026": how a list is called, where, and of when. One of
/// these alone may be a heading's.
fn signs_of_title(cells: &[&str], next: &[&str]) -> usize {
    let words = |cell: &str| cell.to_lowercase().split_whitespace().count();
    let begins = |cell: &str, with: &[&str]| {
        let lower = cell.to_lowercase();
        words(cell) > 1 && lower.split_whitespace().next().is_some_and(|word| with.contains(&word))
    };
    let is_called = cells.first().is_some_and(|cell| begins(cell, &CALLED));
    let is_placed = cells.iter().any(|cell| begins(cell, &PLACED));
    let year = |cell: &str| {
        let last = cell.split_whitespace().last().unwrap_or_default();
        last.len() == 4 && (1990..2100).contains(&last.parse().unwrap_or(0))
    };
    let counts = |cell: &&str| cell.starts_with(|sign: char| sign.is_ascii_digit());
    let is_dated = cells.iter().any(|cell| year(cell)) && !next.iter().any(counts);
    usize::from(is_called) + usize::from(is_placed) + usize::from(is_dated)
}

fn none(lines: &[&str]) -> String {
    if lines.iter().all(|line| line.trim().is_empty()) {
        return "the file is empty; its first row must hold the headings".to_owned();
    }
    format!(
        "no heading is found in the first {} lines; set heading_line and delimiter in [input]",
        lines.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, configured: Option<char>) -> Result<TableStart, String> {
        let line =
            |(number, text): (usize, &str)| TextLine { number: number + 1, text: Ok(text.into()) };
        let lines: Vec<_> = text.lines().enumerate().map(line).collect();
        find(&lines, configured, None)
    }

    #[test]
    fn the_heading_is_found_under_titles_and_behind_any_separator() {
        let found = |text| found(text, None).map(|found| (found.separator, found.above));
        assert_eq!(found("kode,nama\na,b"), Ok((',', 0)));
        assert_eq!(found("kode;nama, lengkap;biaya\na;b, c;d\ne;f;g"), Ok((';', 0)));
        assert_eq!(found("sep=;\nkode;nama\na;b"), Ok((';', 1)));
        assert_eq!(found("\"SEP=|\"\nkode|nama\na|b"), Ok(('|', 1)));
        assert_eq!(found("kode\tnama\tbiaya\na\tb, c\td"), Ok(('\t', 0)));
        let titled = "DAFTAR LAYANAN, KABUPATEN PACITAN;;;\nTahun 2026;;;\n;;;\nkode;nama;biaya;waktu\na;b;c;d\ne;f;g;h";
        assert_eq!(found(titled), Ok((';', 3)));
        assert_eq!(found("Daftar layanan\n\nkode,nama,biaya\na,b,c"), Ok((',', 2)));
        assert_eq!(found("nama\nKTP\nKK"), Ok((',', 0)));
        assert_eq!(
            found("a,b,c\n1,2,3,\n4,5,6,\n7,8,9,"),
            Ok((',', 0)),
            "a torn heading stays one"
        );
        assert!(found("\n\n").is_err());
        let titled = "Daftar layanan, Kabupaten Pacitan, 2026\nkode,nama,syarat\na,Akta,KTP";
        assert_eq!(found(titled), Ok((',', 1)));
        let regions = "kode,nama,Kota Blitar,Kota Malang\na,Akta,ya,tidak";
        assert_eq!(found(regions), Ok((',', 0)), "a heading may name places");
        assert_eq!(found("kode,Data 2025,Data 2026\na,10,12"), Ok((',', 0)));
    }

    #[test]
    fn lines_within_a_cell_are_no_rows_whatever_they_hold() {
        let found = |text: &str| found(text, None).map(|found| (found.separator, found.above));
        let cell = "\"KK asli, fotokopi\nKTP asli, fotokopi\nFoto 3x4, \"\"baru\"\", berwarna\"";
        let text = format!("kode;nama;syarat\na;Akta;{cell}\nb;KK;{cell}\n");
        assert_eq!(found(&text), Ok((';', 0)));
        let titled = format!("Daftar layanan;;\n{text}");
        assert_eq!(found(&titled), Ok((';', 1)));
        let cut = format!("kode;nama;syarat\na;Akta;\"{}", "KK asli, fotokopi\n".repeat(30));
        assert_eq!(found(&cut), Ok((';', 0)), "a cell that goes on beyond what is looked at");
        let several = "\"kode\nlayanan\";nama;\"syarat,\ndokumen\"\na;Akta;KTP\n";
        assert_eq!(found(several), Ok((';', 0)));
        assert_eq!(found("kode,nama\na,pipa 3\" baru\nb,\"x\ny\"\n"), Ok((',', 0)));
    }

    #[test]
    fn a_configured_separator_that_parts_nothing_is_named_with_the_one_that_does() {
        let said = found("kode;nama\na;b\nc;d", Some(',')).expect_err("parted otherwise");
        assert!(said.contains("\",\"") && said.contains("\";\""), "{said}");
        assert_eq!(
            found("sep=;\nkode;nama\na;b", Some(',')).expect("the file says").separator,
            ';'
        );
    }
}
