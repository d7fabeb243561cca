//! What jq finds wrong with a program, with line and column.

use jaq_core::{
    compile,
    load::{self, span},
};

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
    named.collect::<Vec<_>>().join("; ")
}

fn located(code: &str, part: &str, fault: &str) -> String {
    let before = code.get(..span(code, part).start).unwrap_or(code);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    format!("line {line}, column {column}: {fault}")
}
