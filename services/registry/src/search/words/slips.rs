//! How many slips of the pen lie between two words. How many are forgiven: `typo.rs`.

/// Letters to add, drop or replace, or neighbours to swap, from one word to the other (optimal
/// string alignment).
pub fn slips(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut rows = vec![vec![0; to.len() + 1]; from.len() + 1];
    for i in 0..=from.len() {
        for j in 0..=to.len() {
            rows[i][j] = if i == 0 || j == 0 { i + j } else { cheapest(&rows, &from, &to, i, j) };
        }
    }
    rows[from.len()][to.len()]
}

fn cheapest(rows: &[Vec<usize>], from: &[char], to: &[char], i: usize, j: usize) -> usize {
    let differs = usize::from(from[i - 1] != to[j - 1]);
    let edit = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + differs);
    let swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
    if swapped { edit.min(rows[i - 2][j - 2] + 1) } else { edit }
}

/// Whether nothing but the order of the letters differs.
pub fn has_same_letters(one: &str, other: &str) -> bool {
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    sorted(one) == sorted(other)
}

/// Whether nothing but letters that were held too long are too many: "ktpp", "simm".
pub fn is_stuttered(typed: &str, word: &str) -> bool {
    let single = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.dedup();
        letters
    };
    typed.len() > word.len() && single(typed) == single(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_that_changed_places_are_one_slip() {
        assert_eq!(slips("skkc", "skck"), 1);
        assert_eq!(slips("keluaga", "keluarga"), 1);
        assert_eq!(slips("paspot", "paspor"), 1);
        assert_eq!(slips("ktp", "kia"), 2);
    }
}
