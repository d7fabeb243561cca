//! The kinds of cells in the columns of a table. They tell where a second table begins whose
//! heading has other names: a row of words like headings, and then columns of other kinds.

/// Rows by which a column's kind is known.
const ENOUGH: usize = 3;
/// Most words of a heading.
const LONGEST: usize = 4;

/// Counts for each column in how many rows it was filled and in how many it held a digit.
#[derive(Default)]
pub struct Kinds {
    columns: Vec<(usize, usize)>,
}

impl Kinds {
    /// Takes up a row.
    pub fn see(&mut self, cells: &[String]) {
        self.columns.resize(self.columns.len().max(cells.len()), (0, 0));
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.0 += usize::from(!cell.trim().is_empty());
            column.1 += usize::from(has_digit(cell));
        }
    }

    /// How many cells are of another kind than their column: a number in one of words, or words in
    /// one of numbers.
    pub fn against(&self, cells: &[String]) -> usize {
        let differs = |((filled, digits), cell): (&(usize, usize), &String)| {
            let (of_numbers, of_words) = (digits * 5 >= filled * 4, digits * 5 <= *filled);
            let is_known = *filled >= ENOUGH && !cell.trim().is_empty();
            is_known && if has_digit(cell) { of_words } else { of_numbers }
        };
        self.columns.iter().zip(cells).filter(|pair| differs(*pair)).count()
    }
}

/// A row in which every column has a name of its own: few words, no digit.
pub fn may_be_heading(cells: &[String]) -> bool {
    let names: Vec<&str> =
        cells.iter().map(|cell| cell.trim()).filter(|cell| is_name(cell)).collect();
    let mut own = names.clone();
    own.sort_unstable();
    own.dedup();
    cells.len() > 2 && own.len() == cells.len()
}

/// True for a text that may name a column.
pub fn is_name(cell: &str) -> bool {
    !cell.is_empty() && !has_digit(cell) && cell.split_whitespace().count() <= LONGEST
}

fn has_digit(cell: &str) -> bool {
    cell.contains(|sign: char| sign.is_ascii_digit())
}
