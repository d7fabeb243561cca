//! A plan as it is answered.

use std::collections::BTreeSet;

use mpp_api::registry::{
    PlanStepsResponse, Service,
    plan_steps_response::{
        AskedTwice, Circle, Length as ToldLength, Need, Span as ToldSpan, Step as ToldStep, Totals,
        asked_twice::Asker, need::State,
    },
    service::{Requirement, State as Served},
};
use mpp_resource::list::MAX_PAGE_BYTES;
use prost::Message as _;

use super::{
    places::Offered,
    walk::{NamedService, Walk},
};
use crate::{
    model::process::{
        Graph, Plan, Step,
        reading::{Length, Span, is_approximate_fee, is_approximate_time},
        twice::{Ask, Twice, twice},
    },
    search::worded,
};

/// Encoded bytes of the steps; those beyond are told in brief.
const STEP_BYTES: usize = MAX_PAGE_BYTES / 2;
/// Documents asked for twice, and steps that ask for one, that are told.
const MOST_TWICE: usize = 50;

/// What a plan was made of.
pub struct PlanBasis<'a> {
    /// Empty: none is preferred.
    pub mall: &'a str,
    pub has: BTreeSet<&'a str>,
    pub graph: Graph,
    pub offered: Vec<Offered>,
}

/// The answer.
pub fn answer(walk: &Walk, given: &PlanBasis<'_>, plan: &Plan) -> PlanStepsResponse {
    let name = |node: &usize| walk.found[*node].name.clone();
    let steps: Vec<&NamedService> = plan.steps.iter().map(|step| &walk.found[step.node]).collect();
    let by = asked_for(walk, &steps);
    let unused = given.has.iter().filter(|name| !by.contains(*name));
    PlanStepsResponse {
        totals: Some(totals(walk, given, plan)),
        circles: circles(walk, plan),
        asked_twice: asked_twice(walk, &steps),
        not_here: not_here(walk, given, plan),
        skipped: plan.skipped.iter().map(name).collect(),
        unused: unused.map(|name| (*name).to_owned()).collect(),
        left_out: count(walk.left_out.len()),
        not_looked_up: walk.not_looked_up.iter().cloned().collect(),
        not_linked: not_linked(&by),
        steps: told_steps(walk, given, plan),
    }
}

/// The services that the requirements of steps name, and an empty name for those that name none.
pub fn asked_for<'a>(walk: &Walk, steps: &[&'a NamedService]) -> Vec<&'a str> {
    let needs = steps.iter().flat_map(|found| walk.asked(found));
    needs.map(|(_, requirement, _)| requirement.satisfied_by.as_str()).collect()
}

/// How many of them name none.
pub fn not_linked(by: &[&str]) -> i32 {
    count(by.iter().filter(|by| by.is_empty()).count())
}

/// The steps that no counter in the mall gives; none without a mall.
pub fn not_here(walk: &Walk, given: &PlanBasis<'_>, plan: &Plan) -> Vec<String> {
    if given.mall.is_empty() {
        return Vec::new();
    }
    let not_here = plan.steps.iter().filter(|step| given.offered[step.node].here.is_empty());
    not_here.map(|step| walk.found[step.node].name.clone()).collect()
}

/// The steps, by rank and then by name.
pub fn told_steps(walk: &Walk, given: &PlanBasis<'_>, plan: &Plan) -> Vec<ToldStep> {
    let mut bytes = 0;
    let mut told = Vec::new();
    for own in &plan.steps {
        let mut step = step(walk, given, own);
        if bytes + step.encoded_len() > STEP_BYTES {
            step = brief(step);
        }
        bytes += step.encoded_len();
        told.push(step);
    }
    // By name within a rank: a place in the graph means nothing to the reader.
    told.sort_by(|one, other| (one.rank, &one.service).cmp(&(other.rank, &other.service)));
    told
}

fn step(walk: &Walk, given: &PlanBasis<'_>, own: &Step) -> ToldStep {
    let (found, offered) = (&walk.found[own.node], &given.offered[own.node]);
    let needs = walk.asked(found).map(|(number, requirement, _)| Need {
        number: count(number),
        text: requirement.text.clone(),
        satisfied_by: requirement.satisfied_by.clone(),
        condition: requirement.condition.clone(),
        applicant: requirement.applicant,
        state: state(walk, given, requirement).into(),
        moved_from: found.moved_from.get(&number).cloned().unwrap_or_default(),
    });
    let node = &given.graph.0[own.node];
    let service = found.service.clone().unwrap_or_default();
    ToldStep {
        needs: needs.collect(),
        agency: found.agency.clone(),
        rank: count(own.rank),
        fees: offered.fees(&service).to_vec(),
        length: node.length.map(told_length),
        cost: node.cost.map(told_span),
        conditional: own.is_conditional,
        missing: found.service.is_none(),
        inactive: service.state() == Served::Inactive,
        circle: own.circle.map_or(0, |circle| count(circle + 1)),
        here: offered.here.clone(),
        elsewhere: offered.elsewhere.clone(),
        place_count: count(offered.many),
        spares: count(own.spares),
        cut: false,
        title: service.title,
        time: service.time,
        service: found.name.clone(),
    }
}

/// A step without what takes most room.
fn brief(step: ToldStep) -> ToldStep {
    ToldStep {
        cut: true,
        needs: Vec::new(),
        time: None,
        fees: Vec::new(),
        here: Vec::new(),
        elsewhere: Vec::new(),
        ..step
    }
}

/// How the product that a requirement asks for is come by.
pub fn state(walk: &Walk, given: &PlanBasis<'_>, requirement: &Requirement) -> State {
    let by = requirement.satisfied_by.as_str();
    match by {
        "" => State::NotLinked,
        _ if given.has.contains(by) => State::Held,
        _ if walk.place(by).is_some() => State::Step,
        _ => State::LeftOut,
    }
}

/// Time and fees over all steps.
pub fn totals(walk: &Walk, given: &PlanBasis<'_>, plan: &Plan) -> Totals {
    let names = |is_one: &dyn Fn(usize) -> bool| -> Vec<String> {
        let nodes = plan.steps.iter().map(|step| step.node).filter(|node| is_one(*node));
        nodes.map(|node| walk.found[node].name.clone()).collect()
    };
    let time_unknown = names(&|node| given.graph.0[node].length.is_none());
    let cost_unknown = names(&|node| given.graph.0[node].cost.is_none());
    let is_whole = walk.left_out.is_empty();
    Totals {
        one_by_one: Some(told_length(plan.one_by_one)),
        side_by_side: Some(told_length(plan.side_by_side)),
        cost: Some(told_span(plan.cost)),
        time_complete: is_whole && time_unknown.is_empty() && plan.circles.is_empty(),
        cost_complete: is_whole && cost_unknown.is_empty(),
        approximate: names(&|node| {
            let service = walk.found[node].service.as_ref();
            service.is_some_and(|service| is_approximate(service, &given.offered[node]))
        }),
        time_unknown,
        cost_unknown,
    }
}

fn is_approximate(service: &Service, offered: &Offered) -> bool {
    service.time.as_ref().is_some_and(is_approximate_time)
        || offered.fees(service).iter().any(is_approximate_fee)
}

/// The circles of a plan.
pub fn circles(walk: &Walk, plan: &Plan) -> Vec<Circle> {
    plan.circles.iter().map(|nodes| circle(walk, nodes)).collect()
}

fn circle(walk: &Walk, nodes: &[usize]) -> Circle {
    let mut services: Vec<String> =
        nodes.iter().map(|node| walk.found[*node].name.clone()).collect();
    services.sort();
    Circle { services }
}

fn asked_twice(walk: &Walk, steps: &[&NamedService]) -> Vec<AskedTwice> {
    let asks = steps.iter().enumerate().flat_map(|(step, found)| {
        walk.asked(found).map(move |(_, requirement, _)| Ask {
            step,
            agency: &found.agency,
            text: &requirement.text,
            by: &requirement.satisfied_by,
            words: words(requirement),
        })
    });
    let found = twice(asks.collect()).into_iter().take(MOST_TWICE);
    found.map(|one| told_twice(&one, steps)).collect()
}

/// The words by which a requirement that names no service is compared.
pub fn words(requirement: &Requirement) -> String {
    if !requirement.satisfied_by.is_empty() {
        return String::new();
    }
    let pieces = worded(&requirement.text).into_iter().map(|piece| piece.join(" "));
    pieces.collect::<Vec<_>>().join("; ")
}

fn told_twice(one: &Twice<'_>, steps: &[&NamedService]) -> AskedTwice {
    let asker = |ask: &Ask<'_>| Asker {
        service: steps[ask.step].name.clone(),
        agency: ask.agency.to_owned(),
        text: ask.text.to_owned(),
    };
    let by = one.asks.first().map_or("", |ask| ask.by);
    AskedTwice {
        service: by.to_owned(),
        askers: one.asks.iter().take(MOST_TWICE).map(asker).collect(),
        agencies: count(one.agencies),
        by_words: by.is_empty(),
    }
}

fn told_length(length: Length) -> ToldLength {
    ToldLength {
        working_days: Some(told_span(length.working_days)),
        minutes: Some(told_span(length.minutes)),
    }
}

fn told_span(span: Span) -> ToldSpan {
    ToldSpan { least: span.least, most: span.most }
}

/// A number as the contract has it.
pub fn count(many: usize) -> i32 {
    i32::try_from(many).unwrap_or(i32::MAX)
}
