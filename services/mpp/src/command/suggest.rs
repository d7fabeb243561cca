//! `mpp suggest`: which service may be of which standard, and which may satisfy a requirement, for
//! a person to decide.

use clap::Args as ClapArgs;
use mpp_api::registry::{
    SuggestServicesRequest, SuggestStandardsRequest, Suggestion,
    standard_service_client::StandardServiceClient, suggestion::Reason,
};
use mpp_core::Result;

use super::requirement;
use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    service::Service,
};

#[derive(ClapArgs)]
pub struct SuggestArgs {
    /// A service, for which standards are suggested; or a standard, for which services are.
    pub name: String,
    /// How many; with --requirements, for each of them.
    #[arg(long, default_value_t = 10)]
    pub limit: i32,
    /// Of a service: services that may satisfy its requirements, where these name none.
    #[arg(long)]
    pub requirements: bool,
}

pub async fn run(args: SuggestArgs, client: &Client, output: Output) -> Result<()> {
    if args.requirements {
        return requirement::suggest(args.name, args.limit, client, output).await;
    }
    let is_standard = args.name.starts_with("standards/");
    let (found, incomplete) = suggestions(args, client).await?;
    if output.is_json() {
        for suggestion in &found {
            say!("{}", output::json(suggestion)?);
        }
    } else if found.is_empty() {
        say!("Nothing is alike enough that nobody has decided about.");
    } else {
        found.iter().for_each(|suggestion| print(suggestion, is_standard));
        if incomplete {
            say!("Not all services were compared; there may be likelier ones.");
        }
        say!("mpp link SERVICE STANDARD confirms one; --reject --reason \"…\" rules it out");
    }
    Ok(())
}

async fn suggestions(args: SuggestArgs, client: &Client) -> Result<(Vec<Suggestion>, bool)> {
    let mut standards = StandardServiceClient::new(client.channel(Service::Registry)?);
    let SuggestArgs { name, limit: max_results, .. } = args;
    if name.starts_with("standards/") {
        let request = SuggestServicesRequest { name, max_results, min_revision: 0 };
        let answer = standards.suggest_services(request).await.map_err(refused)?;
        let answer = answer.into_inner();
        return Ok((answer.suggestions, answer.incomplete));
    }
    let request = SuggestStandardsRequest { name, max_results, min_revision: 0 };
    let answer = standards.suggest_standards(request).await.map_err(refused)?;
    Ok((answer.into_inner().suggestions, false))
}

fn print(suggestion: &Suggestion, of_standard: bool) {
    let (name, title) = if of_standard {
        (&suggestion.service, &suggestion.service_title)
    } else {
        (&suggestion.standard, &suggestion.standard_title)
    };
    let example = if !of_standard && suggestion.standard_example { " (example)" } else { "" };
    let rests = if suggestion.service_inactive { " (not served now)" } else { "" };
    let title = output::english(title.as_ref());
    say!("{:3} %  {name}{example}  {title}{rests}", suggestion.percent);
    for reason in &suggestion.reasons {
        say!("       {}", because(reason));
    }
}

/// "title 100 %: ktp, hilang".
fn because(reason: &Reason) -> String {
    let ground = output::word(reason.ground().as_str_name());
    format!("{ground} {} %: {}", reason.percent, reason.words.join(", "))
}

#[cfg(test)]
mod tests {
    use mpp_api::registry::suggestion::reason::Ground;

    use super::*;

    #[test]
    fn a_reason_reads_as_a_line() {
        let words = vec!["ktp".to_owned(), "hilang".into()];
        let reason = Reason { ground: Ground::LegalBasis.into(), percent: 50, words };
        assert_eq!(because(&reason), "legal basis 50 %: ktp, hilang");
    }
}
