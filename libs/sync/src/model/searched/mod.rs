//! Every course that sessions of a source can take, searched one after the other: two clients of
//! one source, three records, messages that are lost, late and repeated, and a crash of each side.
//!
//! What is searched are the functions that the server runs: who gets the lease and who may write
//! (`lease.rs`), where a session resumes and what it counts (`checkpoint.rs`), what waits
//! (`quarantine.rs`). [`world`] is the rest: tables as lists, a network, and clients that do what
//! the contract says. Laws are looked at in every state, and at every end.
//!
//! The search is breadth first, so it reports a fault by the shortest course that leads to it.
//! Rejected: the crate `stateright`, which does the same and brings a web server for its explorer
//! that no feature leaves out, and thirteen crates in all, in place of forty lines here.

mod client;
mod registry;
mod world;

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use world::{Bounds, World};

/// What a search has seen.
struct SearchSize {
    states: usize,
    ends: usize,
}

/// All states that are reached, each known by its hash, with the step that led to it.
#[derive(Default)]
struct Course {
    known: HashMap<u64, usize>,
    from: Vec<(usize, String)>,
}

impl Course {
    /// True for a state that was not seen before.
    fn reaches(&mut self, state: &World, before: usize, step: String) -> bool {
        let mut hasher = DefaultHasher::new();
        state.hash(&mut hasher);
        let next = self.from.len();
        let is_new = *self.known.entry(hasher.finish()).or_insert(next) == next;
        if is_new {
            self.from.push((before, step));
        }
        is_new
    }

    /// The steps to a state.
    fn steps(&self, mut to: usize) -> Vec<&str> {
        let mut steps = Vec::new();
        while to != 0 {
            steps.push(self.from[to].1.as_str());
            to = self.from[to].0;
        }
        steps.reverse();
        steps
    }
}

/// Searches all states within these bounds.
fn search(bounds: impl Into<World>) -> Result<SearchSize, String> {
    let (mut course, start): (Course, World) = (Course::default(), bounds.into());
    course.reaches(&start, 0, String::new());
    let (mut level, mut ends) = (vec![(0, start)], 0);
    while !level.is_empty() {
        let mut next = Vec::new();
        for (at, state) in &level {
            let steps = state.steps();
            ends += usize::from(steps.is_empty());
            for (step, outcome) in steps {
                let after =
                    outcome.map_err(|broken| failed_course_text(&course, *at, &step, &broken))?;
                let number = course.from.len();
                if course.reaches(&after, *at, step) {
                    next.push((number, after));
                }
            }
        }
        level = next;
    }
    Ok(SearchSize { states: course.from.len(), ends })
}

fn failed_course_text(course: &Course, at: usize, step: &str, broken: &str) -> String {
    format!("{broken}, after {:#?}, {step}", course.steps(at))
}

/// Nothing goes wrong.
const CALM: Bounds =
    Bounds { sessions: 2, edits: 1, losses: 0, repeats: 0, crashes: 0, silences: 0, compares: 0 };

/// What may go wrong together, within the time of every run.
const TROUBLES: [(&str, Bounds); 5] = [
    ("lost answers and edits", Bounds { sessions: 3, losses: 1, ..CALM }),
    (
        "lost and repeated messages, comparing",
        Bounds { losses: 1, repeats: 1, compares: 1, ..CALM },
    ),
    ("a crash of each side", Bounds { crashes: 1, repeats: 1, edits: 0, ..CALM }),
    ("crashes and losses", Bounds { crashes: 1, losses: 1, edits: 0, ..CALM }),
    ("leases that run out", Bounds { sessions: 3, silences: 1, edits: 0, ..CALM }),
];

fn searched(what: &str, bounds: Bounds) {
    let seen = search(bounds).unwrap_or_else(|broken| panic!("{what}: {broken}"));
    println!("{what}: {} states, {} of them ends", seen.states, seen.ends);
    assert!(seen.ends > 0 && seen.states > 1_000, "{what}: {} states", seen.states);
}

#[test]
fn every_course_keeps_the_laws() {
    for (what, bounds) in TROUBLES {
        searched(what, bounds);
    }
}

/// Minutes, and gigabytes.
#[test]
#[ignore = "by hand: cargo test -p mpp-sync --lib -- --ignored --nocapture searched"]
fn every_longer_course_keeps_the_laws() {
    let all = Bounds { sessions: 3, losses: 1, repeats: 1, crashes: 1, edits: 0, ..CALM };
    searched("lost and repeated messages, a crash of each side, three sessions", all);
}

/// The search finds what it is there for: without notes a client goes on after an answer that was
/// lost as if nothing had been written.
#[test]
fn a_client_that_keeps_no_notes_and_heeds_no_send_all_is_caught() {
    let bounds = Bounds { sessions: 3, edits: 2, losses: 1, ..CALM };
    let broken = search(bounds.careless()).err().expect("a law is broken");
    assert!(broken.contains("is not as its source says"), "{broken}");
}
