//! A text of several readings: alternatives with their conditions, or parts that add up. The walk
//! takes the text from its begin to its end; where it cannot tell what a word belongs to, the whole
//! text is not read.

use winnow::Result as Read;

use super::{
    boundary::{Join, Plan},
    condition::{is_outside, is_plain, turns_back},
    label::{is_condition, is_content, is_label, is_threshold, label},
    phrase::{attempt, lists},
    token::{Kind, Tokens},
    words,
};

/// One reading of several.
#[derive(Clone, Debug)]
pub struct LabelledReading<'t, R> {
    /// The people or things that it holds for.
    pub label: Option<Tokens<'t>>,
    /// Its reading; `None` if only the words are known.
    pub reading: Option<R>,
    /// All words of the piece.
    pub text: Tokens<'t>,
    pub join: Option<Join>,
    /// True if the label stands first, as in "Pasien baru: 12 menit".
    pub led: bool,
}

/// Takes a text apart; `None` if a word is left over.
pub fn pieces<'t, R: PartialEq>(
    tokens: Tokens<'t>,
    core: impl Fn(&mut Tokens<'t>, bool) -> Read<R>,
) -> Option<Vec<LabelledReading<'t, R>>> {
    // An unknown mark, such as "?" or an arrow, may turn the meaning of all of it.
    if tokens.iter().any(|token| token.kind == Kind::Mark && !lists(MARKS, token.text)) {
        return None;
    }
    let plan = Plan::new(tokens);
    let mut walk =
        Walk { tokens, plan, core, at: 0, open: Continuation::No, join: None, pieces: Vec::new() };
    while walk.skip_boundaries() {
        walk.step()?;
    }
    Some(walk.pieces)
}

const MARKS: &str = "\
    \n | , | . | ; | : | - | / | ( | ) | + | = | & | • | ● | ▪ | % | > | < | ≥ | ≤ | ± | ~ | ½ | ¼ | ¾ \
    | ² | ³ | $ | €";

/// The things of which "lama" is the length: "lama proses 3 hari".
const LENGTH_OF: &str = "\
    waktu | proses | pelayanan | layanan | pengurusan | penyelesaian | pengerjaan";

/// Whether the last piece's condition may go on behind a comma.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Continuation {
    No,
    Yes,
    /// It went on: the next words may be its own, or the next piece's label.
    GoneOn,
}

struct Walk<'t, R, F> {
    tokens: Tokens<'t>,
    plan: Plan,
    core: F,
    at: usize,
    open: Continuation,
    /// The join before the piece; `None` at the text's begin and where one piece follows another at
    /// once.
    join: Option<Join>,
    pieces: Vec<LabelledReading<'t, R>>,
}

impl<'t, R: PartialEq, F: Fn(&mut Tokens<'t>, bool) -> Read<R>> Walk<'t, R, F> {
    /// Passes what parts the pieces; false at the end.
    fn skip_boundaries(&mut self) -> bool {
        self.join = None;
        while let Some((join, len)) = self.plan.boundary(self.tokens, self.at) {
            self.join = self.join.max(Some(join));
            self.at += len;
        }
        if matches!(self.join, Some(Join::Hard | Join::Plus)) {
            self.open = Continuation::No;
        }
        self.at < self.tokens.len()
    }

    fn step(&mut self) -> Option<()> {
        let start = self.at;
        if let Some((reading, next)) = self.core_at(start, true) {
            return self.reading_first(start, reading, next);
        }
        self.label_first(start)
    }

    /// "24 hari untuk luasan sampai 10 Ha", "2 hari kerja (risiko rendah)".
    fn reading_first(&mut self, start: usize, reading: R, next: usize) -> Option<()> {
        self.open = Continuation::No;
        let (label, end) = match self.tokens.get(next) {
            Some(token) if token.text == "(" => {
                let end = self.closing(next)?;
                (Some(self.bracket_label(&reading, next + 1, end)?), end + 1)
            }
            Some(token) if words::opens(token.text) => {
                self.open = Continuation::Yes;
                let end = self.condition_end(next + 1)?;
                let condition = &self.tokens[next..end];
                (Some(Some(condition).filter(|words| is_plain(words))?), end)
            }
            Some(_) if self.plan.boundary(self.tokens, next).is_none() => return None,
            _ => (None, next),
        };
        self.push(start..end, label, Some(reading), false);
        Some(())
    }

    /// "Pasien baru: 12 menit", "Tindakan (20-30 menit)", or words without a reading.
    fn label_first(&mut self, start: usize) -> Option<()> {
        let mut at = start;
        while at < self.tokens.len() && !self.ends_label(at) {
            if let Some((reading, next)) = self.core_behind(at, start) {
                let label = self.led(start, at)?;
                self.open = Continuation::No;
                self.push(start..next, Some(label), Some(reading), true);
                return Some(());
            }
            at = if self.tokens[at].text == "(" { self.closing(at)? } else { at } + 1;
        }
        self.words_only(start, at)
    }

    /// A sentence's end and a hard boundary end a label; while a condition is open, any boundary
    /// does.
    fn ends_label(&self, at: usize) -> bool {
        match self.plan.boundary(self.tokens, at) {
            Some((Join::Soft | Join::Either, _)) => {
                self.open != Continuation::No || self.tokens[at].text == "."
            }
            found => found.is_some(),
        }
    }

    /// The label before a reading; `None` if the condition before it has gone on, and may have
    /// taken the label's first words, or if its last number may be the reading's: "1/2 hari".
    fn led(&self, start: usize, at: usize) -> Option<Tokens<'t>> {
        let said = &self.tokens[start..at];
        let added = self.join == Some(Join::Plus);
        let fits = |words: &Tokens| is_label(words) || added && is_stamp_duty(words);
        let label = label(said).filter(fits)?;
        let last = label.last()?;
        let torn = match (last.kind, self.tokens[at]) {
            (Kind::Mark, _) => last.text != ")",
            (Kind::Number, next) if next.kind == Kind::Number => {
                !next.spaced || said.last()?.kind == Kind::Number
            }
            _ => words::opens(last.text),
        };
        (!torn && self.open != Continuation::GoneOn).then_some(label)
    }

    /// Words that tell no time or fee: more of an open condition, or a case that is not read.
    fn words_only(&mut self, start: usize, end: usize) -> Option<()> {
        let words = &self.tokens[start..end];
        let cancelled = words.iter().any(|token| words::cancels(token.text));
        let stamp = self.join == Some(Join::Plus) && is_stamp_duty(words);
        let turned = cancelled || turns_back(words, 0);
        let nothing = !words.iter().any(is_content) || turned && !stamp;
        if nothing || self.pieces.is_empty() || self.join.is_none() {
            return None;
        }
        if self.open != Continuation::No && matches!(self.join, Some(Join::Soft | Join::Either)) {
            return self.go_on(words, end);
        }
        self.open = Continuation::No;
        self.push(start..end, None, None, false);
        Some(())
    }

    /// "untuk pelajar, mahasiswa dan lansia": names only, since a sentence is of another case.
    fn go_on(&mut self, words: Tokens, end: usize) -> Option<()> {
        if words.iter().any(|token| words::says_more(token.text)) {
            return None;
        }
        let last = self.pieces.last_mut()?;
        let from = self.tokens.len() - offset(self.tokens, last.label?);
        last.label = Some(&self.tokens[from..end]);
        let from = self.tokens.len() - offset(self.tokens, last.text);
        last.text = &self.tokens[from..end];
        self.open = Continuation::GoneOn;
        self.at = end;
        Some(())
    }

    fn push(
        &mut self,
        of: std::ops::Range<usize>,
        label: Option<Tokens<'t>>,
        reading: Option<R>,
        led: bool,
    ) {
        self.at = of.end;
        let text = &self.tokens[of];
        self.pieces.push(LabelledReading { label, reading, text, join: self.join, led });
    }

    fn core_at(&self, at: usize, bare: bool) -> Option<(R, usize)> {
        let mut input = &self.tokens[at..];
        let reading = attempt(|input| (self.core)(input, bare), &mut input)?;
        Some((reading, self.tokens.len() - input.len()))
    }

    /// A reading behind a label, in brackets or bare; a number without a currency only where a mark
    /// announces it.
    fn core_behind(&self, at: usize, start: usize) -> Option<(R, usize)> {
        if self.describes(at) {
            return None;
        }
        let before = self.tokens[start..at].last()?.text;
        if self.tokens[at].text == "(" {
            let end = self.closing(at)?;
            return self
                .core_at(at + 1, true)
                .filter(|(_, next)| *next == end)
                .map(|(r, n)| (r, n + 1));
        }
        self.core_at(at, matches!(before, ":" | "=" | "sebesar" | "adalah"))
    }

    /// "Pasien lama: 6 menit", "penyakit dalam 20 menit": a word that a time may begin with is the
    /// label's own behind a word of it.
    fn describes(&self, at: usize) -> bool {
        let next = self.tokens.get(at + 1).map_or("", |next| next.text);
        let is_own = match self.tokens[at].text {
            "lama" => !lists(LENGTH_OF, next),
            "dalam" => !lists("waktu | jangka | kurun", next),
            _ => false,
        };
        is_own && at.checked_sub(1).is_some_and(|before| self.tokens[before].kind == Kind::Word)
    }

    /// The end of a condition, at a boundary. Another reading in it is of another case, but an
    /// amount behind "di atas" or "sampai" is the condition's own.
    fn condition_end(&self, from: usize) -> Option<usize> {
        let mut at = from;
        while at < self.tokens.len() && self.plan.boundary(self.tokens, at).is_none() {
            let word = self.tokens[at].text;
            let dated = words::dates(&self.tokens[at]);
            let aside = word == "(" && !is_condition(&self.tokens[at..]);
            if words::pays(word)
                || words::cancels(word)
                || dated
                || aside
                || is_outside(self.tokens, at)
            {
                return None;
            }
            at = match self.other_reading(at) {
                Some(next) if is_threshold(&self.tokens[..at]) => next,
                Some(_) => return None,
                None => at + 1,
            };
        }
        let words = &self.tokens[from..at];
        // "untuk sementara": what parts two pieces has taken the condition's own word.
        let torn = words.last().is_some_and(|last| words::opens(last.text));
        (words.iter().any(is_content) && !torn).then_some(at)
    }

    /// The end of a reading that stands at a place; a bare number is one at a condition's end only.
    fn other_reading(&self, at: usize) -> Option<usize> {
        let ends = |next: &usize| {
            *next == self.tokens.len() || self.plan.boundary(self.tokens, *next).is_some()
        };
        let marked = self.core_at(at, false).map(|(_, next)| next);
        marked.or_else(|| self.core_at(at, true).map(|(_, next)| next).filter(ends))
    }

    /// The condition in brackets behind a reading: "risiko rendah", "Gratis di Kelurahan". The
    /// reading may be repeated there; a different one is another case.
    fn bracket_label(&self, reading: &R, from: usize, end: usize) -> Option<Tokens<'t>> {
        let from = match self.core_at(from, true).filter(|(_, next)| *next < end) {
            Some((again, next)) => (again == *reading).then_some(next)?,
            None => from,
        };
        let words = &self.tokens[from..end];
        let other = |at: usize| {
            let bare = || self.core_at(at, true).is_some_and(|(_, next)| next == end);
            self.core_at(at, false).is_some() || (bare() && !is_threshold(&self.tokens[..at]))
        };
        let plain = !(from..end).any(|at| other(at) || is_outside(self.tokens, at));
        (plain && is_label(words) && is_condition(words)).then_some(words)
    }

    /// The bracket that closes the one at a place.
    fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0;
        (open..self.tokens.len()).find(|at| {
            match self.tokens[*at].text {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            depth == 0
        })
    }
}

/// "+ materai": the applicant brings it or pays for it, whatever it costs.
pub fn is_stamp_duty(words: Tokens) -> bool {
    matches!(words, [stamp] if lists("materai | meterai", stamp.text))
}

/// How many tokens there are from a part's begin to the end of the whole.
fn offset(whole: Tokens, part: Tokens) -> usize {
    whole.iter().position(|token| part.first() == Some(token)).map_or(0, |at| whole.len() - at)
}
