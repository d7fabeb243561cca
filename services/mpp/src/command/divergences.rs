//! `mpp divergences`: where the services of a standard differ, in their sources' words.

use std::pin::pin;

use clap::Args as ClapArgs;
use futures::TryStreamExt as _;
use mpp_api::registry::{
    Divergence, ListDivergencesRequest, ListDivergencesResponse, divergence::Variant,
    list_divergences_response::Looked, standard_service_client::StandardServiceClient,
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
        say!("{}", output::json(answer)?);
        return Ok(());
    }
    for looked in &answer.looked {
        let found = answer.divergences.iter().filter(|one| one.standard == looked.standard);
        let found: Vec<_> = found.collect();
        say!("{}", heading(looked, found.len()));
        found.into_iter().for_each(|one| print_one(one, looked.example));
    }
    if answer.looked.is_empty() {
        say!("There is no standard yet; `mpp apply` makes one.");
    }
    Ok(())
}

/// "standards/ak1 (example)  4 services, 3 of 5 components differ".
fn heading(looked: &Looked, differ: usize) -> String {
    let name = format!("{}{}", looked.standard, example(looked.example));
    let left_out = match looked.left_out {
        0 => String::new(),
        many => format!("; {many} more services were not compared"),
    };
    let name = match looked.holds_from.as_str() {
        "" => name,
        day => format!("{name} (its text holds from {day}, and is not compared before)"),
    };
    match looked.compared {
        0 => format!("{name}  {} services, nothing to compare yet{left_out}", looked.services),
        compared => format!(
            "{name}  {} services, {differ} of {compared} components differ{left_out}",
            looked.services
        ),
    }
}

/// What nobody has published is not taken for a standard that holds.
fn example(is_one: bool) -> &'static str {
    if is_one { " (example)" } else { "" }
}

fn print_one(divergence: &Divergence, is_example: bool) {
    say!("  {}", output::word(divergence.component().as_str_name()));
    for variant in &divergence.variants {
        say!("    {}", line(variant, is_example));
        let own = variant.holders.iter().filter(|holder| !holder.texts.is_empty());
        for holder in own.take(NAMED) {
            say!("        {} says “{}”", holder.service, holder.texts.join("; "));
        }
        let told = |text: &String, whose| say!("        not found in {whose} words: {text}");
        variant.missing.iter().for_each(|text| told(text, "these"));
        variant.extra.iter().for_each(|text| told(text, "the standard's"));
    }
    if divergence.variants_left_out > 0 {
        say!("    and {} rarer variants", divergence.variants_left_out);
    }
}

/// "“Gratis”: the standard, units/a/services/b and 3 more".
fn line(variant: &Variant, is_example: bool) -> String {
    let services = variant.holders.iter().map(|holder| holder.service.clone());
    let standard = variant.standard.then(|| format!("the standard{}", example(is_example)));
    let named: Vec<String> = standard.into_iter().chain(services.take(NAMED)).collect();
    let many = usize::try_from(variant.holder_count).unwrap_or_default();
    let more = match many.saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let read = match (variant.read, variant.within) {
        (_, true) => " (within what the standard sets)",
        (true, false) => "",
        (false, false) => " (compared by its words)",
    };
    format!("“{}”{read}: {}{more}", variant.texts.join("; "), named.join(", "))
}

#[cfg(test)]
mod tests {
    use mpp_api::registry::divergence::Holder;

    use super::*;

    #[test]
    fn what_cannot_be_compared_is_not_told_as_agreement() {
        let looked = Looked { standard: "standards/a".into(), services: 1, ..Looked::default() };
        assert_eq!(heading(&looked, 0), "standards/a  1 services, nothing to compare yet");
        let looked = Looked { compared: 3, example: true, ..looked };
        let told = "standards/a (example)  1 services, 2 of 3 components differ";
        assert_eq!(heading(&looked, 2), told);
    }

    #[test]
    fn a_variant_names_some_services_and_counts_the_rest() {
        let holder = |number: usize| Holder { service: format!("s{number}"), ..Holder::default() };
        let variant = Variant {
            texts: vec!["Gratis".into()],
            standard: true,
            read: true,
            holders: (0..7).map(holder).collect(),
            holder_count: 7,
            ..Variant::default()
        };
        let told = "“Gratis”: the standard (example), s0, s1, s2, s3, s4 and 2 more";
        assert_eq!(line(&variant, true), told);
        let unread = Variant { read: false, standard: false, ..variant };
        assert!(line(&unread, false).starts_with("“Gratis” (compared by its words): s0"));
    }
}
