//! `mpp explain`: an owner says why a service says otherwise than its standard does.

use clap::Args as ClapArgs;
use mpp_api::registry::{
    GetStandardLinkRequest, StandardLink, UpdateStandardLinkRequest, standard_link::Explanation,
    standard_service_client::StandardServiceClient,
};
use mpp_core::Result;
use prost_types::FieldMask;

use super::compare_standard::{Field, compared};
use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    service::Service,
};

#[derive(ClapArgs)]
pub struct ExplainArgs {
    /// The service; `mpp compare-standard` shows where it differs.
    #[arg(value_name = "SERVICE")]
    pub name: String,
    /// A field that stays as it is; may be given again.
    #[arg(long = "field", value_enum, value_name = "FIELD", required = true)]
    pub fields: Vec<Field>,
    /// Why; shown to everybody.
    #[arg(long, required_unless_present = "withdraw", default_value = "")]
    pub reason: String,
    /// The regulation that allows it: "Perda Kabupaten Jembrana 1/2024".
    #[arg(long, required_unless_present = "withdraw", default_value = "")]
    pub legal_basis: String,
    /// The last day on which that holds: 2026-12-31.
    #[arg(long, default_value = "")]
    pub until: String,
    /// Take back what was said of these fields.
    #[arg(long, conflicts_with_all = ["reason", "legal_basis", "until"])]
    pub withdraw: bool,
    /// Check only.
    #[arg(long)]
    pub dry_run: bool,
}

pub async fn run(args: ExplainArgs, client: &Client, output: Output) -> Result<()> {
    let mut standards = StandardServiceClient::new(client.channel(Service::Registry)?);
    let link = compared(&mut standards, args.name.clone(), false).await?.link;
    let request = GetStandardLinkRequest { name: link, min_revision: 0 };
    let before = standards.get_standard_link(request).await.map_err(refused)?.into_inner();
    let before = before.standard_link.unwrap_or_default();
    let of_these = |one: &Explanation| {
        args.fields.iter().any(|field| one.components.contains(&field.component()))
    };
    if args.withdraw && !output.is_json() && !before.explanations.iter().any(of_these) {
        say!("nothing was explained of these fields of {}", args.name);
        return Ok(());
    }
    let request = UpdateStandardLinkRequest {
        standard_link: Some(StandardLink {
            explanations: explanations(before.explanations, &args),
            ..before
        }),
        update_mask: Some(FieldMask { paths: vec!["explanations".to_owned()] }),
        validate_only: args.dry_run,
        ..UpdateStandardLinkRequest::default()
    };
    let answer = standards.update_standard_link(request).await.map_err(refused)?.into_inner();
    let link = answer.standard_link.unwrap_or_default();
    if output.is_json() {
        say!("{}", output::json(&link)?);
        return Ok(());
    }
    let only = if args.dry_run { "would be " } else { "" };
    let done = if args.withdraw { "withdrawn" } else { "explained" };
    say!("{only}{done}  {} to {}", args.name, link.standard);
    for one in &link.explanations {
        say!("    {}", line(one));
    }
    Ok(())
}

/// What is said once the fields are explained anew, or no more.
fn explanations(before: Vec<Explanation>, args: &ExplainArgs) -> Vec<Explanation> {
    let components: Vec<i32> = args.fields.iter().map(|field| field.component()).collect();
    let rest = before.into_iter().map(|mut one| {
        one.components.retain(|component| !components.contains(component));
        one
    });
    let mut all: Vec<Explanation> = rest.filter(|one| !one.components.is_empty()).collect();
    if !args.withdraw {
        all.push(Explanation {
            components,
            reason: args.reason.clone(),
            legal_basis: args.legal_basis.clone(),
            until: args.until.clone(),
            ..Explanation::default()
        });
    }
    all
}

/// "fees, time of version 2: Tarif daerah (Perda 1/2024), until 2026-12-31".
fn line(one: &Explanation) -> String {
    let fields: Vec<String> =
        one.components().map(|component| output::word(component.as_str_name())).collect();
    let until = if one.until.is_empty() { "" } else { ", until " };
    format!(
        "{} of version {}: {} ({}){until}{}",
        fields.join(", "),
        one.version,
        one.reason,
        one.legal_basis,
        one.until
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(fields: Vec<Field>, withdraw: bool) -> ExplainArgs {
        ExplainArgs {
            name: "units/a/services/b".into(),
            fields,
            reason: "Tarif daerah".into(),
            legal_basis: "Perda 1/2024".into(),
            until: String::new(),
            withdraw,
            dry_run: false,
        }
    }

    #[test]
    fn what_is_said_anew_of_a_field_takes_the_place_of_what_was_said() {
        let first = explanations(Vec::new(), &args(vec![Field::Fees, Field::Time], false));
        let then = explanations(first, &args(vec![Field::Fees], false));
        let components: Vec<_> = then.iter().map(|one| one.components.clone()).collect();
        assert_eq!(components, [vec![Field::Time.component()], vec![Field::Fees.component()]]);
        let left = explanations(then, &args(vec![Field::Time], true));
        assert_eq!(left.len(), 1);
        let known = Explanation { version: "2".into(), ..left[0].clone() };
        assert_eq!(line(&known), "fees of version 2: Tarif daerah (Perda 1/2024)");
    }
}
