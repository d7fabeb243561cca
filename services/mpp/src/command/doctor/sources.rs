//! Are the sources as fresh as they should be, whichever way they send: an agent, an upload,
//! another client?

use mpp_api::reporting::{
    GetReportRequest, SourceReport, report_service_client::ReportServiceClient,
};
use mpp_client::Channel;
use mpp_core::Result;
use tokio::time::Instant;

use super::services::{REPORTED, within};
use crate::{
    call::refused,
    command::report::{behind, late_at},
};

/// How many sources a line names.
const NAMED: usize = 3;

/// Which sources are late by their own targets, and which were seen only in part by their last run.
/// That is no fault of a service: the keepers of these sources have to look.
///
/// # Errors
/// If reporting does not answer.
pub async fn sources(channel: Channel, until: Instant) -> Result<String> {
    let request = within(GetReportRequest::default(), until.min(Instant::now() + REPORTED));
    let answer = ReportServiceClient::new(channel).get_report(request).await;
    Ok(line(&answer.map_err(refused)?.into_inner().report.unwrap_or_default().sources))
}

fn line(sources: &[SourceReport]) -> String {
    let late = sources.iter().filter(|source| source.late);
    let late: Vec<String> = late
        .map(|source| match late_at(source) {
            _ if is_unheard(source) => format!("{} (no session has ended yet)", source.source),
            at if at.is_empty() => source.source.clone(),
            at => format!("{} at {}{}", source.source, at.join(" and "), clients(source)),
        })
        .collect();
    let in_part = sources.iter().filter_map(|source| {
        let lacks = source.incomplete.as_ref()?;
        Some(format!("{} ({}){}", source.source, lacks.reason().as_str_name(), clients(source)))
    });
    let in_part: Vec<String> = in_part.collect();
    let mut line = match sources.len() {
        0 => return "there is none".to_owned(),
        count => format!("{count}, "),
    };
    line += &match late.len() {
        0 => "none late".to_owned(),
        count => format!("{count} late: {}", named(&late)),
    };
    let unheard = sources.iter().filter(|source| source.unheard && !source.late);
    let unheard: Vec<&str> = unheard.map(|source| source.source.as_str()).collect();
    if !unheard.is_empty() {
        line += &format!("; not known yet whether on time: {}", named(&unheard));
    }
    if !in_part.is_empty() {
        line += &format!("; seen in part by the last run: {}", named(&in_part));
    }
    line
}

/// True if nothing is known of it. Reporting of the release before names no services for what it
/// knows.
fn is_unheard(source: &SourceReport) -> bool {
    let has_run = source.last_success_time.is_some() || source.incomplete.is_some();
    source.services.is_empty() && !has_run
}

/// Of a source that has several clients, those whose keepers have to look.
fn clients(source: &SourceReport) -> String {
    match behind(source) {
        names if names.is_empty() => String::new(),
        names => format!(", of its clients {}", named(&names)),
    }
}

fn named<T: AsRef<str>>(names: &[T]) -> String {
    let shown = names.iter().take(NAMED).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use mpp_api::{
        reporting::source_report::{AtService, Client},
        sync::{Incomplete, incomplete::Reason, source::Service},
    };

    use super::*;

    fn source(name: &str, late: bool, lacks: Option<Reason>) -> SourceReport {
        let incomplete = lacks.map(|reason| Incomplete { reason: reason.into(), ..<_>::default() });
        let at = AtService { service: Service::Scheduling.into(), late, ..<_>::default() };
        let source = format!("sources/{name}");
        SourceReport { source, late, incomplete, services: vec![at], ..<_>::default() }
    }

    #[test]
    fn late_sources_and_those_seen_in_part_are_named_and_the_rest_counted() {
        assert_eq!(line(&[]), "there is none");
        assert_eq!(line(&[source("a", false, None)]), "1, none late");
        let all: Vec<_> = ["a", "b", "c", "d", "e"].map(|name| source(name, true, None)).into();
        assert_eq!(
            line(&all),
            "5, 5 late: sources/a at scheduling, sources/b at scheduling, \
                                sources/c at scheduling and 2 more"
        );
        let part = [source("a", false, Some(Reason::Unreachable)), source("b", true, None)];
        let told = "2, 1 late: sources/b at scheduling; seen in part by the last run: sources/a \
                    (REASON_UNREACHABLE)";
        assert_eq!(line(&part), told);
        let mut several = source("d", true, None);
        let client = |name: &str, late| Client { name: name.into(), late, ..<_>::default() };
        several.services[0].clients = vec![client("timur", true), client("barat", false)];
        let told = "1, 1 late: sources/d at scheduling, of its clients timur";
        assert_eq!(line(&[several]), told);
        let new = SourceReport { unheard: true, ..source("e", false, None) };
        assert_eq!(line(&[new]), "1, none late; not known yet whether on time: sources/e");
        let unheard = SourceReport { services: Vec::new(), ..source("c", true, None) };
        assert_eq!(line(&[unheard]), "1, 1 late: sources/c (no session has ended yet)");
    }
}
