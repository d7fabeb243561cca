//! Parameters of statements over several rows.

/// "($1, $2), ($3, $4)" for so many rows of so many columns, from parameter `first` on.
pub fn placeholders(first: usize, rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let start = first + row * columns;
        let list: Vec<_> = (start..start + columns).map(|number| format!("${number}")).collect();
        format!("({})", list.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_counted_through_all_rows() {
        assert_eq!(placeholders(1, 1, 3), "($1, $2, $3)");
        assert_eq!(placeholders(2, 2, 2), "($2, $3), ($4, $5)");
    }
}
