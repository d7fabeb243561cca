//! A column by its letters, as in sheets.

/// A, Z, AA: of a column from 0.
pub fn letters(column: u32) -> String {
    let (mut rest, mut signs) = (column + 1, Vec::new());
    while rest > 0 {
        signs.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    signs.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn columns_are_called_as_sheets_call_them() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
