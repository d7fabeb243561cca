//! `mpp compare-standard`: what its standard says of a service, and what the service says.

use clap::{Args as ClapArgs, ValueEnum};
use mpp_api::registry::{
    CompareWithStandardRequest, StandardComparison,
    adoption::State,
    divergence::Component,
    standard_comparison::{Line, line::Standing},
    standard_link::Explanation,
    standard_service_client::StandardServiceClient,
};
use mpp_client::Channel;
use mpp_core::Result;

use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    service::Service,
};

#[derive(ClapArgs)]
pub struct CompareStandardArgs {
    /// The service: units/…/services/…
    #[arg(value_name = "SERVICE")]
    pub name: String,
    /// Compare with the text that is announced, and not with the one that holds.
    #[arg(long)]
    pub announced: bool,
}

/// A field that compares with a standard's.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Field {
    /// What it costs.
    Fees,
    /// How long it takes.
    Time,
    /// What the applicant must bring or be.
    Requirements,
    /// What the applicant gets.
    Product,
    /// The ways to get it.
    Channels,
}

impl Field {
    /// Its number in the contract.
    pub fn component(self) -> i32 {
        let component = match self {
            Self::Fees => Component::Fees,
            Self::Time => Component::Time,
            Self::Requirements => Component::Requirements,
            Self::Product => Component::Product,
            Self::Channels => Component::Channels,
        };
        component.into()
    }
}

pub async fn run(args: CompareStandardArgs, client: &Client, output: Output) -> Result<()> {
    let mut standards = StandardServiceClient::new(client.channel(Service::Registry)?);
    let comparison = compared(&mut standards, args.name, args.announced).await?;
    if output.is_json() {
        say!("{}", output::json(&comparison)?);
        return Ok(());
    }
    say!("{}", heading(&comparison));
    for line in &comparison.lines {
        component_lines(line).iter().for_each(|text| say!("{text}"));
    }
    next(&comparison, args.announced).iter().for_each(|line| say!("{line}"));
    Ok(())
}

/// What there is to do, and what is announced.
fn next(comparison: &StandardComparison, announced: bool) -> Vec<String> {
    let (name, mut lines) = (&comparison.service, Vec::new());
    let StandardComparison { announced_from: from, announced_version: version, .. } = comparison;
    let differs = comparison.lines.iter().any(|one| !one.field.is_empty());
    if differs && (announced || comparison.holds_from.is_empty()) {
        let ahead = if announced { " --announced" } else { "" };
        let seen = seen(comparison);
        lines.push(format!(
            "mpp adopt {name}{ahead} --seen {seen} takes the standard's text over; mpp explain says \
             why not"
        ));
    }
    if !announced && !from.is_empty() {
        let version = if version.is_empty() { String::new() } else { format!(" {version}") };
        lines.push(format!(
            "announced{version}: holds from {from} on; mpp compare-standard {name} --announced"
        ));
    }
    lines
}

/// What was compared, for `mpp adopt --seen`: the etags of service and standard.
pub fn seen(comparison: &StandardComparison) -> String {
    format!("{},{}", comparison.service_etag, comparison.standard_etag)
}

/// How a service stands to its standard.
pub async fn compared(
    standards: &mut StandardServiceClient<Channel>,
    name: String,
    announced: bool,
) -> Result<StandardComparison> {
    let request = CompareWithStandardRequest { name, announced, min_revision: 0 };
    let answer = standards.compare_with_standard(request).await.map_err(refused)?;
    Ok(answer.into_inner().comparison.unwrap_or_default())
}

/// "units/a/services/b  differs from standards/ak1 2026-1".
fn heading(comparison: &StandardComparison) -> String {
    let StandardComparison { service, holds_from, .. } = comparison;
    let from =
        if holds_from.is_empty() { String::new() } else { format!(", from {holds_from} on") };
    let standard = format!("{}{from}", standard(comparison));
    if !holds_from.is_empty() && comparison.state() == State::Unknown {
        return format!("{service}  is not compared yet with {standard}");
    }
    match comparison.state() {
        State::Follows => format!("{service}  follows {standard}"),
        State::Differs => format!("{service}  differs from {standard}"),
        State::Explained => format!("{service}  differs from {standard}, and says why"),
        State::Unknown | State::Unspecified => {
            format!(
                "{service}  is not known to follow {standard}: not all of it is said or compares"
            )
        }
    }
}

/// "standards/ak1 2026-1 (example)".
pub fn standard(comparison: &StandardComparison) -> String {
    let version = match comparison.version.as_str() {
        "" => String::new(),
        version => format!(" {version}"),
    };
    let example = if comparison.example { " (example)" } else { "" };
    format!("{}{version}{example}", comparison.standard)
}

/// A component, and beneath it what tells more.
fn component_lines(line: &Line) -> Vec<String> {
    let name = output::word(line.component().as_str_name());
    let (own, here) = (line.standard_texts.join("; "), line.service_texts.join("; "));
    let words = if line.read { "" } else { " (compared by its words)" };
    let first = match line.standing() {
        Standing::Same => format!("  {name}: the same: “{here}”"),
        Standing::Within => {
            format!("  {name}: within what the standard sets: “{own}”, here “{here}”")
        }
        Standing::Differs => format!("  {name}: differs{words}: “{own}”, here “{here}”"),
        Standing::Unstated if here.is_empty() => format!("  {name}: “{own}”, nothing said here"),
        Standing::Unstated => {
            format!("  {name}: not known, as a part is left open: “{own}”, here “{here}”")
        }
        Standing::Left | Standing::Unspecified => format!("  {name}: left to the owner"),
    };
    let mut all = vec![first];
    all.extend(line.missing.iter().map(|text| format!("      not found here: {text}")));
    all.extend(line.extra.iter().map(|text| format!("      not in the standard: {text}")));
    let explained = |one: &Explanation, what: &str| {
        format!("      {what}: {} ({})", one.reason, one.legal_basis)
    };
    all.extend(line.explanation.iter().map(|one| explained(one, "explained")));
    let earlier = "explained of an earlier text, and open again";
    all.extend(line.earlier_explanation.iter().map(|one| explained(one, earlier)));
    if line.ahead {
        all.push("      says what the announced text does".to_owned());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_says_what_is_the_same_what_is_not_and_why() {
        let explanation = Explanation {
            reason: "Tarif daerah".into(),
            legal_basis: "Perda 1/2024".into(),
            ..Explanation::default()
        };
        let line = Line {
            component: Component::Fees.into(),
            standing: Standing::Differs.into(),
            standard_texts: vec!["Gratis".into()],
            service_texts: vec!["Rp10.000".into()],
            read: true,
            explanation: Some(explanation),
            ..Line::default()
        };
        let expected = [
            "  fees: differs: “Gratis”, here “Rp10.000”",
            "      explained: Tarif daerah (Perda 1/2024)",
        ];
        assert_eq!(component_lines(&line), expected);
        let comparison = StandardComparison {
            service: "units/a/services/b".into(),
            standard: "standards/ak1".into(),
            version: "2".into(),
            state: State::Explained.into(),
            ..StandardComparison::default()
        };
        let said = "units/a/services/b  differs from standards/ak1 2, and says why";
        assert_eq!(heading(&comparison), said);
    }
}
