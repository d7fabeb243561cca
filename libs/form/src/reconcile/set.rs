//! A side's items, and the fingerprints of ranges of them.

use mpp_api::sync::Record;
use mpp_core::{Error, FieldCode, Result};
use prost::Message as _;
use sha2::{Digest as _, Sha256};

use super::PRINT;

/// The standing of a record by its last answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnswerState {
    /// Its side knows of no answer that still holds: it equals no item of the other side, so that
    /// the record is sent again.
    #[default]
    Unknown,
    /// It stands as it was sent.
    Taken,
    /// It stands as it was sent, and its publisher was told something.
    Remarked,
    /// It is wrong; true if an earlier record of its name is published.
    Rejected(bool),
    /// It waits; true if an earlier record of its name is published.
    Waiting(bool),
}

impl AnswerState {
    fn code(self) -> u8 {
        let earlier = |held: bool| if held { 16 } else { 0 };
        match self {
            Self::Unknown => 0,
            Self::Taken => 1,
            Self::Remarked => 2,
            Self::Rejected(held) => 3 + earlier(held),
            Self::Waiting(held) => 4 + earlier(held),
        }
    }

    /// True if a record of the name is published.
    pub fn is_held(self) -> bool {
        matches!(self, Self::Taken | Self::Remarked | Self::Rejected(true) | Self::Waiting(true))
    }
}

/// One record, as the two sides compare it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComparedRecord {
    /// The first 64 bits of a hash over the record's name.
    pub key: u64,
    /// A hash over key, digest and standing.
    pub(super) sum: u128,
}

impl ComparedRecord {
    /// The item of a record.
    pub fn new(key: u64, digest: &[u8; 16], standing: AnswerState) -> Self {
        let whole = Sha256::new()
            .chain_update(key.to_be_bytes())
            .chain_update(digest)
            .chain_update([standing.code()])
            .finalize();
        let mut sum = [0; 16];
        sum.copy_from_slice(&whole[..16]);
        Self { key, sum: u128::from_be_bytes(sum) }
    }

    /// The part of its sum that a list holds.
    pub(super) fn content(&self) -> u64 {
        // The upper half of it.
        u64::try_from(self.sum >> 64).unwrap_or_default()
    }
}

/// The key of a name.
pub fn key_of(name: &str) -> u64 {
    let whole = Sha256::digest(name);
    let mut key = [0; 8];
    key.copy_from_slice(&whole[..8]);
    u64::from_be_bytes(key)
}

/// The digest of a record's bytes.
pub fn digest(record: &Record) -> [u8; 16] {
    let whole = Sha256::digest(record.encode_to_vec());
    let mut digest = [0; 16];
    digest.copy_from_slice(&whole[..16]);
    digest
}

/// All keys that begin with the same digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Prefix {
    /// The digits, in the highest bits.
    bits: u64,
    digits: u32,
}

impl Prefix {
    pub(super) const WHOLE: Self = Self { bits: 0, digits: 0 };
    const MOST_DIGITS: u32 = 16;

    pub(super) fn read(text: &str) -> Result<Self> {
        let is_digit = |sign: u8| matches!(sign, b'0'..=b'9' | b'a'..=b'f');
        if text.len() > Self::MOST_DIGITS as usize || !text.bytes().all(is_digit) {
            let hint = "must be at most 16 hexadecimal digits in small letters";
            return Err(Error::field("prefix", FieldCode::Format, hint));
        }
        let padded = format!("{text:0<16}");
        let bits = u64::from_str_radix(&padded, 16).map_err(Error::internal)?;
        // Not more than 16.
        Ok(Self { bits, digits: u32::try_from(text.len()).unwrap_or(Self::MOST_DIGITS) })
    }

    pub(super) fn written(self) -> String {
        format!("{:016x}", self.bits)[..self.digits as usize].to_owned()
    }

    /// True if the prefix has all the digits of a key.
    pub(super) fn is_whole_key(self) -> bool {
        self.digits == Self::MOST_DIGITS
    }

    /// The part of the range that has this further digit.
    pub(super) fn part(self, at: u64) -> Self {
        let shift = 64 - 4 * (self.digits + 1);
        Self { bits: self.bits | at << shift, digits: self.digits + 1 }
    }

    fn last(self) -> u64 {
        let free = 64 - 4 * self.digits;
        self.bits | u64::MAX.checked_shr(64 - free).unwrap_or(0)
    }

    pub(super) fn holds(self, key: u64) -> bool {
        (self.bits..=self.last()).contains(&key)
    }
}

/// The items of one side, sealed: they do not change while they are compared.
#[derive(Clone, Debug, Default)]
pub struct Set {
    items: Vec<ComparedRecord>,
    /// Before each item, and after the last: the sums of all before, added up.
    sums: Vec<u128>,
}

impl Set {
    /// The set of these items, in any order.
    pub fn new(mut items: Vec<ComparedRecord>) -> Self {
        items.sort_unstable();
        let mut sums = Vec::with_capacity(items.len() + 1);
        sums.push(0_u128);
        let mut sum = 0_u128;
        for item in &items {
            sum = sum.wrapping_add(item.sum);
            sums.push(sum);
        }
        Self { items, sums }
    }

    /// In the order of their keys.
    pub fn items(&self) -> &[ComparedRecord] {
        &self.items
    }

    /// The places of the range's items in the sorted list.
    pub(super) fn places(&self, range: Prefix) -> std::ops::Range<usize> {
        let from = self.items.partition_point(|item| item.key < range.bits);
        let to = self.items.partition_point(|item| item.key <= range.last());
        from..to
    }

    pub(super) fn within(&self, range: Prefix) -> &[ComparedRecord] {
        &self.items[self.places(range)]
    }

    pub(super) fn fingerprint(&self, range: Prefix) -> [u8; PRINT] {
        let places = self.places(range);
        let sum = |at: usize| self.sums.get(at).copied().unwrap_or_default();
        let sum = sum(places.end).wrapping_sub(sum(places.start));
        let whole = Sha256::new()
            .chain_update(sum.to_be_bytes())
            .chain_update((places.len() as u64).to_be_bytes())
            .finalize();
        let mut print = [0; PRINT];
        print.copy_from_slice(&whole[..PRINT]);
        print
    }
}
