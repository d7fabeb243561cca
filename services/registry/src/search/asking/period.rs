//! The period of what is done again and again: "5 tahunan", "lima tahun", "5thnan".

use crate::search::words::analyze::spelled;

/// Words for a year and a period of years.
const YEARS: &[&str] = &["tahun", "tahunan", "taun", "taunan", "th", "thn", "thnan"];

/// Numbers in words, from one on; licences of more years are rare.
const NUMBERS: &[&str] =
    &["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh"];

/// Words before a number of years that tell how old something is, or for how long.
const SINCE: &[&str] = &[
    "umur",
    "umurnya",
    "usia",
    "usianya",
    "telat",
    "terlambat",
    "mati",
    "nunggak",
    "menunggak",
    "nganggur",
    "lewat",
    "sudah",
    "udah",
    "udh",
    "dah",
    "selama",
    "berlaku",
    "kerja",
];

/// The years of the first period that words tell.
pub fn period(words: &[String]) -> Option<usize> {
    let is_since = |at: usize| at > 0 && SINCE.contains(&words[at - 1].as_str());
    let is_ago = |at: usize| words.get(at + 2).is_some_and(|next| next == "lalu");
    let mut pairs = words.windows(2).enumerate();
    pairs.find_map(|(at, two)| {
        let years = number(&two[0]).filter(|_| YEARS.contains(&two[1].as_str()));
        years.filter(|_| !is_since(at) && !is_ago(at))
    })
}

fn number(word: &str) -> Option<usize> {
    let spelt = || NUMBERS.iter().position(|one| *one == spelled(word)).map(|at| at + 1);
    let digits = word.parse().ok().filter(|number| (1..=NUMBERS.len()).contains(number));
    digits.or_else(spelt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_a_small_number_of_years_that_tells_no_age() {
        let of = |text: &str| {
            let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            period(&words)
        };
        for text in ["samsat 5 tahunan", "pajak lima tahun", "stnk 5 thnan", "limang taun"] {
            assert_eq!(of(text), Some(5), "{text}");
        }
        for text in [
            "umur 5 tahun",
            "stnk mati 5 tahun",
            "5 tahun lalu",
            "anak 17 tahun",
            "5 hari",
            "tahun 2026",
            "",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
