//! `mpp quarantine`: lists the records of sources that wait, and what for; and tries them again.

use clap::{Args as ClapArgs, Subcommand};
use mpp_api::sync::{
    ContestedRecord, ListWaitingRecordsRequest, ListWaitingRecordsResponse, RedriveRecordsRequest,
    RedriveRecordsResponse, WaitingCause, WaitingRecord,
};
use mpp_core::{Error, Reason, Result};

use super::syncing::{Failures, ServiceChoice, sync};
use crate::{
    call::refused,
    client::Client,
    output::{self, Output, TextTable},
};

#[derive(Subcommand)]
pub enum QuarantineCommand {
    /// Show which records wait, and for what.
    List(ListArgs),
    /// Try records now that wait, and apply those that have become good.
    Redrive(RedriveArgs),
}

#[derive(ClapArgs)]
pub struct ListArgs {
    /// The source, such as sources/kemendagri; all without it.
    #[arg(value_name = "SOURCE", default_value = "sources/-")]
    source: String,
    /// Only those that wait for this reason, such as UNIT_NOT_FOUND.
    #[arg(long, default_value = "")]
    code: String,
    /// Show at most this many records.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i32).range(1..=1000))]
    limit: i32,
    #[command(flatten)]
    at: ServiceChoice,
}

#[derive(ClapArgs)]
pub struct RedriveArgs {
    /// The source, such as sources/kemendagri.
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Only those of this reason, such as UNIT_NOT_FOUND; also those that were rejected for it.
    #[arg(long, default_value = "")]
    code: String,
    /// Only the record of this name.
    #[arg(long, value_name = "NAME", default_value = "")]
    record: String,
    /// Let those move to another unit that wait because too many would at once.
    #[arg(long)]
    accept_moves: bool,
    /// Try everything and keep nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    at: ServiceChoice,
}

pub async fn run(command: QuarantineCommand, client: &Client, output: Output) -> Result<()> {
    match command {
        QuarantineCommand::List(args) => list(args, client, output).await,
        QuarantineCommand::Redrive(args) => redrive(args, client, output).await,
    }
}

/// What waits at all services together.
async fn list(args: ListArgs, client: &Client, output: Output) -> Result<()> {
    let request = ListWaitingRecordsRequest {
        parent: args.source,
        code: args.code,
        page_size: args.limit,
        page_token: String::new(),
    };
    let (mut all, mut failed) = (ListWaitingRecordsResponse::default(), Failures::default());
    for service in args.at.services("") {
        let answer = sync(client, service)?.list_waiting_records(request.clone()).await;
        if let Some(answer) = failed.note_answer(service, answer.map_err(refused)) {
            add(&mut all, answer.into_inner());
        }
    }
    failed.unless_answered()?;
    all.records.truncate(usize::try_from(args.limit).unwrap_or_default());
    all.causes.sort_by_key(|cause| std::cmp::Reverse(cause.record_count));
    if output.is_json() {
        say!("{}", output::json(&all)?);
    } else {
        print(&all);
    }
    failed.finish()
}

/// Adds what waits at one more service.
fn add(all: &mut ListWaitingRecordsResponse, more: ListWaitingRecordsResponse) {
    all.total_size += more.total_size;
    all.rejected_size += more.rejected_size;
    all.cause_size += more.cause_size;
    all.contested_size += more.contested_size;
    all.contested.extend(more.contested);
    let since = |cause: &WaitingCause| cause.oldest_time.map(|at| (at.seconds, at.nanos));
    let both = all.oldest.take().into_iter().chain(more.oldest);
    all.oldest = both.min_by_key(since);
    all.records.extend(more.records);
    all.causes.extend(more.causes);
}

async fn redrive(args: RedriveArgs, client: &Client, output: Output) -> Result<()> {
    let services = args.at.services(&args.record);
    let dry_run = args.dry_run;
    let request = RedriveRecordsRequest {
        source: args.source,
        code: args.code,
        name: args.record,
        accept_moves: args.accept_moves,
        validate_only: dry_run,
    };
    let (mut all, mut failed) = (RedriveRecordsResponse::default(), Failures::default());
    for service in services {
        let answer = sync(client, service)?.redrive_records(request.clone()).await;
        let Some(done) = failed.note_answer(service, answer.map_err(refused)) else { continue };
        let done = done.into_inner();
        all.tried += done.tried;
        all.taken += done.taken;
        all.waiting += done.waiting;
        all.rejected += done.rejected;
        all.revision = all.revision.max(done.revision);
        all.left.extend(done.left);
    }
    failed.unless_answered()?;
    if output.is_json() {
        say!("{}", output::json(&all)?);
    } else {
        tell_tried(&all, dry_run);
    }
    failed.finish()?;
    all_taken(&all)
}

/// Fails if a record was not taken.
fn all_taken(done: &RedriveRecordsResponse) -> Result<()> {
    let RedriveRecordsResponse { waiting, rejected, .. } = *done;
    if waiting + rejected == 0 {
        return Ok(());
    }
    let text = format!("not all was taken: {waiting} still wait, {rejected} were rejected");
    Err(Error::new(Reason::RecordsRefused, text))
}

fn tell_tried(done: &RedriveRecordsResponse, dry_run: bool) {
    let would = if dry_run { "would be " } else { "" };
    say!(
        "tried {} = {would}applied {} + waiting {} + rejected {}",
        done.tried,
        done.taken,
        done.waiting,
        done.rejected
    );
    if done.tried == 0 {
        say!(
            "  nothing of this choice was to be tried: `mpp quarantine list` names all that waits, \
             and what was undone is released by an officer (--code UNDONE)"
        );
    }
    done.left.iter().for_each(tell);
}

fn print(answer: &ListWaitingRecordsResponse) {
    print_waiting(answer);
    for record in &answer.contested {
        let ContestedRecord { name, client, other_client, changes, .. } = record;
        let (client, other) = (called(client), called(other_client));
        say!(
            "  ~ {name}: {client} and {other} send it in other words, {client} last \
              (changed hands {changes} times) [OTHER_CLIENT]"
        );
    }
    let shown = i64::try_from(answer.contested.len()).unwrap_or(0);
    if i64::from(answer.contested_size) > shown {
        say!("  and {} more that two clients send", i64::from(answer.contested_size) - shown);
    }
}

/// A client's name, for people.
pub fn called(client: &str) -> &str {
    if client.is_empty() { "a client without a name" } else { client }
}

fn print_waiting(answer: &ListWaitingRecordsResponse) {
    if answer.causes.is_empty() {
        say!("nothing waits");
        return;
    }
    let mut table = TextTable::new(["source", "waits for", "why", "records", "since"]);
    for cause in &answer.causes {
        table.row(row(cause));
    }
    table.print();
    let unshown = i64::from(answer.cause_size) - i64::try_from(answer.causes.len()).unwrap_or(0);
    if unshown > 0 {
        say!("  and {unshown} more that fewer records wait for (--code, or one source)");
    }
    say!();
    answer.records.iter().for_each(tell);
    let more = i64::from(answer.total_size) - i64::try_from(answer.records.len()).unwrap_or(0);
    if more > 0 {
        say!("  and {more} more (--limit, --code, or one source)");
    }
}

fn row(cause: &WaitingCause) -> [String; 5] {
    let awaited = match cause.awaited.as_str() {
        _ if cause.rejected => "nothing: rejected when tried again",
        "" => "a decision",
        awaited => awaited,
    };
    let since = cause.oldest_time.map(|time| time.to_string()).unwrap_or_default();
    [
        cause.source.clone(),
        awaited.to_owned(),
        cause.code.clone(),
        cause.record_count.to_string(),
        since,
    ]
}

fn tell(record: &WaitingRecord) {
    let WaitingRecord { name, field, code, message, tries, client, .. } = record;
    let asks = if record.deletes { "delete of " } else { "" };
    let field = if field.is_empty() { String::new() } else { format!(" {field}") };
    let by = if client.is_empty() { String::new() } else { format!(", by {client}") };
    say!("  ! {asks}{name}:{field} {message} [{code}] (tried {tries} times{by})");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redrive_that_leaves_some_waiting_is_not_all_that_was_asked_for() {
        let done = RedriveRecordsResponse { tried: 2, taken: 2, ..Default::default() };
        assert!(all_taken(&done).is_ok());
        assert!(all_taken(&RedriveRecordsResponse::default()).is_ok(), "nothing was meant");
        for left in [
            RedriveRecordsResponse { waiting: 1, ..done.clone() },
            RedriveRecordsResponse { rejected: 1, ..done },
        ] {
            let error = all_taken(&left).expect_err("it is not all");
            assert_eq!(error.reason(), Reason::RecordsRefused);
        }
    }
}
