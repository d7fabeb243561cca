//! A text of the catalog as words that compare: spelling makes no difference, and no word or sign
//! that says something is left out. Search takes stems and drops "atau", "belum" and "asli" as
//! fillers; a comparison of what two offices ask for must not: "pelapor" is not "terlapor", and ">
//! 17" not "< 17".

use unicode_normalization::char::is_combining_mark;

use super::{
    analyze::{folded, is_abbreviation, phrases_at, spelled, term, words},
    numbers::with_numbers,
    telling::with_sizes,
};

/// The words of a piece, each as often as it stands there, in their order: "SIM selain KTP" is not
/// "KTP selain SIM". Only what says how a paper is may stand on either side of it ("KTP asli",
/// "asli KTP").
pub type Piece = Vec<String>;

/// Words that join the parts of a list: "KTP dan KK" asks for what "KTP; KK" does.
const JOINTS: [&str; 4] = ["dan", "serta", "&", "+"];

/// A word that only leads to what is said next.
const NEUTRAL: &str = "yang";

/// Words that say how a paper is, before or behind its name.
const QUALITIES: [&str; 6] = ["asli", "fotokopi", "salinan", "terbaru", "terakhir", "berwarna"];

/// Words that are written as one or as two.
const AS_ONE: [(&str, &str, &str); 4] = [
    ("pas", "foto", "pasfoto"),
    ("foto", "copy", "fotokopi"),
    ("photo", "copy", "fotokopi"),
    ("foto", "kopi", "fotokopi"),
];

/// Spellings that search has no need of.
const SPELT: [(&str, &str); 5] = [
    ("materai", "meterai"),
    ("ijasah", "ijazah"),
    ("fc", "fotokopi"),
    ("photocopy", "fotokopi"),
    ("no", "nomor"),
];

/// Signs that say something, as words.
const SIGNS: [(char, &str); 9] = [
    ('<', "kurang dari"),
    ('>', "lebih dari"),
    ('≤', "paling banyak"),
    ('≥', "paling sedikit"),
    ('+', "plus"),
    ('%', "persen"),
    ('±', "kiranya"),
    ('✓', "ya"),
    ('✗', "tidak"),
];

/// Signs that say nothing: they separate words, quote them, or lead a line.
const SILENT: &str = ".,;:!?'\"()[]{}-_/\\*|`~=&\u{ad}·•‣◦▪▫●○■□◆◇▶►➢➤–—―‐‑…‘’“”„«»";

/// The pieces of a text: what lines, commas, semicolons, "dan" and "serta" part outside of
/// brackets.
pub fn worded(text: &str) -> Vec<Piece> {
    let lines =
        text.lines().map(|line| with_signs(&with_sizes(without_number(&line.to_lowercase()))));
    let parts: Vec<String> = lines.flat_map(|line| parts(&line)).collect();
    let mut pieces: Vec<Piece> = parts.iter().map(|part| piece(part)).collect();
    pieces.retain(|piece| !piece.is_empty());
    pieces.sort();
    pieces
}

/// A line of a list without its number: "1. KTP", "a) KTP".
fn without_number(line: &str) -> &str {
    let line = line.trim_start();
    let Some((number, rest)) = line.split_once(['.', ')']) else { return line };
    let is_number =
        (1..=2).contains(&number.len()) && number.bytes().all(|one| one.is_ascii_digit());
    let is_letter = number.len() == 1 && number.bytes().all(|one| one.is_ascii_lowercase());
    if (is_number || is_letter) && rest.starts_with(' ') { rest } else { line }
}

/// The signs of a text as words: no sign is left out that may say something. "Orang tua/wali" is
/// "orang tua atau wali"; in "1/2" the slash is no word. "10.000" is "10000", "1.5" is "1,5", and
/// "rp10" is "rp 10".
fn with_signs(text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let mut plain = String::new();
    for (place, sign) in signs.iter().enumerate() {
        match said(&signs, place) {
            Some(word) => plain.push_str(&format!(" {word} ")),
            None if *sign == '.' && parts_thousands(&signs, place) => {}
            None => {
                let after_rp = sign.is_ascii_digit() && plain.ends_with("rp");
                plain.extend(after_rp.then_some(' '));
                plain.push(*sign);
            }
        }
    }
    plain
}

/// What a sign says at its place; `None` for letters, digits, and what only parts them.
fn said(signs: &[char], place: usize) -> Option<String> {
    let at = |at: Option<usize>| at.and_then(|at| signs.get(at)).copied().unwrap_or(' ');
    let (before, after) = (at(place.checked_sub(1)), at(Some(place + 1)));
    let is_between = |kind: fn(&char) -> bool| kind(&before) && kind(&after);
    let sign = signs[place];
    if let Some((_, word)) = SIGNS.iter().find(|(own, _)| *own == sign) {
        let joins = sign == '+' && before == ' ' && after == ' ';
        return (!joins).then(|| (*word).to_owned());
    }
    match sign {
        '/' if is_between(|one| one.is_alphabetic()) => Some("atau".to_owned()),
        '-' | '–' if reaches(signs, place) => Some("sampai".to_owned()),
        '-' if before == ' ' && after.is_ascii_digit() => Some("minus".to_owned()),
        '.' | ',' if is_between(char::is_ascii_digit) && !parts_thousands(signs, place) => {
            Some("koma".to_owned())
        }
        _ if sign.is_alphanumeric() || sign.is_whitespace() || SILENT.contains(sign) => None,
        _ if is_combining_mark(sign) || ('\u{200b}'..='\u{200f}').contains(&sign) => None,
        _ => Some(format!("tanda{:x}", u32::from(sign))),
    }
}

/// Whether a stroke leads from one number to another: "5-10", "5 - 10".
fn reaches(signs: &[char], place: usize) -> bool {
    let is_digit = |sign: Option<&char>| sign.is_some_and(char::is_ascii_digit);
    let before = signs[..place].iter().rev().find(|sign| **sign != ' ');
    let after = signs[place + 1..].iter().find(|sign| **sign != ' ');
    let is_apart = signs.get(place + 1) == Some(&' ');
    let touches = is_digit(place.checked_sub(1).and_then(|at| signs.get(at)));
    is_digit(before) && is_digit(after) && (is_apart || touches)
}

/// Whether a point parts thousands: digits before it, and just three behind.
fn parts_thousands(signs: &[char], at: usize) -> bool {
    let is_digit = |at: usize| signs.get(at).is_some_and(char::is_ascii_digit);
    let three = (1..=3).all(|beyond| is_digit(at + beyond)) && !is_digit(at + 4);
    at > 0 && is_digit(at - 1) && three
}

fn parts(text: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0_usize);
    for word in text.split_whitespace() {
        let is_outside = depth == 0;
        depth += word.matches('(').count();
        depth = depth.saturating_sub(word.matches(')').count());
        if is_outside && JOINTS.contains(&word) {
            parts.push(String::new());
            continue;
        }
        let (own, ends) = match word.strip_suffix([',', ';']) {
            Some(own) if depth == 0 => (own, true),
            _ => (word, false),
        };
        if let Some(last) = parts.last_mut() {
            last.push(' ');
            last.push_str(own);
        }
        if ends {
            parts.push(String::new());
        }
    }
    parts
}

fn piece(text: &str) -> Piece {
    let own: Vec<&str> = words(text).into_iter().map(|at| &text[at]).collect();
    let mut all = without_electronic(as_one(with_numbers(named(&own))));
    // "Kartu Keluarga (KK)" says it twice.
    all.dedup_by(|next, before| next == before && is_abbreviation(before));
    let is_quality = |word: &String| QUALITIES.contains(&word.as_str());
    if all.len() == 2 && all.iter().filter(|word| is_quality(word)).count() == 1 {
        all.sort_by_key(|word| !is_quality(word));
    }
    all.iter().flat_map(|word| without_joints(word)).collect()
}

/// "AK-1", "AK1" and "AK 1" are one: where letters meet digits a new word begins.
fn without_joints(word: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for sign in word.chars() {
        match parts.last_mut() {
            Some(last) if last.ends_with(|one: char| one.is_numeric()) == sign.is_numeric() => {
                last.push(sign);
            }
            _ => parts.push(sign.to_string()),
        }
    }
    parts
}

/// The words as they are spelt, and those that have a short name together by that.
fn named(own: &[&str]) -> Vec<String> {
    let told: Vec<String> = own.iter().map(|word| spelt(word)).collect();
    let is_said = |at: &usize| !told[*at].is_empty() && told[*at] != NEUTRAL;
    let said: Vec<usize> = (0..own.len()).filter(is_said).collect();
    // Phrases are known by their stems.
    let stems = said.iter().map(|at| term(own[*at]).unwrap_or_else(|| told[*at].clone()));
    let (stems, mut named, mut at) = (stems.collect::<Vec<_>>(), Vec::new(), 0);
    while at < said.len() {
        let phrase = phrases_at(&stems[at..]).next();
        named.push(phrase.map_or_else(|| told[said[at]].clone(), |(_, short)| short.to_owned()));
        at += phrase.map_or(1, |(phrase, _)| phrase.len());
    }
    named
}

fn spelt(word: &str) -> String {
    let folded = folded(word);
    let own = spelled(&folded);
    let other = SPELT.iter().find(|(from, _)| *from == own);
    other.map_or(own, |(_, to)| *to).to_owned()
}

fn as_one(words: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let last = joined.last().map_or("", String::as_str);
        let whole = AS_ONE.iter().find(|(first, second, _)| *first == last && *second == word);
        match (whole, joined.last_mut()) {
            (Some((.., whole)), Some(last)) => (*whole).clone_into(last),
            _ => joined.push(word),
        }
    }
    joined
}

/// Every KTP is electronic, whether or not it is called so.
fn without_electronic(words: Vec<String>) -> Vec<String> {
    let mut plain: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let after_ktp = plain.last().is_some_and(|last| last == "ktp");
        if after_ktp && matches!(word.as_str(), "el" | "elektronik" | "ktp") {
            continue;
        }
        if word == "ktp" {
            plain.pop_if(|last| *last == "e");
        }
        plain.push(word);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_falls_into_the_pieces_that_it_lists() {
        assert_eq!(worded("KTP dan KK"), worded("KK; KTP"));
        assert_eq!(worded("1. KTP\n2. KK"), worded("KTP & KK"));
        assert_eq!(worded("KTP, KK serta akta lahir").len(), 3);
        assert_eq!(worded("Foto (anak dan ibu, berwarna)").len(), 1, "within brackets");
    }

    #[test]
    fn no_word_that_says_something_is_left_out() {
        assert_eq!(worded("belum menikah"), [["belum", "nikah"]]);
        assert_eq!(worded("tanpa KTP asli"), [["tanpa", "ktp", "asli"]]);
        assert_eq!(worded("asli KTP"), worded("KTP asli"));
    }
}
