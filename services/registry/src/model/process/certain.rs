//! Whether a requirement holds for each applicant.

/// Words by which a requirement names other papers that do as well, or the only people who need it,
/// or that it is somebody else's.
const CASES: [&str; 20] = [
    "atau", "bagi", "untuk", "khusus", "jika", "apabila", "bila", "bilamana", "kalau", "dalam",
    "kecuali", "selain", "orang", "ayah", "ibu", "suami", "istri", "saksi", "pasangan", "pelapor",
];

/// Whether neither the condition of a requirement nor its words name a case.
pub fn is_for_all(condition: &str, text: &str) -> bool {
    condition.is_empty() && !names_a_case(text)
}

/// Whether the words of a requirement leave open whether each applicant needs the paper: "Buku
/// nikah atau surat pernyataan", "bagi yang datang dari daerah lain", "KTP kedua orang tua".
fn names_a_case(text: &str) -> bool {
    let text = text.to_lowercase();
    let between_letters = |at: usize| {
        let side = |one: Option<char>| one.is_some_and(char::is_alphabetic);
        side(text[..at].chars().next_back()) && side(text[at + 1..].chars().next())
    };
    let mut words = text.split(|sign: char| !sign.is_alphanumeric());
    words.any(|word| CASES.contains(&word))
        || text.match_indices('/').any(|(at, _)| between_letters(at))
}
