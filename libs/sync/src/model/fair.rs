//! Who writes next: a line of sources, in which a small sync does not wait for large ones. Pure.
//!
//! **The next turn goes to the source that has written least of late.** So one that was silent goes
//! before those that write all the time, whatever their number, and those share what is left. A
//! source that returns gets ahead by at most `lead` of writing: silence for a week gives it no
//! right to a week.
//!
//! **Nobody is passed over for ever**: after `passes` turns that went past the write that waits
//! longest, that one is next. So a write that stands behind `n` others has its turn after at most
//! `(n + 1) * (passes + 1)` turns, however many come later and however small they are.
//!
//! **A source has one turn at a time.** Its batches, redrives, previews and undoes lock the same
//! row, and a second one would hold a place only to wait for the first.
//!
//! Rejected: *round robin*, in which a small sync waits for a batch of each large one; among a
//! ministry's nightly runs, all at one time, these are a few hundred. *Counting records*, since a
//! preview or an undo of as many costs several times as much; what a turn took is known once it is
//! over, and that is early enough.

use std::collections::HashMap;

/// Times, in microseconds.
pub type Took = i64;

/// The rules of a line.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// How many turns there are at the same time.
    pub places: usize,
    /// How far a source that was silent may be ahead of the others.
    pub lead: Took,
    /// Turns in a row that may go past the write that waits longest.
    pub passes: usize,
}

/// The line. Each write in it has a number of its own.
#[derive(Debug, Default)]
pub struct FairLine {
    /// What the source of the last turn had written by then, by `wrote`.
    now: Took,
    /// What each source has written; a source that is not named is as far behind as one may be.
    wrote: HashMap<String, Took>,
    /// The writes that wait, in the order in which they have come.
    waiting: Vec<(u64, String)>,
    writing: HashMap<u64, String>,
    /// Turns in a row that went past the write that waits longest.
    passed: usize,
    last: u64,
}

impl FairLine {
    /// A source asks for a turn; answers the turn's number.
    pub fn ask(&mut self, source: &str) -> u64 {
        self.last += 1;
        self.waiting.push((self.last, source.to_owned()));
        self.last
    }

    /// Gives the next turn, if there is a place.
    pub fn next(&mut self, rules: Rules) -> Option<u64> {
        if self.writing.len() >= rules.places {
            return None;
        }
        let free = self.first_of_each();
        let longest = *free.first()?;
        let wrote = |at: &usize| self.wrote(&self.waiting[*at].1, rules);
        let least = free.iter().copied().min_by_key(wrote)?;
        self.now = self.now.max(wrote(&least));
        let at = if self.passed < rules.passes { least } else { longest };
        self.passed = if at == longest { 0 } else { self.passed + 1 };
        let (number, source) = self.waiting.remove(at);
        self.writing.insert(number, source);
        Some(number)
    }

    /// A write has ended after this time, or is given up before it had its turn.
    pub fn leave(&mut self, number: u64, took: Took, rules: Rules) {
        self.waiting.retain(|(own, _)| *own != number);
        if let Some(source) = self.writing.remove(&number) {
            let wrote = self.wrote(&source, rules).saturating_add(took.max(0));
            self.wrote.insert(source, wrote);
        }
        let behind = self.now.saturating_sub(rules.lead);
        self.wrote.retain(|_, wrote| *wrote > behind);
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The places in the line that may be next: the first of each source, unless the source has a
    /// turn.
    fn first_of_each(&self) -> Vec<usize> {
        let mut seen: Vec<&str> = self.writing.values().map(String::as_str).collect();
        let mut free = Vec::new();
        for (at, (_, source)) in self.waiting.iter().enumerate() {
            if !seen.contains(&source.as_str()) {
                seen.push(source);
                free.push(at);
            }
        }
        free
    }

    fn wrote(&self, source: &str, rules: Rules) -> Took {
        let behind = self.now.saturating_sub(rules.lead);
        self.wrote.get(source).map_or(behind, |wrote| behind.max(*wrote))
    }
}

#[cfg(test)]
mod tests;
