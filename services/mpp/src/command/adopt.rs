//! `mpp adopt`: an owner takes the text of its standard over into a service.

use clap::Args as ClapArgs;
use mpp_api::registry::{
    AdoptStandardRequest, AdoptStandardResponse, StandardComparison, standard_comparison::Line,
    standard_service_client::StandardServiceClient,
};
use mpp_core::{Error, FieldCode, Result};

use super::compare_standard::{Field, compared, standard};
use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    service::Service,
};

#[derive(ClapArgs)]
pub struct AdoptArgs {
    /// The service; `mpp compare-standard` shows where it differs.
    #[arg(value_name = "SERVICE")]
    pub name: String,
    /// A field to take over; may be given again. Without it all that differ and are not explained.
    #[arg(long = "field", value_enum, value_name = "FIELD")]
    pub fields: Vec<Field>,
    /// Only show what would change.
    #[arg(long)]
    pub preview: bool,
    /// Why, where a source publishes the service, whose values are then overridden.
    #[arg(long, default_value = "")]
    pub reason: String,
    /// Adopt only what `mpp compare-standard` has shown, which prints this; without it, what is
    /// found now.
    #[arg(long, value_name = "ETAGS")]
    pub seen: Option<String>,
    /// Take over the text that is announced, ahead of its first day.
    #[arg(long)]
    pub announced: bool,
}

pub async fn run(args: AdoptArgs, client: &Client, output: Output) -> Result<()> {
    let mut standards = StandardServiceClient::new(client.channel(Service::Registry)?);
    let (etag, standard_etag) = match &args.seen {
        Some(seen) => etags(seen)?,
        None => {
            let found = compared(&mut standards, args.name.clone(), args.announced).await?;
            (found.service_etag, found.standard_etag)
        }
    };
    let request = AdoptStandardRequest {
        etag,
        standard_etag,
        announced: args.announced,
        name: args.name,
        components: args.fields.into_iter().map(Field::component).collect(),
        validate_only: args.preview,
        reason: args.reason,
        ..AdoptStandardRequest::default()
    };
    let answer = standards.adopt_standard(request).await.map_err(refused)?.into_inner();
    if output.is_json() {
        say!("{}", output::json(&answer)?);
        return Ok(());
    }
    let service = answer.service.clone().unwrap_or_default();
    lines(&answer, args.preview).iter().for_each(|line| say!("{line}"));
    if !service.source.is_empty() && !answer.changed_fields.is_empty() {
        say!(
            "{} publishes it; `mpp hand-back {}` ends what stands over it",
            service.source,
            service.name
        );
    }
    Ok(())
}

/// The etags of service and standard as they were compared.
fn etags(seen: &str) -> Result<(String, String)> {
    let both = seen.split_once(',').filter(|(service, standard)| {
        !service.is_empty() && !standard.is_empty() && !standard.contains(',')
    });
    let Some((service, standard)) = both else {
        let text = "give what `mpp compare-standard` prints behind it: two etags and a comma";
        return Err(Error::field("seen", FieldCode::Format, text));
    };
    Ok((service.to_owned(), standard.to_owned()))
}

fn lines(answer: &AdoptStandardResponse, is_preview: bool) -> Vec<String> {
    let comparison = answer.comparison.clone().unwrap_or_default();
    let only = if is_preview { "would be " } else { "" };
    let first = match answer.changed_fields.is_empty() {
        true => format!("nothing of {} has to change", comparison.service),
        false => format!("{only}adopted  {} of {}", standard(&comparison), comparison.service),
    };
    let service = &comparison.service;
    let unlinked = answer.unlinked_services.iter().map(|name| {
        format!(
            "    no requirement leads to {name} any more; `mpp link {service} {name} --requirement N` \
             sets one that does"
        )
    });
    let changed = changed(&comparison, &answer.changed_fields);
    std::iter::once(first).chain(changed).chain(unlinked).collect()
}

/// "    fees: “Rp10.000” → “Gratis”".
fn changed<'a>(
    comparison: &'a StandardComparison,
    fields: &'a [String],
) -> impl Iterator<Item = String> + 'a {
    let lines = comparison.lines.iter().filter(|line| fields.contains(&line.field));
    lines.map(|Line { field, service_texts, standard_texts, .. }| {
        let before = match service_texts.is_empty() {
            true => "nothing".to_owned(),
            false => format!("“{}”", service_texts.join("; ")),
        };
        format!("    {field}: {before} → “{}”", standard_texts.join("; "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_read_back_as_it_is_printed() {
        let comparison = StandardComparison {
            service_etag: "3.0af1".into(),
            standard_etag: "7.9b".into(),
            ..StandardComparison::default()
        };
        let printed = super::super::compare_standard::seen(&comparison);
        assert_eq!(etags(&printed).expect("read"), ("3.0af1".to_owned(), "7.9b".to_owned()));
        assert!(
            ["", "3.0af1", ",7.9b", "3.0af1,", "1,2,3"]
                .into_iter()
                .all(|text| etags(text).is_err())
        );
    }

    #[test]
    fn what_changes_is_told_with_both_texts() {
        let line = |field: &str, before: &[&str]| Line {
            field: field.into(),
            standard_texts: vec!["Gratis".into()],
            service_texts: before.iter().map(|text| (*text).to_owned()).collect(),
            ..Line::default()
        };
        let comparison = StandardComparison {
            service: "units/a/services/b".into(),
            standard: "standards/ak1".into(),
            lines: vec![line("fees", &["Rp10.000"]), line("time", &[]), line("", &["x"])],
            ..StandardComparison::default()
        };
        let answer = AdoptStandardResponse {
            comparison: Some(comparison),
            changed_fields: vec!["fees".into(), "time".into()],
            ..AdoptStandardResponse::default()
        };
        let expected = [
            "would be adopted  standards/ak1 of units/a/services/b",
            "    fees: “Rp10.000” → “Gratis”",
            "    time: nothing → “Gratis”",
        ];
        assert_eq!(lines(&answer, true), expected);
        let unlinked_services = vec!["units/c/services/kk".to_owned()];
        let told = lines(&AdoptStandardResponse { unlinked_services, ..answer }, true);
        assert!(told[3].contains("leads to units/c/services/kk any more"), "{told:?}");
    }
}
