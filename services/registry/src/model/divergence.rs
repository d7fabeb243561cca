//! Where the services of one standard differ, component by component.
//!
//! What was surely read is compared by its meaning with all else that was, the rest by its words,
//! in whatever spelling and order. A difference of spelling alone is none. What one says nothing
//! of, it does not say otherwise. Whoever says the same as another in these ways stands with it, in
//! whatever order they come.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap},
};

/// Words that compare, sorted, each as often as it stands there.
pub type Piece = Vec<String>;

/// What one service, or the standard, says of a component.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saying {
    /// What it means, where all of it was surely read.
    pub meaning: Option<String>,
    /// Its lines; none if it says nothing.
    pub lines: Vec<Line>,
    /// Whether it leaves open what is compared, as a fee that only a regulation sets: two that say
    /// so in the same words may still mean two things.
    pub is_open: bool,
}

/// A line of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// What it lists.
    pub pieces: Vec<Piece>,
    /// The source's words.
    pub text: String,
}

impl Saying {
    /// All that it lists, in one order, however it is cut into lines.
    fn words(&self) -> Vec<&Piece> {
        let mut words: Vec<&Piece> = self.lines.iter().flat_map(|line| &line.pieces).collect();
        words.sort_unstable();
        words
    }

    /// The lines of which not all is found in another's words.
    pub fn beyond<'a>(&'a self, other: &Self) -> Vec<&'a str> {
        let known: BTreeSet<&Piece> = other.words().into_iter().collect();
        let lacks = |line: &&Line| !line.pieces.iter().all(|piece| known.contains(piece));
        self.lines.iter().filter(lacks).map(|line| line.text.as_str()).collect()
    }
}

/// Those that say the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Whether the standard itself is among them; its words then stand for all of them.
    pub is_standard: bool,
    /// The saying that stands for them.
    pub saying: Saying,
    /// The services among them, by their places in what was given.
    pub services: Vec<usize>,
    /// Whether all of them were surely read.
    pub is_read: bool,
}

/// The variants of a component, the standard's first, then the commonest; none where all agree.
pub fn variants(standard: &Saying, services: &[Saying]) -> Vec<Variant> {
    let all = std::iter::once((None, standard));
    let all = all.chain(services.iter().enumerate().map(|(place, saying)| (Some(place), saying)));
    let (read, unread): (Vec<_>, Vec<_>) = all
        .filter(|(_, saying)| !saying.lines.is_empty())
        .partition(|(_, saying)| saying.meaning.is_some());
    let mut groups = Groups::default();
    read.into_iter().for_each(|(place, saying)| groups.add_read(place, saying));
    unread.into_iter().for_each(|(place, saying)| groups.add_unread(place, saying));
    let mut found = groups.found;
    found.iter_mut().for_each(|variant| variant.services.sort_unstable());
    found.sort_by_key(|variant| {
        let first = variant.services.first().copied();
        (!variant.is_standard, Reverse(variant.services.len()), first)
    });
    if found.len() < 2 { Vec::new() } else { found }
}

/// How many of them say something that can agree with another, the standard included.
pub fn sayings(standard: &Saying, services: &[Saying]) -> usize {
    let all = std::iter::once(standard).chain(services);
    all.filter(|saying| !saying.lines.is_empty() && !saying.is_open).count()
}

#[derive(Default)]
struct Groups<'a> {
    found: Vec<Variant>,
    by_meaning: HashMap<&'a str, usize>,
    /// `None` for words that were read in two ways: they say nothing of who else uses them.
    by_words: HashMap<Vec<&'a Piece>, Option<usize>>,
    unread: HashMap<Vec<&'a Piece>, usize>,
}

impl<'a> Groups<'a> {
    fn add_read(&mut self, place: Option<usize>, saying: &'a Saying) {
        let Some(meaning) = saying.meaning.as_deref() else { return };
        let next = self.found.len();
        let group = *self.by_meaning.entry(meaning).or_insert(next);
        self.join(group, place, saying, true);
        let known = self.by_words.entry(saying.words()).or_insert(Some(group));
        if *known != Some(group) {
            *known = None;
        }
    }

    /// Among those that were read only where its words stand there, and only in one way.
    fn add_unread(&mut self, place: Option<usize>, saying: &'a Saying) {
        let (words, next) = (saying.words(), self.found.len());
        let group = match self.by_words.get(&words).copied().flatten() {
            Some(group) => group,
            None => *self.unread.entry(words).or_insert(next),
        };
        self.join(group, place, saying, false);
    }

    fn join(&mut self, group: usize, place: Option<usize>, saying: &Saying, is_read: bool) {
        if group == self.found.len() {
            let (saying, services) = (saying.clone(), Vec::new());
            self.found.push(Variant { is_standard: false, saying, services, is_read: true });
        }
        let variant = &mut self.found[group];
        variant.is_read &= is_read;
        match place {
            Some(place) => variant.services.push(place),
            None => {
                variant.is_standard = true;
                variant.saying = saying.clone();
            }
        }
    }
}

#[cfg(test)]
mod tests;
