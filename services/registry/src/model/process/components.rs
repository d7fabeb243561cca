//! The services of a graph that need each other, in order: Kosaraju's two passes, without
//! recursion, since a peer decides how deep the graph is.

use super::graph::{Graph, Reached};

/// The strongly connected parts of what is reached, those that others need first; the services of
/// each by place.
pub fn components(graph: &Graph, part: &Reached, only_certain: bool) -> Vec<Vec<usize>> {
    let needed = edges(graph, part, only_certain);
    let mut askers = vec![Vec::new(); needed.len()];
    for (node, by) in needed.iter().enumerate() {
        by.iter().for_each(|by| askers[*by].push(node));
    }
    // By end of the first pass, backwards: a service that asks stands before what it needs.
    let mut seen: Reached = part.iter().map(|reached| !reached).collect();
    let mut ends = Vec::new();
    (0..needed.len()).for_each(|start| walk(&needed, start, &mut seen, &mut ends));
    let mut seen: Reached = part.iter().map(|reached| !reached).collect();
    let mut found = Vec::new();
    for start in ends.into_iter().rev() {
        let mut members = Vec::new();
        walk(&askers, start, &mut seen, &mut members);
        members.sort_unstable();
        if !members.is_empty() {
            found.push(members);
        }
    }
    found.reverse();
    found
}

/// What each service of a part needs within it, each only once.
pub fn edges(graph: &Graph, part: &Reached, only_certain: bool) -> Vec<Vec<usize>> {
    let of = |node: usize| {
        let needs = graph.needs(node, only_certain).filter(|by| part[*by]);
        let mut needs: Vec<usize> = needs.collect();
        needs.sort_unstable();
        needs.dedup();
        needs
    };
    (0..part.len()).map(|node| if part[node] { of(node) } else { Vec::new() }).collect()
}

/// Adds all that is reached from `start` and not seen yet, each after those behind it.
pub fn walk(next: &[Vec<usize>], start: usize, seen: &mut Reached, ends: &mut Vec<usize>) {
    if std::mem::replace(&mut seen[start], true) {
        return;
    }
    let mut open = vec![(start, next[start].iter())];
    while let Some((node, rest)) = open.last_mut() {
        match rest.next() {
            Some(&on) if !std::mem::replace(&mut seen[on], true) => {
                open.push((on, next[on].iter()))
            }
            Some(_) => {}
            None => {
                ends.push(*node);
                open.pop();
            }
        }
    }
}
