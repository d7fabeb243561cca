//! `mpp steps`: the way to a service, over those whose products it asks for; or through a life
//! event.

use clap::{Args as ClapArgs, ValueEnum};
use mpp_api::{
    registry::{
        PlanStepsRequest, PlanStepsResponse,
        plan_steps_response::{AskedTwice, Length, Need, Span, Step, Totals, need::State},
        process_service_client::ProcessServiceClient,
        service::requirement::Applicant,
    },
    wording::{self, Language},
};
use mpp_core::Result;

use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    service::Service,
};

#[derive(ClapArgs)]
pub struct StepsArgs {
    /// The service that is wanted: units/…/services/…; or what has happened: lifeEvents/…
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The mall where one goes.
    #[arg(long, default_value = "")]
    pub mall: String,
    /// A service of which one has the product already; may be given again.
    #[arg(long = "have", value_name = "SERVICE")]
    pub has: Vec<String>,
    /// For whom; without it, what only one kind needs is taken for conditional.
    #[arg(long = "for", value_name = "KIND", value_enum)]
    pub applicant: Option<Who>,
}

/// Who applies.
#[derive(Clone, Copy, ValueEnum)]
pub enum Who {
    Person,
    Body,
}

impl StepsArgs {
    /// Whether what is wanted is a life event, as far as can be told from its name.
    pub fn is_event(&self) -> bool {
        self.name.starts_with("lifeEvents/")
    }

    /// Who applies, in the contract's word.
    pub fn applicant(&self) -> Applicant {
        match self.applicant {
            None => Applicant::Unspecified,
            Some(Who::Person) => Applicant::Person,
            Some(Who::Body) => Applicant::Body,
        }
    }
}

pub async fn run(args: StepsArgs, client: &Client, output: Output) -> Result<()> {
    let applicant = args.applicant();
    let mut processes = ProcessServiceClient::new(client.channel(Service::Registry)?);
    let in_mall = !args.mall.is_empty();
    let request = PlanStepsRequest {
        name: args.name,
        has: args.has,
        mall: args.mall,
        applicant: applicant.into(),
        min_revision: 0,
    };
    let answer = processes.plan_steps(request).await.map_err(refused)?.into_inner();
    if output.is_json() {
        say!("{}", output::json(&answer)?);
        return Ok(());
    }
    for step in &answer.steps {
        say!("{:2}  {}", step.rank, heading(step));
        details(step, in_mall).iter().for_each(|line| say!("      {line}"));
    }
    summary(&answer).iter().for_each(|line| say!("{line}"));
    Ok(())
}

/// "units/a/services/kk  Family card (in some cases)".
pub fn heading(step: &Step) -> String {
    let title = output::english(step.title.as_ref());
    let marks = [
        (step.missing, "not in the index"),
        (step.inactive, "not served now"),
        (step.conditional, "in some cases"),
        (step.circle > 0, "in a circle"),
    ];
    let marks = marks.into_iter().filter(|(is_so, _)| *is_so).map(|(_, mark)| mark);
    let marks: Vec<&str> = marks.collect();
    let marks = if marks.is_empty() { String::new() } else { format!(" ({})", marks.join(", ")) };
    format!("{}  {title}{marks}", step.service)
}

/// What is known of a step.
pub fn details(step: &Step, in_mall: bool) -> Vec<String> {
    if step.missing || step.cut {
        return Vec::new();
    }
    let mut lines =
        vec![format!("{}; {}", output::time(step.time.as_ref()), output::fees(&step.fees))];
    let places = |all: &[mpp_api::registry::search_services_response::Place]| {
        all.iter().map(|place| place.offering.clone()).collect::<Vec<_>>().join(", ")
    };
    if !step.here.is_empty() {
        lines.push(format!("here: {}", places(&step.here)));
    } else if step.place_count == 0 {
        lines.push("at no mall that serves".to_owned());
    } else {
        let not_here = if in_mall { "not here; " } else { "" };
        let (at, many) = (places(&step.elsewhere), step.place_count);
        lines.push(format!("{not_here}places: {many}, such as {at}"));
    }
    lines.extend(step.needs.iter().map(need));
    lines
}

/// "needs: Fotokopi KK ← units/a/services/kk".
fn need(need: &Need) -> String {
    let case = match need.condition.as_str() {
        "" => String::new(),
        condition => format!(" (only: {condition})"),
    };
    let by = match need.state() {
        State::Held => format!("{}, which you have", need.satisfied_by),
        State::LeftOut => format!("{}, beyond what is answered", need.satisfied_by),
        State::NotLinked | State::Unspecified => "not linked".to_owned(),
        State::Step => need.satisfied_by.clone(),
    };
    let moved = match need.moved_from.as_str() {
        "" => String::new(),
        before => format!(" (it names {before}, which has moved there)"),
    };
    format!("needs {}. {}{case} ← {by}{moved}", need.number, need.text)
}

fn summary(answer: &PlanStepsResponse) -> Vec<String> {
    let mut lines = sums(&answer.totals.clone().unwrap_or_default());
    for circle in &answer.circles {
        lines.extend(names("need each other, so that none is first", &circle.services));
    }
    lines.extend(answer.asked_twice.iter().map(twice));
    lines.extend(names("no counter here", &answer.not_here));
    lines.extend(names("skipped", &answer.skipped));
    lines.extend(names("nobody asks for", &answer.unused));
    let not_looked_up = "it could not be looked up whether these have moved (ask again)";
    lines.extend(names(not_looked_up, &answer.not_looked_up));
    if answer.not_linked > 0 {
        lines.push(format!(
            "requirements that name no service: {}; `mpp suggest SERVICE --requirements` shows some",
            answer.not_linked
        ));
    }
    if answer.left_out > 0 {
        lines.push(format!("services beyond what is answered: {} at least", answer.left_out));
    }
    lines
}

/// "skipped: a, b"; nothing for none.
pub fn names(what: &str, names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| format!("{what}: {}", names.join(", ")))
}

/// Time and fees.
pub fn sums(totals: &Totals) -> Vec<String> {
    let mut lines = vec![time(totals), cost(totals)];
    lines.extend(names("approximate", &totals.approximate));
    lines
}

/// "time: 1 to 4 working days one by one, … side by side; not known of a, b".
fn time(totals: &Totals) -> String {
    let told =
        |length: &Option<Length>| wording::length(&length.unwrap_or_default(), Language::English);
    let (one_by_one, side_by_side) = (told(&totals.one_by_one), told(&totals.side_by_side));
    let side = if one_by_one == side_by_side {
        String::new()
    } else {
        format!("; side by side, each measure alone: {side_by_side}")
    };
    let more = unknown(totals.time_complete, &totals.time_unknown);
    // The sum of nothing that is known is no statement that it takes no time, or costs nothing.
    if !more.is_empty() && totals.one_by_one.unwrap_or_default() == Length::default() {
        return format!("time: none is known{more}");
    }
    format!("time: {one_by_one} one by one{side}{more}")
}

fn cost(totals: &Totals) -> String {
    let cost: Span = totals.cost.unwrap_or_default();
    let more = unknown(totals.cost_complete, &totals.cost_unknown);
    if !more.is_empty() && cost == Span::default() {
        return format!("fees: none is known{more}");
    }
    format!("fees: {}{more}", wording::cost(&cost, Language::English))
}

fn unknown(is_complete: bool, of: &[String]) -> String {
    match of {
        [] if is_complete => String::new(),
        [] => "; not complete".to_owned(),
        of => format!("; without {}, of which it is not known", of.join(", ")),
    }
}

fn twice(one: &AskedTwice) -> String {
    let askers = one.askers.iter().map(|asker| asker.service.as_str()).collect::<Vec<_>>();
    let text = one.askers.first().map_or("", |asker| asker.text.as_str());
    let what = if one.by_words { "by its words" } else { one.service.as_str() };
    let (many, by) = (one.agencies, askers.join(", "));
    format!("asked for more than once: “{text}” ({what}) by {by}; agencies: {many}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_told_beside_the_sum() {
        let span = |least, most| Some(Span { least, most });
        let days = Some(Length { working_days: span(1, 4), minutes: span(0, 0) });
        let totals = Totals {
            one_by_one: days,
            side_by_side: days,
            cost: span(0, 5_000),
            time_complete: true,
            cost_unknown: vec!["units/a/services/b".into()],
            ..Totals::default()
        };
        assert_eq!(time(&totals), "time: 1 to 4 working days one by one");
        let told = "fees: up to Rp5,000; without units/a/services/b, of which it is not known";
        assert_eq!(cost(&totals), told);
        let nothing = Totals { time_unknown: totals.cost_unknown.clone(), ..Totals::default() };
        let of = "none is known; without units/a/services/b, of which it is not known";
        assert_eq!(time(&nothing), format!("time: {of}"));
        let nothing = Totals { cost_unknown: totals.cost_unknown, ..Totals::default() };
        assert_eq!(cost(&nothing), format!("fees: {of}"), "which is not free");
        let free = Totals { cost_complete: true, ..Totals::default() };
        assert_eq!(cost(&free), "fees: free");
    }

    #[test]
    fn a_requirement_says_what_satisfies_it() {
        let asked = Need { number: 2, text: "KK".into(), ..Need::default() };
        assert_eq!(need(&asked), "needs 2. KK ← not linked");
        let by = Need { satisfied_by: "units/a/services/kk".into(), ..asked };
        let held = Need { state: State::Held.into(), condition: "WNI".into(), ..by };
        assert_eq!(need(&held), "needs 2. KK (only: WNI) ← units/a/services/kk, which you have");
        let moved = Need { moved_from: "units/b/services/kk".into(), ..held };
        assert!(need(&moved).ends_with("(it names units/b/services/kk, which has moved there)"));
    }
}
