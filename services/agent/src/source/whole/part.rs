//! A part of a whole, as titles, footers and answers tell of one: "Bagian 1 dari 3", "Jilid I/III",
//! "berkas kedua dari tiga", "1-20 of 45". One reader for all kinds of sources: a numeral is read
//! in digits of any width, in words, as an ordinal and, behind the name of a part, as a Roman one.

use super::{
    prose::{has, number, parts},
    spelt,
};

/// Words before the number of all: "6 dari 40", "1 of 4".
const OUT_OF: &str = "dari of from daripada dr";
/// Words that may stand between: "dari total 40".
const FILLERS: &str = "total jumlah sekitar about a the sebanyak seluruh all keseluruhan";
/// Words for a page.
const PAGES: &str = "page pages halaman hal laman hlm";
/// Words for a part of a list.
const PARTS: &str = "bagian bag part parts pt jilid volume vol berkas file lembar sheet potongan \
    segmen segment chunk batch seri buku tahap slide gelombang";
/// Words that mean a part by their number alone, without the number of all: "Bagian II".
const SERIES: &str = "bagian bag part jilid volume vol potongan segmen segment chunk batch";
const ORDINALS: [(&str, &str); 8] = [
    ("pertama", "1"),
    ("kesatu", "1"),
    ("first", "1"),
    ("second", "2"),
    ("third", "3"),
    ("fourth", "4"),
    ("fifth", "5"),
    ("terakhir", "terakhir"),
];
/// The most parts that a list may have; a larger number after a slash is a year: "berkas 12/2024".
const MOST: u64 = 500;

/// How much there is in all, as a sentence says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOf {
    /// How far this one goes: the end of its range, or the number of its page.
    pub here: u64,
    /// The number of all.
    pub all: u64,
    /// They are pages, or other parts.
    pub pages: bool,
}

/// "1 sampai 6 dari 40", "halaman 1 dari 4"; "1/4" only if `is_count`, since it may be a date.
pub fn out_of(text: &str, is_count: bool) -> Option<OutOf> {
    let words = words(text);
    if let ([one], true) = (words.as_slice(), is_count)
        && let Some((here, all)) = one.split_once('/')
    {
        let (here, all) = pair(here, all, true)?;
        return Some(OutOf { here, all, pages: false });
    }
    if let Some((here, all)) = words.windows(2).find_map(slashed) {
        return Some(OutOf { here, all, pages: true });
    }
    let at = words.iter().rposition(|word| has(OUT_OF, word))?;
    let before = at.checked_sub(1)?;
    let beyond = words[at + 1..].iter().position(|word| !has(FILLERS, word))? + at + 1;
    let is_unit = |word: &String| has(PAGES, word) || has(PARTS, word);
    let pages = words[..at].iter().any(is_unit) || words.get(beyond + 1).is_some_and(is_unit);
    let last = words[before].rsplit(['-', '–']).next()?;
    let earlier = || before.checked_sub(1).map(|at| words[at].as_str());
    let found = pair(last, &words[beyond], pages);
    let (here, all) = found.or_else(|| pair(earlier()?, &words[beyond], pages))?;
    Some(OutOf { here, all, pages })
}

/// "20/40", "(1/3)", "- 2 / 7 -": a line that holds nothing else is a mark of a page or of a count,
/// and not a date, whose day and month have a year or a name beside them.
pub fn mark(text: &str) -> Option<(u64, u64)> {
    let is_dress = |sign: char| !sign.is_alphanumeric();
    let (here, all) = text.trim_matches(is_dress).split_once('/')?;
    let (here, all) = (number(here.trim())?, number(all.trim())?);
    (1 <= here && here <= all && all <= MOST).then_some((here, all))
}

/// "Daftar layanan (1/3)": such a mark in brackets within a longer line. It may be a date as well,
/// and nobody knows: the line is told.
pub fn mark_within(text: &str) -> Option<(u64, u64)> {
    let inner = text.split(['(', '[']).skip(1);
    inner.filter_map(|rest| rest.split([')', ']']).next()).find_map(mark)
}

/// The number of a part, named without the number of all: "Bagian II", "jilid ke-2".
pub fn alone(text: &str) -> Option<u64> {
    let words = words(text);
    let numbered = |two: &[String]| {
        let number = numeral(&two[1], true)?;
        has(SERIES, &two[0]).then_some(number).filter(|number| *number <= MOST)
    };
    if out_of(text, false).is_some() { None } else { words.windows(2).find_map(numbered) }
}

/// The number of the page that a line is the foot of, and nothing else: "Halaman 2".
pub fn page(text: &str) -> Option<u64> {
    match words(text).as_slice() {
        [page, number] if has(PAGES, page) => numeral(number, true),
        _ => None,
    }
}

/// "Hal. 1/4", "vol. I/II".
fn slashed(words: &[String]) -> Option<(u64, u64)> {
    let [page, numbers] = words else { return None };
    let (here, all) = numbers.split_once('/')?;
    let is_unit = has(PAGES, page) || has(PARTS, page);
    pair(here, all, true).filter(|(_, all)| is_unit && *all <= MOST)
}

/// Reads both numerals. Unless they are known to count parts, a Roman one counts only beside
/// another.
fn pair(here: &str, all: &str, are_parts: bool) -> Option<(u64, u64)> {
    let may_be_roman = are_parts || (roman(here).is_some() && roman(all).is_some());
    Some((numeral(here, may_be_roman)?, numeral(all, may_be_roman)?))
}

fn numeral(word: &str, may_be_roman: bool) -> Option<u64> {
    number(word).or_else(|| roman(word).filter(|_| may_be_roman))
}

/// The words of a text, its numbers in digits; "ke-2" and "kedua" are 2.
fn words(text: &str) -> Vec<String> {
    let words = parts(text).into_iter().filter(|word| word != "ke").map(|word| cardinal(&word));
    spelt::in_digits(words.collect())
}

fn cardinal(word: &str) -> String {
    let named = ORDINALS.iter().find(|(ordinal, _)| *ordinal == word);
    let counted = || {
        let rest = word.strip_prefix("ke-").or_else(|| word.strip_prefix("ke"))?;
        let is_number = number(rest).is_some()
            || spelt::in_digits(vec![rest.to_owned()]).first().is_some_and(|read| read != rest);
        let is_short =
            rest.starts_with(|sign: char| sign.is_ascii_digit()) || roman(rest).is_some();
        (is_number || (is_short && word.contains('-'))).then(|| rest.to_owned())
    };
    named.map(|(_, digit)| (*digit).to_owned()).or_else(counted).unwrap_or_else(|| word.to_owned())
}

/// A correctly written Roman number, up to some hundreds.
fn roman(word: &str) -> Option<u64> {
    const SIGNS: [(&str, u64); 9] = [
        ("c", 100),
        ("xc", 90),
        ("l", 50),
        ("xl", 40),
        ("x", 10),
        ("ix", 9),
        ("v", 5),
        ("iv", 4),
        ("i", 1),
    ];
    if word.is_empty() || word.len() > 12 {
        return None;
    }
    let (mut rest, mut sum) = (word, 0);
    for (sign, value) in SIGNS {
        let most = if ["i", "x", "c"].contains(&sign) { 3 } else { 1 };
        for _ in 0..most {
            if let Some(left) = rest.strip_prefix(sign) {
                (rest, sum) = (left, sum + value);
            }
        }
    }
    rest.is_empty().then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_out_of_so_many_is_heard() {
        let heard = |text| out_of(text, false).map(|said| (said.all, said.pages));
        assert_eq!(heard("Menampilkan 1 sampai 6 dari 40 data"), Some((40, false)));
        assert_eq!(heard("Showing 1-6 of about 1,240 entries."), Some((1240, false)));
        assert_eq!(heard("6 baris dari total 41"), Some((41, false)));
        assert_eq!(heard("Halaman 1 dari 4"), Some((4, true)));
        assert_eq!(heard("(Page 2 of 3)"), Some((3, true)));
        assert_eq!(heard("Hal. 1/4"), Some((4, true)));
        assert_eq!(out_of("1/4", true).map(|said| (said.here, said.all)), Some((1, 4)));
        assert_eq!(out_of("1-6 dari 40", false).map(|said| said.here), Some(6));
        for text in [
            "1/4",
            "12/04/2026",
            "Layanan dari 40 dinas",
            "data dari Disdukcapil",
            "of",
            "",
            "Berkas 12/2024",
            "Loket 1 dan 2 dari Dinas Sosial",
            "SIM C dari D",
        ] {
            assert_eq!(heard(text), None, "{text}");
        }
    }

    #[test]
    fn a_part_is_read_in_any_numerals() {
        for text in [
            "Bagian 1 dari 3",
            "BAGIAN I DARI III",
            "bagian satu dari tiga",
            "Bagian pertama dari tiga bagian",
            "bagian ke-1 dari 3",
            "Berkas kesatu dari tiga",
            "１ dari ３ lembar",
            "Jilid I/III",
            "vol. 1/3",
            "I dari III",
            "Part 1 of 3",
            "first of three parts",
        ] {
            let said = out_of(text, false);
            assert_eq!(said.map(|said| (said.here, said.all)), Some((1, 3)), "{text}");
        }
        for (text, number) in [
            ("Bagian II", 2),
            ("BAGIAN KE-2", 2),
            ("jilid kedua", 2),
            ("Daftar layanan, volume 2", 2),
            ("Part ２", 2),
        ] {
            assert_eq!(alone(text), Some(number), "{text}");
        }
        for text in [
            "Bagian Organisasi",
            "Bagian 1 dari 1",
            "Lampiran I",
            "Sheet1",
            "Sheet 2",
            "Tahun 2026",
            "Triwulan III",
            "Bagian umum lantai 2",
        ] {
            assert_eq!(alone(text), None, "{text}");
        }
        assert_eq!((page("Halaman 2"), page("- ii -"), page("Hal. iv")), (Some(2), None, Some(4)));
    }

    #[test]
    fn two_numbers_alone_are_a_mark() {
        for text in ["20/40", "(20/40)", "- 20 / 40 -", "[20/40]", " 20/40. "] {
            assert_eq!(mark(text), Some((20, 40)), "{text}");
        }
        for text in ["Daftar layanan (1/3)", "[1/3] Layanan", "LAYANAN (LANTAI 2) (1/3) 2026"] {
            assert_eq!(mark_within(text), Some((1, 3)), "{text}");
        }
        for text in ["Layanan (24/7)", "Layanan 1/3", "Proses (1/2 hari)", "Tahun (2024/2025)", "("]
        {
            assert_eq!(mark_within(text), None, "{text}");
        }
        for text in ["20/40/2026", "12/2024", "40/20", "KTP 1/2", "0/3", "1/2 hari", "/", ""] {
            assert_eq!(mark(text), None, "{text}");
        }
    }

    #[test]
    fn a_roman_number_is_read_as_it_is_written() {
        for number in 1..=399_u64 {
            let hundreds = "c".repeat((number / 100) as usize);
            let tens = ["", "x", "xx", "xxx", "xl", "l", "lx", "lxx", "lxxx", "xc"];
            let ones = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
            let (ten, one) = ((number / 10 % 10) as usize, (number % 10) as usize);
            let written = format!("{hundreds}{}{}", tens[ten], ones[one]);
            assert_eq!(roman(&written), Some(number), "{written}");
        }
        for none in ["", "iiii", "vx", "ic", "ktp", "vv"] {
            assert_eq!(roman(none), None, "{none}");
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        bolero::check!().with_iterations(3_000).with_type::<String>().for_each(|text| {
            let _ = (out_of(text, true), out_of(text, false), alone(text), page(text));
        });
    }

    #[test]
    fn a_part_of_a_whole_is_read_alike_in_each_way_of_writing_it() {
        let words =
            ["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"];
        let romans = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
        bolero::check!().with_iterations(2_000).with_type::<(u8, u8, u8, u8)>().for_each(
            |(here, all, one, two)| {
                let (here, all) = (usize::from(here % 9), usize::from(all % 9));
                let wide =
                    |at: usize| char::from_u32(0xff11 + at as u32).expect("a digit").to_string();
                let written = |at: usize, way: u8| match way % 4 {
                    0 => (at + 1).to_string(),
                    1 => words[at].to_owned(),
                    2 => romans[at].to_owned(),
                    _ => wide(at),
                };
                for unit in ["Bagian", "JILID", "halaman", "Vol."] {
                    let text =
                        format!("{unit} {} dari {}", written(here, *one), written(all, *two));
                    let found = out_of(&text, false).map(|said| (said.here, said.all, said.pages));
                    let right = (here as u64 + 1, all as u64 + 1, true);
                    assert_eq!(found, Some(right), "{text}");
                }
            },
        );
    }
}
