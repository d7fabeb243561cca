//! The path through a life event, for `mpp steps`.

use mpp_api::registry::{
    PlanLifeEventRequest, PlanLifeEventResponse,
    life_event_service_client::LifeEventServiceClient,
    plan_life_event_response::{Document, Goal, Stop, Way, goal::State},
    plan_steps_response::Step,
    search_services_response::Place,
};
use mpp_core::Result;

use super::steps::{StepsArgs, details, heading, names, sums};
use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    service::Service,
};

/// Tells the path through a life event.
///
/// # Errors
/// What the registry refuses.
pub async fn run(args: StepsArgs, client: &Client, output: Output) -> Result<()> {
    let applicant = args.applicant();
    let mut events = LifeEventServiceClient::new(client.channel(Service::Registry)?);
    let (name, in_mall) = (args.name.clone(), !args.mall.is_empty());
    let request = PlanLifeEventRequest {
        name: args.name,
        has: args.has,
        mall: args.mall,
        applicant: applicant.into(),
        min_revision: 0,
    };
    let answer = events.plan_life_event(request).await.map_err(refused)?.into_inner();
    if output.is_json() {
        say!("{}", output::json(&answer)?);
        return Ok(());
    }
    let example = if answer.example { " (example)" } else { "" };
    say!("{name}  {}{example}", output::english(answer.title.as_ref()));
    for goal in &answer.goals {
        say!("{:2}. {}", goal.number, told(goal, in_mall));
        ways(goal).iter().for_each(|line| say!("      {line}"));
    }
    say!("Steps, those of one number in any order:");
    for step in &answer.steps {
        say!("{:2}  {}", step.rank, heading(step));
        details(step, in_mall).iter().for_each(|line| say!("      {line}"));
    }
    list("Counters:", answer.stops.iter().map(stop));
    if !answer.stops.is_empty() {
        say!("  (hours and closures are not known here: see `mpp hours COUNTER`)");
    }
    list("Bring:", answer.documents.iter().map(|one| document(one, None)));
    list(
        "Take along from step to step:",
        answer
            .from_steps
            .iter()
            .map(|one| document(one, answer.steps.iter().find(|step| step.service == one.service))),
    );
    summary(&answer).iter().for_each(|line| say!("{line}"));
    Ok(())
}

fn list(heading: &str, lines: impl ExactSizeIterator<Item = String>) {
    if lines.len() > 0 {
        say!("{heading}");
        lines.for_each(|line| say!("  {line}"));
    }
}

/// "Birth certificate: here (only: for twins)".
fn told(goal: &Goal, in_mall: bool) -> String {
    let state = match goal.state() {
        State::Here => "here",
        State::Elsewhere if in_mall => "not here",
        State::Elsewhere => "at malls",
        State::NoCounter => "at no mall that serves",
        State::Held => "you have it",
        State::NotRecorded => "not recorded yet: nobody has confirmed which service gives it",
        State::NotServed => "not served now",
        State::Missing => "what it names is not in the index",
        State::Unspecified => "not known",
    };
    let case = match output::english(goal.condition.as_ref()) {
        "" => String::new(),
        condition => format!(" (only: {condition})"),
    };
    let of = if goal.standard.is_empty() { &goal.service } else { &goal.standard };
    format!("{}  {of}{case}: {state}", output::english(goal.title.as_ref()))
}

/// The services that give it. Of several that are not steps nobody has said which one is meant.
fn ways(goal: &Goal) -> Vec<String> {
    let mut lines: Vec<String> = goal.ways.iter().map(way).collect();
    if goal.ways.len() > 1 {
        let many = goal.service_count;
        lines.insert(0, format!("one of these is enough, of {many} that give it:"));
    }
    lines
}

fn way(way: &Way) -> String {
    let at = way.place.as_ref().map(place).unwrap_or_default();
    format!("{}{at}", way.service)
}

/// " at malls/a/counters/b/offerings/c, 12.3 km".
fn place(place: &Place) -> String {
    let far = match place.distance_km {
        0.0 => String::new(),
        far => format!(", {far:.1} km"),
    };
    format!(" at {}{far}", place.offering)
}

/// "malls/a/counters/b  Dukcapil, floor 1, windows Loket 1, Loket 2: units/a/services/b".
fn stop(stop: &Stop) -> String {
    let mut parts = vec![output::english(stop.display_name.as_ref()).to_owned()];
    parts.extend((!stop.floor.is_empty()).then(|| format!("floor {}", stop.floor)));
    parts.extend((!stop.zone.is_empty()).then(|| stop.zone.clone()));
    let windows = stop.windows.iter();
    let windows: Vec<&str> =
        windows.map(|one| output::english(one.display_name.as_ref())).collect();
    let more = more(stop.windows_left_out);
    parts.extend((!windows.is_empty()).then(|| format!("windows {}{more}", windows.join(", "))));
    format!("{}  {}: {}", stop.counter, parts.join(", "), stop.steps.join(", "))
}

/// "Foto 3x4 (in some cases: bila hilang), for units/a/services/b".
fn document(one: &Document, from: Option<&Step>) -> String {
    let cases_more = more(one.conditions_left_out);
    let case = match (one.conditional, one.conditions.as_slice()) {
        (false, _) => String::new(),
        (true, []) => " (in some cases)".to_owned(),
        (true, cases) => format!(" (in some cases: {}{cases_more})", cases.join("; ")),
    };
    let by = match (one.service.as_str(), from) {
        ("", _) => String::new(),
        (service, None) => format!(" ← {service}"),
        (service, Some(step)) => format!(" ← {service}, from step {}", step.rank),
    };
    format!("{}{by}{case}, for {}{}", one.text, one.askers.join(", "), more(one.askers_left_out))
}

/// " and 3 more"; nothing for none.
fn more(left_out: i32) -> String {
    if left_out > 0 { format!(" and {left_out} more") } else { String::new() }
}

fn summary(answer: &PlanLifeEventResponse) -> Vec<String> {
    let totals = answer.totals.clone().unwrap_or_default();
    let mut lines = sums(&totals);
    for circle in &answer.circles {
        lines.extend(names("need each other, so that none is first", &circle.services));
    }
    let open: Vec<String> = answer.open_goals.iter().map(ToString::to_string).collect();
    lines.extend(names("goals that are not in time and fees", &open));
    if answer.wide {
        lines.push("there are more choices than are added up: the ranges may be too wide".into());
    }
    lines.extend(names("no counter here", &answer.not_here));
    lines.extend(names("skipped", &answer.skipped));
    lines.extend(names("nobody asks for", &answer.unused));
    let not_looked_up = "it could not be looked up whether these have moved (ask again)";
    lines.extend(names(not_looked_up, &answer.not_looked_up));
    if answer.documents_left_out > 0 {
        lines.push(format!("more to bring than is told: {}", answer.documents_left_out));
    }
    if answer.from_steps_left_out > 0 {
        lines.push(format!("more to take along than is told: {}", answer.from_steps_left_out));
    }
    if answer.left_out > 0 {
        lines.push(format!("services beyond what is answered: {} at least", answer.left_out));
    }
    lines
}

#[cfg(test)]
mod tests {
    use mpp_api::types::LocalizedText;

    use super::*;

    fn said(en: &str) -> Option<LocalizedText> {
        Some(LocalizedText { id: String::new(), en: en.into() })
    }

    #[test]
    fn a_goal_says_whether_the_mall_gives_it_and_never_that_there_is_none() {
        let goal = |state: State| Goal {
            title: said("Child identity card"),
            standard: "standards/kia".into(),
            state: state.into(),
            ..Goal::default()
        };
        let here = told(&goal(State::Here), true);
        assert_eq!(here, "Child identity card  standards/kia: here");
        let open = told(&goal(State::NotRecorded), true);
        assert!(open.ends_with("not recorded yet: nobody has confirmed which service gives it"));
        let case = Goal { condition: said("for twins"), ..goal(State::Elsewhere) };
        assert!(told(&case, true).ends_with("standards/kia (only: for twins): not here"));
    }

    #[test]
    fn what_is_brought_names_its_case_and_who_asks() {
        let one = Document {
            text: "Foto".into(),
            askers: vec!["units/a/services/b".into()],
            conditional: true,
            conditions: vec!["bila hilang".into()],
            ..Document::default()
        };
        let told = "Foto (in some cases: bila hilang), for units/a/services/b";
        assert_eq!(document(&one, None), told);
        let (service, conditional) = ("units/a/services/foto".to_owned(), false);
        let one = Document { service, conditional, askers_left_out: 3, ..one };
        let step = Step { rank: 2, ..Step::default() };
        let told = "Foto ← units/a/services/foto, from step 2, for units/a/services/b and 3 more";
        assert_eq!(document(&one, Some(&step)), told);
    }
}
