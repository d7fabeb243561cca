//! Guesses which column of a new catalog holds which field, by the column's name and contents. Each
//! guess says how sure it is; one that is not sure is told and never passed over in silence.

mod amounts;
mod choice;
mod columns;
mod field;
mod hours;
mod looks;
mod names;
mod places;
mod program;

use serde_json::Value;

pub use choice::{Choice, Guess};
pub use field::Field;
pub use hours::hours;
pub use places::{Above, PlaceKind, places};
pub use program::program;

use columns::{Column, ColumnForm};

/// Fields that are known by their contents alone, if no name speaks of them.
const BY_CONTENTS: [Field; 3] = [Field::Time, Field::Fees, Field::LegalBasis];

/// The score from which on a column is taken for a field.
const ENOUGH: i32 = 14;
/// The score from which on that is sure.
const SURE: i32 = 28;
/// How much better than the next column's its score has to be for that.
const APART: i32 = 4;

/// Guesses from the first records of a catalog.
pub fn guess(records: &[Value]) -> Guess {
    let columns = columns::columns(records);
    let own: Vec<Vec<String>> = columns.iter().map(own_words).collect();
    let own = without_common(own);
    let mut ranked: Vec<(i32, i32, usize, Field)> = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        for (field, _) in Field::ALL {
            let fits = looks::fit(field, column);
            let said = match said(field, column, &own[at]) {
                // A title that reads like English, beside another one.
                0 if field == Field::TitleEn && fits > 0 => said(Field::Title, column, &own[at]),
                said => said,
            };
            if (said > 0 || (BY_CONTENTS.contains(&field) && fits >= 16)) && said + fits >= ENOUGH {
                ranked.push((said + fits, said, at, field));
            }
        }
    }
    ranked.sort_by_key(|(all, ..)| -all);
    let mut guess = choose(&ranked, &columns);
    let id = guess.choices.iter_mut().find(|choice| choice.field == Field::SourceId);
    if let Some(choice) = id
        && let Some(again) = looks::repeated(&choice.column)
    {
        choice.doubt = Some(again);
    }
    let fees = guess.choices.iter_mut().find(|choice| choice.field == Field::Fees);
    if let Some(choice) = fees.filter(|choice| matches!(choice.column.form, ColumnForm::Objects(_)))
        && amounts::parts(&choice.column.items).amount.is_none()
    {
        choice.doubt = Some("which of its keys is the amount is not sure".to_owned());
    }
    let offices = guess.of(Field::Unit).map(|choice| choice.column.examples.clone());
    guess.offices = offices.unwrap_or_default();
    guess.offices.sort_unstable();
    guess.offices.dedup();
    guess
}

fn own_words(column: &Column) -> Vec<String> {
    column.path.last().map(|name| names::words(name)).unwrap_or_default()
}

/// Words that most columns begin with, such as `layanan_nama`, tell nothing.
fn without_common(own: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let common: Vec<String> = own
        .iter()
        .filter_map(|words| words.first())
        .filter(|first| {
            let begin = own.iter().filter(|words| words.len() > 1 && words.first() == Some(*first));
            own.len() > 3 && begin.count() * 2 > own.len()
        })
        .cloned()
        .collect();
    let less = |words: Vec<String>| match words.split_first() {
        Some((first, rest)) if common.contains(first) && !rest.is_empty() => rest.to_vec(),
        _ => words,
    };
    own.into_iter().map(less).collect()
}

fn said(field: Field, column: &Column, own: &[String]) -> i32 {
    let around = &column.path[..column.path.len() - 1];
    let around: Vec<String> = around.iter().flat_map(|name| names::words(name)).collect();
    names::speaks_of(field, own, &around)
}

/// The best first: each column is taken for one field, and each field has one column.
fn choose(ranked: &[(i32, i32, usize, Field)], columns: &[Column]) -> Guess {
    let mut taken: Vec<(Field, usize, Option<String>)> = Vec::new();
    for (score, said, at, field) in ranked {
        if taken.iter().any(|(other, column, _)| other == field || column == at) {
            continue;
        }
        let free = |column: usize| !taken.iter().any(|(_, other, _)| *other == column);
        let rival = ranked.iter().find(|(other_score, _, other, other_field)| {
            other_field == field && other != at && free(*other) && score - other_score < APART
        });
        let doubt = match rival {
            Some((_, _, other, _)) => Some(format!("{} may be it as well", columns[*other].name())),
            None if *said == 0 => Some("known by what it holds, not by its name".to_owned()),
            None if *score < SURE => Some("its name is another's as well".to_owned()),
            None => None,
        };
        taken.push((*field, *at, doubt));
    }
    let choice = |(field, _): (Field, &str)| {
        let (_, at, doubt) = taken.iter().find(|(other, ..)| *other == field)?;
        Some(Choice { field, column: columns[*at].clone(), doubt: doubt.clone() })
    };
    let mut choices: Vec<Choice> = Field::ALL.into_iter().filter_map(choice).collect();
    if !choices.iter().any(|choice| choice.field == Field::Title) {
        // A catalog in English has its titles nowhere else.
        let english = choices.iter_mut().find(|choice| choice.field == Field::TitleEn);
        if let Some(choice) = english {
            choice.field = Field::Title;
            choice.doubt = Some("its titles read like English".to_owned());
        }
    }
    let is_left = |at: &usize| !taken.iter().any(|(_, column, _)| column == at);
    let left = (0..columns.len()).filter(is_left).map(|at| columns[at].name()).collect();
    Guess { choices, left, offices: Vec::new() }
}

#[cfg(test)]
mod tests;
