//! A problem by sheet, row and column, so that whoever filled the template in finds the cell.

use mpp_core::FieldCode;
use mpp_form::record::is_place;

use super::{column::Column, layout::Layout};
use crate::model::{going::NOT_TOLD, problem::Problem};

/// A problem and where it stands in the workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The sheet and the row; none for what is not in the workbook.
    pub row: Option<(String, u32)>,
    /// The columns that it is about, by letters and heading; none if it is about the row.
    pub columns: Vec<(String, String)>,
    /// The record's code, if it is known.
    pub id: String,
    /// What is wrong, and how to mend it.
    pub message: String,
    /// The way out.
    pub way_out: String,
    /// A stable code of the problem, for programs.
    pub code: String,
    /// True if the record itself is taken.
    pub is_remark: bool,
    /// True if the registry has said it of the record, or would say it: the record is sent.
    pub is_answer: bool,
}

impl Placed {
    /// Finds the place of a problem.
    pub fn of(problem: &Problem, layout: &Layout) -> Self {
        let (place, id) = match problem.record.split_once(" (") {
            Some((place, id)) => (place, id.trim_end_matches(')')),
            None => (problem.record.as_str(), ""),
        };
        let row = place.rsplit_once("', row ").and_then(|(_, row)| row.parse().ok());
        let is_meant = |letters: &str, column: &Column| is_about(problem, letters, column);
        let columns = if row.is_some() { layout.named(is_meant) } else { Vec::new() };
        Self {
            row: row.map(|row| (layout.sheet.clone(), row)),
            columns,
            id: id.to_owned(),
            message: said(problem, layout),
            way_out: way_out(problem),
            code: problem.code.clone(),
            is_remark: problem.is_remark(),
            // What never reached the registry names its field in the message.
            is_answer: !problem.field.is_empty(),
        }
    }

    /// "Layanan, row 7, column F (Biaya)"; empty for what is not in the workbook.
    pub fn place(&self) -> String {
        let Some((sheet, row)) = &self.row else { return String::new() };
        let columns =
            self.columns.iter().map(|(letters, heading)| format!("{letters} ({heading})"));
        let columns: Vec<_> = columns.collect();
        match columns.as_slice() {
            [] => format!("{sheet}, row {row}"),
            [one] => format!("{sheet}, row {row}, column {one}"),
            several => format!("{sheet}, row {row}, columns {}", several.join(", ")),
        }
    }
}

/// The message without the fields that the columns stand for, and without an agent's commands.
fn said(problem: &Problem, layout: &Layout) -> String {
    if is(problem, FieldCode::Gone) && problem.record.starts_with("gone") {
        return "it is no longer in the workbook, and the index still has it".to_owned();
    }
    let message = problem.message.strip_prefix("row: ").unwrap_or(&problem.message);
    layout.columns().fold(message.to_owned(), |text, column| {
        let text = text.replace(&format!("{}: ", column.path), "");
        text.strip_prefix(&format!("{}: ", column.key)).map_or(text.clone(), str::to_owned)
    })
}

/// The way out, for whoever fills in a workbook.
fn way_out(problem: &Problem) -> String {
    let id = problem.id().unwrap_or_default();
    let text = match () {
        () if is(problem, FieldCode::Suspicious) && id.is_empty() => {
            "Take the row out; where it is a service, give it a code, and upload it again."
                .to_owned()
        }
        () if is(problem, FieldCode::Suspicious) => format!(
            "A person has to look at it. Take the row out where it is no service; where it is one, \
             release it with the upload: --release {id}"
        ),
        () if is(problem, FieldCode::Gone) && !is_place(id) => format!(
            "Put it back; where another configuration of the source sends it, leave it; where it is \
             no longer offered, withdraw it for good with the upload: --withdraw {id}"
        ),
        () if is(problem, FieldCode::NotAllowed) && problem.message.contains(NOT_TOLD) => {
            "Upload it again with --withdraw CODE for each that is to go, and for no other."
                .to_owned()
        }
        () if is(problem, FieldCode::ErrorValue) => {
            "Write the value itself into the cell, or mend its formula.".to_owned()
        }
        () if is(problem, FieldCode::Unreadable) => {
            "Mend the cell, and upload it again.".to_owned()
        }
        () => problem.advice(),
    };
    text.replace("mpp agent run CONFIG ", "mpp upload FILE ")
}

fn is(problem: &Problem, code: FieldCode) -> bool {
    problem.code == code.as_str()
}

/// True if a problem names the field that a column fills, its key, or the column itself.
fn is_about(problem: &Problem, letters: &str, column: &Column) -> bool {
    let Problem { field, message, .. } = problem;
    let goes_on = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[', ':']);
    let begins = |text: &str| {
        [column.path, column.key].iter().any(|name| text.strip_prefix(name).is_some_and(goes_on))
    };
    begins(field)
        || message.split("; ").any(begins)
        || message.contains(&format!("column {letters}: "))
        || message.contains(&format!("{} is empty", column.key))
}

#[cfg(test)]
mod tests {
    use mpp_core::Error;

    use super::*;
    use crate::model::template::columns;

    fn layout() -> Layout {
        let headings: Vec<_> = columns().map(|column| column.heading.0.to_owned()).collect();
        Layout::of("Layanan", &headings).expect("all are there")
    }

    fn place(field: &str, message: &str) -> String {
        let error = Error::field("row", FieldCode::Format, "x");
        let problem = Problem::unsent("sheet 'Layanan', row 7", "ktp", &error);
        let problem = Problem { field: field.into(), message: message.into(), ..problem };
        let placed = Placed::of(&problem, &layout());
        assert_eq!(
            (placed.row.as_ref().map(|(_, row)| *row), placed.id.as_str()),
            (Some(7), "ktp")
        );
        placed.place()
    }

    #[test]
    fn a_problem_names_sheet_row_column_and_heading() {
        assert_eq!(place("service.title.id", "x"), "Layanan, row 7, column C (Nama layanan)");
        assert_eq!(place("", "service.state: x"), "Layanan, row 7, column G (Status)");
        let two = place("", "service.state: x; service.time: y");
        assert_eq!(two, "Layanan, row 7, columns G (Status), L (Jangka waktu)");
        assert_eq!(place("", "row: column A: struck"), "Layanan, row 7, column A (Kode)");
        assert_eq!(place("", "mapping: kode is empty, so"), "Layanan, row 7, column A (Kode)");
        assert_eq!(place("", "row: a trial"), "Layanan, row 7");
    }

    #[test]
    fn what_is_not_in_the_workbook_has_no_row() {
        let problem =
            Problem::gone("ktp", "units/a/services/ktp", &crate::model::going::Going::Never);
        let placed = Placed::of(&problem, &layout());
        assert_eq!((placed.row.as_ref(), placed.id.as_str()), (None, "ktp"));
        assert!(placed.is_remark && !placed.message.contains("agent"), "{placed:?}");
        assert!(placed.way_out.ends_with("--withdraw ktp"), "{}", placed.way_out);
    }
}
