//! Laws of the line, counted in turns and not in time.

use proptest::{prelude::*, test_runner::Config};

use super::*;

const RULES: Rules = Rules { places: 1, lead: 1_000, passes: 3 };

/// A line whose sources ask again as soon as they have written.
struct Busy {
    line: FairLine,
    asked: HashMap<u64, &'static str>,
}

impl Busy {
    fn of(sources: &[&'static str]) -> Self {
        let mut busy = Self { line: FairLine::default(), asked: HashMap::new() };
        sources.iter().for_each(|source| busy.ask(source));
        busy
    }

    fn ask(&mut self, source: &'static str) {
        let number = self.line.ask(source);
        self.asked.insert(number, source);
    }

    /// Gives the next turn, which takes this long; then its source asks again. Answers the source.
    fn turn(&mut self, took: Took) -> &'static str {
        let number = self.line.next(RULES).expect("somebody waits");
        let source = self.asked.remove(&number).expect("it has asked");
        self.line.leave(number, took, RULES);
        self.ask(source);
        source
    }
}

#[test]
fn a_small_sync_goes_past_the_large_ones_however_many_there_are() {
    let mut busy = Busy::of(&["a", "b", "c", "d", "e", "f"]);
    for _ in 0..50 {
        busy.turn(100);
    }
    busy.ask("small");
    let before = (0..).take_while(|_| busy.turn(100) != "small").count();
    assert!(before <= 1, "one that has waited long may be next, {before}");
}

#[test]
fn large_ones_share_alike() {
    let mut busy = Busy::of(&["a", "b", "c"]);
    let turns: Vec<_> = (0..300).map(|_| busy.turn(100)).collect();
    for source in ["a", "b", "c"] {
        assert_eq!(turns.iter().filter(|one| **one == source).count(), 100, "{source}");
    }
}

#[test]
fn silence_gives_a_lead_and_no_more() {
    let mut busy = Busy::of(&["a", "b"]);
    for _ in 0..1_000 {
        busy.turn(100);
    }
    busy.ask("returns");
    let turns: Vec<_> = (0..60).map(|_| busy.turn(100)).collect();
    let of_it = |turns: &[&str]| turns.iter().filter(|one| **one == "returns").count();
    let (ahead, later) = turns.split_at(18);
    assert!(of_it(ahead) > 9, "a lead of ten turns: {ahead:?}");
    assert_eq!(of_it(later), 14, "then a third of all: {later:?}");
}

#[test]
fn a_source_has_one_turn_at_a_time() {
    let rules = Rules { places: 3, ..RULES };
    let mut line = FairLine::default();
    let [first, second, other] = ["a", "a", "b"].map(|source| line.ask(source));
    assert_eq!(line.next(rules), Some(first));
    assert_eq!(line.next(rules), Some(other), "the third place is of no use to it");
    assert_eq!((line.next(rules), line.waiting()), (None, 1));
    line.leave(first, 10, rules);
    assert_eq!(line.next(rules), Some(second));
}

#[test]
fn who_leaves_the_line_holds_nobody_up_and_sources_are_forgotten() {
    let mut line = FairLine::default();
    let [first, gone, last] = ["a", "b", "c"].map(|source| line.ask(source));
    assert_eq!(line.next(RULES), Some(first));
    line.leave(gone, 0, RULES);
    line.leave(first, 10, RULES);
    assert_eq!(line.next(RULES), Some(last));
    line.leave(last, 10, RULES);
    for _ in 0..1_000 {
        let number = line.ask("d");
        line.next(RULES);
        line.leave(number, 100, RULES);
    }
    assert_eq!(line.wrote.len(), 1, "what was long ago is not kept");
}

#[derive(Clone, Debug)]
enum Event {
    Asks(usize),
    /// A turn is given.
    Next,
    /// A writer ends, after this time.
    Ends(usize, Took),
    /// One that waits gives up.
    GivesUp(usize),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        6 => (0usize..6).prop_map(Event::Asks),
        6 => Just(Event::Next),
        5 => (any::<usize>(), prop_oneof![Just(0), 1i64..50, 1i64..5_000])
            .prop_map(|(which, took)| Event::Ends(which, took)),
        1 => any::<usize>().prop_map(Event::GivesUp),
    ];
    prop::collection::vec(event, 1..200)
}

/// The number of one of them, if there is any.
fn one_of(mut numbers: Vec<u64>, which: usize) -> Option<u64> {
    numbers.sort_unstable();
    numbers.get(which.checked_rem(numbers.len())?).copied()
}

/// The ones that may be next, each with how many stand before it.
fn may_be_next(line: &FairLine) -> Vec<(u64, usize)> {
    line.first_of_each().iter().map(|at| (line.waiting[*at].0, *at)).collect()
}

/// Turns that others had while this one could have been next, and how many stood before it when
/// that began.
type Passed = HashMap<u64, (usize, usize)>;

fn count(passed: &mut Passed, line: &FairLine) {
    let before: HashMap<u64, usize> = may_be_next(line).into_iter().collect();
    passed.retain(|number, _| before.contains_key(number));
    for (number, before) in before {
        passed.entry(number).or_insert((0, before));
    }
}

proptest! {
    #![proptest_config(Config { cases: 1_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn nobody_waits_for_more_turns_than_the_rule_says(
        events in events(), places in 1usize..4, passes in 0usize..5,
    ) {
        let rules = Rules { places, passes, ..RULES };
        let (mut line, mut passed) = (FairLine::default(), Passed::new());
        for event in events {
            match event {
                Event::Asks(source) => drop(line.ask(&source.to_string())),
                Event::Ends(which, took) => {
                    if let Some(number) = one_of(line.writing.keys().copied().collect(), which) {
                        line.leave(number, took, rules);
                    }
                }
                Event::GivesUp(which) => {
                    let waiting = line.waiting.iter().map(|(number, _)| *number).collect();
                    if let Some(number) = one_of(waiting, which) {
                        line.leave(number, 0, rules);
                    }
                }
                Event::Next => {
                    count(&mut passed, &line);
                    let given = line.next(rules);
                    let has_place = line.writing.len() < places;
                    prop_assert_eq!(given.is_none() && has_place, has_place && passed.is_empty());
                    for (number, (turns, before)) in passed.iter_mut().filter(|_| given.is_some()) {
                        *turns += usize::from(given != Some(*number));
                        prop_assert!(
                            *turns <= (*before + 1) * (passes + 1),
                            "{number} behind {before} waits for {turns}"
                        );
                    }
                }
            }
            count(&mut passed, &line);
            prop_assert!(line.writing.len() <= places);
        }
    }
}
