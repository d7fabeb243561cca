//! A comparison with a server that has no answers to compare with: every record is wanted.

use mpp_api::sync::{RangeAnswer, Reconcile, Reconciliation};

use crate::reckon::fingerprint;

/// Bytes of an item, and of a fingerprint.
const ITEM: usize = 16;
const FINGERPRINT: usize = 8;

/// The answer to ranges.
pub fn reconciliation(asked: &Reconcile, last_sequence: i64) -> Reconciliation {
    let ranges = asked.ranges.iter().map(|range| match range.fingerprints.is_empty() {
        true => listed(range.items.len() / ITEM),
        false => RangeAnswer { differs: differs(&range.fingerprints), ..RangeAnswer::default() },
    });
    Reconciliation { ranges: ranges.collect(), last_sequence }
}

/// A bit for each part that is not empty.
fn differs(fingerprints: &[u8]) -> u32 {
    let empty = fingerprint(0, 0);
    let parts = fingerprints.chunks(FINGERPRINT).enumerate();
    parts.filter(|(_, part)| **part != empty).fold(0, |bits, (at, _)| bits | 1 << at)
}

fn listed(items: usize) -> RangeAnswer {
    let mut wanted = vec![0; items.div_ceil(8)];
    for at in 0..items {
        wanted[at / 8] |= 1 << (at % 8);
    }
    let held = vec![0; wanted.len()];
    RangeAnswer { wanted: wanted.into(), held: held.into(), ..RangeAnswer::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_wanted_and_every_part_that_is_not_empty_differs() {
        assert_eq!(listed(9).wanted[..], [0xff, 1]);
        let parts = [fingerprint(0, 0), fingerprint(7, 1), fingerprint(0, 0)].concat();
        assert_eq!(differs(&parts), 2);
    }
}
