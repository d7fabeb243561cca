//! Amounts in another currency than the rupiah: "100 USD per bulan per orang".

use winnow::{
    Parser, Result as Read,
    combinator::{alt, fail, opt},
};

use super::{
    number::{hundredths, rupiah},
    phrase::{attempt, bracketed, digits, one_of},
    price::Price,
    token::Tokens,
    unit::unit_of_fee,
};

/// A foreign amount, with its unit in the same brackets, or bare.
pub fn foreign<'t>(input: &mut Tokens<'t>) -> Read<(Price<'t>, Option<Tokens<'t>>)> {
    let inside = |input: &mut Tokens<'t>| (amount, opt(unit_of_fee)).parse_next(input);
    alt((bracketed(inside), inside)).parse_next(input)
}

fn amount<'t>(input: &mut Tokens<'t>) -> Read<Price<'t>> {
    let (currency, hundredths) =
        alt(((currency, number), (number, currency).map(|(number, currency)| (currency, number))))
            .parse_next(input)?;
    opt(one_of(", - | . -")).parse_next(input)?;
    Ok(Price::Foreign { currency, hundredths })
}

/// Hundredths: "100", "1,000", "12.50".
fn number(input: &mut Tokens) -> Read<i64> {
    let value = |raw: &str| {
        let whole = || rupiah(raw).and_then(|units| units.checked_mul(100));
        hundredths(raw).filter(|_| !raw.starts_with('0')).or_else(whole).filter(|value| *value > 0)
    };
    digits.verify_map(value).parse_next(input)
}

/// ISO 4217; "$" alone may be several.
fn currency(input: &mut Tokens) -> Read<&'static str> {
    let found =
        CURRENCIES.iter().find_map(|(code, names)| attempt(one_of(names), input).map(|_| *code));
    found.map_or_else(|| fail.parse_next(input), Ok)
}

/// True for a word or a sign that names a currency other than the rupiah, also an unknown dollar.
pub fn is_currency(word: &str) -> bool {
    let mut names = CURRENCIES.iter().flat_map(|(_, names)| names.split_whitespace());
    let is_of_names = names.any(|one| one == word) && word.chars().count() != 1 || word == "€";
    let is_country = matches!(word, "us" | "as" | "amerika" | "serikat" | "singapura" | "saudi")
        || matches!(word, "malaysia" | "australia" | "real");
    (is_of_names && !is_country) || matches!(word, "$" | "£" | "¥" | "dollar")
}

const CURRENCIES: &[(&str, &str)] = &[
    (
        "USD",
        "usd | usd $ | us $ | dolar as | dolar amerika | dolar amerika serikat | us dollar | \
     us dolar",
    ),
    ("EUR", "eur | euro | €"),
    ("SGD", "sgd | s $ | dolar singapura"),
    ("MYR", "myr | rm | ringgit | ringgit malaysia"),
    ("SAR", "sar | riyal | riyal saudi | real saudi"),
    ("JPY", "jpy | yen"),
    ("AUD", "aud | dolar australia"),
    ("CNY", "cny | yuan"),
    ("GBP", "gbp | poundsterling"),
    ("TWD", "twd"),
    ("HKD", "hkd"),
    ("KRW", "krw | won"),
];
