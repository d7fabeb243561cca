//! Amounts of rupiah: "Rp. 350.000,-", "45 ribu", "Rp6.000-Rp12.000".

use mpp_form::limits::MOST_RUPIAH;
use winnow::{
    Parser, Result as Read,
    combinator::{alt, fail, opt, repeat},
    token::any,
};

use super::{
    length::TO,
    number::{hundredths, in_words, rupiah, without_cents},
    phrase::{attempt, bracketed, digits, mark, one_of, word_of},
    token::{Token, Tokens},
};

/// A smaller amount is a slip, such as "Rp50" for 50 thousand.
const LEAST: i64 = 100;
/// A smaller number without a currency may be anything.
const LEAST_BARE: i64 = 1_000;

/// From `least` to `most` rupiah; a single amount if they are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    least: i64,
    most: i64,
    pub approximate: bool,
    /// True if the text says that it is rupiah.
    pub marked: bool,
}

/// One amount of money, as a text states it.
#[derive(Clone, Copy)]
struct Money {
    value: i64,
    marked: bool,
    /// The number before "ribu" or "juta".
    factor: i64,
    plain: bool,
}

impl Amount {
    pub fn is_none(self) -> bool {
        self.most == 0
    }

    pub fn is_range(self) -> bool {
        self.least < self.most
    }

    /// The amount and the greatest one, which is 0 for a single amount.
    pub fn rupiah(self) -> (i64, i64) {
        if self.is_range() { (self.least, self.most) } else { (self.most, 0) }
    }
}

/// An amount, a range, or a maximum; a minimum alone is not read.
pub fn amount(input: &mut Tokens) -> Read<Amount> {
    let approximate = opt(one_of(ABOUT)).parse_next(input)?.is_some();
    let limit = opt(one_of(LIMITS)).parse_next(input)?.is_some();
    let range = attempt(|input| alt((from_to, one_to)).parse_next(input), input);
    let (least, most, marked) = match range {
        Some(range) if !limit => range,
        Some(_) => return fail.parse_next(input),
        None => {
            let one = money.verify(Money::is_likely).parse_next(input)?;
            (if limit { 0 } else { one.value }, one.value, one.marked)
        }
    };
    let behind = bracketed(one_of("estimasi | perkiraan | kurang lebih | kira - kira"));
    let approximate = opt(behind).parse_next(input)?.is_some() || approximate;
    let limit_behind = !limit && least == most && attempt(one_of(LIMITS_BEHIND), input).is_some();
    let least = if limit_behind { 0 } else { least };
    let limit = limit || limit_behind;
    let good = most <= MOST_RUPIAH && !(limit && most == 0);
    if good { Ok(Amount { least, most, approximate, marked }) } else { fail.parse_next(input) }
}

const ABOUT: &str = "\
    sekitar | kurang lebih | lebih kurang | ± | + / - | kira - kira | perkiraan | \
     estimasi | kisaran";

const LIMITS: &str = "\
    maksimal | maksimum | maks | maks . | paling banyak | paling tinggi | setinggi - \
     tingginya | tidak lebih dari | paling mahal | tidak melebihi | ≤ | up to | at most";

const LIMITS_BEHIND: &str =
    "( maksimal ) | ( maksimum ) | ( maks ) | ( maks . ) | ( max ) | ( max . )";

/// "Rp 5.000 s/d Rp 10.000", "50 - 100 ribu".
fn one_to(input: &mut Tokens) -> Read<(i64, i64, bool)> {
    let (low, _, high) = (money, one_of(TO), money).parse_next(input)?;
    range(low, high).map_or_else(|| fail.parse_next(input), Ok)
}

/// "antara Rp 5.000 dan Rp 10.000", "mulai dari Rp 5.000 sampai Rp 10.000".
fn from_to(input: &mut Tokens) -> Read<(i64, i64, bool)> {
    one_of("antara | berkisar antara | berkisar | dari | mulai | mulai dari | mulai dari harga")
        .parse_next(input)?;
    let (low, _, high) = (money, alt((one_of(TO), one_of("dan"))), money).parse_next(input)?;
    range(low, high).map_or_else(|| fail.parse_next(input), Ok)
}

fn range(low: Money, high: Money) -> Option<(i64, i64, bool)> {
    let shared = low.plain && low.factor == 1 && low.value < 1_000;
    let least = if shared { low.value * high.factor } else { low.value };
    let marked = low.marked || high.marked;
    let likely = Money { value: least, marked, ..low }.is_likely() && high.is_likely();
    (likely && least < high.value).then_some((least, high.value, marked))
}

impl Money {
    fn is_likely(&self) -> bool {
        let least = if self.marked { LEAST } else { LEAST_BARE };
        let bare = !self.marked && self.plain;
        self.value == 0 || (self.value >= least && !(bare && is_other_number(self.value)))
    }
}

/// Digits alone may be a year, a postal code, a date or a telephone number; a price is a round one.
fn is_other_number(value: i64) -> bool {
    let round = if value < 1_000_000 { 100 } else { 50_000 };
    let part = |of: i64, from: i64, to: i64| (from..=to).contains(&of);
    let year = |of: i64| part(of, 1_900, 2_099);
    let date = year(value % 10_000) && part(value / 10_000 % 100, 1, 12)
        || year(value / 10_000) && part(value / 100 % 100, 1, 12);
    year(value) || date || value % round != 0
}

fn money(input: &mut Tokens) -> Read<Money> {
    let money = alt((in_digits, said)).parse_next(input)?;
    let again = |input: &mut Tokens| {
        alt((said_again, in_digits.map(|again: Money| again.value))).parse_next(input)
    };
    match attempt(bracketed(again), input) {
        Some(again) if again != money.value => fail.parse_next(input),
        // "Rp 50.000 (lima puluh ribu) rupiah".
        Some(_) => {
            let named = attempt(mark("rupiah"), input).is_some();
            Ok(Money { marked: money.marked || named, ..money })
        }
        None => Ok(money),
    }
}

/// "Rp. 350.000,-", "45 ribu", "750.000 rupiah".
fn in_digits(input: &mut Tokens) -> Read<Money> {
    let currency = opt(one_of("rp | rp . | idr | rp . , | rp : | rp . :")).parse_next(input)?;
    let spaced = currency.and_then(|_| attempt(spaced_groups, input));
    let raw = match &spaced {
        Some(spaced) => spaced.as_str(),
        None => digits(input)?,
    };
    let factor = opt(factor).parse_next(input)?;
    let dash = opt(dash).parse_next(input)?;
    let named = opt(word_of("rupiah | idr")).parse_next(input)?;
    let value = match factor {
        None => rupiah(raw),
        Some(factor) => hundredths(raw).and_then(|number| {
            number.checked_mul(factor).filter(|value| value % 100 == 0).map(|value| value / 100)
        }),
    };
    let whole = without_cents(raw).unwrap_or(raw);
    let plain = whole.bytes().all(|byte| byte.is_ascii_digit());
    let marked = currency.is_some() || named.is_some() || dash.is_some() || factor.is_some();
    let money = |value| Money { value, marked, factor: factor.unwrap_or(1), plain };
    value.map(money).map_or_else(|| fail.parse_next(input), Ok)
}

/// "1 000 000", "50. 000" behind a currency: up to three digits, and then three by three.
fn spaced_groups(input: &mut Tokens) -> Read<String> {
    let digits_of = |most: usize, least: usize| {
        digits.verify(move |raw: &str| {
            (least..=most).contains(&raw.len()) && raw.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    let first = digits_of(3, 1).parse_next(input)?;
    let group = (opt(mark(".")), digits_of(3, 3)).map(|(_, group)| group);
    let groups: Vec<&str> = repeat(1..=4, group).parse_next(input)?;
    Ok(format!("{first}.{}", groups.join(".")))
}

/// ",-" behind an amount; the dash of a range has a blank before it.
fn dash(input: &mut Tokens) -> Read<()> {
    let close = any.verify(|token: &Token| matches!(token.text, "-" | "=") && !token.spaced);
    let dashes = repeat(1..=2, close.void()).map(|()| ());
    (one_of(", | . | . , | , ."), dashes).void().parse_next(input)
}

fn factor(input: &mut Tokens) -> Read<i64> {
    alt((
        one_of("ribu | rb | rb . | k").value(1_000),
        one_of("juta | jt | jt .").value(1_000_000),
        one_of("miliar | milyar").value(1_000_000_000),
    ))
    .parse_next(input)
}

/// "lima puluh ribu rupiah", "seratus ribu".
fn said(input: &mut Tokens) -> Read<Money> {
    let money = |value, marked| Money { value, marked, factor: 1, plain: false };
    (in_words, opt(mark("rupiah")))
        .map(|(words, named)| money(words, named.is_some()))
        .parse_next(input)
}

/// The amount in brackets behind the digits; the currency may be left out there.
fn said_again(input: &mut Tokens) -> Read<i64> {
    (opt(mark("terbilang")), opt(mark(":")), in_words, opt(mark("rupiah")), opt(mark(".")))
        .map(|(_, _, value, ..)| value)
        .parse_next(input)
}
