//! Words that are derived from one that no list of roots has: "bersubsidi" says "subsidi", and
//! "vaksinasi" is by "vaksin".

use super::stem::is_root;

/// Letters from which what is left is a word and no accident: "beruang" is no "uang".
const LETTERS: usize = 5;

/// The word that a term is derived from by an affix of which the stemmer is not sure.
pub fn root_of(term: &str) -> Option<&str> {
    // Most loans in "-asi" are words of their own: "koperasi" is no "koper".
    let deed = || term.strip_suffix("asi").filter(|root| !is_root(term) && is_root(root));
    let root = term.strip_prefix("ber").or_else(deed)?;
    (root.len() >= LETTERS && root.bytes().all(|letter| letter.is_ascii_lowercase()))
        .then_some(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_says_its_root_and_a_short_rest_is_chance() {
        assert_eq!(root_of("bersubsidi"), Some("subsidi"));
        assert_eq!(root_of("vaksinasi"), Some("vaksin"));
        for one in ["beruang", "berita", "asi", "ber", "subsidi", "koperasi", "transportasi"] {
            assert_eq!(root_of(one), None, "{one}");
        }
    }
}
