//! Known cases, and a check of the whole state machine: a registry, two kinds of client that know
//! the contract only, and deaths between any two messages.

mod world;

use proptest::{prelude::*, test_runner::Config};

use super::*;
use world::{Run, Style, World};

fn at(sequence: i64) -> Checkpoint {
    Checkpoint { sequence, position: format!("row {sequence}"), mark: sequence ^ 100 }
}

/// Eight batches under the mapping "1", of which a client has shown to have five.
fn standing() -> SourceState {
    SourceState { last: at(8), mapping: "1".into(), heard: 5, ..SourceState::default() }
}

#[test]
fn a_client_whose_answers_were_lost_resumes_where_it_stands() {
    let (opened, greeting) = standing().open("1", Some(&at(6)), CheckpointStanding::Current);
    assert_eq!(greeting, Greeting { checkpoint: at(6), send_all: false });
    assert_eq!((opened.next_sequence(), &opened.last), (9, &at(8)), "nothing has gone back yet");
    let lost = Abandoned { after: 6, unheard_after: 6 };
    assert_eq!(opened.abandons(), Some(lost));
    let next = opened.answered(at(9));
    assert_eq!((next.next_sequence(), next.abandons()), (10, None));
}

#[test]
fn who_names_nothing_that_is_known_sends_everything() {
    for (client, known) in [
        (None, CheckpointStanding::Never),
        (Some(at(0)), CheckpointStanding::Never),
        (Some(at(6)), CheckpointStanding::Abandoned),
        (Some(at(9)), CheckpointStanding::Never),
    ] {
        let (opened, greeting) = standing().open("1", client.as_ref(), known);
        let start = Greeting { checkpoint: Checkpoint::default(), send_all: true };
        assert_eq!(greeting, start, "{client:?}");
        let heard = Abandoned { after: 0, unheard_after: 5 };
        assert_eq!(opened.abandons(), Some(heard), "what a client has had still counts");
    }
}

#[test]
fn who_does_not_know_of_a_batch_since_its_checkpoint_sends_everything_and_keeps_its_count() {
    let (opened, greeting) = standing().open("1", Some(&at(6)), CheckpointStanding::Behind);
    assert_eq!(greeting, Greeting { checkpoint: at(6), send_all: true });
    assert_eq!((opened.heard, opened.next_sequence()), (6, 9));
}

#[test]
fn a_number_beyond_all_is_not_the_next() {
    let (opened, _) = standing().open("1", Some(&at(6)), CheckpointStanding::Current);
    assert_eq!(opened.place(&at(i64::MAX), 1), None);
}

#[test]
fn everything_is_asked_for_until_a_checkpoint_of_the_new_mapping_is_named() {
    let (opened, told) = standing().open("2", Some(&at(8)), CheckpointStanding::Current);
    assert!(told.send_all);
    assert_eq!(opened.mapping, "1", "a hello alone changes nothing");
    let under_way = opened.answered(at(9));
    let ask = |client: i64| {
        under_way.open("2", Some(&at(client)), CheckpointStanding::Current).1.send_all
    };
    assert!(ask(8), "it died before it had the first answer");
    assert!(!ask(9));
    assert!(
        under_way.open("1", Some(&at(9)), CheckpointStanding::Current).1.send_all,
        "back to the first"
    );
}

#[test]
fn a_number_is_given_once_and_a_client_may_count_from_its_own() {
    let (opened, _) = standing().open("1", Some(&at(6)), CheckpointStanding::Current);
    let placed = |sequence: i64| opened.place(&at(sequence), 1).map(|at| at.sequence);
    assert_eq!([6, 7, 8, 9, 10].map(placed), [None, Some(9), None, Some(9), None]);
    let next = opened.answered(opened.place(&at(7), 77).expect("the next"));
    let drawn = Checkpoint { sequence: 9, position: "row 7".into(), mark: 77 };
    assert_eq!(next.last, drawn, "the mark is the registry's own");
    assert_eq!(next.place(&at(8), 78).map(|at| at.sequence), Some(10));
}

#[test]
fn an_end_without_a_batch_leaves_what_its_client_never_had() {
    let (opened, _) = standing().open("1", Some(&at(6)), CheckpointStanding::Current);
    assert!(opened.abandons().is_some());
    let ended = opened.ended();
    assert_eq!(ended.last, Checkpoint { sequence: 8, ..at(6) });
    let sent = opened.answered(at(9)).ended();
    assert_eq!(sent.heard, 9);
}

fn run() -> impl Strategy<Value = Run> {
    let dies = prop::option::weighted(0.7, 0usize..24);
    let styles = (0u8..2, 1usize..4, 1usize..3, any::<bool>(), prop::bool::weighted(0.8));
    (styles, dies).prop_map(|((mapping, batch, window, counts_from_welcome, notes), dies)| Run {
        mapping,
        batch,
        window,
        counts_from_welcome,
        notes,
        dies,
    })
}

#[derive(Clone, Debug)]
enum HistoryStep {
    Run(Run),
    /// A record of the source changes, often to what it was before, or goes.
    Edit(usize, Option<usize>),
    /// The client goes back to the state that it had some runs ago, or has none.
    StaleClient(usize),
    /// The registry goes back to the state that it had some runs ago.
    Restore(usize),
}

fn steps(restores: bool) -> impl Strategy<Value = Vec<HistoryStep>> {
    let disasters = u32::from(restores);
    let step = prop_oneof![
        6 => run().prop_map(HistoryStep::Run),
        3 => (0usize..world::RECORDS, prop::option::weighted(0.8, 0usize..3))
            .prop_map(|(record, content)| HistoryStep::Edit(record, content)),
        disasters => (0usize..4).prop_map(HistoryStep::StaleClient),
        disasters => (0usize..4).prop_map(HistoryStep::Restore),
    ];
    prop::collection::vec(step, 1..14)
}

fn play(style: Style, steps: &[HistoryStep], last: Run) -> World {
    let mut world = World::new(style);
    for step in steps {
        match step {
            HistoryStep::Run(run) => world.run(run),
            HistoryStep::Edit(record, content) => world.edit(*record, *content),
            HistoryStep::StaleClient(back) => world.client_goes_back(*back),
            HistoryStep::Restore(back) => world.registry_goes_back(*back),
        }
    }
    world.run(&Run { dies: None, ..last });
    world
}

proptest! {
    #![proptest_config(Config { cases: 2_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_run_that_ends_leaves_every_record_as_the_source_and_the_mapping_have_it(
        steps in steps(true), last in run(), positional in any::<bool>(),
    ) {
        let style = if positional { Style::Positional } else { Style::Digests };
        let world = play(style, &steps, last);
        prop_assert_eq!(world.kept(), world.wanted());
    }

    #[test]
    fn what_is_counted_is_what_the_client_has_the_answers_of(
        steps in steps(false), last in run(), positional in any::<bool>(),
    ) {
        let style = if positional { Style::Positional } else { Style::Digests };
        let world = play(style, &steps, last);
        prop_assert_eq!(world.counted(), world.client.answers);
        prop_assert_eq!(world.forgotten(), Vec::<usize>::new(), "held, gone, and never told");
    }
}
