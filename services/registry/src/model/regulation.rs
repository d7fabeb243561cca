//! Regulations that a text names: "Undang-Undang Nomor 24 Tahun 2013" and "UU 24/2013" are one.

use std::collections::BTreeSet;

/// Words before the number, which say nothing of which it is.
const BEFORE_NUMBER: [&str; 6] = ["nomor", "nomer", "no", "ri", "republik", "indonesia"];

/// Kinds, with the words that their long forms end in, from the end.
const KINDS: [(&str, &[&str]); 8] = [
    ("uu", &["undang", "undang"]),
    ("perppu", &["undang", "pengganti"]),
    ("pp", &["pemerintah", "peraturan"]),
    ("perpres", &["presiden", "peraturan"]),
    ("keppres", &["presiden", "keputusan"]),
    ("perda", &["daerah", "peraturan"]),
    ("perbup", &["bupati", "peraturan"]),
    ("perwali", &["kota", "wali"]),
];

/// Most words of a minister's regulation before its number.
const MINISTRY_WORDS: usize = 14;

/// The regulations that a text names, as "uu 24/2013": kind, number and year. A regulation without
/// number and year is left out.
pub fn cited(text: &str) -> BTreeSet<String> {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|one: char| !one.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    (0..words.len()).filter_map(|at| cited_at(&words, at)).collect()
}

/// The regulation whose number stands at a place.
fn cited_at(words: &[&str], at: usize) -> Option<String> {
    let number = words.get(at).filter(|word| is_number(word))?;
    let next = words.get(at + 1)?;
    let year = if *next == "tahun" { words.get(at + 2)? } else { next };
    let kind = kind(&words[..at])?;
    is_year(year).then(|| format!("{kind} {number}/{year}"))
}

fn is_number(word: &str) -> bool {
    word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && is_number(word) && ("1940"..="2100").contains(&word)
}

/// The kind of regulation that these words end in.
fn kind(before: &[&str]) -> Option<&'static str> {
    let own: Vec<&str> =
        before.iter().rev().skip_while(|word| BEFORE_NUMBER.contains(word)).copied().collect();
    let found =
        KINDS.iter().find(|(short, long)| own.first() == Some(short) || own.starts_with(long));
    found.map(|(short, _)| *short).or_else(|| of_a_minister(&own))
}

/// Ministers' regulations are told apart by number and year alone: the names of ministries change.
fn of_a_minister(own: &[&str]) -> Option<&'static str> {
    let is_one = |word: &&str| word.starts_with("permen") || matches!(*word, "pmk" | "menteri");
    own.iter().take(MINISTRY_WORDS).any(is_one).then_some("permen")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        cited(text).into_iter().collect()
    }

    #[test]
    fn long_and_short_forms_are_one_regulation() {
        for text in [
            "UU 24/2013 tentang Administrasi Kependudukan",
            "Undang-Undang Nomor 24 Tahun 2013",
            "Undang-undang Republik Indonesia No. 24 Tahun 2013",
        ] {
            assert_eq!(of(text), ["uu 24/2013"], "{text}");
        }
        assert_eq!(of("Peraturan Presiden Nomor 96 Tahun 2018"), ["perpres 96/2018"]);
        assert_eq!(of("Permendagri 108/2019"), ["permen 108/2019"]);
        let long = "Peraturan Menteri Dalam Negeri Nomor 108 Tahun 2019";
        assert_eq!(of(long), ["permen 108/2019"]);
        assert_eq!(of("UU 6/2011 dan PP 45/2024, Pasal 3 ayat (2)"), ["pp 45/2024", "uu 6/2011"]);
    }

    #[test]
    fn what_names_no_regulation_names_none() {
        for text in ["", "Sesuai Perda", "berlaku sejak 2013", "3 lembar 2024", "24/2013"] {
            assert!(of(text).is_empty(), "{text}");
        }
    }
}
