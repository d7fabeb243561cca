//! What a run would change, told record by record.

use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use mpp_agent::{Changes, ForeseenRecord, Goes, Gone, Previewed, Run, is_place};
use mpp_api::{
    sync::{FieldDifference, OverriddenDifference, RecordPreview, record_preview::Change},
    types::Warning,
};
use mpp_core::{FieldCode, Result};
use serde_json::{Value, json};

use super::{
    keeper, load,
    told::{self, Progress, pasteable},
    withdraw,
};
use crate::{
    client::Client,
    output::Output,
    program::{path_word, program},
    stop::until_stopped,
};

/// Records that are shown to people where nobody says how many.
const SHOWN: usize = 40;

#[derive(ClapArgs)]
pub struct PreviewArgs {
    /// The agent's configuration (TOML).
    pub config: PathBuf,
    /// Show at most this many records, and as many that have gone; 0: all. By default 40, and all
    /// as JSON.
    #[arg(long, value_name = "RECORDS")]
    pub limit: Option<usize>,
    /// Preview a run that is taken for complete although many records, or a heading, have gone.
    #[arg(long)]
    pub accept_missing: bool,
    /// Preview a run that lets records move to other units although they are many.
    #[arg(long)]
    pub accept_moves: bool,
}

/// What is shown, and how much of it.
struct PreviewOutput {
    output: Output,
    limit: usize,
    records: usize,
}

pub(super) async fn preview(args: PreviewArgs, client: &Client, output: Output) -> Result<()> {
    let (accept_missing, accept_moves) = (args.accept_missing, args.accept_moves);
    let run = Run { accept_missing, accept_moves, ..load(&args.config)? };
    let progress = Progress::new(output);
    let mut shown = PreviewOutput { output, limit: limit(args.limit, output), records: 0 };
    let previewed = mpp_agent::preview(
        &run,
        &client.endpoint(keeper::service(&run))?,
        &|event| progress.show(event),
        &mut |foreseen| progress.aside(|| shown.tell(&foreseen)),
        &until_stopped()?,
    )
    .await;
    progress.end();
    let previewed = previewed?;
    shown.end(&args.config, &run.source, &previewed);
    previewed.verdict(&run.source)
}

/// Tells what a run would take out of the index that a person wants out of it. Nothing is changed.
pub(super) async fn would_withdraw(
    config: &Path,
    run: &Run,
    client: &Client,
    output: Output,
) -> Result<()> {
    let progress = Progress::new(output);
    let endpoint = client.endpoint(keeper::service(run))?;
    let report = |event| progress.show(event);
    let shutdown = until_stopped()?;
    let previewed = mpp_agent::preview(run, &endpoint, &report, &mut |_| (), &shutdown).await;
    progress.end();
    let previewed = previewed?;
    match output.is_json() {
        true => say!("{}", sum_as_json(&previewed)),
        false => {
            told::tell_all(&previewed.problems, config);
            sum(&run.source, &previewed);
        }
    }
    if previewed.to_withdraw.is_empty() {
        return previewed.verdict(&run.source);
    }
    withdraw::warn(run.way.destination, &previewed.to_withdraw, client, output).await
}

fn limit(given: Option<usize>, output: Output) -> usize {
    match given {
        Some(0) => usize::MAX,
        Some(limit) => limit,
        None if output.is_json() => usize::MAX,
        None => SHOWN,
    }
}

impl PreviewOutput {
    fn tell(&mut self, foreseen: &ForeseenRecord) {
        if !is_told(&foreseen.record) {
            return;
        }
        self.records += 1;
        if self.records > self.limit {
            return;
        }
        match self.output.is_json() {
            true => say!("{}", as_json(foreseen)),
            false => record(foreseen),
        }
    }

    fn end(&self, config: &Path, source: &str, previewed: &Previewed) {
        let gone = previewed.gone.iter().take(self.limit);
        if self.output.is_json() {
            gone.for_each(|one| say!("{}", gone_as_json(one)));
            say!("{}", sum_as_json(previewed));
            return;
        }
        let others = self.records.saturating_sub(self.limit);
        if others > 0 {
            say!("  and {others} more; --limit 0 shows all");
        }
        told::tell_all(&previewed.problems, config);
        gone.for_each(|one| self::gone(one, config));
        let others = previewed.gone.len().saturating_sub(self.limit);
        if others > 0 {
            say!("  and {others} more have gone; --limit 0 names them all");
        }
        sum(source, previewed);
        told::not_read(&previewed.tally);
        told::headings(&previewed.tally);
        if let Some(lack) = &previewed.lack {
            say!("  ! the run would not be complete: {}", pasteable(lack.message(), config));
        }
        say!("Nothing was changed. To do it: {} agent run {}", program(), path_word(config));
    }
}

/// A record that stays as it is, with no remark, is only counted.
fn is_told(record: &RecordPreview) -> bool {
    let result = record.result.as_ref();
    let is_remarked = result.is_some_and(|one| !one.code.is_empty() || !one.warnings.is_empty());
    record.change() != Change::Unspecified || is_remarked
}

/// Tells what would become of a record.
pub(in crate::command) fn record(foreseen: &ForeseenRecord) {
    let RecordPreview { name, moved_from, differences, overridden, left_out, .. } =
        &foreseen.record;
    let result = foreseen.record.result.clone().unwrap_or_default();
    let place = if foreseen.place.is_empty() { "gone" } else { foreseen.place.as_str() };
    let what = match foreseen.record.change() {
        Change::Created => format!("+ new: {name}"),
        Change::Updated => format!("~ changes: {name}"),
        Change::Moved => format!("> moves: {} to {name}", moved_from.join(", ")),
        Change::Deleted if is_place(name) => {
            format!("- is given back, and stays in the index: {name}")
        }
        Change::Deleted => format!("- goes: {name}"),
        Change::Unspecified if result.code.is_empty() => format!("= stays: {name}"),
        Change::Unspecified => refused(&foreseen.record),
    };
    say!("  {what}  ({place}, {})", foreseen.id);
    differences.iter().for_each(difference);
    overridden.iter().for_each(self::overridden);
    if *left_out > 0 {
        say!("      and {left_out} more differences, which found no room in the answer");
    }
    if foreseen.record.offerings_withdrawn > 0 {
        say!("      offerings withdrawn with it: {}", foreseen.record.offerings_withdrawn);
    }
    result.warnings.iter().filter(|one| !is_told_already(one)).for_each(remark);
}

fn refused(record: &RecordPreview) -> String {
    let result = record.result.clone().unwrap_or_default();
    let field = if result.field.is_empty() { String::new() } else { format!(" {}", result.field) };
    match record.awaited.as_str() {
        _ if result.outcome() != mpp_api::sync::Outcome::Quarantined => {
            format!("! rejected: {}:{field} {} [{}]", record.name, result.message, result.code)
        }
        "" => format!("? waits: {}:{field} {} [{}]", record.name, result.message, result.code),
        awaited => format!("? waits for {awaited}: {} [{}]", record.name, result.code),
    }
}

/// Tells a field that would change.
pub(in crate::command) fn difference(one: &FieldDifference) {
    let value = |text: &str| if text.is_empty() { "nothing".to_owned() } else { text.to_owned() };
    say!("      {}: {} -> {}", one.path, value(&one.old_value), value(&one.new_value));
}

fn overridden(one: &OverriddenDifference) {
    let OverriddenDifference { path, published_value, old_value, new_value, drifts, ends } = one;
    if *ends {
        say!(
            "      {path}: the source says what a curator has set, {published_value}; it is the source's again"
        );
        return;
    }
    let drift = if *drifts { "; it drifts from what it was when that was set" } else { "" };
    let says = match old_value == new_value {
        true => format!("the source says {new_value}"),
        false => format!("the source says {old_value} -> {new_value}"),
    };
    say!("      {path}: stays {published_value}, as a curator has set it; {says}{drift}");
}

/// What a curator has set, and moves, are told elsewhere.
fn is_told_already(warning: &Warning) -> bool {
    [FieldCode::Overridden, FieldCode::Moved].iter().any(|code| code.as_str() == warning.code)
}

fn remark(warning: &Warning) {
    say!("      remark: {} {} [{}]", warning.field, warning.message, warning.code);
}

fn gone(one: &Gone, config: &Path) {
    let Gone { id, name, goes } = one;
    match (goes, one.goes_at()) {
        (Goes::Now, _) => say!("  - {name} has left the source, and goes with this run"),
        (_, Some(time)) => {
            say!("  - {name} has left the source, and goes by the first complete run after {time}");
        }
        _ if is_place(name) => say!(
            "  - {name} is not in the source, and stays in the index in any case; to have it changed by \
             calls: {} agent withdraw {} {}",
            program(),
            path_word(config),
            mpp_core::text::quoted(id)
        ),
        (Goes::NotByThis, _) => say!(
            "  - {name} is not in the source, and stays: this state does not know of having sent it; where \
             another configuration of the source does, nothing is to be done here"
        ),
        _ => say!(
            "  - {name} has left the source, and stays until it is withdrawn: {} agent withdraw {} {}",
            program(),
            path_word(config),
            mpp_core::text::quoted(id)
        ),
    }
}

/// Tells the counts at the end.
pub(in crate::command) fn sum(source: &str, previewed: &Previewed) {
    let Changes { in_sync, still_rejected, unchanged, created, updated, moved, .. } =
        previewed.changes;
    let Changes { withdrawn, given_back, rejected, waiting, .. } = previewed.changes;
    let tally = &previewed.tally;
    let sent = unchanged + created + updated + moved + rejected + waiting;
    say!(
        "{source}: read {} = to be sent {sent} + in sync {in_sync} + still rejected \
         {still_rejected} + invalid {} + duplicate {}{}",
        tally.read,
        tally.invalid,
        tally.duplicate,
        told::suspicious(tally)
    );
    say!(
        "{:width$}  to be sent {sent} = new {created} + changed {updated} + moved {moved} + \
         unchanged {unchanged} + rejected {rejected} + waiting {waiting}",
        "",
        width = source.len() - 1
    );
    if withdrawn > 0 {
        say!("{:width$}  taken out of the index {withdrawn}", "", width = source.len() - 1);
    }
    if given_back > 0 {
        say!("{:width$}  given back {given_back}", "", width = source.len() - 1);
    }
}

/// The same for programs.
pub(in crate::command) fn as_json(foreseen: &ForeseenRecord) -> Value {
    let preview = mpp_api::json::write(&foreseen.record).ok();
    let preview: Value =
        preview.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    json!({ "event": "record", "place": foreseen.place, "id": foreseen.id, "preview": preview })
}

fn gone_as_json(one: &Gone) -> Value {
    let (now, not_by_this) = (one.goes == Goes::Now, one.goes == Goes::NotByThis);
    json!({
        "event": "gone", "id": one.id, "name": one.name, "now": now, "after": one.goes_at(),
        "not_by_this": not_by_this,
    })
}

/// The sum for programs.
pub(in crate::command) fn sum_as_json(previewed: &Previewed) -> Value {
    let Changes { in_sync, still_rejected, unchanged, created, updated, moved, .. } =
        previewed.changes;
    let Changes { withdrawn, given_back, rejected, waiting, .. } = previewed.changes;
    let tally = &previewed.tally;
    json!({
        "event": "previewed", "read": tally.read, "in_sync": in_sync,
        "still_rejected": still_rejected, "unchanged": unchanged, "created": created,
        "updated": updated, "moved": moved, "withdrawn": withdrawn, "given_back": given_back,
        "rejected": rejected,
        "waiting": waiting, "invalid": tally.invalid, "suspicious": tally.suspicious,
        "duplicate": tally.duplicate, "gone": previewed.gone.len(),
        "complete": previewed.lack.is_none(),
        "lack": previewed.lack.as_ref().map(mpp_core::Error::message),
    })
}
