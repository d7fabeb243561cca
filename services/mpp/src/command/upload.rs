//! `mpp upload`: a template that was filled in goes into the index, by the one sync protocol.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use mpp_agent::{
    Destination, ForeseenRecord, Goes, Placed, Policy, RunOutcome, Upload, Uploaded, Withdraw,
    is_place,
};
use mpp_api::sync::record_preview::Change;
use mpp_client::Endpoint;
use mpp_core::{Result, text::quoted};

use crate::{
    client::Client,
    command::agent::{
        Progress, as_json, counts, not_read, record, sum, sum_as_json, tally_json, warn,
    },
    output::Output,
    program::{path_word, program},
    service::Service,
    stop::until_stopped,
};

#[derive(ClapArgs)]
pub struct UploadArgs {
    /// The workbook, made of `mpp template`.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The source that it is the catalog of.
    #[arg(long, value_name = "SOURCE")]
    pub source: String,
    /// Send nothing: show what would change in the index, field by field, and every fault by sheet,
    /// row and column.
    #[arg(long)]
    pub dry_run: bool,
    /// Send the row of this code although it looks like a trial: a person has looked at it.
    #[arg(long, value_name = "CODE")]
    pub release: Vec<String>,
    /// Take out of the index, for good, what has this code and is no longer in the workbook.
    #[arg(long, value_name = "CODE", conflicts_with = "withdraw_gone")]
    pub withdraw: Vec<String>,
    /// Take out of the index, for good, all that the workbook no longer has and that only uploads
    /// have sent into this source. What others may have sent as well is named, and stays until
    /// --withdraw names it; what another one has sent last is not an upload's to take out.
    #[arg(long)]
    pub withdraw_gone: bool,
    /// Do withdraw; without it, only show what would go: nothing is sent.
    #[arg(long)]
    pub yes: bool,
    /// Take the upload for complete although many records have gone.
    #[arg(long)]
    pub accept_missing: bool,
    /// Let records move to other units although they are many.
    #[arg(long)]
    pub accept_moves: bool,
    /// Take the lease of a session whose agent is known to be gone.
    #[arg(long)]
    pub take_over: bool,
}

impl UploadArgs {
    fn upload(&self, unit: String) -> Upload {
        let withdraw = match (self.withdraw_gone, self.withdraw.as_slice()) {
            (true, _) => Withdraw::AllGone,
            (false, []) => Withdraw::Nothing,
            (false, ids) => Withdraw::These(ids.to_vec()),
        };
        Upload {
            path: self.file.clone(),
            name: self.file.display().to_string(),
            source: self.source.clone(),
            unit,
            release: self.release.clone(),
            withdraw,
            accept_missing: self.accept_missing,
            accept_moves: self.accept_moves,
            take_over: self.take_over,
            policy: Policy::default(),
        }
    }

    /// A text with its commands as this upload was called.
    fn called(&self, text: &str) -> String {
        let own = format!(
            "{} upload {} --source {}",
            program(),
            path_word(&self.file),
            quoted(&self.source)
        );
        text.replace("mpp upload FILE", &own)
    }
}

pub async fn run(args: UploadArgs, client: &Client, output: Output) -> Result<()> {
    let endpoint = client.endpoint(Service::Registry)?;
    let unit = mpp_agent::unit_of(&args.source, &endpoint).await?;
    let uploaded = mpp_agent::open_upload(&args.upload(unit)).await?;
    if args.dry_run {
        return dry_run(&args, &uploaded, &endpoint, output).await;
    }
    if !args.yes && (args.withdraw_gone || !args.withdraw.is_empty()) {
        return would_withdraw(&args, &uploaded, client, output).await;
    }
    let progress = Progress::new(output);
    let report = |event| progress.show(event);
    let sent = uploaded.send(&endpoint, &report, &until_stopped()?).await;
    progress.end();
    let (outcome, placed) = sent?;
    print_outcome(&args, &outcome, &placed, output);
    outcome.verdict(&args.source)
}

/// Tells what the upload would take out of the index. Nothing is changed.
async fn would_withdraw(
    args: &UploadArgs,
    uploaded: &Uploaded,
    client: &Client,
    output: Output,
) -> Result<()> {
    let endpoint = client.endpoint(Service::Registry)?;
    let shutdown = until_stopped()?;
    let previewed = uploaded.preview(&endpoint, &|_| (), &mut |_| (), &shutdown).await;
    let (previewed, placed) = previewed?;
    placed.iter().for_each(|placed| tell(args, placed, output));
    match output.is_json() {
        true => say!("{}", sum_as_json(&previewed)),
        false => sum(&args.source, &previewed),
    }
    if previewed.to_withdraw.is_empty() {
        return previewed.verdict(&args.source);
    }
    warn(Destination::Registry, &previewed.to_withdraw, client, output).await
}

async fn dry_run(
    args: &UploadArgs,
    uploaded: &Uploaded,
    endpoint: &Endpoint,
    output: Output,
) -> Result<()> {
    let mut tell = |foreseen: ForeseenRecord| match output.is_json() {
        true => say!("{}", as_json(&foreseen)),
        false if foreseen.record.change() != Change::Unspecified => record(&foreseen),
        false => {}
    };
    let previewed = uploaded.preview(endpoint, &|_| (), &mut tell, &until_stopped()?).await;
    let (previewed, placed) = previewed?;
    placed.iter().for_each(|placed| self::tell(args, placed, output));
    if output.is_json() {
        say!("{}", sum_as_json(&previewed));
        return previewed.verdict(&args.source);
    }
    let (others, gone): (Vec<_>, Vec<_>) =
        previewed.gone.iter().partition(|gone| gone.goes == Goes::NotByThis);
    for gone in gone {
        let until = if is_place(&gone.name) { "in any case" } else { "until it is withdrawn" };
        say!("  - {} is not in the workbook, and stays {until}", gone.name);
    }
    if !others.is_empty() {
        say!("  - {} more of the source: other configurations send them", others.len());
    }
    sum(&args.source, &previewed);
    not_read(&previewed.tally);
    if let Some(lack) = &previewed.lack {
        say!("  ! the upload would not be complete: {}", lack.message());
    }
    say!("Nothing was sent.");
    previewed.verdict(&args.source)
}

fn print_outcome(args: &UploadArgs, outcome: &RunOutcome, placed: &[Placed], output: Output) {
    placed.iter().for_each(|placed| tell(args, placed, output));
    if output.is_json() {
        let mut done = tally_json("done", &outcome.tally);
        done["complete"] = outcome.lack.is_none().into();
        done["refused"] = outcome.refused.into();
        done["waiting"] = outcome.waiting.into();
        done["withdrawn_ids"] = outcome.withdrawn.clone().into();
        say!("{done}");
        return;
    }
    counts(&args.source, &outcome.tally);
    not_read(&outcome.tally);
    let (given, withdrawn): (Vec<&str>, Vec<&str>) =
        outcome.withdrawn.iter().map(String::as_str).partition(|id| is_place(id));
    if !withdrawn.is_empty() {
        say!("  withdrawn, with their offerings in all malls: {}", withdrawn.join(", "));
    }
    if !given.is_empty() {
        say!("  given back, and still in the index: {}", given.join(", "));
    }
    if let Some(lack) = &outcome.lack {
        say!("  ! the upload is not complete: {}", lack.message());
    }
}

/// A line for each fault or remark, and one with the way out.
fn tell(args: &UploadArgs, placed: &Placed, output: Output) {
    let Placed { id, code, message, .. } = placed;
    let (message, way_out) = (args.called(message), args.called(&placed.way_out));
    if output.is_json() {
        let row = placed.row.as_ref().map(|(sheet, row)| serde_json::json!([sheet, row]));
        let problem = serde_json::json!({
            "event": "problem", "place": row, "columns": placed.columns, "id": id, "code": code,
            "message": message, "way_out": way_out, "remark": placed.is_remark,
        });
        say!("{problem}");
        return;
    }
    // What is no longer in the workbook has no place in it.
    let at = match (placed.place(), id.as_str()) {
        (place, "") if place.is_empty() => String::new(),
        (place, "") => format!("{place}: "),
        (place, id) if place.is_empty() => format!("{id}: "),
        (place, id) => format!("{place} ({id}): "),
    };
    say!("  ! {at}{message} [{code}]");
    say!("    what to do: {way_out}");
}
