//! Which column a guess takes for which field.

use super::{columns::Column, field::Field};

/// A column that is taken for a field.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The field that the column is taken for.
    pub field: Field,
    pub(super) column: Column,
    /// Why a person should look at it; `None`: it is sure.
    pub doubt: Option<String>,
}

impl Choice {
    /// The column's name: `data.nama`.
    pub fn column(&self) -> String {
        self.column.name()
    }
}

/// The guess for a catalog: which of its columns are which fields.
#[derive(Clone, Debug, Default)]
pub struct Guess {
    /// The choices, in the order of [`Field::ALL`].
    pub choices: Vec<Choice>,
    /// Columns that no field was found for.
    pub left: Vec<String>,
    /// The offices in the column of units, in order; several if the catalog comes from more than
    /// one.
    pub offices: Vec<String>,
}

impl Guess {
    /// The column of a field.
    pub fn of(&self, field: Field) -> Option<&Choice> {
        self.choices.iter().find(|choice| choice.field == field)
    }
}
