//! Requirements that name a service and lead nowhere.

use std::{collections::HashMap, sync::Arc};

use super::{Graph, Need, Node, circles};

/// A requirement that names a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The service that asks.
    pub from: Arc<str>,
    /// The requirement's number in it, from 1.
    pub number: usize,
    /// The service that satisfies it.
    pub to: Arc<str>,
    /// Whether it holds for everybody.
    pub is_certain: bool,
    /// Why it leads nowhere, if it does.
    pub fault: Option<Fault>,
}

/// Why a requirement leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The service is not there.
    Missing,
    /// Its owner does not serve it.
    Inactive,
    /// These services need each other.
    Circle(Arc<[Arc<str>]>),
}

impl Fault {
    /// All words for it in metrics, in the order of [`Self::place`].
    pub const WORDS: [&str; 3] = ["missing", "inactive", "circle"];

    /// Its place among [`Self::WORDS`].
    pub fn place(&self) -> usize {
        match self {
            Self::Missing => 0,
            Self::Inactive => 1,
            Self::Circle(_) => 2,
        }
    }
}

/// Marks the requirements that are part of a circle, unless something else is wrong with them. What
/// holds in some cases only closes none: a card may be needed for the renewal of another alone.
pub fn mark_circles(all: &mut [Named]) {
    let (graph, names) = graph(all);
    let mut of: HashMap<Arc<str>, Arc<[Arc<str>]>> = HashMap::new();
    for members in circles(&graph) {
        let circle: Arc<[Arc<str>]> = members.iter().map(|place| names[*place].clone()).collect();
        of.extend(circle.iter().map(|name| (name.clone(), circle.clone())));
    }
    for one in all.iter_mut().filter(|one| one.is_certain && one.fault.is_none()) {
        let circle = of.get(&one.from).filter(|circle| circle.contains(&one.to));
        one.fault = circle.map(|circle| Fault::Circle(circle.clone()));
    }
}

/// The services as a graph, and their names by place, in order.
fn graph(all: &[Named]) -> (Graph, Vec<Arc<str>>) {
    let mut names: Vec<Arc<str>> =
        all.iter().flat_map(|one| [one.from.clone(), one.to.clone()]).collect();
    names.sort_unstable();
    names.dedup();
    let mut nodes = vec![Node::default(); names.len()];
    let place = |name: &Arc<str>| names.binary_search(name).ok();
    for one in all {
        if let (Some(from), Some(by)) = (place(&one.from), place(&one.to)) {
            nodes[from].needs.push(Need { by, is_certain: one.is_certain });
        }
    }
    (Graph(nodes), names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(from: &str, to: &str) -> Named {
        let (from, to) = (from.into(), to.into());
        Named { from, number: 1, to, is_certain: true, fault: None }
    }

    fn faults(mut all: Vec<Named>) -> Vec<Option<usize>> {
        mark_circles(&mut all);
        all.iter().map(|one| one.fault.as_ref().map(Fault::place)).collect()
    }

    #[test]
    fn only_requirements_between_services_of_a_circle_are_part_of_it() {
        let all = vec![named("a", "b"), named("b", "c"), named("c", "b"), named("b", "d")];
        assert_eq!(faults(all), [None, Some(2), Some(2), None]);
    }

    #[test]
    fn what_holds_in_some_cases_only_closes_no_circle() {
        let mut all = vec![named("a", "b"), named("b", "a")];
        all[1].is_certain = false;
        assert_eq!(faults(all), [None, None]);
        let mut beside = vec![named("a", "b"), named("b", "a"), named("a", "b")];
        beside[2].is_certain = false;
        assert_eq!(faults(beside), [Some(2), Some(2), None], "nor is it part of one");
    }

    #[test]
    fn what_is_wrong_with_the_service_itself_comes_first() {
        let mut all = vec![named("a", "b"), named("b", "a")];
        all[0].fault = Some(Fault::Inactive);
        assert_eq!(faults(all), [Some(1), Some(2)]);
    }
}
