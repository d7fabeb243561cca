//! The command `mpp report`.

use clap::Args as ClapArgs;
use mpp_api::{
    registry::mall::Stage,
    reporting::{
        GetReportRequest, Report, Share, SourceReport, VerifyProjectionsRequest,
        WatchReportRequest, report_service_client::ReportServiceClient,
    },
};
use mpp_core::{Error, FieldCode, Reason, Result};

use crate::{
    call::refused,
    client::Client,
    output::{self, Output, TextTable},
    service::Service,
    stop::until_stopped,
};

#[derive(ClapArgs)]
pub struct ReportArgs {
    /// Facts that hold for this day.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Facts that were known by then.
    #[arg(long, value_name = "TIME")]
    pub known_on: Option<String>,
    /// Show it again whenever it changes.
    #[arg(long)]
    pub watch: bool,
    /// Rebuild the projections beside the live ones and compare them.
    #[arg(long)]
    pub verify: bool,
}

type Reports = ReportServiceClient<mpp_client::Channel>;

pub async fn run(args: ReportArgs, client: &Client, output: Output) -> Result<()> {
    let channel = client.channel(Service::Reporting)?;
    let mut reports = ReportServiceClient::new(channel);
    if args.verify {
        return verify(&mut reports, output).await;
    }
    if args.watch {
        return watch(&mut reports, output).await;
    }
    let known_on = args.known_on.as_deref().map(time).transpose()?;
    let request =
        GetReportRequest { as_of: args.as_of.unwrap_or_default(), known_on, ..Default::default() };
    let answer = reports.get_report(request).await.map_err(refused)?.into_inner();
    print(&answer.report.unwrap_or_default(), output)
}

fn time(text: &str) -> Result<prost_types::Timestamp> {
    text.parse().map_err(|_| {
        Error::field(
            "known_on",
            FieldCode::Time,
            format!("'{text}' is not a time; write 2026-11-24T10:00:00+07:00"),
        )
    })
}

async fn watch(reports: &mut Reports, output: Output) -> Result<()> {
    let mut stream =
        reports.watch_report(WatchReportRequest {}).await.map_err(refused)?.into_inner();
    let stopped = until_stopped()?;
    let mut report = Report::default();
    loop {
        let message = tokio::select! {
            message = stream.message() => message.map_err(refused)?,
            () = stopped.cancelled() => return Ok(()),
        };
        let Some(message) = message else {
            return Ok(());
        };
        message.apply_to(&mut report).map_err(Error::internal)?;
        print(&report, output)?;
    }
}

async fn verify(reports: &mut Reports, output: Output) -> Result<()> {
    let answer = reports
        .verify_projections(VerifyProjectionsRequest {})
        .await
        .map_err(refused)?
        .into_inner();
    if output.is_json() {
        say!("{}", output::json(&answer)?);
    } else {
        say!(
            "{} changes in the inbox; rebuilt {} live",
            answer.inbox_count,
            if answer.equal { "equals" } else { "DIFFERS from" }
        );
        answer.differences.iter().for_each(|difference| say!("  {difference}"));
    }
    if answer.equal {
        return Ok(());
    }
    Err(Error::new(
        Reason::WrongState,
        "the live projections differ from what the inbox says; keep the database and report it",
    ))
}

fn print(report: &Report, output: Output) -> Result<()> {
    if output.is_json() {
        say!("{}", output::json(report)?);
        return Ok(());
    }
    say!("As of {}{}", report.as_of, if report.complete { "" } else { "  (incomplete)" });
    if !report.complete {
        say!("  {}", report.incomplete_reason.clone().unwrap_or_default().en);
    }
    print_share("coverage", report.coverage_autonomous.as_ref());
    print_share("coverage", report.coverage_all.as_ref());
    print_share("uniform hours", report.uniformity.as_ref());
    let stages =
        report.stages.iter().map(|count| format!("{} {}", stage(count.stage()), count.malls));
    say!("stages: {}", stages.collect::<Vec<_>>().join(", "));
    say!("tickets completed that day: {}", report.tickets_completed_today);
    print_malls(report);
    print_sources(report);
    Ok(())
}

fn print_share(what: &str, share: Option<&Share>) {
    let share = share.cloned().unwrap_or_default();
    let of = share.denominator_name.unwrap_or_default().en;
    if share.denominator == 0 {
        say!("{what}: no figure, {of}");
    } else {
        say!("{what}: {} of {of}, {:.1} %", share.numerator, share.percent);
    }
}

/// "operating"; empty if no stage is known.
fn stage(stage: Stage) -> String {
    match stage {
        Stage::Unspecified => String::new(),
        known => output::word(known.as_str_name()),
    }
}

fn print_malls(report: &Report) {
    let mut table = TextTable::new([
        "mall",
        "stage",
        "counters",
        "deviating",
        "offerings",
        "tickets",
        "completed",
    ]);
    for mall in &report.malls {
        table.row([
            mall.mall.clone(),
            stage(mall.stage()),
            mall.counters.to_string(),
            mall.deviating_counters.to_string(),
            mall.offerings.to_string(),
            mall.tickets_issued_today.to_string(),
            mall.tickets_completed_today.to_string(),
        ]);
    }
    table.print();
}

/// Whether a source is as fresh as it has to be, or else at which of its services it is not.
fn standing(source: &SourceReport) -> String {
    let state = match (&source.last_success_time, &source.incomplete) {
        _ if source.late => "late",
        (_, Some(_)) => "incomplete",
        (None, None) => "never",
        (Some(_), None) if source.unheard => "not known",
        (Some(_), None) => "yes",
    };
    let state = match late_at(source) {
        at if at.is_empty() => state.to_owned(),
        at => format!("{state} at {}", at.join(", ")),
    };
    match behind(source) {
        clients if clients.is_empty() => state,
        clients => format!("{state} ({})", clients.join(", ")),
    }
}

/// Of a source that has several clients those that keep it from being whole or fresh.
pub fn behind(source: &SourceReport) -> Vec<&str> {
    let all = source.services.iter().flat_map(|at| &at.clients);
    let behind = all.filter(|one| !one.away && (one.late || one.incomplete.is_some()));
    let names = behind.map(|one| if one.name.is_empty() { "without a name" } else { &one.name });
    let mut names: Vec<&str> = names.collect();
    names.dedup();
    names
}

/// The services at which a source is late; none if nobody knows which it feeds.
pub fn late_at(source: &SourceReport) -> Vec<String> {
    let late = source.services.iter().filter(|at| at.late);
    late.map(|at| output::word(at.service().as_str_name())).collect()
}

/// The count, or that it is not known: before the first session 0 would claim that there is none.
fn known(source: &SourceReport, count: i64) -> String {
    if count == 0 && !source.counted { "not known".to_owned() } else { count.to_string() }
}

fn print_sources(report: &Report) {
    // First the state now, then the sums over all runs: received is the sum of those behind it.
    let mut table = TextTable::new([
        "source",
        "fresh",
        "rejected now",
        "waiting now",
        "unread now",
        "received",
        "applied",
        "unchanged",
        "rejected",
        "waited",
    ]);
    for source in &report.sources {
        table.row([
            source.source.clone(),
            standing(source),
            known(source, source.rejected_now),
            known(source, source.waiting_now),
            known(source, source.unread_now),
            source.received.to_string(),
            source.applied.to_string(),
            source.unchanged.to_string(),
            source.rejected.to_string(),
            source.quarantined.to_string(),
        ]);
    }
    table.print();
}
