//! Letters that only look like others: full width, in circles, of another alphabet, with a mark
//! above, one by one. For what a person sees in a title; what is published stays as it was written.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};
use unicode_security::confusable_detection::skeleton;

/// A text as it looks, in plain letters where it has such.
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return joined(text);
    }
    let plain = text.nfkd().filter(|sign| !is_combining_mark(*sign) && !is_unseen(*sign));
    joined(&plain.map(letter).collect::<String>())
}

fn letter(sign: char) -> String {
    if sign.is_ascii() {
        return sign.to_string();
    }
    let looks = |text: &str| Some(skeleton(text).collect::<String>()).filter(|own| is_plain(own));
    // Many small letters look like small capitals.
    let large = || looks(&sign.to_uppercase().collect::<String>()).map(|own| own.to_lowercase());
    looks(&sign.to_string()).or_else(large).unwrap_or_else(|| sign.to_string())
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// A sign of no width.
fn is_unseen(sign: char) -> bool {
    matches!(sign, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// "t e s t" as one word.
fn joined(text: &str) -> String {
    let mut letters = text.split_whitespace().map(|word| word.chars().count() == 1);
    let are_single = letters.clone().count() > 2 && letters.all(|single| single);
    if are_single { text.split_whitespace().collect() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_look_like_plain_ones_are_read_as_those() {
        for (text, seen) in [
            ("ｔｅｓｔ", "test"),
            ("tеst", "test"),
            ("Тest", "Test"),
            ("𝐭𝐞𝐬𝐭", "test"),
            ("ⓣⓔⓢⓣ", "test"),
            ("tést", "test"),
            ("соbа", "coba"),
            ("te\u{200b}st", "test"),
            ("t e s t", "test"),
            ("KTP elektronik", "KTP elektronik"),
            ("漢字", "漢字"),
        ] {
            assert_eq!(folded(text), seen, "{text}");
        }
    }

    #[test]
    fn what_is_plain_stays_and_a_second_look_sees_no_more() {
        bolero::check!().with_iterations(2_000).with_type::<String>().for_each(|text| {
            let once = folded(text);
            assert_eq!(folded(&once), once, "{text:?}");
        });
    }
}
