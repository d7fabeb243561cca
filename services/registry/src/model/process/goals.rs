//! What somebody wants who wants several things at once, of which each is given by one of several
//! services: over the one graph of what all of these ask for.
//!
//! Which of several services the applicant takes nobody knows, so all are steps, and sums reach
//! from the least to the most of any choice. There are as many choices as the ways multiply to, and
//! a step may serve several of them; so they are worked out one by one, up to a bound.

use std::collections::BTreeSet;

use super::{Graph, Need, Plan, Step, plan};

/// Choices that are worked out one by one.
const MOST_CHOICES: usize = 64;

/// Something that somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// The services that give it; one of them is enough.
    pub ways: Vec<usize>,
    /// Whether somebody has it already, from whichever service.
    pub is_held: bool,
    /// Whether everybody wants it.
    pub is_certain: bool,
}

/// The plan for somebody who wants all of some goals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoalsPlan {
    /// Its first step is no service, but asks for those that give the goals.
    pub plan: Plan,
    /// There were more choices than are worked out: the ranges hold, and may be wider than need be.
    pub is_wide: bool,
}

/// The plan for somebody who wants some goals and has the products of some services already. The
/// first place of the graph is left for what asks for the goals; what it asks for is not read.
pub fn plan_goals(graph: &Graph, goals: &[Goal], held: &BTreeSet<usize>) -> GoalsPlan {
    let all: Vec<&Goal> = goals.iter().filter(|goal| !goal.ways.is_empty()).collect();
    let open: Vec<&Goal> = all.iter().copied().filter(|goal| !goal.is_held).collect();
    let mut found = plan(&asking(graph, any_way(&open)), held);
    found.skipped = skipped(graph, &all, &found.steps);
    let Some(choices) = choices(&open) else { return GoalsPlan { plan: found, is_wide: true } };
    let plans = choices.into_iter().map(|needs| plan(&asking(graph, needs), held));
    let plans: Vec<Plan> = plans.collect();
    for step in &mut found.steps {
        step.is_conditional = !plans.iter().all(|plan| is_certain(plan, step.node));
    }
    let sums = plans.into_iter().reduce(|one, other| Plan {
        one_by_one: one.one_by_one.or(other.one_by_one),
        side_by_side: one.side_by_side.or(other.side_by_side),
        cost: one.cost.or(other.cost),
        ..one
    });
    let Plan { one_by_one, side_by_side, cost, .. } = sums.unwrap_or_default();
    GoalsPlan { plan: Plan { one_by_one, side_by_side, cost, ..found }, is_wide: false }
}

/// The graph whose first place asks for this.
fn asking(graph: &Graph, needs: Vec<Need>) -> Graph {
    let mut graph = graph.clone();
    if let Some(first) = graph.0.first_mut() {
        first.needs = needs;
    }
    graph
}

/// All ways to all goals. Where there are several, none of them is needed in every case.
fn any_way(goals: &[&Goal]) -> Vec<Need> {
    let needs = goals.iter().flat_map(|goal| {
        let is_certain = goal.is_certain && goal.ways.len() == 1;
        goal.ways.iter().map(move |by| Need { by: *by, is_certain })
    });
    needs.collect()
}

/// Every choice of one way to each goal; `None` if they are too many.
fn choices(goals: &[&Goal]) -> Option<Vec<Vec<Need>>> {
    let many = goals.iter().try_fold(1_usize, |many, goal| many.checked_mul(goal.ways.len()))?;
    if many > MOST_CHOICES {
        return None;
    }
    let mut choices = vec![Vec::new()];
    for goal in goals {
        let is_certain = goal.is_certain;
        let each = |before: Vec<Need>| {
            let ways = goal.ways.iter().map(move |by| Need { by: *by, is_certain });
            ways.map(move |need| [before.as_slice(), &[need]].concat())
        };
        choices = choices.into_iter().flat_map(each).collect();
    }
    Some(choices)
}

fn is_certain(plan: &Plan, node: usize) -> bool {
    plan.steps.iter().any(|step| step.node == node && !step.is_conditional)
}

/// Services that would be steps if nothing was held.
fn skipped(graph: &Graph, goals: &[&Goal], steps: &[Step]) -> Vec<usize> {
    let all = asking(graph, any_way(goals)).reached(&BTreeSet::new(), false);
    let steps: BTreeSet<usize> = steps.iter().map(|step| step.node).collect();
    (0..graph.0.len()).filter(|node| all[*node] && !steps.contains(node)).collect()
}
