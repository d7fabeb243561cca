//! Plans for several goals against a second, slower way: each choice is written out and counted by
//! itself.

use super::*;
use crate::model::process::goals::{Goal, plan_goals};

fn any_goals() -> impl Strategy<Value = Vec<Goal>> {
    let goal = (prop::collection::vec(1..8_usize, 0..4), any::<bool>());
    let goal = (goal, prop::bool::weighted(0.1));
    let goal = goal.prop_map(|((ways, is_certain), is_held)| Goal { ways, is_certain, is_held });
    prop::collection::vec(goal, 0..4)
}

/// Nothing asks for the goals themselves. Some are held by a service that is no way to them now.
fn any_path() -> impl Strategy<Value = (Graph, Vec<Goal>, Set)> {
    (any_graph(), any_goals()).prop_map(|((mut graph, held), mut goals)| {
        for goal in &mut goals {
            goal.is_held |= goal.ways.iter().any(|way| held.contains(way));
        }
        graph.0.iter_mut().for_each(|node| node.needs.retain(|need| need.by != 0));
        (graph, goals, held)
    })
}

/// All choices, as a number is counted up whose digits are the ways.
fn choices(goals: &[Goal]) -> Vec<Vec<Need>> {
    let many: usize = goals.iter().map(|goal| goal.ways.len()).product();
    let choice = |mut number: usize| {
        let mut needs = Vec::new();
        for goal in goals {
            let by = goal.ways[number % goal.ways.len()];
            number /= goal.ways.len();
            needs.push(Need { by, is_certain: goal.is_certain });
        }
        needs
    };
    (0..many).map(choice).collect()
}

fn with(graph: &Graph, needs: Vec<Need>) -> Graph {
    let mut graph = graph.clone();
    graph.0[0].needs = needs;
    graph
}

/// The span over all choices of the least that one certainly takes, and the most that it may.
fn over_all(
    choices: &[Graph],
    least: impl Fn(&Graph) -> i64,
    most: impl Fn(&Graph) -> i64,
) -> Span {
    Span {
        least: choices.iter().map(least).min().expect("one at least"),
        most: choices.iter().map(most).max().expect("one at least"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn goals_lead_over_the_steps_of_every_choice((graph, goals, held) in any_path()) {
        let found = plan_goals(&graph, &goals, &held);
        prop_assert!(!found.is_wide);
        let given: Vec<Goal> =
            goals.iter().filter(|goal| !goal.ways.is_empty()).cloned().collect();
        let open: Vec<Goal> = given.iter().filter(|goal| !goal.is_held).cloned().collect();
        let graphs: Vec<Graph> =
            choices(&open).into_iter().map(|needs| with(&graph, needs)).collect();
        let all: Vec<Set> = graphs.iter().map(|graph| reach(graph, &held, false)).collect();
        let certain: Vec<Set> = graphs.iter().map(|graph| reach(graph, &held, true)).collect();
        let steps: Set = found.plan.steps.iter().map(|step| step.node).collect();
        prop_assert_eq!(&steps, &all.iter().flatten().copied().collect::<Set>());
        prop_assert_eq!(found.plan.steps.len(), steps.len(), "each once");
        for step in &found.plan.steps {
            let is_always = certain.iter().all(|certain| certain.contains(&step.node));
            prop_assert_eq!(step.is_conditional, !is_always);
            for (graph, all) in graphs.iter().zip(&all).filter(|(_, all)| all.contains(&step.node)) {
                if step.node != 0 {
                    let over = closure(graph, all, false);
                    prop_assert_eq!(step.rank, rank(&over, all, step.node), "in each choice");
                }
            }
        }
        let everything = choices(&given).into_iter().flat_map(|needs| {
            reach(&with(&graph, needs), &Set::new(), false)
        });
        let everything: Set = everything.collect();
        let skipped: Vec<usize> = everything.difference(&steps).copied().collect();
        prop_assert_eq!(found.plan.skipped, skipped);
    }

    #[test]
    fn their_sums_reach_from_the_least_to_the_most_of_any_choice((graph, goals, held) in any_path()) {
        let found = plan_goals(&graph, &goals, &held).plan;
        let is_open = |goal: &&Goal| !goal.ways.is_empty() && !goal.is_held;
        let open: Vec<Goal> = goals.iter().filter(is_open).cloned().collect();
        let graphs: Vec<Graph> =
            choices(&open).into_iter().map(|needs| with(&graph, needs)).collect();
        type Measure = fn(&Length) -> Span;
        let measures: [Measure; 2] = [|length| length.working_days, |length| length.minutes];
        for measure in measures {
            let span = |node: &usize| measure(&graph.0[*node].length.unwrap_or_default());
            let sum = over_all(
                &graphs,
                |graph| reach(graph, &held, true).iter().map(|node| span(node).least).sum(),
                |graph| reach(graph, &held, false).iter().map(|node| span(node).most).sum(),
            );
            prop_assert_eq!(measure(&found.one_by_one), sum);
            let slowest = |own: &Set| own.iter().map(|node| span(node).least).max().unwrap_or(0);
            let together = |own: &Set| own.iter().map(|node| span(node).most).sum::<i64>();
            let longest_of = |graph: &Graph, only_certain: bool, own: &dyn Fn(&Set) -> i64| {
                let part = reach(graph, &held, only_certain);
                let over = closure(graph, &part, only_certain);
                let ways = part.iter().map(|from| longest(&over, &part, *from, &own));
                ways.max().unwrap_or(0)
            };
            let ends = over_all(
                &graphs,
                |graph| longest_of(graph, true, &slowest),
                |graph| longest_of(graph, false, &together),
            );
            prop_assert_eq!(measure(&found.side_by_side), ends);
        }
        let cost = |node: &usize| graph.0[*node].cost.unwrap_or_default();
        let sum = over_all(
            &graphs,
            |graph| reach(graph, &held, true).iter().map(|node| cost(node).least).sum(),
            |graph| reach(graph, &held, false).iter().map(|node| cost(node).most).sum(),
        );
        prop_assert_eq!(found.cost, sum);
    }

    /// With more choices than are worked out, the range holds each of them.
    #[test]
    fn a_range_that_is_too_wide_to_work_out_holds_every_choice(graph in any_graph()) {
        let mut graph = graph.0;
        graph.0.iter_mut().for_each(|node| node.needs.retain(|need| need.by != 0));
        let goals = vec![Goal { ways: (1..6).collect(), is_certain: true, is_held: false }; 3];
        let found = plan_goals(&graph, &goals, &Set::new());
        prop_assert!(found.is_wide);
        for needs in choices(&goals) {
            let one = plan(&with(&graph, needs), &Set::new());
            prop_assert!(found.plan.cost.least <= one.cost.least);
            prop_assert!(found.plan.cost.most >= one.cost.most);
            let (wide, own) = (found.plan.one_by_one.minutes, one.one_by_one.minutes);
            prop_assert!(wide.least <= own.least && wide.most >= own.most);
            let (wide, own) = (found.plan.side_by_side.minutes, one.side_by_side.minutes);
            prop_assert!(wide.least <= own.least && wide.most >= own.most);
        }
    }
}

#[test]
fn a_step_that_two_goals_share_is_taken_once_and_one_of_two_offices_is_enough() {
    // Both goals need the family card (3), the second is given by either of two offices (2, 4).
    let graph = Graph(vec![
        node(&[], days(0, 0)),
        node(&[3], days(1, 1)),
        node(&[3], days(2, 2)),
        node(&[], days(3, 3)),
        node(&[3], days(5, 5)),
    ]);
    let of = |ways: &[usize]| Goal { ways: ways.to_vec(), is_certain: true, is_held: false };
    let found = plan_goals(&graph, &[of(&[1]), of(&[2, 4])], &Set::new()).plan;
    assert_eq!(found.one_by_one, days(6, 9), "3 + 1 + 2 at the one, 3 + 1 + 5 at the other");
    assert_eq!(found.side_by_side, days(5, 8));
    let told: Vec<_> = found.steps.iter().map(|step| (step.node, step.is_conditional)).collect();
    assert_eq!(told, [(3, false), (1, false), (2, true), (4, true), (0, false)]);
    let held = Goal { is_held: true, ..of(&[2, 4]) };
    let has = plan_goals(&graph, &[of(&[1]), held], &[4].into()).plan;
    assert_eq!(has.one_by_one, days(4, 4), "who has the one does not go to the other");
    assert_eq!(has.skipped, [2, 4]);
    // The first one's own paper (1) asks for what the other office gives.
    let mut asking = graph;
    asking.0[1] = node(&[2], days(1, 1));
    let held = Goal { is_held: true, ..of(&[2, 4]) };
    let has = plan_goals(&asking, &[of(&[1]), held], &[4].into()).plan;
    assert_eq!(has.one_by_one, days(6, 6), "the paper of one office is not that of the other");
}
