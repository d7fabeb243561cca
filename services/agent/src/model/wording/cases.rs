//! A text of several readings: alternatives with their conditions, or parts that add up. The walk
//! takes the text from its begin to its end; where it cannot tell what a word belongs to, the whole
//! text is not read.

use winnow::Result as Read;

use super::{
    boundary::{Join, Plan},
    phrase::{attempt, lists},
    token::{Kind, Token, Tokens},
    words,
};

/// One reading of several.
#[derive(Clone, Debug)]
pub struct Piece<'t, R> {
    /// Whom or what it holds for.
    pub label: Option<Tokens<'t>>,
    /// What was read; `None` where only the words are known.
    pub reading: Option<R>,
    /// All of its words.
    pub text: Tokens<'t>,
    join: Option<Join>,
    /// True where the label stands first, as in "Pasien baru: 12 menit".
    led: bool,
}

/// What several readings are to each other.
pub enum Outcome<'t, R> {
    Cases(Vec<Piece<'t, R>>),
    Parts(Vec<Piece<'t, R>>),
}

/// Takes a text apart; `None` where a word is left over.
pub fn pieces<'t, R>(
    tokens: Tokens<'t>,
    core: impl Fn(&mut Tokens<'t>, bool) -> Read<R>,
) -> Option<Vec<Piece<'t, R>>> {
    let plan = Plan::new(tokens);
    let mut walk = Walk { tokens, plan, core, at: 0, open: false, join: None, pieces: Vec::new() };
    while walk.skip_boundaries() {
        walk.step()?;
    }
    Some(walk.pieces)
}

/// Decides what the pieces are: a sum only where the text says so or all labels are steps of work.
pub fn outcome<R>(pieces: Vec<Piece<R>>) -> Option<Outcome<R>> {
    let first = pieces.first()?;
    if pieces.len() == 1 {
        let fits = first.label.is_some() && !first.led && first.reading.is_some();
        return fits.then_some(Outcome::Cases(pieces));
    }
    let sums = pieces.iter().skip(1).filter(|piece| piece.join == Some(Join::Plus)).count();
    if sums > 0 {
        return (sums + 1 == pieces.len()).then_some(Outcome::Parts(pieces));
    }
    let mut read = pieces.iter().filter(|piece| piece.reading.is_some());
    let labels: Vec<Tokens> = read.clone().filter_map(|piece| piece.label).collect();
    if labels.is_empty() || read.any(|piece| piece.label.is_none()) {
        return None;
    }
    let work = labels.iter().filter(|label| is_work(label)).count();
    match work {
        _ if work == pieces.len() => Some(Outcome::Parts(pieces)),
        _ if work == 0 || labels.len() < pieces.len() => Some(Outcome::Cases(pieces)),
        _ => None,
    }
}

/// True for a label that names a step of work or a part of a price: "verifikasi", "biaya sumpah".
fn is_work(label: Tokens) -> bool {
    let skipped = |word: &str| {
        matches!(word, "biaya" | "tarif" | "uang" | "proses" | "untuk" | "di" | "tahap")
    };
    label
        .iter()
        .find(|token| token.kind == Kind::Word && !skipped(token.text))
        .is_some_and(|token| lists(WORK, token.text))
}

const WORK: &str = "\
    pemeriksaan | tindakan | verifikasi | pencetakan | cetak | pendaftaran | registrasi \
     | administrasi | penerbitan | penandatanganan | penyerahan | pengambilan | validasi \
     | entri | entry | input | survei | survey | pengukuran | sumpah | formulir | blangko \
     | transport | transportasi | persetujuan | pengecekan | penelitian | perekaman | \
     pembayaran | penyusunan | pembuatan | pengetikan | peninjauan | disposisi | \
     penerimaan | pengesahan | akomodasi | konsumsi | leges | jasa | foto | wawancara | \
     pengolahan | analisa | analisis | rapat | paraf | scan | pemotretan | pemberkasan | \
     tes | asuransi | laboratorium | konsultasi | obat | ongkos | pengiriman | antrian | \
     panitia | materai | pelayanan | pencatatan";

struct Walk<'t, R, F> {
    tokens: Tokens<'t>,
    plan: Plan,
    core: F,
    at: usize,
    /// True while the last piece's condition may go on behind a comma.
    open: bool,
    /// What stands before the piece; none at the text's begin and where a piece follows at once.
    join: Option<Join>,
    pieces: Vec<Piece<'t, R>>,
}

impl<'t, R, F: Fn(&mut Tokens<'t>, bool) -> Read<R>> Walk<'t, R, F> {
    /// Passes what parts the pieces; false at the end.
    fn skip_boundaries(&mut self) -> bool {
        self.join = None;
        while let Some((join, len)) = self.plan.boundary(self.tokens, self.at) {
            self.join = self.join.max(Some(join));
            self.at += len;
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
        let (label, end) = match self.tokens.get(next) {
            Some(token) if token.text == "(" => {
                let end = self.closing(next)?;
                (Some(self.bracket_label(next + 1, end)?), end + 1)
            }
            Some(token) if words::opens(token.text) => {
                let end = self.condition_end(next + 1);
                let said = &self.tokens[next + 1..end];
                said.iter().any(is_content).then_some((Some(&self.tokens[next..end]), end))?
            }
            Some(_) if self.plan.boundary(self.tokens, next).is_none() => return None,
            _ => (None, next),
        };
        self.open = self.tokens.get(next).is_some_and(|token| words::opens(token.text));
        self.push(start..end, label, Some(reading), false);
        Some(())
    }

    /// "Pasien baru: 12 menit", "Tindakan (20-30 menit)", or words without a reading.
    fn label_first(&mut self, start: usize) -> Option<()> {
        let mut at = start;
        while at < self.tokens.len() {
            match self.plan.boundary(self.tokens, at) {
                Some((Join::Soft, _)) if !self.open => {}
                Some(_) => break,
                None => {}
            }
            if let Some((reading, next)) = self.core_behind(at, start) {
                let label = label(&self.tokens[start..at]).filter(|label| is_label(label))?;
                self.open = false;
                self.push(start..next, Some(label), Some(reading), true);
                return Some(());
            }
            at = if self.tokens[at].text == "(" { self.closing(at)? } else { at } + 1;
        }
        self.words_only(start, at)
    }

    /// Words that tell no time or fee: more of an open condition, or a case that is not read.
    fn words_only(&mut self, start: usize, end: usize) -> Option<()> {
        let words = &self.tokens[start..end];
        if !words.iter().any(is_content) || self.pieces.is_empty() || self.join.is_none() {
            return None;
        }
        if self.open && self.join == Some(Join::Soft) {
            let last = self.pieces.last_mut()?;
            let from = self.tokens.len() - offset(self.tokens, last.label?);
            last.label = Some(&self.tokens[from..end]);
            let from = self.tokens.len() - offset(self.tokens, last.text);
            last.text = &self.tokens[from..end];
            self.at = end;
            return Some(());
        }
        self.open = false;
        self.push(start..end, None, None, false);
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
        self.pieces.push(Piece { label, reading, text, join: self.join, led });
    }

    fn core_at(&self, at: usize, bare: bool) -> Option<(R, usize)> {
        let mut input = &self.tokens[at..];
        let reading = attempt(|input| (self.core)(input, bare), &mut input)?;
        Some((reading, self.tokens.len() - input.len()))
    }

    /// A reading behind a label, in brackets or bare; a number without a currency only where a mark
    /// announces it.
    fn core_behind(&self, at: usize, start: usize) -> Option<(R, usize)> {
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

    /// Where a condition ends: at a boundary, or at the next reading. An amount behind "di atas" or
    /// "sampai" is the condition's own.
    fn condition_end(&self, from: usize) -> usize {
        let mut at = from;
        while at < self.tokens.len() && self.plan.boundary(self.tokens, at).is_none() {
            match self.core_at(at, false) {
                Some((_, next)) if is_threshold(&self.tokens[..at]) => at = next,
                Some(_) => break,
                None => at += 1,
            }
        }
        at
    }

    /// What stands in brackets behind a reading, where it is a condition: "risiko rendah", "Gratis
    /// di Kelurahan".
    fn bracket_label(&self, from: usize, end: usize) -> Option<Tokens<'t>> {
        let from =
            self.core_at(from, true).filter(|(_, next)| *next < end).map_or(from, |(_, next)| next);
        let words = &self.tokens[from..end];
        is_label(words).then_some(words)
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

/// How many tokens there are from a part's begin to the end of the whole.
fn offset(whole: Tokens, part: Tokens) -> usize {
    whole.iter().position(|token| part.first() == Some(token)).map_or(0, |at| whole.len() - at)
}

fn is_content(token: &Token) -> bool {
    token.kind != Kind::Mark
}

/// A label without what joins it to its reading.
fn label(tokens: Tokens) -> Option<Tokens> {
    let joining = |token: &Token| {
        matches!(
            token.text,
            ":" | "=" | "," | "-" | "sebesar" | "adalah" | "seharga" | "selama" | "dan" | "atau"
        )
    };
    let end = tokens.iter().rposition(|token| !joining(token))? + 1;
    let start = tokens.iter().position(|token| !joining(token))?;
    tokens.get(start..end)
}

/// A label names something: it has a word, and none that would count, or would turn what is read.
/// What begins as a condition does ("selain itu") may turn.
fn is_label(tokens: Tokens) -> bool {
    let opened = tokens.first().is_some_and(|token| words::opens(token.text));
    let plain = |token: &Token| !words::counts(token.text) && (opened || !words::turns(token.text));
    let named = |token: &Token| {
        token.kind == Kind::Word
            && token.text.chars().count() > 1
            && !words::says_nothing(token.text)
    };
    tokens.iter().all(plain) && tokens.iter().skip(usize::from(opened)).any(named)
}

/// True where what comes next is the bound of a condition.
fn is_threshold(before: Tokens) -> bool {
    let last = |back: usize| before.len().checked_sub(back).map_or("", |at| before[at].text);
    matches!(
        last(1),
        "diatas"
            | "dibawah"
            | "sampai"
            | "hingga"
            | "antara"
            | ">"
            | "<"
            | "≥"
            | "≤"
            | "senilai"
            | "nilai"
    ) || matches!(
        (last(2), last(1)),
        ("di", "atas" | "bawah")
            | ("lebih" | "kurang" | "mulai", "dari")
            | ("sampai", "dengan")
            | ("/", "d")
    )
}
