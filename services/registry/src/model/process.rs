//! Linked processes: services that ask for the products of others, as a graph, and the plan for
//! somebody who wants one of them.
//!
//! Circles are no obstacle: the services of one stand in one rank, and what lies before and behind
//! them is in order. A step that is needed in some cases only counts at the longer end of a range
//! and not at the shorter one.

pub mod broken;
pub mod brought;
pub mod certain;
mod components;
mod dominators;
pub mod goals;
mod graph;
pub mod reading;
pub mod twice;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use components::components;
use dominators::spared;
use graph::Reached;
pub use graph::{Graph, Need, Node};
use reading::{Length, Span};

/// A service that the applicant goes through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its place in the graph.
    pub node: usize,
    /// From 1: after all steps of a lower rank that it asks for.
    pub rank: usize,
    /// Its place in [`Plan::circles`].
    pub circle: Option<usize>,
    /// True if each way to it leads over a need that is not certain.
    pub is_conditional: bool,
    /// How many steps fall away for somebody who has its product, including this one.
    pub spares: usize,
}

/// The plan for somebody who wants the first service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The steps, by rank and then by place.
    pub steps: Vec<Step>,
    /// Services that need each other.
    pub circles: Vec<Vec<usize>>,
    /// Services that are no steps because their products, or those of all that ask for them, are at
    /// hand.
    pub skipped: Vec<usize>,
    /// The time if one step is taken after another.
    pub one_by_one: Length,
    /// The time if the steps of a rank are taken side by side; each measure alone.
    pub side_by_side: Length,
    /// The fees of the whole plan, in rupiah.
    pub cost: Span,
}

/// The plan for somebody who has the products of some services already.
pub fn plan(graph: &Graph, held: &BTreeSet<usize>) -> Plan {
    let all = graph.reached(held, false);
    let certain = graph.reached(held, true);
    let ordered = components(graph, &all, false);
    let sum = |part: &Reached| graph.sum(part);
    let (least, most) = (sum(&certain), sum(&all));
    let (shortest, longest) = (graph.longest(&certain, true), graph.longest(&all, false));
    let with_all = graph.reached(&BTreeSet::new(), false);
    Plan {
        steps: steps(graph, &all, &certain, &ordered),
        circles: ordered.into_iter().filter(|part| is_circle(graph, part, false)).collect(),
        skipped: (0..graph.0.len()).filter(|node| with_all[*node] && !all[*node]).collect(),
        one_by_one: least.0.to(most.0),
        side_by_side: shortest.to(longest),
        cost: Span { least: least.1.least, most: most.1.most },
    }
}

impl Graph {
    fn length(&self, node: usize) -> Length {
        self.0[node].length.unwrap_or_default()
    }

    fn sum(&self, part: &Reached) -> (Length, Span) {
        let nodes = (0..self.0.len()).filter(|node| part[*node]);
        nodes.fold(Default::default(), |(length, cost): (Length, Span), node| {
            (length.plus(self.length(node)), cost.plus(self.0[node].cost.unwrap_or_default()))
        })
    }

    /// The longest way through a part of the graph, each measure alone. A circle takes no less than
    /// its longest service, and no more than all of them.
    fn longest(&self, part: &Reached, only_certain: bool) -> Length {
        let mut until = vec![Length::default(); self.0.len()];
        let mut longest = Length::default();
        for members in components(self, part, only_certain) {
            let before = members.iter().flat_map(|node| self.needs(*node, only_certain));
            let before = before.filter(|by| part[*by] && !members.contains(by));
            let begin = before.fold(Length::default(), |most, by| most.or_longer(until[by]));
            let own = members.iter().map(|node| self.length(*node));
            let (one, all) = own.fold(<(Length, Length)>::default(), |(one, all), length| {
                (one.or_longer(length), all.plus(length))
            });
            let end = begin.plus(one.to(all));
            members.iter().for_each(|node| until[*node] = end);
            longest = longest.or_longer(end);
        }
        longest
    }
}

fn steps(graph: &Graph, all: &Reached, certain: &Reached, ordered: &[Vec<usize>]) -> Vec<Step> {
    let ranks = ranks(graph, ordered);
    let spares = spared(graph, all);
    let (mut steps, mut circles) = (Vec::new(), 0);
    for members in ordered {
        let circle = is_circle(graph, members, false).then_some(circles);
        circles += usize::from(circle.is_some());
        steps.extend(members.iter().map(|&node| Step {
            node,
            rank: ranks[node],
            circle,
            is_conditional: !certain[node],
            spares: spares[node],
        }));
    }
    steps.sort_by_key(|step| (step.rank, step.node));
    steps
}

/// The rank of each service, from 1; 0 for those that are no steps.
fn ranks(graph: &Graph, ordered: &[Vec<usize>]) -> Vec<usize> {
    let mut ranks = vec![0; graph.0.len()];
    for members in ordered {
        let needs = members.iter().flat_map(|node| graph.needs(*node, false));
        let rank = 1 + needs.map(|by| ranks[by]).max().unwrap_or(0);
        members.iter().for_each(|node| ranks[*node] = rank);
    }
    ranks
}

/// Whether these are several services that need each other, or one that needs itself.
fn is_circle(graph: &Graph, members: &[usize], only_certain: bool) -> bool {
    let needs_itself = |node: &usize| graph.needs(*node, only_certain).any(|by| by == *node);
    members.len() > 1 || members.iter().any(needs_itself)
}

/// Services that need each other in every case, of the whole graph.
fn circles(graph: &Graph) -> Vec<Vec<usize>> {
    let all = vec![true; graph.0.len()];
    let parts = components(graph, &all, true).into_iter();
    parts.filter(|part| is_circle(graph, part, true)).collect()
}
