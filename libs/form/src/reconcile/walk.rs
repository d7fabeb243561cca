//! The side that asks.

use std::collections::{HashMap, VecDeque};

use mpp_api::sync::{LoneItem, Range, RangeAnswer, Reconciled, Reconciliation};
use mpp_core::{Error, Reason, Result};

use super::{
    PARTS, Set,
    set::{ComparedRecord, Prefix},
};
use crate::limits;

/// A range of at most this many items is listed: its fingerprints would be as long.
const LIST: usize = 8;
/// How many ranges may be asked for beyond those that the own set can explain: a registry may hold
/// a million records more.
const MORE_RANGES: usize = 1 << 20;

/// The outcome of a comparison.
#[derive(Clone, Debug, Default)]
pub struct SetDifference {
    /// Own items that the other side lacks or has differently, and whether a record of the name is
    /// published there.
    pub wanted: HashMap<ComparedRecord, bool>,
    /// Items of the other side alone.
    pub lone: Vec<LoneItem>,
    /// How many messages it took.
    pub rounds: usize,
    /// The source's last batch that the other side knew of when it was first asked.
    last_sequence: Option<i64>,
}

impl SetDifference {
    /// The keys that are not confirmed.
    pub fn unconfirmed(&self) -> Vec<u64> {
        let wanted = self.wanted.keys().map(|item| item.key);
        wanted.chain(self.lone.iter().map(|item| item.key)).collect()
    }

    /// The outcome as a session's first batch tells it to the registry.
    pub fn reconciled(&self) -> Reconciled {
        let last_sequence = self.last_sequence.unwrap_or_default();
        Reconciled { unconfirmed: self.unconfirmed(), last_sequence }
    }
}

/// A question about a range.
#[derive(Clone, Copy, Debug)]
struct Asks {
    range: Prefix,
    lists: bool,
}

/// Compares an own set with another side's, message by message.
pub struct Walk {
    set: Set,
    asks: VecDeque<Asks>,
    /// How many of `asks` the last message held.
    open: usize,
    /// How many ranges may still be asked for.
    left: usize,
    found: SetDifference,
}

impl Walk {
    /// Begins with the whole range.
    pub fn new(set: Set) -> Self {
        let left = MORE_RANGES + 4 * PARTS * set.items().len();
        let asks = VecDeque::from([Asks { range: Prefix::WHOLE, lists: false }]);
        Self { set, asks, open: 0, left, found: SetDifference::default() }
    }

    /// The next message; `None` once all is known.
    pub fn next_message(&mut self) -> Option<Vec<Range>> {
        self.open = self.asks.len().min(limits::RECONCILED_RANGES);
        if self.open == 0 {
            return None;
        }
        self.found.rounds += 1;
        Some(self.asks.iter().take(self.open).map(|asks| self.range(*asks)).collect())
    }

    fn range(&self, Asks { range, lists }: Asks) -> Range {
        let (mut fingerprints, mut items) = (Vec::new(), Vec::new());
        if lists {
            for item in self.set.within(range) {
                items.extend(item.key.to_be_bytes());
                items.extend(item.content().to_be_bytes());
            }
        } else {
            (0..PARTS as u64)
                .for_each(|part| fingerprints.extend(self.set.fingerprint(range.part(part))));
        }
        let (fingerprints, items) = (fingerprints.into(), items.into());
        Range { prefix: range.written(), fingerprints, items }
    }

    /// Takes up the answer to the last message.
    ///
    /// # Errors
    /// The answer is not for the ranges that were asked about, or it leads nowhere.
    pub fn hear(&mut self, answer: Reconciliation) -> Result<()> {
        if answer.ranges.is_empty() || answer.ranges.len() > self.open {
            return Err(astray("answered other ranges than were asked for"));
        }
        let before = self.found.last_sequence.unwrap_or(i64::MAX);
        self.found.last_sequence = Some(before.min(answer.last_sequence));
        let answered = answer.ranges.len();
        self.left = self.left.checked_sub(answered).ok_or_else(|| {
            astray("says of ever more ranges that they differ, beyond what it may hold")
        })?;
        self.open = 0;
        let asked: Vec<Asks> = self.asks.drain(..answered).collect();
        for (asks, answer) in asked.into_iter().zip(answer.ranges) {
            if asks.lists {
                self.hear_list(asks.range, &answer)?;
            } else {
                self.hear_parts(asks.range, &answer);
            }
        }
        Ok(())
    }

    fn hear_parts(&mut self, asked: Prefix, answer: &RangeAnswer) {
        for part in (0..PARTS as u64).filter(|part| answer.differs >> part & 1 == 1) {
            let range = asked.part(part);
            let lists = range.is_whole_key() || self.set.places(range).len() <= LIST;
            self.asks.push_back(Asks { range, lists });
        }
    }

    fn hear_list(&mut self, range: Prefix, answer: &RangeAnswer) -> Result<()> {
        if answer.split {
            if range.is_whole_key() {
                return Err(astray("holds more than one key can have"));
            }
            self.asks.push_back(Asks { range, lists: false });
            return Ok(());
        }
        let items = self.set.within(range);
        let bytes = items.len().div_ceil(8);
        if answer.wanted.len() != bytes || answer.held.len() != bytes {
            return Err(astray("answered another list than was sent"));
        }
        let bit = |bytes: &[u8], at: usize| bytes[at / 8] >> (at % 8) & 1 == 1;
        for (at, item) in items.iter().enumerate().filter(|(at, _)| bit(&answer.wanted, *at)) {
            self.found.wanted.insert(*item, bit(&answer.held, at));
        }
        self.found.lone.extend_from_slice(&answer.lone);
        Ok(())
    }

    /// All that was found, once there is no further message.
    pub fn found(self) -> SetDifference {
        self.found
    }
}

fn astray(what: &str) -> Error {
    Error::new(Reason::ProtocolViolation, format!("the registry {what} while reconciling"))
}
