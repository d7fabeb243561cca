//! Where the columns of the template stand in a workbook that was filled in.

use super::{column::Column, columns::columns};
use crate::model::column_letters::letters;

/// The columns as they stand in a sheet, which may be in another order.
#[derive(Debug)]
pub struct Layout {
    /// The sheet's name.
    pub sheet: String,
    /// Each column, and its heading as it stands there.
    columns: Vec<(&'static Column, String)>,
}

impl Layout {
    /// Reads the row of headings.
    ///
    /// # Errors
    /// Names each heading that is missing, stands twice, or does not belong to the template.
    pub fn of(sheet: &str, headings: &[String]) -> Result<Self, String> {
        let mut layout = Self { sheet: sheet.to_owned(), columns: Vec::new() };
        let mut faults = Vec::new();
        for (at, heading) in (0..).zip(headings) {
            match columns().find(|column| column.heading.is(heading)) {
                Some(column) if layout.has(column) => {
                    faults.push(format!("column {}: \"{heading}\" stands twice", letters(at)));
                }
                Some(column) => layout.columns.push((column, heading.trim().to_owned())),
                None => faults.push(format!(
                    "column {}: \"{}\" is no heading of the template; take the column out",
                    letters(at),
                    heading.trim()
                )),
            }
        }
        let missing = columns().filter(|column| !layout.has(column));
        let missing: Vec<_> = missing.map(|column| column.heading.0).collect();
        if !missing.is_empty() {
            faults.push(format!("there is no column \"{}\"", missing.join("\", \"")));
        }
        if faults.is_empty() { Ok(layout) } else { Err(faults.join("; ")) }
    }

    fn has(&self, column: &Column) -> bool {
        self.columns.iter().any(|(own, _)| own.key == column.key)
    }

    /// The columns, from left to right.
    pub fn columns(&self) -> impl Iterator<Item = &'static Column> {
        self.columns.iter().map(|(column, _)| *column)
    }

    /// The keys under which the mapping reads the columns, from left to right.
    pub fn keys(&self) -> Vec<String> {
        self.columns().map(|column| column.key.to_owned()).collect()
    }

    /// True for a row that repeats the headings.
    pub fn is_heading(&self, cells: &[String]) -> bool {
        let mut filled = cells.iter().zip(&self.columns).filter(|(cell, _)| !cell.is_empty());
        let is_own = |(cell, (column, _)): (&String, &(&Column, String))| column.heading.is(cell);
        cells.iter().any(|cell| !cell.is_empty()) && filled.all(is_own)
    }

    /// The columns that a message is about, each by its letters and its heading.
    pub fn named(&self, is_meant: impl Fn(&str, &Column) -> bool) -> Vec<(String, String)> {
        let placed = (0..).zip(&self.columns).map(|(at, column)| (letters(at), column));
        let meant = placed.filter(|(letters, (column, _))| is_meant(letters, column));
        meant.map(|(letters, (_, heading))| (letters, heading.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::template::Lang;

    fn headings(lang: Lang) -> Vec<String> {
        columns().map(|column| column.heading.of(lang).to_owned()).collect()
    }

    #[test]
    fn headings_are_known_in_any_order_and_in_either_language() {
        let mut row = headings(Lang::En);
        row.reverse();
        row[0] = format!(" {}* ", row[0].to_uppercase());
        let layout = Layout::of("Services", &row).expect("all are there");
        assert_eq!(layout.keys().last().map(String::as_str), Some("kode"));
        assert!(layout.is_heading(&row));
        assert!(!layout.is_heading(&vec![String::new(); row.len()]));
    }

    #[test]
    fn what_is_missing_doubled_or_unknown_is_named_with_its_column() {
        let mut row = headings(Lang::Id);
        row[0] = "Nama layanan".into();
        row.push("Warna".into());
        let said = Layout::of("Layanan", &row).expect_err("three faults");
        assert!(said.contains("column C: \"Nama layanan\" stands twice"), "{said}");
        assert!(said.contains("\"Warna\" is no heading"), "{said}");
        assert!(said.contains("there is no column \"Kode\""), "{said}");
    }
}
