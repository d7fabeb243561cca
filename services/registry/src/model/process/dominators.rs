//! Which steps fall away for somebody who has a step's product: those to which every way leads over
//! it. By Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm".

use super::{
    components::{edges, walk},
    graph::{Graph, Reached},
};

/// For each service of a part that is reached from the first one: how many fall away with it,
/// itself included; 0 for the others.
pub fn spared(graph: &Graph, part: &Reached) -> Vec<usize> {
    let needed = edges(graph, part, false);
    let mut spares = vec![0; needed.len()];
    if !part.first().is_some_and(|reached| *reached) {
        return spares;
    }
    let mut order = Vec::new();
    walk(&needed, 0, &mut vec![false; needed.len()], &mut order);
    let above = nearest(&needed, &order);
    for node in order {
        spares[node] += 1;
        if node != 0 {
            spares[above[node]] += spares[node];
        }
    }
    spares
}

/// The nearest service that every way to a service leads over, for each of `order`, in which the
/// first one comes last.
fn nearest(needed: &[Vec<usize>], order: &[usize]) -> Vec<usize> {
    let mut place = vec![0; needed.len()];
    order.iter().enumerate().for_each(|(at, node)| place[*node] = at);
    let mut askers = vec![Vec::new(); needed.len()];
    for node in order {
        needed[*node].iter().for_each(|by| askers[*by].push(*node));
    }
    let mut above: Vec<Option<usize>> = vec![None; needed.len()];
    above[0] = Some(0);
    let mut changes = true;
    while changes {
        changes = false;
        for &node in order.iter().rev().skip(1) {
            let known = askers[node].iter().copied().filter(|asker| above[*asker].is_some());
            let found = known.reduce(|one, other| meet(one, other, &above, &place));
            changes |= above[node] != found;
            above[node] = found;
        }
    }
    above.into_iter().map(Option::unwrap_or_default).collect()
}

/// Where the ways up from two services meet.
fn meet(mut one: usize, mut other: usize, above: &[Option<usize>], place: &[usize]) -> usize {
    while one != other {
        let lower = if place[one] < place[other] { &mut one } else { &mut other };
        *lower = above[*lower].unwrap_or_default();
    }
    one
}
