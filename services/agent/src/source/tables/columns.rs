//! The columns that a heading names, and rows below it that are no records: the heading once more,
//! and one that numbers the columns.

use std::collections::HashMap;

use crate::model::text;

/// The headings as keys, without signs that nobody sees. A column without one is called by its
/// place, so that none is lost.
///
/// # Errors
/// Names a heading that two columns have, even if only its case or its marks differ.
pub fn keys(row: &[String]) -> Result<Vec<String>, String> {
    let mut first: HashMap<String, (String, usize)> = HashMap::new();
    let mut keys = Vec::with_capacity(row.len());
    for (column, heading) in row.iter().enumerate() {
        let mut key = text::squeeze(heading);
        if key.is_empty() {
            key = unnamed(column);
        }
        let letters = Some(letters(&key)).filter(|letters| !letters.is_empty());
        let place = (key.clone(), column + 1);
        if let Some((other, before)) = first.insert(letters.unwrap_or(key.clone()), place) {
            let also = if other == key { "" } else { " (once written otherwise)" };
            return Err(format!(
                "the heading \"{key}\"{also} stands over columns {before} and {}; give each its \
                 own, since only one of them would be read",
                column + 1
            ));
        }
        keys.push(key);
    }
    Ok(keys)
}

/// The key of a column without a heading.
pub fn unnamed(column: usize) -> String {
    format!("column {}", column + 1)
}

/// The first filled cell that stands in a column without a heading, which `is_read` does not name.
/// A number that counts the rows says nothing.
pub fn nameless<'a>(
    cells: &'a [String],
    keys: &[String],
    is_read: impl Fn(&str) -> bool,
) -> Option<(usize, &'a str)> {
    let counts = |column: usize, cell: &str| {
        column == 0 && cell.trim_end_matches(['.', ')']).chars().all(|sign| sign.is_ascii_digit())
    };
    let cells = cells.iter().map(|cell| cell.trim()).zip(keys).enumerate();
    let mut stray = cells.filter(|(column, (cell, key))| {
        !cell.is_empty() && **key == unnamed(*column) && !counts(*column, cell) && !is_read(key)
    });
    stray.next().map(|(column, (cell, _))| (column, cell))
}

/// A heading that comes again among the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// Over the same columns.
    Same,
    /// Over columns in another order: the rows below it are divided differently.
    Moved,
    /// At least half of its cells repeat the heading; the others may be a record's.
    Doubtful,
}

/// Whether a row is the heading once more. A table of what each record needs is ticked by the names
/// of its columns, so that a row is one by its first cell and all others but one.
pub fn again(row: &[String], keys: &[String]) -> Option<Again> {
    let keys: Vec<String> = keys.iter().map(|key| letters(key)).collect();
    let cells: Vec<String> = row.iter().map(|cell| letters(cell)).collect();
    let filled: Vec<_> = cells.iter().zip(&keys).filter(|(cell, _)| !cell.is_empty()).collect();
    let named: Vec<_> = filled.iter().filter(|(cell, _)| keys.contains(cell)).collect();
    if named.len() * 2 < filled.len() || named.len() < keys.len().clamp(1, 2) {
        return None;
    }
    let others = filled.len() - named.len();
    if named.iter().any(|(cell, key)| cell != key) {
        let has_first = keys.first().is_some_and(|first| cells.contains(first));
        return (others < 2 && has_first).then_some(Again::Moved);
    }
    match (others, cells.first() == keys.first()) {
        (0, _) | (1, true) => Some(Again::Same),
        (_, true) => Some(Again::Doubtful),
        (_, false) => None,
    }
}

/// Letters and digits alone: a heading may be written otherwise the second time.
pub fn letters(text: &str) -> String {
    text.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
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

    #[test]
    fn a_heading_that_comes_again_is_known_however_it_is_written() {
        let row = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        let keys = row("Kode,Nama layanan,Syarat,Biaya");
        let again = |text: &str| again(&row(text), &keys);
        for text in [
            "Kode,Nama layanan,Syarat,Biaya",
            "KODE, nama  layanan ,SYARAT:,biaya",
            "Kode,Nama layanan,Syarat,Tarif",
            ",Nama layanan,,Biaya",
        ] {
            assert_eq!(again(text), Some(Again::Same), "{text}");
        }
        assert_eq!(again("Nama layanan,Kode,Syarat,Biaya"), Some(Again::Moved));
        for text in ["a,Akta,KTP,Gratis", "Kode,Akta,KTP,Gratis", "a,Biaya,KTP,", ",,,"] {
            assert_eq!(again(text), None, "{text}");
        }
        assert_eq!(again("Kode,Nama layanan,Rp,Hari"), Some(Again::Doubtful));
        let needs = row("Layanan,KTP,KK,Akta");
        for text in ["Akta kelahiran,KTP,KK,", "Akta,KTP,KK,", "Akta kelahiran,KK,KTP,Akta"] {
            assert_eq!(super::again(&row(text), &needs), None, "{text} is a record");
        }
        assert_eq!(super::again(&row("NAMA"), &row("nama")), Some(Again::Same));
    }

    #[test]
    fn a_doubled_heading_is_named_and_an_empty_one_loses_nothing() {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let said = keys(&row(&["kode", "syarat ", "syarat"])).expect_err("doubled");
        assert!(said.contains("\"syarat\"") && said.contains("columns 2 and 3"), "{said}");
        assert_eq!(keys(&row(&["kode", "", " "])), Ok(row(&["kode", "column 2", "column 3"])));
        assert_eq!(keys(&row(&["Nama\nlayanan", "x"])), Ok(row(&["Nama layanan", "x"])));
        assert_eq!(keys(&row(&["\u{200b}kode\u{200b}", "x"])), Ok(row(&["kode", "x"])), "unseen");
        let said = keys(&row(&["kode", "Syarat", "syarat:"])).expect_err("one of them is lost");
        assert!(said.contains("columns 2 and 3") && said.contains("written otherwise"), "{said}");
        assert_eq!(keys(&row(&["%", "#"])), Ok(row(&["%", "#"])));
        assert!(
            numbers_columns(&row(&["(1)", "2", " 3. "]))
                && !numbers_columns(&row(&["1", "KTP", "3"]))
        );
    }
}
