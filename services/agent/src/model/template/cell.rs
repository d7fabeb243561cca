//! A cell of the template as its column's mapping reads it.

use mpp_core::{FieldCode, FieldViolation};
use mpp_form::screen::is_error_value;

use super::{
    column::{CellForm, Choice, Column},
    names::is_example,
};

/// The sign between the parts of an entry.
const PART: char = '|';

impl Column {
    /// The cell's text for the mapping.
    ///
    /// # Errors
    /// It cannot be what the column is for; says what can.
    pub fn read(&self, cell: String) -> Result<String, FieldViolation> {
        if is_error_value(&cell) {
            return Ok(cell); // Refused as in any other sheet.
        }
        if self.key == "kode" && is_example(&cell) {
            let text = "this row is the template's example, and no service; take it out";
            return Err(self.fault(FieldCode::NotAllowed, text));
        }
        if is_day(cell.trim())
            && !matches!(self.form, CellForm::Time | CellForm::Fees | CellForm::Choice(_))
        {
            return Err(self.fault(FieldCode::Format, of_calendar(&cell, "3-5")));
        }
        match self.form {
            CellForm::Choice(choices) => self.choose(&cell, choices),
            CellForm::Parts(most) => self.parts(cell, most),
            CellForm::Time => self.time(cell),
            CellForm::Fees => self.fees(cell).and_then(|cell| self.parts(cell, 2)),
            CellForm::Text | CellForm::Lines | CellForm::Way => Ok(cell),
        }
    }

    fn choose(&self, cell: &str, choices: &[Choice]) -> Result<String, FieldViolation> {
        if cell.trim().is_empty() {
            return Ok(String::new());
        }
        let is_said = |choice: &&Choice| choice.words.is(cell) || choice.value == cell.trim();
        if let Some(choice) = choices.iter().find(is_said) {
            return Ok(choice.value.to_owned());
        }
        let known: Vec<_> = choices.iter().map(|choice| choice.words.0).collect();
        let text = format!("\"{}\" is none of: {}", start(cell), known.join(", "));
        Err(self.fault(FieldCode::UnknownValue, text))
    }

    fn parts(&self, cell: String, most: usize) -> Result<String, FieldViolation> {
        match cell.lines().find(|line| line.matches(PART).count() >= most) {
            None => Ok(cell),
            Some(line) => {
                let text = format!(
                    "\"{}\" has more than {most} parts with {PART} between them; give each entry a \
                     line of its own",
                    start(line)
                );
                Err(self.fault(FieldCode::Format, text))
            }
        }
    }

    fn time(&self, cell: String) -> Result<String, FieldViolation> {
        if is_day(cell.trim()) || is_clock(cell.trim()) {
            return Err(self.fault(FieldCode::Format, of_calendar(&cell, "3 - 5 hari kerja")));
        }
        if !cell.trim().is_empty() && cell.trim().bytes().all(|sign| sign.is_ascii_digit()) {
            let text = format!("{} of what? Write its unit, such as \"3 hari kerja\"", cell.trim());
            return Err(self.fault(FieldCode::Format, text));
        }
        Ok(cell)
    }

    fn fees(&self, cell: String) -> Result<String, FieldViolation> {
        if is_day(cell.trim()) {
            return Err(self.fault(FieldCode::Format, of_calendar(&cell, "Rp 5.000")));
        }
        let lacks_fee = |line: &&str| {
            let parts = line.split_once(PART);
            parts.is_some_and(|(fee, label)| fee.trim().is_empty() && !label.trim().is_empty())
        };
        if let Some(line) = cell.lines().find(lacks_fee) {
            let text = format!(
                "\"{}\" says what a fee is for and not how much it is; write it before {PART}, such \
                 as \"Rp 5.000 {PART} per lembar\"",
                start(line)
            );
            return Err(self.fault(FieldCode::Format, text));
        }
        Ok(cell)
    }

    fn fault(&self, code: FieldCode, description: impl Into<String>) -> FieldViolation {
        FieldViolation { field: self.path.to_owned(), description: description.into(), code }
    }
}

/// The program that the office uses has made a date of what was typed.
fn of_calendar(cell: &str, instead: &str) -> String {
    format!(
        "it holds the date or time of day {}, perhaps made of what was typed; format the cell as \
         text and write it again, such as \"{instead}\"",
        cell.trim()
    )
}

/// "2026-05-03", "2026-05-03 08:00": how a date of a sheet reads.
fn is_day(text: &str) -> bool {
    let shape: String =
        text.chars().map(|sign| if sign.is_ascii_digit() { '0' } else { sign }).collect();
    shape.starts_with("0000-00-00") && shape.chars().all(|sign| "0-: T".contains(sign))
}

/// "08:00": how a time of day reads.
fn is_clock(text: &str) -> bool {
    let digits = |part: &str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|sign| sign.is_ascii_digit())
    };
    text.contains(':') && text.split(':').all(digits)
}

fn start(text: &str) -> String {
    text.trim().chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use crate::model::template::columns;

    fn read(key: &str, cell: &str) -> Result<String, String> {
        let column = columns().find(|column| column.key == key).expect("a column");
        column.read(cell.to_owned()).map_err(|fault| format!("{}", fault.code))
    }

    #[test]
    fn a_closed_choice_is_read_in_either_language_and_nothing_else() {
        for (cell, value) in [
            ("Aktif", "STATE_ACTIVE"),
            (" tidak  AKTIF ", "STATE_INACTIVE"),
            ("Inactive", "STATE_INACTIVE"),
            ("", ""),
        ] {
            assert_eq!(read("status", cell), Ok(value.to_owned()), "{cell}");
        }
        assert_eq!(read("status", "libur"), Err("UNKNOWN_VALUE".to_owned()));
        assert_eq!(read("risiko", "Menengah tinggi").as_deref(), Ok("RISK_MEDIUM_HIGH"));
        assert_eq!(read("status", "#REF!").as_deref(), Ok("#REF!"), "told as in any sheet");
    }

    #[test]
    fn what_a_sheet_has_made_a_date_of_is_no_time_and_no_fee() {
        for (key, cell) in [
            ("waktu", "2026-05-03"),
            ("waktu", "08:00"),
            ("waktu", "36:00"),
            ("waktu", "3"),
            ("biaya", "2026-05-03 08:00"),
        ] {
            assert_eq!(read(key, cell), Err("FORMAT".to_owned()), "{cell}");
        }
        for (key, cell) in [("waktu", "3 hari kerja"), ("waktu", ""), ("biaya", "50000")] {
            assert_eq!(read(key, cell).as_deref(), Ok(cell));
        }
    }

    #[test]
    fn an_entry_has_no_more_parts_than_its_column() {
        assert!(read("syarat", "KTP | jika dikuasakan | units/a/services/ktp\nKK").is_ok());
        assert_eq!(read("syarat", "KTP\na | b | c | d"), Err("FORMAT".to_owned()));
        assert_eq!(read("formulir", "F-1 | https://a.id | x"), Err("FORMAT".to_owned()));
        for (cell, is_taken) in
            [("Rp 5.000 | cetak", true), ("Rp 5.000\n | cetak", false), (" | ", true)]
        {
            assert_eq!(read("biaya", cell).is_ok(), is_taken, "{cell}");
        }
        assert_eq!(read("kode", "Contoh-KTP-el-baru "), Err("NOT_ALLOWED".to_owned()));
    }
}
