//! Plans against a second, slower way to find the same.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

mod goals;

type Set = BTreeSet<usize>;

fn days(least: i64, most: i64) -> Length {
    Length { working_days: Span { least, most }, ..Length::default() }
}

fn needs(by: &[usize]) -> Vec<Need> {
    by.iter().map(|by| Need { by: *by, is_certain: true }).collect()
}

fn node(by: &[usize], length: Length) -> Node {
    Node { needs: needs(by), length: Some(length), cost: None }
}

/// All that is needed for `from`, by adding until nothing is added.
fn reach(graph: &Graph, held: &Set, only_certain: bool) -> Set {
    let mut found: Set = [0].into_iter().filter(|first| !held.contains(first)).collect();
    loop {
        let more: Set = found.iter().flat_map(|node| graph.needs(*node, only_certain)).collect();
        let before = found.len();
        found.extend(more.difference(held));
        if found.len() == before {
            return found;
        }
    }
}

/// Whether one needs the other, over however many, by Warshall.
fn closure(graph: &Graph, part: &Set, only_certain: bool) -> Vec<Vec<bool>> {
    let many = graph.0.len();
    let mut over = vec![vec![false; many]; many];
    for from in part {
        for to in graph.needs(*from, only_certain).filter(|to| part.contains(to)) {
            over[*from][to] = true;
        }
    }
    for by in 0..many {
        for from in 0..many {
            for to in 0..many {
                over[from][to] |= over[from][by] && over[by][to];
            }
        }
    }
    over
}

fn group(over: &[Vec<bool>], part: &Set, of: usize) -> Set {
    part.iter().copied().filter(|to| *to == of || (over[of][*to] && over[*to][of])).collect()
}

fn behind(over: &[Vec<bool>], part: &Set, of: usize) -> Set {
    let own = group(over, part, of);
    part.iter().copied().filter(|to| over[of][*to] && !own.contains(to)).collect()
}

fn rank(over: &[Vec<bool>], part: &Set, of: usize) -> usize {
    1 + behind(over, part, of).into_iter().map(|by| rank(over, part, by)).max().unwrap_or(0)
}

/// The longest of all ways from a service, counted by `one` of its times.
fn longest(over: &[Vec<bool>], part: &Set, of: usize, own: &impl Fn(&Set) -> i64) -> i64 {
    let ways = behind(over, part, of).into_iter().map(|by| longest(over, part, by, own));
    own(&group(over, part, of)) + ways.max().unwrap_or(0)
}

fn any_graph() -> impl Strategy<Value = (Graph, Set)> {
    let need = (0..8_usize, any::<bool>()).prop_map(|(by, is_certain)| Need { by, is_certain });
    let span = (0..5_i64, 0..5_i64).prop_map(|(least, more)| Span { least, most: least + more });
    let length = (span.clone(), span.clone())
        .prop_map(|(working_days, minutes)| Length { working_days, minutes });
    let node = (
        prop::collection::vec(need, 0..4),
        prop::option::weighted(0.8, length),
        prop::option::weighted(0.8, span),
    );
    let node = node.prop_map(|(needs, length, cost)| Node { needs, length, cost });
    let graph = prop::collection::vec(node, 8).prop_map(Graph);
    (graph, prop::collection::btree_set(1..8_usize, 0..3))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn steps_stand_in_the_order_that_a_slower_way_finds((graph, held) in any_graph()) {
        let found = plan(&graph, &held);
        let (all, certain) = (reach(&graph, &held, false), reach(&graph, &held, true));
        let over = closure(&graph, &all, false);
        let steps: Set = found.steps.iter().map(|step| step.node).collect();
        prop_assert_eq!(&steps, &all);
        prop_assert_eq!(found.steps.len(), all.len(), "each once");
        prop_assert!(found.steps.is_sorted_by_key(|step| (step.rank, step.node)));
        for step in &found.steps {
            prop_assert_eq!(step.rank, rank(&over, &all, step.node));
            prop_assert_eq!(step.is_conditional, !certain.contains(&step.node));
            let own: Vec<usize> = group(&over, &all, step.node).into_iter().collect();
            let circle = step.circle.map(|circle| &found.circles[circle]);
            prop_assert_eq!(circle, over[step.node][step.node].then_some(&own));
            let without = held.iter().copied().chain([step.node]).collect();
            let falls = all.difference(&reach(&graph, &without, false)).count();
            prop_assert_eq!(step.spares, falls);
        }
        let everything = reach(&graph, &Set::new(), false);
        let skipped: Vec<usize> = everything.difference(&all).copied().collect();
        prop_assert_eq!(found.skipped, skipped);
    }

    #[test]
    fn times_and_fees_are_those_that_a_slower_way_adds_up((graph, held) in any_graph()) {
        let found = plan(&graph, &held);
        let (all, certain) = (reach(&graph, &held, false), reach(&graph, &held, true));
        let (over, surely) = (closure(&graph, &all, false), closure(&graph, &certain, true));
        type Measure = fn(&Length) -> Span;
        let measures: [Measure; 2] = [|length| length.working_days, |length| length.minutes];
        for measure in measures {
            let span = |node: &usize| measure(&graph.0[*node].length.unwrap_or_default());
            let sum = Span {
                least: certain.iter().map(|node| span(node).least).sum(),
                most: all.iter().map(|node| span(node).most).sum(),
            };
            prop_assert_eq!(measure(&found.one_by_one), sum);
            let slowest = |own: &Set| own.iter().map(|node| span(node).least).max().unwrap_or(0);
            let together = |own: &Set| own.iter().map(|node| span(node).most).sum::<i64>();
            let least = certain.iter().map(|from| longest(&surely, &certain, *from, &slowest));
            let most = all.iter().map(|from| longest(&over, &all, *from, &together));
            let ends = Span { least: least.max().unwrap_or(0), most: most.max().unwrap_or(0) };
            prop_assert_eq!(measure(&found.side_by_side), ends);
        }
        let cost = |node: &usize| graph.0[*node].cost.unwrap_or_default();
        let sum = Span {
            least: certain.iter().map(|node| cost(node).least).sum(),
            most: all.iter().map(|node| cost(node).most).sum(),
        };
        prop_assert_eq!(found.cost, sum);
    }
}

#[test]
fn a_way_that_forks_and_meets_again_takes_as_long_as_its_longer_arm() {
    let graph = Graph(vec![
        node(&[1, 2], days(1, 1)),
        node(&[3], days(2, 4)),
        node(&[3], days(3, 3)),
        node(&[], days(1, 2)),
    ]);
    let found = plan(&graph, &Set::new());
    let ranks: Vec<_> = found.steps.iter().map(|step| (step.node, step.rank)).collect();
    assert_eq!(ranks, [(3, 1), (1, 2), (2, 2), (0, 3)]);
    assert_eq!((found.one_by_one, found.side_by_side), (days(7, 10), days(5, 7)));
    let spares: Vec<_> = found.steps.iter().map(|step| step.spares).collect();
    assert_eq!(spares, [1, 1, 1, 4], "neither arm alone spares what both ask for");
    let without = plan(&graph, &[1, 2].into());
    assert_eq!((without.steps.len(), without.skipped), (1, vec![1, 2, 3]));
}

#[test]
fn a_circle_is_named_and_what_lies_around_it_is_in_order() {
    let graph = Graph(vec![
        node(&[1], days(1, 1)),
        node(&[2], days(2, 2)),
        node(&[1, 3], days(5, 5)),
        node(&[], days(1, 1)),
    ]);
    let found = plan(&graph, &Set::new());
    assert_eq!(found.circles, [[1, 2]]);
    let ranks: Vec<_> =
        found.steps.iter().map(|step| (step.node, step.rank, step.circle)).collect();
    assert_eq!(ranks, [(3, 1, None), (1, 2, Some(0)), (2, 2, Some(0)), (0, 3, None)]);
    assert_eq!(found.side_by_side, days(7, 9), "no less than its longest, no more than all");
    assert!(plan(&graph, &[2].into()).circles.is_empty(), "who has one of them is out of it");
}

#[test]
fn a_chain_as_deep_as_a_peer_likes_ends_no_thread() {
    let many = 10_000;
    let next = |at: usize| if at + 1 < many { vec![at + 1] } else { Vec::new() };
    let graph = Graph((0..many).map(|at| node(&next(at), days(1, 1))).collect());
    let found = plan(&graph, &Set::new());
    assert_eq!((found.steps.len(), found.steps[many - 1].rank), (many, many));
    assert_eq!(found.one_by_one, found.side_by_side);
}
