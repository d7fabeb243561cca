//! Documents that cannot be read: "ktp ga kebaca", "nik tidak bisa dibaca di bank". A card is
//! damaged then; a number is not found by another office.

use crate::search::words::vocabulary::REFUSALS;

/// Forms of verbs for reading a document, by a machine or an office.
#[rustfmt::skip]
const READS: &[&str] = &[
    "baca", "kebaca", "terbaca", "dibaca", "kescan", "discan", "dipindai", "terpindai", "kedetek", "kedeteksi", "terdeteksi",
    "dideteksi", "detected", "readable", "scanned",
];

/// Words that may stand between the refusal and the verb.
const BETWEEN: &[&str] = &["bisa", "dapat", "dpt", "mau", "bs", "be", "lagi"];

/// Documents that are numbers.
const NUMBERS: &[&str] = &["nik", "npwp", "nib", "nomor", "nomer", "number"];

/// If a refusal of reading begins here: the number of its words, and the state that they mean;
/// `words` are all of the question.
pub fn unread(rest: &[&str], words: &[String]) -> Option<(usize, &'static str)> {
    let (first, behind) = rest.split_first()?;
    let between = behind.iter().take_while(|word| BETWEEN.contains(word)).count();
    let is_verb = behind.get(between).is_some_and(|word| READS.contains(word));
    let is_number = words.iter().any(|word| NUMBERS.contains(&word.as_str()));
    let state = if is_number { "ditemukan" } else { "rusak" };
    (REFUSALS.contains(first) && is_verb).then_some((between + 2, state))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_damaged_and_a_number_is_not_found() {
        let said = |text: &str| {
            let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            let rest: Vec<&str> = words[1..].iter().map(String::as_str).collect();
            unread(&rest, &words)
        };
        assert_eq!(said("ktp ga kebaca"), Some((2, "rusak")));
        assert_eq!(said("nik tidak bisa dibaca bank"), Some((3, "ditemukan")));
        assert_eq!(said("ktp bisa dibaca"), None);
        assert_eq!(said("ktp tidak hilang"), None);
    }
}
