//! Marks before an item: numbers, letters and Roman numbers that run on, and bullets.

use std::collections::HashMap;

use mpp_form::{dates::is_month, screen::name::is_tick};

/// Words before a number that is a part of the text: "RT 05. RW 02", "Pasal 5", "rangkap 2.".
pub(super) const NUMBERED: &[&str] = &[
    "ayat", "angka", "bab", "blok", "butir", "form", "formulir", "gang", "gol", "golongan",
    "huruf", "jalan", "jenis", "jl", "jln", "kategori", "kelas", "lampiran", "lantai", "loket",
    "lt", "minimal", "maksimal", "model", "no", "nomor", "nomer", "pasal", "pp", "rangkap", "rt",
    "ruang", "rw", "sebanyak", "seri", "tahap", "tahun", "th", "tingkat", "tipe", "uu",
];

/// Words before a day of a month: "mulai 2. Mei". Elsewhere a month alone is an item: "2. Mei".
const BEFORE_DATES: &[&str] = &[
    "tanggal", "tgl", "mulai", "sejak", "sampai", "hingga", "dari", "per", "pada", "sebelum",
    "sesudah", "setelah",
];

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Digits {
    Arabic,
    Lower,
    Upper,
    LowerRoman,
    UpperRoman,
}

/// The signs around a mark: `1.`, `1)`, `(1)`, `1.)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Dress {
    Dot,
    Bracket,
    Brackets,
    DotBracket,
}

type Style = (Digits, Dress);

/// A number that may stand before an item.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    line: usize,
    /// Its place in the line.
    pub at: usize,
    /// The place where its item begins.
    pub end: usize,
    style: Style,
    value: u32,
    /// True if it begins its line.
    pub leads: bool,
    /// It does not lead its line, but stands after the end of a sentence or a colon.
    opens: bool,
    /// A blank follows, or the end of the line.
    spaced: bool,
    /// A capital or a digit follows.
    capital: bool,
}

/// The numbers of all lines that are numbering, line by line: those that run 1, 2, 3, and at the
/// beginning of a line those that can be nothing else.
pub fn numbering(lines: &[&str]) -> Vec<Vec<Mark>> {
    let mut all: Vec<Mark> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        scan(index, line, &mut all);
    }
    settle_roman(&mut all);
    let mut found = vec![Vec::new(); lines.len()];
    for mark in running(&all) {
        found[mark.line].push(mark);
    }
    found
}

/// Everything in a line that has the form of a number before an item.
fn scan(line: usize, text: &str, all: &mut Vec<Mark>) {
    let inside = bracketed(text);
    let mut before = None;
    for (at, c) in text.char_indices() {
        let starts = before.is_none_or(|b: char| b.is_whitespace() || matches!(b, ';' | ':' | ','));
        if starts && (at == 0 || !inside[at]) && (c == '(' || c.is_ascii_alphanumeric()) {
            all.extend(parse(line, text, at).filter(|mark| mark.leads || is_clear(text, mark)));
        }
        before = Some(c);
    }
}

fn parse(line: usize, text: &str, at: usize) -> Option<Mark> {
    let (label, dress, tail) = undressed(&text[at..])?;
    let (digits, value) = number(label)?;
    let item = tail.trim_start();
    let next = item.chars().next();
    let spaced = item.len() < tail.len() || item.is_empty();
    let joined =
        dress != Dress::Dot || next.is_some_and(|c| c.is_alphabetic() || "(\"'".contains(c));
    (spaced || joined).then(|| Mark {
        line,
        at,
        end: text.len() - item.len(),
        style: (digits, dress),
        value,
        leads: at == 0,
        opens: text[..at].trim_end().ends_with([':', ';', '.']),
        spaced,
        capital: next.is_some_and(|c| c.is_uppercase() || c.is_ascii_digit()),
    })
}

/// A number, the signs around it, and the text after it.
fn undressed(text: &str) -> Option<(&str, Dress, &str)> {
    let inner = text.strip_prefix('(').unwrap_or(text);
    let length = inner.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let (label, after) = inner.split_at(length);
    let (dress, end) = match after {
        _ if inner.len() < text.len() => (Dress::Brackets, ")"),
        _ if after.starts_with(".)") => (Dress::DotBracket, ".)"),
        _ if after.starts_with(')') => (Dress::Bracket, ")"),
        _ => (Dress::Dot, "."),
    };
    Some((label, dress, after.strip_prefix(end)?))
}

/// "01" is a number of a list, "(021)" one of a telephone.
fn number(label: &str) -> Option<(Digits, u32)> {
    let bytes = label.as_bytes();
    match bytes {
        [] => None,
        [b'0', _, _] => None,
        _ if bytes.iter().all(u8::is_ascii_digit) && bytes.len() <= 3 => {
            label.parse().ok().filter(|value| *value > 0).map(|value| (Digits::Arabic, value))
        }
        [c] if c.is_ascii_lowercase() => Some((Digits::Lower, u32::from(c - b'a' + 1))),
        [c] if c.is_ascii_uppercase() => Some((Digits::Upper, u32::from(c - b'A' + 1))),
        _ => {
            let value = roman(&label.to_ascii_lowercase())?;
            let lower = bytes.iter().all(u8::is_ascii_lowercase);
            let upper = bytes.iter().all(u8::is_ascii_uppercase);
            (lower || upper)
                .then_some((if lower { Digits::LowerRoman } else { Digits::UpperRoman }, value))
        }
    }
}

/// Up to 39, of i, v and x: "cv." and "di." are words.
fn roman(text: &str) -> Option<u32> {
    const ONES: [&str; 10] = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    let tens = text.bytes().take_while(|byte| *byte == b'x').count().min(3);
    let ones = ONES.iter().position(|ones| *ones == &text[tens..])?;
    u32::try_from(tens * 10 + ones).ok()
}

/// "i" and "v" are Roman where "ii" or "iv" stand beside them, else letters.
fn settle_roman(all: &mut [Mark]) {
    let has = |style: Style, all: &[Mark]| all.iter().any(|mark| mark.style == style);
    for dress in [Dress::Dot, Dress::Bracket, Dress::Brackets, Dress::DotBracket] {
        for (letter, roman) in
            [(Digits::Lower, Digits::LowerRoman), (Digits::Upper, Digits::UpperRoman)]
        {
            if has((roman, dress), all) {
                for mark in all.iter_mut().filter(|mark| mark.style == (letter, dress)) {
                    let value = [(9, 1), (22, 5), (24, 10)].iter().find(|of| of.0 == mark.value);
                    if let Some((_, value)) = value {
                        (mark.style, mark.value) = ((roman, dress), *value);
                    }
                }
            }
        }
    }
}

/// Within a line a number marks an item only if it belongs neither to the word before it nor to a
/// month after it.
fn is_clear(text: &str, mark: &Mark) -> bool {
    let before = text[..mark.at].trim_end().trim_end_matches('.');
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("").to_lowercase();
    let is_day = is_month_of_day(&word, &text[mark.end..]);
    !NUMBERED.contains(&word.as_str()) && !is_day && mark.end < text.len()
}

/// True if a number before `after` is the day of a month: "17. Agustus 1945", "mulai 2. Mei".
fn is_month_of_day(before: &str, after: &str) -> bool {
    let mut words = after.split(|c: char| !c.is_alphanumeric());
    let month = words.next().unwrap_or("").to_lowercase();
    let year = words.next().unwrap_or("");
    let has_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    is_month(&month) && (has_year || BEFORE_DATES.contains(&before))
}

fn running(all: &[Mark]) -> Vec<Mark> {
    let ahead = Ahead::of(all);
    let mut last: HashMap<Style, u32> = HashMap::new();
    let mut found = Vec::new();
    for (index, mark) in all.iter().enumerate() {
        let follows = last.get(&mark.style).is_some_and(|value| value + 1 == mark.value);
        let counts = if mark.leads {
            leading_counts(mark, follows || ahead.next[index].is_some())
        } else {
            let begins = mark.value == 1 && ahead.begins_in_line(all, index);
            begins || (follows && !ahead.is_taken(all, index))
        };
        if counts {
            last.insert(mark.style, mark.value);
            found.push(*mark);
        }
    }
    found
}

/// At the beginning of a line a number is numbering; a letter is where it runs on, or where it
/// cannot well be an abbreviation ("a. n. Bupati", "H. Ahmad").
fn leading_counts(mark: &Mark, runs: bool) -> bool {
    match mark.style {
        (Digits::Arabic, _) => mark.spaced || mark.capital || runs,
        (Digits::LowerRoman | Digits::UpperRoman, _) => mark.spaced || runs,
        (Digits::Lower, Dress::Dot) => mark.capital || (runs && mark.spaced),
        (Digits::Upper, Dress::Dot) => runs && mark.spaced,
        (Digits::Lower | Digits::Upper, _) => true,
    }
}

/// The text after each mark.
struct Ahead {
    /// The next one of the style with the next value.
    next: Vec<Option<usize>>,
    /// The next one of the style that begins a line.
    leading: Vec<Option<usize>>,
}

impl Ahead {
    fn of(all: &[Mark]) -> Self {
        let mut ahead = Self { next: vec![None; all.len()], leading: vec![None; all.len()] };
        let mut nearest: HashMap<(Style, u32), usize> = HashMap::new();
        let mut leading: HashMap<Style, usize> = HashMap::new();
        for (index, mark) in all.iter().enumerate().rev() {
            ahead.next[index] = nearest.get(&(mark.style, mark.value + 1)).copied();
            ahead.leading[index] = leading.get(&mark.style).copied();
            nearest.insert((mark.style, mark.value), index);
            if mark.leads {
                leading.insert(mark.style, index);
            }
        }
        ahead
    }

    /// A list within a line: 1 and 2 after a colon or the end of a sentence, else 1, 2 and 3.
    fn begins_in_line(&self, all: &[Mark], index: usize) -> bool {
        let in_line = |other: usize| all[other].line == all[index].line;
        let Some(second) = self.next[index].filter(|second| in_line(*second)) else {
            return false;
        };
        // "KTP (1) lembar, KK (2) lembar" counts things.
        let three =
            || all[index].style.1 != Dress::Brackets && self.next[second].is_some_and(in_line);
        all[index].opens || three()
    }

    /// True if a later line begins with this number or a lower one, so that it is another's.
    fn is_taken(&self, all: &[Mark], index: usize) -> bool {
        let value = self.leading[index].map(|leading| all[leading].value);
        value.is_some_and(|value| value != 1 && value <= all[index].value)
    }
}

/// For each byte, whether it lies within brackets that are closed in the line.
pub fn bracketed(text: &str) -> Vec<bool> {
    let mut change = vec![0_i32; text.len() + 1];
    let mut open: [Vec<usize>; 3] = Default::default();
    for (at, byte) in text.bytes().enumerate() {
        if let Some(kind) = b"([{".iter().position(|own| *own == byte) {
            open[kind].push(at + 1);
        } else if let Some(kind) = b")]}".iter().position(|own| *own == byte)
            && let Some(start) = open[kind].pop()
        {
            change[start] += 1;
            change[at] -= 1;
        }
    }
    let depths = change.iter().scan(0, |depth, change| {
        *depth += change;
        Some(*depth > 0)
    });
    depths.collect()
}

/// The item behind the bullets before it.
pub fn behind_bullets(text: &str) -> &str {
    let mut rest = behind_box(text);
    loop {
        let mut chars = rest.chars();
        let Some(first) = chars.next() else { return rest };
        let after = chars.as_str();
        let is_one = is_bullet(first)
            || first == '\u{b7}'
            || (is_weak_bullet(first) && after.is_empty())
            || (is_weak_bullet(first) && after.starts_with(char::is_whitespace))
            || (is_dash(first) && !after.starts_with([')', '=']));
        if !is_one {
            return rest;
        }
        rest = after.trim_start();
    }
}

/// The item behind a box that is to be ticked: "[ ] KTP", "[v] KTP".
fn behind_box(text: &str) -> &str {
    let Some((inner, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return text;
    };
    if inner.trim().is_empty() || is_tick(inner) { rest.trim_start() } else { text }
}

/// A sign that is nothing but a bullet, also those of the fonts Symbol and Wingdings.
pub fn is_bullet(c: char) -> bool {
    matches!(c,
        '\u{2022}' | '\u{2023}' | '\u{2043}' | '\u{204c}' | '\u{204d}' | '\u{2219}' | '\u{221a}'
        | '\u{22c5}'
        | '\u{25a0}'..='\u{25ff}' | '\u{2605}'..='\u{2606}' | '\u{2610}'..='\u{2612}'
        | '\u{261b}'..='\u{261e}' | '\u{2700}'..='\u{27bf}' | '\u{2460}'..='\u{2473}'
        | '\u{2b1b}'..='\u{2b1c}' | '\u{29bf}' | '\u{f000}'..='\u{f0ff}'
        | '\u{1f300}'..='\u{1f64f}' | '\u{1f780}'..='\u{1f7d8}')
}

pub fn is_dash(c: char) -> bool {
    matches!(c, '-' | '*' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// True for a sign that is a bullet where a blank follows it: signs that mean something else
/// elsewhere, arrows, and the letters that Wingdings and Courier draw as bullets.
pub fn is_weak_bullet(c: char) -> bool {
    matches!(c, 'o' | 'v' | 'q' | '\u{d8}' | '\u{fc}' | '\u{a7}' | '\u{b7}' | '+' | '~' | '#'
        | '\u{bb}' | '\u{203a}' | '\u{2190}'..='\u{21ff}' | '\u{27f0}'..='\u{27ff}')
}
