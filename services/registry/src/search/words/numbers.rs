//! Numbers in words, as offices write them beside the digits: "2 (dua) lembar".

/// One to nine, by their places.
const ONES: [&str; 10] =
    ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"];

/// The words with each number in digits: "dua lembar", "2 (dua) lembar" and "dua (2) lembar" are
/// "2 lembar". A number in words beside another one in digits stays: "meterai 10000 dua lembar".
pub fn with_numbers(words: Vec<String>) -> Vec<String> {
    let mut read: Vec<String> = Vec::with_capacity(words.len());
    // Whether the last one was written in words.
    let (mut at, mut is_spelt) = (0, false);
    while at < words.len() {
        let spelt = number(&words[at..]);
        let (word, len) = match spelt {
            Some((value, len)) => (value.to_string(), len),
            None => (words[at].clone(), 1),
        };
        let again = read.last() == Some(&word) && (is_spelt != spelt.is_some());
        if !again || !word.bytes().all(|one| one.is_ascii_digit()) {
            read.push(word);
        }
        is_spelt = spelt.is_some();
        at += len;
    }
    read
}

/// The number that some words begin with, below a thousand, and of how many words it is.
fn number(words: &[String]) -> Option<(u32, usize)> {
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let one = |at: usize| {
        let value = ONES.iter().position(|one| *one == word(at))?;
        u32::try_from(value).ok()
    };
    let (hundreds, at) = match (word(0), one(0), word(1)) {
        ("seratus", ..) => (100, 1),
        (_, Some(ones), "ratus") => (ones * 100, 2),
        _ => (0, 0),
    };
    let (rest, len) = match (word(at), one(at), word(at + 1)) {
        ("sepuluh", ..) => (10, 1),
        ("sebelas", ..) => (11, 1),
        (_, Some(ones), "belas") => (10 + ones, 2),
        (_, Some(tens), "puluh") => match one(at + 2) {
            Some(ones) => (tens * 10 + ones, 3),
            None => (tens * 10, 2),
        },
        (_, Some(ones), _) => (ones, 1),
        _ => (0, 0),
    };
    (at + len > 0).then_some((hundreds + rest, at + len))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        with_numbers(text.split(' ').map(str::to_owned).collect()).join(" ")
    }

    #[test]
    fn a_number_is_the_same_in_words_and_in_digits() {
        assert_eq!(read("2 dua lembar"), "2 lembar");
        assert_eq!(read("dua 2 lembar"), "2 lembar");
        assert_eq!(read("15 lima belas hari"), "15 hari");
        assert_eq!(read("seratus dua puluh lima orang"), "125 orang");
        assert_eq!(read("sebelas"), "11");
    }

    #[test]
    fn another_number_is_kept() {
        assert_eq!(read("meterai 10000 dua lembar"), "meterai 10000 2 lembar");
        assert_eq!(read("2 dua puluh lembar"), "2 20 lembar");
        assert_eq!(read("satu satu"), "1 1", "said twice in the same way");
    }
}
