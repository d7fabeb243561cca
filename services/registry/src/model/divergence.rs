//! Where the services of one standard differ, component by component.
//!
//! Texts that were surely read are compared with each other by their meaning, all others by their
//! words. A difference of spelling alone is none. A service that says nothing of a component does
//! not say otherwise. Services that say the same in these ways stand together, in whatever order
//! they come.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap},
};

/// Words that compare, sorted, each as often as it stands there.
pub type SortedWords = Vec<String>;

/// What one service, or the standard, says of a component.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saying {
    /// What it means, where all of it was surely read.
    pub meaning: Option<String>,
    /// Its lines; none if it says nothing.
    pub lines: Vec<TextLine>,
    /// How much of what is compared it leaves to somebody else.
    pub openness: Openness,
    /// What it promises at the most, where that was surely read.
    pub bound: Option<Bound>,
}

/// The longest time or the highest fee that is promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Measure, case and all else that two must share to be compared.
    pub of: String,
    /// How much.
    pub most: i64,
    /// Whether it is called a maximum: anything less keeps to it.
    pub is_maximum: bool,
}

/// Whether a service stays within the maximum that a standard sets. Nothing is within any.
pub fn within(standard: &Saying, service: &Saying) -> bool {
    let (Some(set), Some(own)) = (&standard.bound, &service.bound) else { return false };
    set.is_maximum && own.most <= set.most && (own.of == set.of || own.most == 0)
}

/// How much of a component is left to somebody else, as a fee is that only a regulation sets: two
/// that say so in the same words may still mean two things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Openness {
    /// Nothing: all of it is said.
    #[default]
    No,
    /// A part of it, such as the fee in one of several cases.
    Partly,
    /// All of it.
    Wholly,
}

/// A line of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextLine {
    /// What it lists, with the only applicants that it binds where these are named.
    pub pieces: Vec<SortedWords>,
    /// The same without these applicants; empty where none are named.
    pub for_anybody: Vec<SortedWords>,
    /// The source's words.
    pub text: String,
}

impl TextLine {
    fn bare(&self) -> &[SortedWords] {
        if self.for_anybody.is_empty() { &self.pieces } else { &self.for_anybody }
    }
}

impl Saying {
    /// All that it lists, in one order, however it is cut into lines.
    fn words(&self) -> Vec<&SortedWords> {
        sorted(self.lines.iter().flat_map(|line| &line.pieces))
    }

    /// The same without whom it binds.
    fn bare_words(&self) -> Vec<&SortedWords> {
        sorted(self.lines.iter().flat_map(TextLine::bare))
    }

    /// Whether it says of anything that it binds only some applicants.
    fn says_whom(&self) -> bool {
        self.lines.iter().any(|line| !line.for_anybody.is_empty())
    }

    /// The lines of which not all is found in another's words. A saying that leaves open whom a
    /// line binds says the same as one that names them.
    pub fn beyond<'a>(&'a self, other: &Self) -> Vec<&'a str> {
        let whom = self.says_whom() && other.says_whom();
        let known = if whom { other.words() } else { other.bare_words() };
        let known: BTreeSet<&SortedWords> = known.into_iter().collect();
        let lacks = |line: &&TextLine| {
            let pieces = if whom { &line.pieces[..] } else { line.bare() };
            !pieces.iter().all(|piece| known.contains(piece))
        };
        self.lines.iter().filter(lacks).map(|line| line.text.as_str()).collect()
    }
}

fn sorted<'a>(pieces: impl Iterator<Item = &'a SortedWords>) -> Vec<&'a SortedWords> {
    let mut words: Vec<&SortedWords> = pieces.collect();
    words.sort_unstable();
    words
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
    let (told, untold): (Vec<_>, Vec<_>) =
        unread.into_iter().partition(|(_, saying)| saying.says_whom());
    let mut groups = Groups::default();
    read.into_iter().for_each(|(place, saying)| groups.add_read(place, saying));
    told.into_iter().for_each(|(place, saying)| groups.add_told(place, saying));
    untold.into_iter().for_each(|(place, saying)| groups.add_unread(place, saying));
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
    all.filter(|saying| !saying.lines.is_empty() && saying.openness == Openness::No).count()
}

#[derive(Default)]
struct Groups<'a> {
    found: Vec<Variant>,
    by_meaning: HashMap<&'a str, usize>,
    /// `None` for words that were read in two ways, or bind two kinds of applicants: they say
    /// nothing about others who use them.
    by_words: HashMap<Vec<&'a SortedWords>, Option<usize>>,
    unread: HashMap<Vec<&'a SortedWords>, usize>,
}

impl<'a> Groups<'a> {
    fn add_read(&mut self, place: Option<usize>, saying: &'a Saying) {
        let Some(meaning) = saying.meaning.as_deref() else { return };
        let next = self.found.len();
        let group = *self.by_meaning.entry(meaning).or_insert(next);
        self.join(group, place, saying, true);
        self.know(saying.words(), group);
    }

    /// By its words and by whom they bind.
    fn add_told(&mut self, place: Option<usize>, saying: &'a Saying) {
        let next = self.found.len();
        let group = *self.unread.entry(saying.words()).or_insert(next);
        self.join(group, place, saying, false);
        self.know(saying.bare_words(), group);
    }

    fn know(&mut self, words: Vec<&'a SortedWords>, group: usize) {
        let known = self.by_words.entry(words).or_insert(Some(group));
        if *known != Some(group) {
            *known = None;
        }
    }

    /// Among those that were read, or that say whom they bind, only where its words stand there,
    /// and only in one way.
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
