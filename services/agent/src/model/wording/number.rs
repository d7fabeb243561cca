//! Numbers in digits and in Indonesian words.

use winnow::{
    Parser, Result as Read,
    combinator::{alt, eof, fail, opt, terminated},
    token::any,
};

use super::{
    phrase::{attempt, bracketed, digits},
    token::{Kind, Token, Tokens},
};

const UNITS: [&str; 9] =
    ["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"];
const OTHERS: [&str; 13] = [
    "sepuluh", "sebelas", "seratus", "seribu", "sejuta", "belas", "puluh", "ratus", "ribu", "juta",
    "miliar", "milyar", "nol",
];

/// A count such as "20", "20 (dua puluh)", "dua puluh" or "dua puluh (20)". If number and words
/// disagree, it is no count.
pub fn count(input: &mut Tokens) -> Read<i64> {
    let first = one_count(input)?;
    let again = attempt(bracketed(one_count), input);
    if again.is_some_and(|again| again != first) { fail.parse_next(input) } else { Ok(first) }
}

fn one_count(input: &mut Tokens) -> Read<i64> {
    alt((plain_digits, grouped_digits, in_words, in_english)).parse_next(input)
}

/// "1.000": a dot and three digits behind it are thousands.
fn grouped_digits(input: &mut Tokens) -> Read<i64> {
    let grouped = |raw: &str| raw.contains('.') && !raw.contains(',') && raw.len() <= 7;
    digits.verify(move |raw: &str| grouped(raw)).verify_map(rupiah).parse_next(input)
}

/// "one", "two": as far as short times go.
fn in_english(input: &mut Tokens) -> Read<i64> {
    const SAID: [&str; 10] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let value =
        |token: Token| SAID.iter().position(|said| *said == token.text).map(|at| at as i64 + 1);
    any.verify_map(value).parse_next(input)
}

/// Digits without dots and commas.
pub fn plain_digits(input: &mut Tokens) -> Read<i64> {
    digits
        .verify(|raw: &str| raw.len() <= 6 && raw.bytes().all(|byte| byte.is_ascii_digit()))
        .try_map(str::parse)
        .parse_next(input)
}

/// "dua puluh lima", "duapuluh lima", "seratus ribu".
pub fn in_words(input: &mut Tokens) -> Read<i64> {
    let mut parts = Vec::new();
    let mut rest = *input;
    while let Some(more) = rest.first().and_then(parts_of) {
        parts.extend(more);
        rest = &rest[1..];
    }
    let value = terminated(alt((value, part("nol").value(0))), eof).parse(parts.as_slice());
    match value {
        Ok(value) => {
            *input = rest;
            Ok(value)
        }
        Err(_) => fail.parse_next(input),
    }
}

/// A word's parts where it is made of number words only; many write them in one.
fn parts_of<'t>(token: &Token<'t>) -> Option<Vec<&'t str>> {
    let mut parts = Vec::new();
    let mut rest = token.text;
    while !rest.is_empty() {
        let known = UNITS.iter().chain(&OTHERS);
        let len = known.filter(|part| rest.starts_with(**part)).map(|part| part.len()).max()?;
        parts.push(&rest[..len]);
        rest = &rest[len..];
    }
    (token.kind == Kind::Word).then_some(parts)
}

type NumberParts<'p> = &'p [&'p str];

fn part<'p>(word: &'static str) -> impl FnMut(&mut NumberParts<'p>) -> Read<&'p str> {
    move |input| any.verify(|part: &&str| *part == word).parse_next(input)
}

fn unit(input: &mut NumberParts) -> Read<i64> {
    let value = |part: &str| UNITS.iter().position(|unit| *unit == part).map(|at| at as i64 + 1);
    any.verify_map(value).parse_next(input)
}

fn below_hundred(input: &mut NumberParts) -> Read<i64> {
    let tens = terminated(unit, part("puluh"));
    alt((
        part("sepuluh").value(10),
        part("sebelas").value(11),
        terminated(unit, part("belas")).map(|unit| unit + 10),
        (tens, opt(unit)).map(|(tens, unit)| tens * 10 + unit.unwrap_or(0)),
        unit,
    ))
    .parse_next(input)
}

fn below_thousand(input: &mut NumberParts) -> Read<i64> {
    let hundreds = alt((part("seratus").value(1), terminated(unit, part("ratus"))));
    alt((
        (hundreds, opt(below_hundred)).map(|(h, rest)| h * 100 + rest.unwrap_or(0)),
        below_hundred,
    ))
    .parse_next(input)
}

/// A group of thousands ("tiga ratus ribu", "seribu") and what is below it.
fn group<'p>(
    one: &'static str,
    many: &'static [&'static str],
    factor: i64,
    mut below: impl FnMut(&mut NumberParts<'p>) -> Read<i64>,
) -> impl FnMut(&mut NumberParts<'p>) -> Read<i64> {
    move |input| {
        let name = |part: &&str| many.contains(part);
        let counted = terminated(below_thousand, any.verify(name));
        let groups = opt(alt((part(one).value(1), counted))).parse_next(input)?;
        match groups {
            Some(groups) => Ok(groups * factor + opt(&mut below).parse_next(input)?.unwrap_or(0)),
            None => below(input),
        }
    }
}

fn value(input: &mut NumberParts) -> Read<i64> {
    let thousands = group("seribu", &["ribu"], 1_000, below_thousand);
    let millions = group("sejuta", &["juta"], 1_000_000, thousands);
    group("semiliar", &["miliar", "milyar"], 1_000_000_000, millions).parse_next(input)
}

/// Whole rupiah: "50.000", "50,000", "50000", "50.000,00". Three digits behind a dot or a comma are
/// thousands; cents must be none.
pub fn rupiah(raw: &str) -> Option<i64> {
    let whole = without_cents(raw)?;
    let mark = whole.bytes().find(|byte| !byte.is_ascii_digit());
    let groups: Vec<&str> = match mark {
        Some(mark) => whole.split(mark as char).collect(),
        None => vec![whole],
    };
    let (first, rest) = groups.split_first()?;
    let grouped =
        rest.iter().all(|group| group.len() == 3) && (rest.is_empty() || first.len() <= 3);
    let led = first.starts_with('0') && whole != "0";
    let digits = groups.concat();
    digits.parse().ok().filter(|_| grouped && !led && digits.len() <= 13)
}

/// The digits before ",00", or before ".00" behind thousands in commas or behind a database's
/// ungrouped number: "150000.00".
pub fn without_cents(raw: &str) -> Option<&str> {
    let none =
        |cents: &str| !cents.is_empty() && cents.len() <= 2 && cents.bytes().all(|b| b == b'0');
    if let Some((whole, cents)) = raw.rsplit_once(',').filter(|(_, cents)| cents.len() < 3) {
        return (none(cents) && !whole.contains(',')).then_some(whole);
    }
    match raw.rsplit_once('.').filter(|(whole, cents)| whole.contains(',') && cents.len() < 3) {
        Some((whole, cents)) => none(cents).then_some(whole),
        None => Some(raw.strip_suffix(".00").filter(|whole| has_cents(whole)).unwrap_or(raw)),
    }
}

/// Digits behind which two more can be cents only: thousands would part them, or they are nothing.
fn has_cents(whole: &str) -> bool {
    let ungrouped = whole.len() > 3 && whole.bytes().all(|byte| byte.is_ascii_digit());
    ungrouped || whole == "0"
}

/// "1,5" or "2.25" as a count of hundredths; three digits behind the mark are thousands, not these.
pub fn hundredths(raw: &str) -> Option<i64> {
    let (whole, part) = raw.split_once([',', '.']).unwrap_or((raw, ""));
    let short = part.len() <= 2 && whole.len() <= 6;
    let digits = format!("{whole}{part:0<2}");
    digits.parse().ok().filter(|_| short && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::token::Text, *};

    /// A number as Indonesia says it.
    fn said(value: i64) -> String {
        let with = |head: String, rest: i64| match rest {
            0 => head,
            rest => format!("{head} {}", said(rest)),
        };
        let one = |value: i64, one: &str, many: &str| match value {
            1 => one.to_owned(),
            value => format!("{} {many}", said(value)),
        };
        match value {
            1..=9 => UNITS[value as usize - 1].to_owned(),
            10 => "sepuluh".to_owned(),
            11 => "sebelas".to_owned(),
            12..=19 => format!("{} belas", said(value - 10)),
            20..=99 => with(format!("{} puluh", said(value / 10)), value % 10),
            100..=999 => with(one(value / 100, "seratus", "ratus"), value % 100),
            1_000..=999_999 => with(one(value / 1_000, "seribu", "ribu"), value % 1_000),
            _ => with(format!("{} juta", said(value / 1_000_000)), value % 1_000_000),
        }
    }

    fn read(text: &str) -> Option<i64> {
        let text = Text::new(text);
        in_words.parse(text.tokens().as_slice()).ok()
    }

    #[test]
    fn words_that_are_no_number_are_none() {
        for text in [
            "dua tiga",
            "puluh",
            "belas dua",
            "dua puluh belas",
            "sepuluh dua ribu ratus",
            "duapuluhh",
            "",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("nol"), Some(0));
    }

    #[test]
    fn amounts_are_grouped_by_threes_and_have_no_cents() {
        for (raw, amount) in [
            ("50.000", Some(50_000)),
            ("50,000", Some(50_000)),
            ("1,250,000", Some(1_250_000)),
            ("1.250.000,00", Some(1_250_000)),
            ("1,250,000.00", Some(1_250_000)),
            ("0,00", Some(0)),
            ("0", Some(0)),
            ("0.00", Some(0)),
            ("0.000", None),
            ("500,00", Some(500)),
            ("50000", Some(50_000)),
            ("150000.00", Some(150_000)),
            ("150000.50", None),
            ("150.00", None),
            ("50.000,50", None),
            ("50000.0", None),
            ("50.00", None),
            ("1.250,000", None),
            ("050.000", None),
            ("00", None),
            ("5.0000", None),
            ("1.50.000", None),
            ("5000.000", None),
        ] {
            assert_eq!(rupiah(raw), amount, "{raw}");
        }
    }

    proptest! {
        #[test]
        fn every_number_is_read_back_as_it_is_said(value in 1i64..999_999_999) {
            prop_assert_eq!(read(&said(value)), Some(value));
            prop_assert_eq!(read(&said(value).replace(' ', "")), Some(value));
        }
    }
}
