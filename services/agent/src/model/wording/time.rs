//! Processing times: "Maksimal 20 (dua puluh) hari", "2 - 3 jam", "1 x 24 jam".

use mpp_api::types::{ServiceTime, service_time::Unit};
use mpp_form::limits::{LONGEST_TIME, SHORT};
use winnow::{
    Parser, Result as Read,
    combinator::{fail, opt},
};

use super::{
    cases::{self, LabelledReading},
    clause::{self, Clause},
    length::{Length, between, in_one_unit, length_of},
    opening::are_weekdays,
    phrase::{attempt, bracketed, end, lists, one_of, taken, word_of},
    sum::{self, Combination},
    token::{Kind, Text, Tokens},
};

/// A length of time and the words beside it.
#[derive(Clone, Debug, PartialEq)]
struct ReadTime<'t> {
    length: Length,
    at_most: bool,
    approximate: bool,
    /// The unit that it is the time for; a time for each and a time for all cannot be added.
    each: Option<Tokens<'t>>,
    notes: Vec<Tokens<'t>>,
}

/// The time that a text tells, or else its words, marked.
pub fn read(source: &str) -> ServiceTime {
    let text = Text::new(source);
    let tokens = text.tokens();
    let plain = || whole.parse(&tokens[..]).ok().map(|reading| reading.into_service_time(&text));
    let found = plain().or_else(|| divided(&text, &tokens)).or_else(|| by_case(&text, &tokens));
    let found = found.filter(fits);
    let unread = ServiceTime { unit: Unit::Unparsed.into(), ..ServiceTime::default() };
    ServiceTime { source_text: text.all(), ..found.unwrap_or(unread) }
}

/// True if the contract's fields hold the words; a record with a longer one would be lost.
fn fits(time: &ServiceTime) -> bool {
    let short = |text: &String| text.chars().count() <= SHORT;
    time.notes.iter().chain([&time.condition, &time.per]).all(short)
        && time.cases.iter().chain(&time.steps).all(fits)
}

/// One time that holds for all, to the text's end.
fn whole<'t>(input: &mut Tokens<'t>) -> Read<ReadTime<'t>> {
    let before = *input;
    let mut notes = leads(input);
    if are_hours(taken(before, input), input) {
        return fail.parse_next(input);
    }
    if let Some(note) = attempt(clause::before_a_time, input) {
        notes.push(note);
        leads(input);
    }
    let inner = attempt(bracketed(reading), input);
    let found = match inner {
        Some(found) => found,
        None => reading(input)?,
    };
    notes.extend(found.notes);
    // "7 jam (Senin - Kamis)" tells when the office is open, and "2 jam; buka 08.00" does not.
    let beside = match found.length.unit {
        Unit::Hours => clause::of_time_for_one,
        Unit::CalendarDays => clause::of_calendar_days,
        _ => clause::of_time_for_all,
    };
    let clauses = clause::all(beside, input);
    let each = one_unit(found.each, &clauses);
    let Some(each) = each else { return fail.parse_next(input) };
    notes.extend(kept(clauses));
    end(input)?;
    let found = ReadTime { notes, each, ..found };
    if found.may_be_all_day(before) {
        return fail.parse_next(input);
    }
    Ok(found)
}

/// The unit that a time is for, if the clauses name one at the most: the contract holds only one.
fn one_unit<'t>(
    mut each: Option<Tokens<'t>>,
    clauses: &[Clause<'t>],
) -> Option<Option<Tokens<'t>>> {
    for clause in clauses {
        match clause {
            Clause::Unit(_) if each.is_some() => return None,
            Clause::Unit(words) => each = Some(words),
            _ => {}
        }
    }
    Some(each)
}

/// "Waktu pelayanan 24 jam" tells when the office is open.
fn are_hours(heading: Tokens, next: Tokens) -> bool {
    let says = |words: &str| heading.iter().any(|token| lists(words, token.text));
    let of_a_day = matches!(next, [number, unit, ..]
        if unit.text == "jam" && lists(OF_A_DAY, number.text)
            || (number.text, unit.text) == ("7", "hari"));
    of_a_day && says("pelayanan | layanan") && !says("jangka | lama | penyelesaian")
}

/// Hours that an office is open.
const OF_A_DAY: &str = "7 | 8 | 9 | 10 | 12 | 24";

/// Words that may stand before a time: its heading, or that one may wait for it.
fn leads<'t>(input: &mut Tokens<'t>) -> Vec<Tokens<'t>> {
    let mut notes = Vec::new();
    loop {
        if let Some(note) = attempt(one_of(SAME_DAY), input) {
            notes.push(note);
        } else if begins(LIMITS, input) || attempt(one_of(HEADINGS), input).is_none() {
            return notes;
        }
        while attempt(word_of(": | = | , | \n"), input).is_some() {}
    }
}

/// True if a limit comes next, and no heading: "selama-lamanya 21 hari".
fn begins(list: &'static str, input: Tokens) -> bool {
    let mut ahead = input;
    attempt(one_of(list), &mut ahead).is_some()
}

const SAME_DAY: &str = "dapat ditunggu | bisa ditunggu | ditunggu | langsung jadi";

const HEADINGS: &str = "\
    waktu | waktu pelayanan | waktu penyelesaian | waktu layanan | waktu proses | waktu \
     pengerjaan | jangka waktu | jangka waktu penyelesaian | jangka waktu \
     pelayanan | jangka waktu layanan | jangka waktu proses | lama | lama waktu | lama \
     proses | lama pelayanan | lama pengurusan | lama penyelesaian | lama waktu \
     penyelesaian | lamanya | lama layanan | proses | proses penyelesaian | estimasi \
     waktu | durasi | penyelesaian | diselesaikan | diselesaikan dalam | diselesaikan \
     dalam waktu | selesai dalam | selesai dalam waktu | dalam waktu | dalam jangka waktu \
     | dalam | selama | adalah | standar waktu | target waktu | total waktu | total | \
     jumlah waktu | waktu penyelesaian layanan | waktu penyelesaian pelayanan | proses \
     selama | memakan waktu | membutuhkan waktu | sla | kurun waktu | dalam kurun waktu | \
     waktu yang dibutuhkan | selesai | selesai :";

/// A time with its clauses; also one case's time, or one step's.
fn reading<'t>(input: &mut Tokens<'t>) -> Read<ReadTime<'t>> {
    let both = attempt(soonest_and_latest, input);
    let (length, at_most, approximate) = match both {
        Some(length) => (length, false, false),
        None => limited(input)?,
    };
    if attempt(bracketed(length_of), input).is_some_and(|again| !length.is_said_by(again)) {
        return fail.parse_next(input);
    }
    let clauses = clause::in_a_case(clause::of_time, input)?;
    let Some(each) = one_unit(None, &clauses) else { return fail.parse_next(input) };
    Ok(ReadTime { length, at_most, approximate, each, notes: kept(clauses) })
}

fn kept<'t>(clauses: Vec<Clause<'t>>) -> Vec<Tokens<'t>> {
    let words = |clause| match clause {
        Clause::Unit(_) => None,
        Clause::Note(words) | Clause::Regulation(words, _) | Clause::Basis(words) => Some(words),
    };
    clauses.into_iter().filter_map(words).collect()
}

/// "paling cepat 1 hari paling lama 3 hari": a minimum alone is no time.
fn soonest_and_latest(input: &mut Tokens) -> Read<Length> {
    one_of("paling cepat | minimal | minimum | paling singkat | min | min .").parse_next(input)?;
    let least = length_of(input)?;
    opt(word_of(", | dan | - | /")).parse_next(input)?;
    one_of(LIMITS).parse_next(input)?;
    let most = length_of(input)?;
    between(least, most).map_or_else(|| fail.parse_next(input), Ok)
}

fn limited(input: &mut Tokens) -> Read<(Length, bool, bool)> {
    let about = opt(one_of(ABOUT)).parse_next(input)?.is_some();
    let limit = opt(one_of(LIMITS)).parse_next(input)?.is_some();
    if limit {
        opt(one_of(": | dalam | dalam waktu | selama | dalam jangka waktu")).parse_next(input)?;
    }
    let about = opt(one_of(ABOUT)).parse_next(input)?.is_some() || about;
    let length = length_of(input)?;
    let behind = opt(one_of(LIMITS_BEHIND)).parse_next(input)?;
    Ok((length, limit || behind.is_some(), about))
}

const LIMITS_BEHIND: &str = "\
    maksimal | ( maksimal ) | maksimum | ( maksimum ) | maks | maks . | ( maks ) | ( maks . ) | \
     max | max . | ( max ) | maximal | paling lama | paling lambat";

const ABOUT: &str = "\
    sekitar | kurang lebih | lebih kurang | kira - kira | kira kira | ± | ± : | + / - | \
     + - | - + | ~ | rata - rata | rata rata | estimasi | estimasi : | diperkirakan | \
     perkiraan | kisaran | berkisar | berkisar antara";

const LIMITS: &str = "\
    maksimal | maksimum | maks | maks . | mak | mak . | max | max . | maximal | paling lama | \
     paling lambat | paling lama adalah | selambat - lambatnya | selambat lambatnya | \
     selambatnya | selama - lamanya | selama lamanya | tidak lebih dari | tidak melebihi \
     | kurang dari | < | ≤ | di bawah | dibawah | hingga | sampai | sampai dengan | up to | at most | no more than | not more than | within \
     | s / d | s . d . | waktu maksimal | selambat - lambat nya";

impl ReadTime<'_> {
    /// "24 jam" and no more tells that an office is always open, or how long one waits at most; "1
    /// x 24 jam", a heading, a limit or a clause says which.
    fn may_be_all_day(&self, said: Tokens) -> bool {
        let all_day = Length { least: 24, most: 24, unit: Unit::Hours };
        let bare = self.notes.is_empty() && self.each.is_none();
        let first = said.iter().find(|token| token.kind != Kind::Mark);
        self.length == all_day
            && bare
            && !(self.at_most || self.approximate)
            && first.is_some_and(|first| lists("24 | dua", first.text))
    }

    fn into_service_time(self, text: &Text) -> ServiceTime {
        let Length { least, most, unit } = self.length;
        ServiceTime {
            value: most,
            unit: unit.into(),
            at_most: self.at_most,
            min_value: if least < most { least } else { 0 },
            approximate: self.approximate,
            per: self.each.map(|words| text.words(words)).unwrap_or_default(),
            notes: self.notes.iter().map(|words| text.words(words)).collect(),
            ..ServiceTime::default()
        }
    }
}

/// "maksimal 14 hari: 10 hari di dinas teknis, 4 hari di DPMPTSP": the total leads, if its parts
/// add up to it.
fn divided(text: &Text, tokens: Tokens) -> Option<ServiceTime> {
    let mut input = tokens;
    leads(&mut input);
    let mut total = attempt(reading, &mut input)?;
    let parts = match input.split_first()? {
        (first, rest) if first.text == ":" => rest,
        (first, rest) if first.text == "(" => {
            rest.split_last().filter(|(last, _)| last.text == ")")?.1
        }
        _ => return None,
    };
    let pieces = pieces(parts)?;
    let several = pieces.len() > 1 && pieces.iter().all(|piece| piece.label.is_some());
    let sum = sum(&pieces).filter(|_| several)?;
    if sum.length != total.length {
        return None;
    }
    total.notes.extend(pieces.iter().map(|piece| piece.text));
    Some(total.into_service_time(text))
}

fn pieces<'t>(tokens: Tokens<'t>) -> Option<Vec<LabelledReading<'t, ReadTime<'t>>>> {
    cases::pieces(tokens, |input: &mut Tokens<'t>, _| {
        leads(input);
        reading(input)
    })
}

/// Alternatives, or steps that add up.
fn by_case(text: &Text, tokens: Tokens) -> Option<ServiceTime> {
    let pieces = pieces(tokens)?;
    if are_opening_hours(&pieces) || is_of_a_week(&pieces) || sum::may_follow(&pieces) {
        return None;
    }
    match sum::outcome(pieces)? {
        Combination::Cases(pieces) => Some(ServiceTime {
            unit: Unit::Cases.into(),
            cases: pieces.into_iter().map(|piece| one(text, piece)).collect(),
            ..ServiceTime::default()
        }),
        Combination::Parts(pieces) => Some(ServiceTime {
            steps: pieces.iter().cloned().map(|piece| one(text, piece)).collect(),
            ..sum(&pieces)?.into_service_time(text)
        }),
    }
}

/// "5 hari (Senin-Jumat)": not five days in the case of some of them, but the days of that week.
fn is_of_a_week(pieces: &[LabelledReading<ReadTime>]) -> bool {
    matches!(pieces, [only] if only.label.is_some_and(are_weekdays))
}

/// "Senin-Kamis 7 jam, Jumat 4 jam", "Poli 6 jam; IGD 24 jam": when somebody is there.
fn are_opening_hours(pieces: &[LabelledReading<ReadTime>]) -> bool {
    let all_day = |words: &Tokens| {
        let said = |at: usize| words.get(at).map_or("", |token| token.text);
        let day = |at: usize| said(at) == "24" && said(at + 1) == "jam";
        (0..words.len()).any(|at| day(at) && (at == 0 || said(at - 1) != "x"))
    };
    let of_hours = |piece: &LabelledReading<ReadTime>| {
        let hours = piece.reading.as_ref().is_some_and(|read| read.length.unit == Unit::Hours);
        let label = piece.label.unwrap_or_default();
        hours && (all_day(&piece.text) || label.iter().any(|token| lists(OPEN_IN, token.text)))
    };
    pieces.iter().any(of_hours)
}

/// Days, seasons and counters that have hours.
const OPEN_IN: &str = "\
    senin | selasa | rabu | kamis | jumat | sabtu | minggu | ahad | hari | pagi | siang | sore | \
    malam | ramadan | ramadhan | \
    puasa | libur | weekend | weekday | shift | sif | loket | poli | igd | ugd | apotek | kantor | \
    posko";

/// One case or step.
fn one(text: &Text, piece: LabelledReading<ReadTime>) -> ServiceTime {
    let read = piece.reading.map(|reading| reading.into_service_time(text));
    let unread = ServiceTime { unit: Unit::Unparsed.into(), ..ServiceTime::default() };
    ServiceTime {
        condition: piece.label.map(|label| text.words(label)).unwrap_or_default(),
        source_text: text.words(piece.text),
        ..read.unwrap_or(unread)
    }
}

/// The time of all steps together; `None` if one is unknown or their units have nothing in
/// common.
fn sum<'t>(pieces: &[LabelledReading<'t, ReadTime<'t>>]) -> Option<ReadTime<'t>> {
    let mut readings = pieces.iter().map(|piece| piece.reading.clone());
    let mut sum = ReadTime { notes: Vec::new(), ..readings.next()?? };
    for reading in readings {
        let reading = reading?;
        let (so_far, more) = in_one_unit(sum.length, reading.length)?;
        let (least, most) = (so_far.least + more.least, so_far.most + more.most);
        sum.length = Length { least, most, unit: more.unit };
        let each = |each: Option<Tokens<'t>>| each.map(|words| words.last().map(|last| last.text));
        (each(reading.each) == each(sum.each)).then_some(())?;
        sum.at_most |= reading.at_most;
        sum.approximate |= reading.approximate;
    }
    (sum.length.most <= LONGEST_TIME).then_some(sum)
}
