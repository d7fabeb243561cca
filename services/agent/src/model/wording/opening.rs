//! Opening hours beside a time: days of the week and times of day. They are no part of the time and
//! leave it as it is.

use winnow::{
    Parser, Result as Read,
    combinator::{alt, fail, opt, repeat},
};

use super::{
    length::TO,
    phrase::{digits, lists, mark, one_of, taken, word_of},
    token::Tokens,
};

/// "jam pelayanan Senin s/d Kamis 08.00 – 14.00 WIB".
pub fn hours<'t>(input: &mut Tokens<'t>) -> Read<Tokens<'t>> {
    let whole = *input;
    one_of(
        "jam pelayanan | jam layanan | jam kerja | jam operasional | jam buka | jam buka \
     layanan | jam operasional pelayanan | pada jam kerja | pada jam pelayanan | pada jam \
     layanan | pada jam dinas | waktu pelayanan | hari pelayanan | hari layanan | hari \
     dan jam pelayanan | buka | buka setiap | buka hari",
    )
    .parse_next(input)?;
    when(input)?;
    Ok(taken(whole, input))
}

/// "Senin-Jumat", "08.00-15.00 WIB": from one to another, since a day alone may be a condition.
pub fn bare_hours<'t>(input: &mut Tokens<'t>) -> Read<Tokens<'t>> {
    let whole = *input;
    opt(one_of("pukul | jam | hari")).parse_next(input)?;
    let days = (one_of(DAYS), one_of(TO), one_of(DAYS)).void();
    alt((days, (clock, one_of(TO), clock).void())).parse_next(input)?;
    when(input)?;
    Ok(taken(whole, input))
}

/// "08.00-15.00 WIB", and no days.
pub fn times_of_day<'t>(input: &mut Tokens<'t>) -> Read<Tokens<'t>> {
    let whole = *input;
    opt(one_of("pukul | jam")).parse_next(input)?;
    (clock, one_of(TO), clock, opt(word_of("wib | wita | wit"))).parse_next(input)?;
    Ok(taken(whole, input))
}

/// True for words that name several days of the week, and nothing else but times of day: "Senin -
/// Jumat". One alone may be a condition.
pub fn are_weekdays(words: Tokens) -> bool {
    let days = words.iter().filter(|word| lists(DAYS, word.text)).count();
    let known = |part: Tokens| {
        let mut rest = part;
        when(&mut rest).is_ok() && rest.is_empty()
    };
    days > 1 && words.split(|word| word.text == ",").all(known)
}

/// "hari Sabtu tutup", "Sabtu dan Minggu libur".
pub fn closed_days<'t>(input: &mut Tokens<'t>) -> Read<Tokens<'t>> {
    let whole = *input;
    opt(mark("hari")).parse_next(input)?;
    (one_of(DAYS), when, word_of("tutup | libur")).parse_next(input)?;
    Ok(taken(whole, input))
}

/// Days and times of day to the last of them; what joins one to nothing is no part of it.
fn when(input: &mut Tokens) -> Read<()> {
    let joints = repeat(0.., word_of(BETWEEN).void()).map(|()| ());
    let point = alt((clock, one_of(DAYS).void(), word_of("wib | wita | wit").void()));
    repeat(0.., (joints, point).void()).map(|()| ()).parse_next(input)
}

const DAYS: &str =
    "senin | selasa | rabu | kamis | jumat | jum at | sabtu | minggu | ahad | hari kerja";

const BETWEEN: &str =
    "pukul | jam | hari | . | s | d | sd | / | - | : | sampai | dengan | hingga | dan | &";

/// Reads a time of day, such as "08.00" or "08:00".
fn clock(input: &mut Tokens) -> Read<()> {
    let two = |raw: &str, most: u8| raw.parse().is_ok_and(|value: u8| value <= most);
    let hour = digits.parse_next(input)?;
    let minute = match hour.split_once('.') {
        Some((hour, minute)) => (hour, minute),
        None => (hour, (mark(":"), digits).parse_next(input)?.1),
    };
    let good = two(minute.0, 24) && minute.1.len() == 2 && two(minute.1, 59);
    if good { Ok(()) } else { fail.parse_next(input) }
}
