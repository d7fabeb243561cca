//! The side that is asked.

use mpp_api::sync::{LoneItem, Range, RangeAnswer, Reconciliation};
use mpp_core::{Error, FieldCode, Result};
use prost::bytes::Bytes;

use super::{
    LISTED, PARTS, PRINT, Set,
    set::{ComparedRecord, Prefix},
};
use crate::limits;

/// Compares ranges with an own set; `known` says of an item that the other side does not have
/// whether a record of its name is published.
///
/// # Errors
/// The ranges are too many, or one of them is not of the form; the field is named.
pub fn compare(
    set: &Set,
    asked: &[Range],
    known: impl Fn(u64) -> LoneItem,
) -> Result<Reconciliation> {
    if asked.is_empty() || asked.len() > limits::RECONCILED_RANGES {
        let hint = format!("are {}; give 1 to {}", asked.len(), limits::RECONCILED_RANGES);
        return Err(Error::field("ranges", FieldCode::OutOfRange, hint));
    }
    let (mut ranges, mut lone) = (Vec::with_capacity(asked.len()), 0);
    for (at, range) in asked.iter().enumerate() {
        let answer =
            one(set, range, &known).map_err(|error| error.within(&format!("ranges[{at}]")))?;
        lone += answer.lone.len();
        if at > 0 && lone > limits::LONE_ITEMS {
            break;
        }
        ranges.push(answer);
    }
    Ok(Reconciliation { ranges, last_sequence: 0 })
}

fn one(set: &Set, asked: &Range, known: &impl Fn(u64) -> LoneItem) -> Result<RangeAnswer> {
    let range = Prefix::read(&asked.prefix)?;
    if asked.fingerprints.is_empty() {
        let items = listed(range, &asked.items)?;
        return Ok(list(set, range, &items, known));
    }
    if asked.fingerprints.len() != PARTS * PRINT || range.is_whole_key() {
        let hint = "must be 8 bytes for each of the 16 parts of a prefix of at most 15 digits";
        return Err(Error::field("fingerprints", FieldCode::Format, hint));
    }
    if !asked.items.is_empty() {
        let hint = "must be empty beside fingerprints";
        return Err(Error::field("items", FieldCode::NotAllowed, hint));
    }
    let parts = (0_u64..).zip(asked.fingerprints.chunks(PRINT));
    let differing = parts.filter(|(part, print)| set.fingerprint(range.part(*part)) != **print);
    Ok(RangeAnswer {
        differs: differing.fold(0, |bits, (part, _)| bits | 1 << part),
        ..RangeAnswer::default()
    })
}

/// Key and content of each item that the other side lists.
fn listed(range: Prefix, bytes: &[u8]) -> Result<Vec<(u64, u64)>> {
    let wrong = |hint: &str| Error::field("items", FieldCode::Format, hint);
    if !bytes.len().is_multiple_of(LISTED) || bytes.len() > limits::LISTED_ITEMS * LISTED {
        return Err(wrong("must be 16 bytes for each of at most 256 items"));
    }
    let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
    let items: Vec<_> = bytes
        .chunks(LISTED)
        .map(|item| (number(&item[..LISTED / 2]), number(&item[LISTED / 2..])))
        .collect();
    if !items.iter().all(|(key, _)| range.holds(*key)) {
        return Err(wrong("holds a key that does not begin with the prefix"));
    }
    if !items.is_sorted() {
        return Err(wrong("must be in rising order"));
    }
    Ok(items)
}

fn list(
    set: &Set,
    range: Prefix,
    items: &[(u64, u64)],
    known: &impl Fn(u64) -> LoneItem,
) -> RangeAnswer {
    let own = set.within(range);
    // A whole key is never split: it has one item, with an exception of 1 in 2^64.
    if own.len() > limits::LISTED_ITEMS && !range.is_whole_key() {
        return RangeAnswer { split: true, ..RangeAnswer::default() };
    }
    // Both are in the order of their keys.
    let find = |key: u64| {
        let from = own.partition_point(|item| item.key < key);
        own[from..].iter().take_while(move |item| item.key == key)
    };
    let is_like = |(key, content): (u64, u64)| find(key).any(|item| item.content() == content);
    let is_held = |(key, _): (u64, u64)| find(key).next().is_some_and(|item| known(item.key).held);
    let is_listed =
        |item: &&ComparedRecord| items.binary_search_by_key(&item.key, |(key, _)| *key).is_ok();
    let lone = own.iter().filter(|item| !is_listed(item));
    RangeAnswer {
        wanted: bits(items.iter().map(|item| !is_like(*item))),
        held: bits(items.iter().map(|item| is_held(*item))),
        lone: lone.map(|item| known(item.key)).collect(),
        ..RangeAnswer::default()
    }
}

fn bits(all: impl Iterator<Item = bool>) -> Bytes {
    let mut bytes = Vec::new();
    for (at, bit) in all.enumerate() {
        if at % 8 == 0 {
            bytes.push(0);
        }
        if let Some(last) = bytes.last_mut().filter(|_| bit) {
            *last |= 1 << (at % 8);
        }
    }
    bytes.into()
}
