//! The counters whose deviations have to be measured again.

use std::collections::BTreeSet;

/// The counters whose hours a change may affect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touched {
    /// No counter is affected.
    Nothing,
    /// All counters of this mall.
    Mall(String),
    /// All counters of all malls.
    All,
}

/// Malls whose deviations may have changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dirty {
    /// True if every mall is affected.
    pub all: bool,
    /// The malls that are affected, by name.
    pub malls: BTreeSet<String>,
}

impl Dirty {
    /// Marks one more.
    pub fn add(&mut self, touched: Touched) {
        match touched {
            Touched::Nothing => {}
            Touched::Mall(mall) => drop(self.malls.insert(mall)),
            Touched::All => self.all = true,
        }
    }

    /// Marks these, too.
    pub fn extend(&mut self, others: Self) {
        self.all |= others.all;
        self.malls.extend(others.malls);
    }

    /// True if nothing is to be measured.
    pub fn is_clean(&self) -> bool {
        !self.all && self.malls.is_empty()
    }
}
