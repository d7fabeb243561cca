//! Any two sets find exactly what differs, in bounded rounds and messages; a hostile peer costs no
//! more than that.

use std::collections::{BTreeMap, BTreeSet};

use mpp_api::sync::{LoneItem, Range, Reconciliation};
use proptest::{collection::btree_map, prelude::*};
use prost::Message as _;

use super::{AnswerState, ComparedRecord, Set, SetDifference, Walk, compare, key_of};
use crate::limits;

/// Records by name, each with its content.
type Catalog = BTreeMap<u32, u8>;

fn item(name: u32, says: u8) -> ComparedRecord {
    ComparedRecord::new(key_of(&name.to_string()), &[says; 16], AnswerState::Taken)
}

fn set(catalog: &Catalog) -> Set {
    Set::new(catalog.iter().map(|(name, says)| item(*name, *says)).collect())
}

fn known(key: u64) -> LoneItem {
    LoneItem { key, name: format!("units/a/services/{key:x}"), held: true, ..LoneItem::default() }
}

/// The outcome of comparing two catalogs, and the bytes of all messages that it took.
fn reconciled(own: &Catalog, other: &Catalog) -> (SetDifference, usize) {
    let (mut walk, other) = (Walk::new(set(own)), set(other));
    let mut bytes = 0;
    while let Some(asked) = walk.next_message() {
        let answer = compare(&other, &asked, known).expect("of the form");
        let sent: usize = asked.iter().map(|range| range.encoded_len() + 2).sum();
        assert!(sent < 512 << 10 && answer.encoded_len() < 1 << 20, "{sent}");
        bytes += sent + answer.encoded_len();
        walk.hear(answer).expect("an answer to it");
    }
    (walk.found(), bytes)
}

fn assert_exact(own: &Catalog, other: &Catalog) -> (SetDifference, usize) {
    let (found, bytes) = reconciled(own, other);
    let differing = own.iter().filter(|(name, says)| other.get(name) != Some(says));
    let wanted: BTreeMap<ComparedRecord, bool> =
        differing.map(|(name, says)| (item(*name, *says), other.contains_key(name))).collect();
    assert_eq!(found.wanted.clone().into_iter().collect::<BTreeMap<_, _>>(), wanted);
    let lone = other.keys().filter(|name| !own.contains_key(name));
    let lone: BTreeSet<u64> = lone.map(|name| key_of(&name.to_string())).collect();
    assert_eq!(found.lone.iter().map(|one| one.key).collect::<BTreeSet<_>>(), lone);
    assert_eq!(found.lone.len(), lone.len(), "each once");
    (found, bytes)
}

fn catalog(records: u32) -> Catalog {
    (0..records).map(|name| (name, 0)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_two_sets_end_with_what_differs_exactly(
        both in btree_map(any::<u32>(), 0_u8..3, 0..3_000),
        own in btree_map(any::<u32>(), 0_u8..3, 0..400),
        other in btree_map(any::<u32>(), 0_u8..3, 0..400),
        changed in 0_usize..200,
    ) {
        let mut one = both.clone();
        one.extend(own);
        let mut two = both;
        two.values_mut().take(changed).for_each(|says| *says += 1);
        two.extend(other);
        let (found, _) = assert_exact(&one, &two);
        // Each range is asked for by fingerprints and by a list at the most, once for each digit.
        let ranges = 17 * (one.len() + two.len()) + 32;
        prop_assert!(found.rounds <= 34 + ranges / limits::RECONCILED_RANGES, "{}", found.rounds);
    }

    #[test]
    fn whatever_a_peer_sends_it_is_answered_within_bounds_or_refused(
        ranges in proptest::collection::vec(
            (".{0,18}|[0-9a-f]{0,17}",
             proptest::collection::vec(any::<u8>(), 0..160),
             proptest::collection::vec(any::<u8>(), 0..80)), 0..40)
    ) {
        let asked: Vec<Range> = ranges.into_iter().map(|(prefix, fingerprints, items)| Range {
            prefix, fingerprints: fingerprints.into(), items: items.into(),
        }).collect();
        if let Ok(answer) = compare(&set(&catalog(500)), &asked, known) {
            prop_assert!(answer.ranges.len() <= asked.len());
        }
    }
}

#[test]
fn a_hundred_thousand_in_sync_cost_one_small_message_and_few_changes_little() {
    let other = catalog(100_000);
    let (found, bytes) = assert_exact(&other, &other);
    assert!(found.rounds == 1 && bytes < 200, "{} rounds, {bytes} bytes", found.rounds);
    let mut own = other.clone();
    own.values_mut().step_by(100_000).for_each(|says| *says = 1);
    let (found, bytes) = assert_exact(&own, &other);
    assert!(found.rounds <= 6 && bytes < 2_000, "{} rounds, {bytes} bytes", found.rounds);
    let mut own = other.clone();
    own.values_mut().step_by(100).for_each(|says| *says = 1);
    let (found, bytes) = assert_exact(&own, &other);
    assert!(found.rounds <= 7 && bytes < 400_000, "{} rounds, {bytes} bytes", found.rounds);
}

#[test]
fn one_that_has_nothing_learns_of_all_that_the_other_has() {
    let (found, _) = assert_exact(&Catalog::new(), &catalog(20_000));
    assert_eq!(found.lone.len(), 20_000);
    let (found, _) = assert_exact(&catalog(20_000), &Catalog::new());
    assert!(found.wanted.values().all(|held| !held));
}

#[test]
fn how_a_record_stands_is_compared_too() {
    let with = |standing| Set::new(vec![ComparedRecord::new(key_of("a"), &[0; 16], standing)]);
    let all = [
        AnswerState::Unknown,
        AnswerState::Taken,
        AnswerState::Remarked,
        AnswerState::Rejected(false),
        AnswerState::Rejected(true),
        AnswerState::Waiting(false),
        AnswerState::Waiting(true),
    ];
    let sums: BTreeSet<u128> = all.iter().map(|standing| with(*standing).items()[0].sum).collect();
    assert_eq!(sums.len(), all.len());
}

#[test]
fn a_peer_that_says_of_everything_that_it_differs_is_left() {
    let mut walk = Walk::new(set(&catalog(10)));
    let mut asked = 0;
    let error = loop {
        let ranges = walk.next_message().expect("it never ends by itself");
        asked += ranges.len();
        let one = |range: &Range| {
            let lists = range.fingerprints.is_empty();
            mpp_api::sync::RangeAnswer { differs: 0xffff, split: lists, ..Default::default() }
        };
        let answer = Reconciliation { ranges: ranges.iter().map(one).collect(), last_sequence: 0 };
        if let Err(error) = walk.hear(answer) {
            break error;
        }
    };
    assert_eq!(error.reason(), mpp_core::Reason::ProtocolViolation);
    assert!(asked < 2_000_000, "{asked} ranges");
}

#[test]
fn an_answer_to_what_was_not_asked_is_refused() {
    let mut walk = Walk::new(set(&catalog(10)));
    assert!(walk.hear(Reconciliation::default()).is_err(), "nothing was asked");
    let asked = walk.next_message().expect("the whole");
    let answer = compare(&set(&catalog(9)), &asked, known).expect("of the form");
    let twice = Reconciliation {
        ranges: [answer.ranges.clone(), answer.ranges].concat(),
        last_sequence: 0,
    };
    assert!(walk.hear(twice).is_err());
}

#[test]
fn a_message_of_another_form_names_the_field() {
    let own = set(&catalog(3_000));
    let range = |prefix: &str, prints: usize, items: usize| Range {
        prefix: prefix.to_owned(),
        fingerprints: vec![0; prints].into(),
        items: vec![0; items].into(),
    };
    for (ranges, field) in [
        (vec![], "ranges"),
        (vec![range("", 128, 0); limits::RECONCILED_RANGES + 1], "ranges"),
        (vec![range("", 128, 0), range("X", 128, 0)], "ranges[1].prefix"),
        (vec![range("00000000000000000", 128, 0)], "ranges[0].prefix"),
        (vec![range("", 127, 0)], "ranges[0].fingerprints"),
        (vec![range("0000000000000000", 128, 0)], "ranges[0].fingerprints"),
        (vec![range("", 128, 16)], "ranges[0].items"),
        (vec![range("", 0, 15)], "ranges[0].items"),
        (vec![range("", 0, 16 * (limits::LISTED_ITEMS + 1))], "ranges[0].items"),
        (vec![range("1", 0, 16)], "ranges[0].items"),
    ] {
        let error = compare(&own, &ranges, known).expect_err(field);
        assert_eq!(error.violations()[0].field, field);
    }
    let answer = compare(&own, &[range("", 0, 0)], known).expect("a list of nothing");
    assert!(answer.ranges[0].split && answer.ranges[0].lone.is_empty(), "bounded");
}
