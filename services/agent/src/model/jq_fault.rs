//! Faults that jq finds in a program, with line and column.

use jaq_core::{
    compile,
    load::{self, span},
};

use super::{functions::FUNCTIONS, locate::line_and_column};

/// Faults of a program that does not parse.
pub fn of_load(errors: load::Errors<&str, ()>) -> String {
    let mut faults = Vec::new();
    for (file, error) in errors {
        let expected = |at: &str, text: &str| located(file.code, at, &format!("expected {text}"));
        match error {
            load::Error::Io(paths) => {
                faults.extend(paths.iter().map(|(path, error)| format!("{path}: {error}")));
            }
            load::Error::Lex(found) => {
                faults.extend(found.iter().map(|(text, at)| expected(at, text.as_str())));
            }
            load::Error::Parse(found) => {
                faults.extend(found.iter().map(|(text, at)| expected(at, text.as_str())));
            }
        }
    }
    faults.join("; ")
}

/// Names in a program that jq does not know.
pub fn of_compile(errors: compile::Errors<&str, ()>) -> String {
    let named = errors.iter().flat_map(|(file, names)| {
        names.iter().map(|(name, kind)| {
            located(file.code, name, &format!("there is no {} '{name}'", kind.as_str()))
        })
    });
    let own: Vec<_> = FUNCTIONS.iter().map(|helper| helper.name).collect();
    format!(
        "{}; there are nearly all of jq's own filters, and {} (`mpp agent functions`)",
        named.collect::<Vec<_>>().join("; "),
        own.join(", ")
    )
}

/// A fault on one line. Faults repeat the value they stumbled over, which may be a whole record: of
/// a long one the start and the end are shown, which say what went wrong.
pub fn short(fault: &str, longest: usize) -> String {
    let signs: Vec<char> =
        fault.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    if signs.len() <= longest {
        return signs.into_iter().collect();
    }
    let (start, end) = (&signs[..longest * 2 / 3], &signs[signs.len() - longest / 3..]);
    start.iter().chain(&['…']).chain(end).collect()
}

fn located(code: &str, part: &str, fault: &str) -> String {
    let (line, column) = line_and_column(code, span(code, part).start);
    format!("line {line}, column {column}: {fault}")
}
