//! `mpp divergences`: where the services of a standard differ, in their sources' words.

use std::pin::pin;

use clap::Args as ClapArgs;
use futures::TryStreamExt as _;
use mpp_api::registry::{
    Divergence, ListDivergencesRequest, ListDivergencesResponse, divergence::Variant,
    standard_service_client::StandardServiceClient,
};
use mpp_client::pages;
use mpp_core::{Error, Result};

use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    service::Service,
};

/// Standards asked for at a time.
const PAGE: i32 = 50;
/// Services of a variant that are named; how many more there are is said.
const NAMED: usize = 5;

#[derive(ClapArgs)]
pub struct DivergencesArgs {
    /// A standard; else all.
    #[arg(default_value = "standards/-")]
    pub standard: String,
    /// Only services of this region: 35 or 35.10.
    #[arg(long, default_value = "")]
    pub region: String,
}

pub async fn run(args: DivergencesArgs, client: &Client, output: Output) -> Result<()> {
    let channel = client.channel(Service::Registry)?;
    let asked = ListDivergencesRequest {
        parent: args.standard,
        region: args.region,
        page_size: PAGE,
        ..ListDivergencesRequest::default()
    };
    let mut pages = pin!(pages(|page_token| {
        let mut client = StandardServiceClient::new(channel.clone());
        let request = ListDivergencesRequest { page_token, ..asked.clone() };
        async move {
            let answer = client.list_divergences(request).await.map_err(refused)?.into_inner();
            let next = answer.next_page_token.clone();
            Ok::<_, Error>((answer, next))
        }
    }));
    while let Some(answer) = pages.try_next().await? {
        print(&answer, output)?;
    }
    Ok(())
}

fn print(answer: &ListDivergencesResponse, output: Output) -> Result<()> {
    if output.is_json() {
        for divergence in &answer.divergences {
            say!("{}", output::json(divergence)?);
        }
        return Ok(());
    }
    for looked in &answer.looked {
        let found = answer.divergences.iter().filter(|one| one.standard == looked.standard);
        let found: Vec<_> = found.collect();
        say!(
            "{}  {} services, {} components differ",
            looked.standard,
            looked.services,
            found.len()
        );
        found.into_iter().for_each(print_one);
    }
    if answer.looked.is_empty() {
        say!("There is no standard yet; `mpp apply` makes one.");
    }
    Ok(())
}

fn print_one(divergence: &Divergence) {
    say!("  {}", output::word(divergence.component().as_str_name()));
    for variant in &divergence.variants {
        say!("    {}", line(variant));
        for (sign, texts) in [("-", &variant.missing), ("+", &variant.extra)] {
            texts.iter().for_each(|text| say!("        {sign} {text}"));
        }
    }
}

/// "“Gratis”: the standard, units/a/services/b and 3 more".
fn line(variant: &Variant) -> String {
    let services = variant.holders.iter().map(|holder| holder.service.as_str());
    let standard = variant.standard.then_some("the standard");
    let named: Vec<&str> = standard.into_iter().chain(services.take(NAMED)).collect();
    let more = variant.holders.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let read = if variant.read { "" } else { " (compared by its words)" };
    format!("“{}”{read}: {}{more}", variant.texts.join("; "), named.join(", "))
}

#[cfg(test)]
mod tests {
    use mpp_api::registry::divergence::Holder;

    use super::*;

    #[test]
    fn a_variant_names_some_services_and_counts_the_rest() {
        let holder = |number: usize| Holder { service: format!("s{number}"), ..Holder::default() };
        let variant = Variant {
            texts: vec!["Gratis".into()],
            standard: true,
            read: true,
            holders: (0..7).map(holder).collect(),
            ..Variant::default()
        };
        assert_eq!(line(&variant), "“Gratis”: the standard, s0, s1, s2, s3, s4 and 2 more");
        let unread = Variant { read: false, standard: false, ..variant };
        assert!(line(&unread).starts_with("“Gratis” (compared by its words): s0"));
    }
}
