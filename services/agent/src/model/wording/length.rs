//! Lengths of time: "20 (dua puluh) hari", "2 - 3 jam", "1 x 24 jam".

use mpp_api::types::service_time::Unit;
use mpp_form::limits::LONGEST_TIME;
use winnow::{
    Parser, Result as Read,
    combinator::{alt, fail, opt},
    token::any,
};

use super::{
    number::{count, hundredths, in_words, plain_digits},
    phrase::{bracketed, digits, mark, one_of, word_of},
    token::{Token, Tokens},
};

/// A length in one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length {
    pub least: i64,
    pub most: i64,
    pub unit: Unit,
}

/// A length or a range.
pub fn length_of(input: &mut Tokens) -> Read<Length> {
    alt((range, shared_range, either, one_length)).parse_next(input)
}

/// "30 menit - 1 jam".
fn range(input: &mut Tokens) -> Read<Length> {
    let (least, _, most) = (one_length, one_of(TO), one_length).parse_next(input)?;
    between(least, most).map_or_else(|| fail.parse_next(input), Ok)
}

/// "2 - 3 jam".
fn shared_range(input: &mut Tokens) -> Read<Length> {
    let (least, _, most, unit) = (count, one_of(TO), count, unit).parse_next(input)?;
    counted_between(least, most, unit).map_or_else(|| fail.parse_next(input), Ok)
}

/// "3 atau 4 hari", "antara 5 dan 7 hari": the two ends. "15 atau 30 menit" are two times, and
/// nobody says when it is which.
fn either(input: &mut Tokens) -> Read<Length> {
    let (least, most, unit) = alt((
        (mark("antara"), count, one_of("dan | sampai | hingga | -"), count, unit)
            .map(|(_, least, _, most, unit)| (least, most, unit)),
        (count, mark("atau"), count, unit)
            .verify(|(least, _, most, _)| least + 1 == *most)
            .map(|(least, _, most, unit)| (least, most, unit)),
    ))
    .parse_next(input)?;
    counted_between(least, most, unit).map_or_else(|| fail.parse_next(input), Ok)
}

fn counted_between(least: i64, most: i64, (unit, of): (Unit, i64)) -> Option<Length> {
    between(exactly(least, of, unit)?, exactly(most, of, unit)?)
}

/// Words between the ends of a range, of times and of fees.
pub const TO: &str = "\
    - | s / d | s / d . | s . d . | s . d | sd | sd . | s d | sampai dengan | sampai | \
     hingga";

/// From one length to a longer one.
pub fn between(least: Length, most: Length) -> Option<Length> {
    let (least, most) = in_one_unit(least, most)?;
    (least.most < most.most).then_some(Length { least: least.least, ..most })
}

/// Hours and minutes become minutes; days and hours have nothing in common here.
pub fn in_one_unit(one: Length, other: Length) -> Option<(Length, Length)> {
    if one.unit == other.unit {
        return Some((one, other));
    }
    Some((one.in_minutes()?, other.in_minutes()?))
}

impl Length {
    /// True if another length says the same: "60 menit (1 jam)", and of working days also "1
    /// hari kerja (8 jam)".
    pub fn is_said_by(self, again: Self) -> bool {
        let worked = |hours: i64| hours == self.most * 8 && self.least == self.most;
        match (self.unit, again.unit) {
            (Unit::WorkingDays, Unit::Hours) => again.least == again.most && worked(again.most),
            _ => in_one_unit(again, self).is_some_and(|(one, other)| one == other),
        }
    }

    fn in_minutes(self) -> Option<Self> {
        match self.unit {
            Unit::Minutes => Some(self),
            Unit::Hours => {
                Some(Self { least: self.least * 60, most: self.most * 60, unit: Unit::Minutes })
            }
            _ => None,
        }
    }
}

/// A number that looks like a year is one: "2024 hari". Nobody counts in a thousand hours: "1.500
/// jam" is a calculator's one and a half.
fn exactly(number: i64, of: i64, unit: Unit) -> Option<Length> {
    if (1_900..2_100).contains(&number) || unit == Unit::Hours && number >= 1_000 {
        return None;
    }
    let value = number.checked_mul(of).filter(|value| (1..=LONGEST_TIME).contains(value))?;
    Some(Length { least: value, most: value, unit })
}

fn one_length(input: &mut Tokens) -> Read<Length> {
    alt((
        times_24,
        hours_and_minutes,
        part_of_hours,
        quarters,
        half_hours,
        counted,
        said_in_brackets,
        single_word,
    ))
    .parse_next(input)
}

/// "3 x 24 jam"; "7 x 24 jam" is open at all hours.
fn times_24(input: &mut Tokens) -> Read<Length> {
    (count.verify(|days| *days != 7), mark("x"), count.verify(|hours| *hours == 24), one_of(HOURS))
        .verify_map(|(days, ..)| exactly(days, 24, Unit::Hours))
        .parse_next(input)
}

/// "1 jam 30 menit".
fn hours_and_minutes(input: &mut Tokens) -> Read<Length> {
    let minutes = count.verify(|minutes| *minutes < 60);
    (count, one_of(HOURS), opt(mark("dan")), minutes, one_of(MINUTES))
        .verify_map(|(hours, _, _, minutes, _)| {
            exactly(hours.checked_mul(60)?.checked_add(minutes)?, 1, Unit::Minutes)
        })
        .parse_next(input)
}

/// "1,5 jam". Two digits behind the mark are a clock's minutes, and so is a leading "0" a clock's
/// hour: "1.30 jam", "08.00 jam".
fn part_of_hours(input: &mut Tokens) -> Read<Length> {
    let part = digits.verify(|raw: &str| {
        let parts = raw.split_once([',', '.']);
        parts.is_some_and(|(whole, part)| {
            part.len() == 1 && (whole == "0" || !whole.starts_with('0'))
        })
    });
    (part, one_of(HOURS))
        .verify_map(|(raw, _)| {
            let minutes = hundredths(raw)?.checked_mul(60)?;
            (minutes % 100 == 0).then(|| exactly(minutes / 100, 1, Unit::Minutes))?
        })
        .parse_next(input)
}

/// "seperempat jam", "tiga perempat jam".
fn quarters(input: &mut Tokens) -> Read<Length> {
    let minutes = alt((one_of("seperempat").value(15), one_of("tiga perempat").value(45)))
        .parse_next(input)?;
    one_of(HOURS).verify_map(|_| exactly(minutes, 1, Unit::Minutes)).parse_next(input)
}

/// "1½ jam", "dua setengah jam", "setengah jam".
fn half_hours(input: &mut Tokens) -> Read<Length> {
    (opt(count), word_of("½ | setengah"), one_of(HOURS))
        .verify_map(|(hours, ..)| {
            exactly(hours.unwrap_or(0).checked_mul(60)?.checked_add(30)?, 1, Unit::Minutes)
        })
        .parse_next(input)
}

/// "20 (dua puluh) hari".
fn counted(input: &mut Tokens) -> Read<Length> {
    (count, unit).verify_map(|(number, (unit, of))| exactly(number, of, unit)).parse_next(input)
}

/// "5 (lima hari kerja)".
fn said_in_brackets(input: &mut Tokens) -> Read<Length> {
    let said = bracketed(|input: &mut Tokens| (in_words, unit).parse_next(input));
    (plain_digits, said)
        .verify_map(|(number, (said, (unit, of)))| {
            (number == said).then(|| exactly(number, of, unit))?
        })
        .parse_next(input)
}

/// "sehari", "sejam", "seminggu".
fn single_word(input: &mut Tokens) -> Read<Length> {
    let (days, unit) = alt((
        one_of("sehari").value((1, Unit::CalendarDays)),
        one_of("seminggu").value((7, Unit::CalendarDays)),
        one_of("sejam").value((1, Unit::Hours)),
    ))
    .parse_next(input)?;
    Ok(Length { least: days, most: days, unit })
}

const MINUTES: &str = "menit | mnt | minutes | minute";
const HOURS: &str = "jam | jm | hours | hour";

/// A unit and how many of it one stands for. Plain "hari" is a calendar day, as in the national
/// catalog's own list of units, which keeps "hari kerja" beside it; a month has no fixed length.
fn unit(input: &mut Tokens) -> Read<(Unit, i64)> {
    alt((
        one_of(MINUTES).value((Unit::Minutes, 1)),
        one_of(HOURS).value((Unit::Hours, 1)),
        alt((one_of(WORKING_DAYS).void(), (spelt("hari"), spelt("kerja")).void()))
            .value((Unit::WorkingDays, 1)),
        one_of("hari | hr | hari kalender | days | day").value((Unit::CalendarDays, 1)),
        one_of("minggu | pekan | weeks | week").value((Unit::CalendarDays, 7)),
        spelt("menit").value((Unit::Minutes, 1)),
        spelt("hari").value((Unit::CalendarDays, 1)),
        spelt("minggu").value((Unit::CalendarDays, 7)),
    ))
    .parse_next(input)
}

const WORKING_DAYS: &str = "\
    hari kerja | hari kerja ( hk ) | hr kerja | harikerja | hk | hari - kerja | hari ( kerja ) | \
     working days | working day | business days";

/// A unit, also with a slip of the pen that leaves no doubt: behind its first letter one is left
/// out, is there twice, or has changed places with the next ("mnit", "harri", "kejra").
fn spelt<'t>(right: &'static str) -> impl FnMut(&mut Tokens<'t>) -> Read<Token<'t>> {
    move |input| any.verify(|token: &Token| is_spelt(token.text, right)).parse_next(input)
}

fn is_spelt(word: &str, right: &str) -> bool {
    let (said, meant) = (word.as_bytes(), right.as_bytes());
    if said == meant {
        return true;
    }
    let without = |of: &[u8], at: usize| [&of[..at], &of[at + 1..]].concat();
    let left_out = || (1..meant.len()).any(|at| without(meant, at) == said);
    let doubled = || {
        let twice = |at: usize| said[at] == said[at - 1] && without(said, at) == meant;
        (1..said.len()).any(twice)
    };
    let exchanged = || {
        (1..meant.len() - 1).any(|at| {
            let mut other = meant.to_vec();
            other.swap(at, at + 1);
            other == said
        })
    };
    said.len() > 2 && (left_out() || doubled() || exchanged())
}
