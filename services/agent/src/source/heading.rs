//! Where the heading of a table stands, and what parts its cells: exports bear titles above it, and
//! half of them are parted by semicolons.

use std::collections::HashMap;

use super::lines::Line;

/// Lines in which the heading must stand.
pub const LOOKED_AT: usize = 40;

/// Signs that part cells in exports.
const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];

/// How a table is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// What parts the cells.
    pub separator: char,
    /// Lines above the heading.
    pub above: usize,
}

/// Looks at the first lines of a file.
///
/// # Errors
/// Says what is there where no heading is found, or where it is parted otherwise than configured.
pub fn find(
    lines: &[Line],
    configured: Option<char>,
    heading_line: Option<usize>,
) -> Result<Found, String> {
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_deref().unwrap_or("")).collect();
    let named = texts.first().and_then(|first| named_separator(first));
    let start = usize::from(named.is_some());
    let below = &texts[start..];
    let separator = named.or(configured).unwrap_or_else(|| likeliest(below));
    check(below, separator, configured.is_some() && named.is_none())?;
    let above = match heading_line {
        Some(line) if line > start && line <= texts.len() => line - 1,
        Some(line) => {
            return Err(format!(
                "heading_line = {line}, and the heading must be among the file's first {} lines",
                texts.len().max(1)
            ));
        }
        None => start + heading(below, separator).ok_or_else(|| none(below))?,
    };
    Ok(Found { separator, above })
}

/// The cells of one line, as far as they are needed to tell a heading: quotes hold separators.
pub fn cells(line: &str, separator: char) -> Vec<String> {
    let mut quoted = false;
    let mut cells = vec![String::new()];
    for sign in line.chars() {
        quoted ^= sign == '"';
        match cells.last_mut() {
            _ if sign == separator && !quoted => cells.push(String::new()),
            Some(cell) => cell.push(sign),
            None => {}
        }
    }
    cells
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

/// The sign by which the most lines have the same number of cells.
fn likeliest(lines: &[&str]) -> char {
    let weighed = SEPARATORS.map(|separator| (weight(lines, separator), separator));
    let best = weighed.into_iter().rev().max_by_key(|(weight, _)| *weight);
    best.filter(|((support, _), _)| *support > 0).map_or(',', |(_, separator)| separator)
}

/// How many lines have the commonest number of cells, above one; and that number.
fn weight(lines: &[&str], separator: char) -> (usize, usize) {
    let mut counts = HashMap::new();
    for line in lines.iter().filter(|line| !line.trim().is_empty()) {
        *counts.entry(cells(line, separator).len()).or_insert(0) += 1;
    }
    let many = counts.into_iter().filter(|(width, _)| *width > 1);
    many.map(|(width, support)| (support, width)).max().unwrap_or((0, 1))
}

fn check(lines: &[&str], separator: char, configured: bool) -> Result<(), String> {
    let other = likeliest(lines);
    if !configured || other == separator || weight(lines, separator).0 > 0 {
        return Ok(());
    }
    if weight(lines, other).0 == 0 {
        return Ok(());
    }
    Err(format!(
        "delimiter = \"{}\", and the rows are parted by \"{}\"; set that, or leave delimiter out",
        separator.escape_default(),
        other.escape_default()
    ))
}

/// The first line that is filled as widely as most rows are.
fn heading(lines: &[&str], separator: char) -> Option<usize> {
    let (_, width) = weight(lines, separator);
    let least = if width == 1 { 1 } else { (width * 3).div_ceil(5).max(2) };
    lines.iter().position(|line| {
        cells(line, separator)
            .iter()
            .filter(|cell| !cell.trim().trim_matches('"').is_empty())
            .count()
            >= least
    })
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

/// The headings as keys. A column without one is called by its place, so that none is lost.
///
/// # Errors
/// Names a heading that two columns have.
pub fn keys(row: &[String]) -> Result<Vec<String>, String> {
    let mut first = HashMap::new();
    let mut keys = Vec::with_capacity(row.len());
    for (column, heading) in row.iter().enumerate() {
        let mut key = heading.split_whitespace().collect::<Vec<_>>().join(" ");
        if key.is_empty() {
            key = format!("column {}", column + 1);
        }
        if let Some(before) = first.insert(key.clone(), column + 1) {
            return Err(format!(
                "the heading \"{key}\" stands over columns {before} and {}; give each its own, \
                 since only one of them would be read",
                column + 1
            ));
        }
        keys.push(key);
    }
    Ok(keys)
}

/// A row that merely numbers its columns: (1), (2), (3).
pub fn numbers_columns(row: &[String]) -> bool {
    row.len() > 2
        && row.iter().enumerate().all(|(column, cell)| {
            cell.trim().trim_matches(['(', ')', '.']).parse() == Ok(column + 1)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, configured: Option<char>) -> Result<Found, String> {
        let line =
            |(number, text): (usize, &str)| Line { number: number + 1, text: Ok(text.into()) };
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

    #[test]
    fn a_doubled_heading_is_named_and_an_empty_one_loses_nothing() {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let said = keys(&row(&["kode", "syarat ", "syarat"])).expect_err("doubled");
        assert!(said.contains("\"syarat\"") && said.contains("columns 2 and 3"), "{said}");
        assert_eq!(keys(&row(&["kode", "", " "])), Ok(row(&["kode", "column 2", "column 3"])));
        assert_eq!(keys(&row(&["Nama\nlayanan", "x"])), Ok(row(&["Nama layanan", "x"])));
        assert!(
            numbers_columns(&row(&["(1)", "2", " 3. "]))
                && !numbers_columns(&row(&["1", "KTP", "3"]))
        );
    }
}
