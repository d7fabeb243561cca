//! How the rows of a table usually look. It tells whether a line inside a cell is really a row that
//! a stray quote has swallowed.

use std::collections::HashSet;

/// Forms of ids that are kept.
const FORMS: usize = 64;
/// Signs of a form that count.
const LONGEST: usize = 32;

/// The features that the rows so far had in common.
#[derive(Default)]
pub struct Habit {
    separators: usize,
    /// Separators behind which a blank stands, as in prose.
    spaced: usize,
    /// Forms of the values in the first column, such as "A-0" for "K-12".
    ids: HashSet<String>,
}

impl Habit {
    /// Takes up how a row is divided.
    pub fn see_separators(&mut self, all: usize, spaced: usize) {
        self.separators += all;
        self.spaced += spaced;
    }

    /// Takes up which id a row has.
    pub fn see_id(&mut self, cells: &[String]) {
        let form = cells.first().map(|cell| form(cell)).unwrap_or_default();
        // A mere word is the form of half of all prose.
        if form.contains('0') && self.ids.len() < FORMS {
            self.ids.insert(form);
        }
    }

    /// True if a line of a cell looks like a row: one is enough.
    pub fn has_swallowed(&self, cells: &[String], separator: char) -> bool {
        let columns = cells.len();
        if columns < 2 {
            // Nothing tells a row from a line of the only cell.
            return true;
        }
        cells.iter().enumerate().any(|(before, cell)| {
            let lines: Vec<&str> = cell.split('\n').collect();
            let [first, whole @ .., last] = lines.as_slice() else { return false };
            whole.iter().any(|line| self.is_row(line, separator, columns))
                || self.has_id(last, separator, before.min(1))
                || self.are_ends(first, last, separator, (before, columns - 1 - before))
        })
    }

    /// A line by itself: about as many cells as the table has columns, or an id at its start.
    fn is_row(&self, line: &str, separator: char, columns: usize) -> bool {
        let parts = count(line, separator);
        let enough = columns - 1 - columns / 5;
        (parts >= enough && self.is_parted(line, separator)) || self.has_id(line, separator, 1)
    }

    /// The rest of the row in which a quote opened, and the start of the one in which it closed.
    fn are_ends(&self, first: &str, last: &str, separator: char, around: (usize, usize)) -> bool {
        let (before, after) = around;
        let (left, right) = (count(first, separator), count(last, separator));
        left + right > 0
            && left >= after
            && right >= before
            && [first, last].iter().any(|line| self.is_parted(line, separator))
    }

    /// In prose a comma is followed by a blank; in some tables, too.
    fn is_parted(&self, line: &str, separator: char) -> bool {
        self.spaced * 2 > self.separators
            || line.split(separator).skip(1).any(|part| !part.starts_with(' '))
    }

    fn has_id(&self, line: &str, separator: char, least: usize) -> bool {
        let Some((id, rest)) = line.split_once(separator) else { return false };
        let form = form(id);
        // "1,5 meter" is a number.
        let is_decimal = form == "0" && rest.starts_with(|sign: char| sign.is_ascii_digit());
        least > 0 && !is_decimal && self.ids.contains(&form)
    }
}

fn count(line: &str, separator: char) -> usize {
    line.matches(separator).count()
}

/// Digits as one 0, letters as one A or a, and what stands between them.
pub fn form(id: &str) -> String {
    let mut form = String::new();
    for sign in id.trim().chars() {
        let class = match sign {
            _ if sign.is_ascii_digit() => '0',
            _ if sign.is_uppercase() => 'A',
            _ if sign.is_alphabetic() => 'a',
            _ => sign,
        };
        if !form.ends_with(class) && form.len() < LONGEST {
            form.push(class);
        }
    }
    form
}
