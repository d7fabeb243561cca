//! `mpp apply`: creates records, or updates them to match files.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use mpp_core::{Error, FieldCode, Reason, Result, Role, text};
use serde_json::{Value, json};

use crate::{
    apply::{Applied, ApplyOutcome, Change, Options, RecordToApply, apply, from_file, records},
    client::Client,
    output::Output,
    program::{path_word, program},
    record::Records,
};

#[derive(ClapArgs)]
pub struct ApplyArgs {
    /// Files of records in JSON or YAML, as `mpp get --output json` prints them: one record, a
    /// list, or many documents; "-" reads standard input. The name says which kind a record is of;
    /// the order does not matter.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Change nothing: show each field that would change, and which role each step needs.
    #[arg(long)]
    pub dry_run: bool,
    /// Only create missing records; leave existing ones alone, however they differ.
    #[arg(long)]
    pub keep_existing: bool,
    /// Why: kept with each field of a service that is set over what its source says.
    #[arg(long, default_value = "")]
    pub reason: String,
}

pub async fn run(args: ApplyArgs, client: &Client, output: Output) -> Result<()> {
    let mut given = Vec::new();
    for file in &args.files {
        given.extend(from_file(file)?);
    }
    let records = records(given)?;
    check_reason(&args.reason, &records)?;
    let options =
        Options { dry_run: args.dry_run, keep_existing: args.keep_existing, reason: &args.reason };
    let mut tally = Tally { dry_run: args.dry_run, ..Tally::default() };
    let mut tell = |applied: Applied<'_>| {
        match output {
            Output::Json => say!("{}", as_json(&applied, args.dry_run)),
            Output::Table => print(&applied, &args),
        }
        tally.add(&applied.outcome);
    };
    apply(&records, &Records::new(client), options, &mut tell).await;
    tally.end(output)
}

/// A reason that no record can keep would be lost silently.
fn check_reason(reason: &str, records: &[RecordToApply]) -> Result<()> {
    let kept = records.iter().any(|record| record.kind.keeps_reason());
    if reason.is_empty() || kept {
        return Ok(());
    }
    let text = "only services keep a reason, and the files give none; leave it out";
    Err(Error::field("reason", FieldCode::NotAllowed, text))
}

/// The outcomes of all records, counted.
#[derive(Default)]
struct Tally {
    dry_run: bool,
    created: usize,
    updated: usize,
    unchanged: usize,
    refused: usize,
    left: usize,
    /// The reason of the first refusal; it gives the exit code.
    first: Option<Reason>,
}

impl Tally {
    fn add(&mut self, outcome: &ApplyOutcome) {
        let count = match outcome {
            ApplyOutcome::Created { .. } => &mut self.created,
            ApplyOutcome::Updated(_) => &mut self.updated,
            ApplyOutcome::Unchanged => &mut self.unchanged,
            ApplyOutcome::Left(_) => &mut self.left,
            ApplyOutcome::Refused { error, .. } => {
                self.first.get_or_insert(error.reason());
                &mut self.refused
            }
        };
        *count += 1;
    }

    fn end(&self, output: Output) -> Result<()> {
        let Self { created, updated, unchanged, refused, left, .. } = self;
        let done = if self.dry_run {
            format!("Nothing was written: {created} to create, {updated} to update")
        } else {
            format!("{created} created, {updated} updated")
        };
        let done = format!("{done}, {unchanged} unchanged");
        match self.first {
            None if output.is_json() => Ok(()),
            None => {
                say!("{done}.");
                Ok(())
            }
            Some(reason) => {
                let text = format!(
                    "{done}, {refused} refused, {left} not sent; mend what was refused and apply \
                     the same files again: what is done stays as it is"
                );
                Err(Error::new(reason, text))
            }
        }
    }
}

fn word(outcome: &ApplyOutcome, dry_run: bool) -> &'static str {
    match outcome {
        ApplyOutcome::Created { .. } if dry_run => "create",
        ApplyOutcome::Created { .. } => "created",
        ApplyOutcome::Updated(_) if dry_run => "update",
        ApplyOutcome::Updated(_) => "updated",
        ApplyOutcome::Unchanged => "unchanged",
        ApplyOutcome::Refused { .. } => "refused",
        ApplyOutcome::Left(_) => "not sent",
    }
}

/// The call that the outcome is of.
fn verb(outcome: &ApplyOutcome) -> &'static str {
    match outcome {
        ApplyOutcome::Refused { verb, .. } => verb,
        ApplyOutcome::Updated(_) => "Update",
        ApplyOutcome::Created { .. } | ApplyOutcome::Unchanged | ApplyOutcome::Left(_) => "Create",
    }
}

fn print(applied: &Applied<'_>, args: &ApplyArgs) {
    let (Applied { record, outcome }, dry_run) = (applied, args.dry_run);
    let needs = || needs(record, outcome);
    say!("{:9} {}", word(outcome, dry_run), record.name);
    match outcome {
        ApplyOutcome::Created { checked } if dry_run => {
            say!("    needs {}", needs());
            if !checked {
                say!("    not checked yet: it names records that are still to be created");
            }
        }
        ApplyOutcome::Updated(changes) => {
            if dry_run {
                say!("    needs {}", needs());
            }
            changes.iter().for_each(print_change);
        }
        ApplyOutcome::Refused { error, .. } => {
            say!("    {}: {error}", record.place);
            if error.reason() == Reason::PermissionDenied {
                print_way_out(record, verb(outcome), &args.files);
            }
        }
        ApplyOutcome::Left(why) => say!("    {}: {why}", record.place),
        ApplyOutcome::Created { .. } | ApplyOutcome::Unchanged => {}
    }
}

/// The role that may make the change: only an administrator overrides what a source publishes.
fn needs(record: &RecordToApply, outcome: &ApplyOutcome) -> String {
    match outcome {
        ApplyOutcome::Updated(changes) if changes.iter().any(overrides) => {
            format!("{}, since a source publishes it", Role::Administrator.as_str())
        }
        _ => record.kind.needs(verb(outcome)),
    }
}

fn overrides(change: &Change) -> bool {
    change.path.starts_with("overrides")
}

fn print_change(change: &Change) {
    let shown = |value: &Option<Value>| {
        value.as_ref().map_or_else(|| "(nothing)".to_owned(), Value::to_string)
    };
    say!("    {}: {} → {}", change.path, shown(&change.before), shown(&change.after));
}

/// Prints how to call with a role that may do this.
fn print_way_out(record: &RecordToApply, verb: &str, files: &[PathBuf]) {
    let role = record.kind.role(verb);
    say!("    needs {}; make a token and apply again with it:", record.kind.needs(verb));
    let namespace = match (role, owner(record, role)) {
        (Role::Administrator, _) => String::new(),
        (_, Some(owner)) => format!(" --namespace {}", text::quoted(&owner)),
        (_, None) => {
            say!("    (UNIT is that of the counter: mpp get {})", above(&record.name, 4));
            " --namespace units/UNIT".to_owned()
        }
    };
    let (program, role) = (program(), role.as_str());
    say!("      {program} token --role {role}{namespace} > token.jwt");
    let files: Vec<_> = files.iter().map(|file| path_word(file)).collect();
    say!("      {program} apply --token-file token.jwt {}", files.join(" "));
}

/// The name that a caller of this role has to hold; `None` if only the registry knows.
fn owner(record: &RecordToApply, role: Role) -> Option<String> {
    let said = |field| record.message.get_field_by_name(field)?.as_str().map(str::to_owned);
    match (role, record.name.split('/').next().unwrap_or_default()) {
        (_, "hoursRules") => said("target"),
        (_, "standards") => said("unit"),
        (Role::UnitOfficer, "malls") => None,
        _ => Some(above(&record.name, 2).to_owned()),
    }
}

/// The first parts of a name.
fn above(name: &str, parts: usize) -> &str {
    name.match_indices('/').nth(parts - 1).map_or(name, |(end, _)| &name[..end])
}

fn as_json(applied: &Applied<'_>, dry_run: bool) -> Value {
    let Applied { record, outcome } = applied;
    let mut line = json!({
        "name": record.name, "place": record.place, "outcome": word(outcome, dry_run),
    });
    match outcome {
        ApplyOutcome::Created { checked } => line["checked"] = (*checked).into(),
        ApplyOutcome::Updated(changes) => {
            let changes = changes.iter().map(|change| {
                json!({ "path": change.path, "before": change.before, "after": change.after })
            });
            line["changes"] = changes.collect();
        }
        ApplyOutcome::Refused { error, .. } => {
            line["reason"] = error.reason().as_str().into();
            line["message"] = error.message().into();
        }
        ApplyOutcome::Left(why) => line["message"] = why.as_str().into(),
        ApplyOutcome::Unchanged => {}
    }
    if !matches!(outcome, ApplyOutcome::Unchanged) {
        line["needs"] = needs(record, outcome).into();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::from_text;

    #[test]
    fn the_way_out_names_whose_the_record_is_where_that_can_be_told() {
        let owner_of = |role, yaml: &str| {
            owner(&records(from_text("f.yaml", yaml).expect("YAML")).expect("a record")[0], role)
        };
        let counter = "malls/a/counters/b";
        let own = owner_of(Role::Organiser, &format!("name: {counter}\nticket_prefix: A\n"));
        assert_eq!(own.as_deref(), Some("malls/a"));
        let rule = format!("name: hoursRules/x\ntarget: {counter}\n");
        assert_eq!(owner_of(Role::CounterOfficer, &rule).as_deref(), Some(counter));
        let service = owner_of(Role::UnitOfficer, "name: units/a/services/b\nproduct: KK\n");
        assert_eq!(service.as_deref(), Some("units/a"));
        let offering = format!("name: {counter}/offerings/c\nquota_per_day: 1\n");
        assert_eq!(owner_of(Role::UnitOfficer, &offering), None, "its counter's unit");
        assert_eq!(above(&format!("{counter}/offerings/c"), 4), counter);
    }

    #[test]
    fn what_is_set_over_a_source_needs_an_administrator() {
        let given = from_text("f.yaml", "name: units/a/services/b\nproduct: KK\n").expect("YAML");
        let records = records(given).expect("a service");
        let change = |path: &str| Change { path: path.into(), before: None, after: None };
        let of = |paths: &[&str]| {
            let changes = paths.iter().map(|path| change(path)).collect();
            needs(&records[0], &ApplyOutcome::Updated(changes))
        };
        assert!(of(&["product"]).contains("unit-officer"), "{}", of(&["product"]));
        assert_eq!(of(&["product", "overrides[0]"]), "administrator, since a source publishes it");
    }
}
