//! Words that Indonesian has taken from English, in its own spelling: "frequency" is "frekuensi".
//!
//! The rules are those of the national spelling (EYD, edition V, on loanwords), as far as they turn
//! letters into letters.

/// Endings of English words, and what they become. Several may fit; each is tried.
#[rustfmt::skip]
const ENDINGS: &[(&str, &str)] = &[
    ("ancy", "ansi"), ("ance", "ansi"), ("ant", "an"), ("ary", "er"), ("ate", "at"), ("cy", "si"), ("e", ""), ("ence", "ensi"),
    ("ency", "ensi"), ("ent", "en"), ("ic", "ik"), ("ical", "ik"), ("ical", "is"), ("ics", "ik"), ("ics", "ika"), ("ism", "isme"),
    ("ist", "is"), ("ity", "itas"), ("ive", "if"), ("sion", "si"), ("te", "t"), ("tion", "si"), ("ty", "tas"), ("ure", "ur"),
    ("y", "i"),
];

/// Letters, and what they become, in this order.
#[rustfmt::skip]
const LETTERS: &[(&str, &str)] = &[
    ("sch", "sk"), ("chr", "kr"), ("chl", "kl"), ("ph", "f"), ("th", "t"), ("rh", "r"), ("qu", "ku"), ("cce", "kse"), ("cci", "ksi"),
    ("x", "ks"), ("ce", "se"), ("ci", "si"), ("cy", "si"), ("ch", "\0"), ("c", "k"), ("\0", "ch"), ("ae", "e"), ("y", "i"),
];

/// The same for vowels that become others only where they sound so.
const VOWELS: &[(&str, &str)] = &[("ou", "u"), ("oo", "u"), ("ie", "i")];

/// The spellings that an English word may have in Indonesian.
pub fn spellings(word: &str) -> Vec<String> {
    let ended =
        ENDINGS.iter().filter_map(|(end, own)| Some(format!("{}{own}", word.strip_suffix(end)?)));
    let all = ended.chain([word.to_owned()]).flat_map(|word| {
        let spelled = replaced(word, LETTERS);
        [single(&replaced(spelled.clone(), VOWELS)), single(&spelled)]
    });
    let mut spellings: Vec<String> = all.filter(|one| one != word).collect();
    spellings.dedup();
    spellings
}

fn replaced(word: String, rules: &[(&str, &str)]) -> String {
    rules.iter().fold(word, |word, (from, to)| word.replace(from, to))
}

/// The letters without those that only double the one before, which Indonesian does with vowels
/// alone.
fn single(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    letters.dedup_by(|next, before| next == before && !"aeiou".contains(*next));
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_words_are_spelled_as_indonesian_has_taken_them() {
        for (english, indonesian) in [
            ("access", "akses"),
            ("application", "aplikasi"),
            ("certification", "sertifikasi"),
            ("chlorine", "klorin"),
            ("contractor", "kontraktor"),
            ("coupon", "kupon"),
            ("courier", "kurir"),
            ("credit", "kredit"),
            ("expedition", "ekspedisi"),
            ("facility", "fasilitas"),
            ("frequency", "frekuensi"),
            ("incentive", "insentif"),
            ("logistics", "logistik"),
            ("physical", "fisik"),
            ("telecommunication", "telekomunikasi"),
        ] {
            let all = spellings(english);
            assert!(all.iter().any(|one| one == indonesian), "{english}: {all:?}");
        }
    }

    #[test]
    fn a_word_is_no_other_spelling_of_itself() {
        for word in ["radio", "hotel", "pendaftaran"] {
            assert!(!spellings(word).contains(&word.to_owned()), "{word}");
        }
    }
}
