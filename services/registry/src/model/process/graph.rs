//! Services and what they ask for, as a graph.

use std::collections::BTreeSet;

use super::reading::{Length, Span};

/// A requirement that names a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// The place in the graph of the service that satisfies it.
    pub by: usize,
    /// Whether it holds for everybody.
    pub is_certain: bool,
}

/// A service of the graph.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// What it asks for.
    pub needs: Vec<Need>,
    /// How long it takes, if that was surely read.
    pub length: Option<Length>,
    /// What it costs in rupiah, if that was surely read.
    pub cost: Option<Span>,
}

/// Services and what they ask for; the first one is wanted.
#[derive(Clone, Debug, Default)]
pub struct Graph(pub Vec<Node>);

/// Whether each service of a graph is reached.
pub type Reached = Vec<bool>;

impl Graph {
    /// What somebody who has the products of some services needs for the first one.
    pub fn reached(&self, held: &BTreeSet<usize>, only_certain: bool) -> Reached {
        let mut reached = vec![false; self.0.len()];
        let mut open = if reached.is_empty() || held.contains(&0) { Vec::new() } else { vec![0] };
        while let Some(node) = open.pop() {
            if std::mem::replace(&mut reached[node], true) {
                continue;
            }
            open.extend(self.needs(node, only_certain).filter(|by| !held.contains(by)));
        }
        reached
    }

    /// What a service asks for.
    pub fn needs(&self, node: usize, only_certain: bool) -> impl Iterator<Item = usize> {
        let needs = self.0[node].needs.iter();
        needs.filter(move |need| need.is_certain || !only_certain).map(|need| need.by)
    }
}
