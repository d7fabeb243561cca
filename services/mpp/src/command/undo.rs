//! `mpp undo`: what a sync session has written goes back to what it was before.

use clap::Args as ClapArgs;
use mpp_api::sync::{
    UndoSessionRequest, UndoSessionResponse, UndoneRecord, sync_service_client::SyncServiceClient,
    undone_record::Change,
};
use mpp_client::Channel;
use mpp_core::{Error, Reason, Result};

use super::{
    agent::difference,
    syncing::{Failures, ServiceChoice, sync},
};
use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
};

#[derive(ClapArgs)]
pub struct UndoArgs {
    /// The source, such as sources/kemendagri.
    pub source: String,
    /// Its session, as `mpp history` tells it of each version.
    pub session: String,
    /// Show what would go back, and change nothing.
    #[arg(long)]
    pub preview: bool,
    #[command(flatten)]
    pub at: ServiceChoice,
}

/// Counts of records, by what was done.
#[derive(Default)]
struct UndoCounts {
    restored: usize,
    brought_back: usize,
    deleted: usize,
    held: usize,
    left: usize,
}

pub async fn run(args: UndoArgs, client: &Client, output: Output) -> Result<()> {
    let mut counts = UndoCounts::default();
    let mut request = UndoSessionRequest {
        source: args.source,
        session: args.session,
        validate_only: args.preview,
        after: String::new(),
    };
    let (mut sync, mut piece) = begun(args.at, client, &request).await?;
    loop {
        for record in &piece.records {
            counts.add(record);
            match output.is_json() {
                true => say!("{}", output::json(record)?),
                false => tell(record),
            }
        }
        request.after = piece.next;
        if request.after.is_empty() {
            break;
        }
        piece = undone(&mut sync, &request).await?;
    }
    if !output.is_json() {
        counts.tell(&request);
    }
    Ok(())
}

/// The service that has had the session, and what of it is undone first.
async fn begun(
    at: ServiceChoice,
    client: &Client,
    request: &UndoSessionRequest,
) -> Result<(SyncServiceClient<Channel>, UndoSessionResponse)> {
    let (mut unknown, mut failed) = (Error::not_found(&request.session), Failures::default());
    for service in at.services("") {
        let mut sync = sync(client, service)?;
        match undone(&mut sync, request).await {
            Err(error) if error.reason() == Reason::NotFound => unknown = error,
            answer => {
                if let Some(piece) = failed.note_answer(service, answer) {
                    return Ok((sync, piece));
                }
            }
        }
    }
    failed.finish()?;
    Err(unknown)
}

async fn undone(
    sync: &mut SyncServiceClient<Channel>,
    request: &UndoSessionRequest,
) -> Result<UndoSessionResponse> {
    Ok(sync.undo_session(request.clone()).await.map_err(refused)?.into_inner())
}

fn tell(record: &UndoneRecord) {
    let UndoneRecord { name, left_reason, to_version, .. } = record;
    match record.change() {
        Change::Restored => say!("  ~ restored: {name}, as in version {to_version}"),
        Change::BroughtBack => say!("  + brought back: {name}, as in version {to_version}"),
        Change::Deleted => say!("  - deleted again: {name}"),
        Change::Held => say!("  ? held back: {name}, which waits and would have been applied"),
        Change::Left => say!("  ! left: {name}: {left_reason}"),
        Change::Unspecified => say!("  = {name}"),
    }
    if !record.unseen.is_empty() {
        say!("      {}", record.unseen);
    }
    record.differences.iter().for_each(difference);
    if record.left_out > 0 {
        say!("      and {} more differences", record.left_out);
    }
}

impl UndoCounts {
    fn add(&mut self, record: &UndoneRecord) {
        match record.change() {
            Change::Restored => self.restored += 1,
            Change::BroughtBack => self.brought_back += 1,
            Change::Deleted => self.deleted += 1,
            Change::Held => self.held += 1,
            Change::Left => self.left += 1,
            Change::Unspecified => {}
        }
    }

    fn tell(&self, request: &UndoSessionRequest) {
        let Self { restored, brought_back, deleted, held, left } = *self;
        let all = restored + brought_back + deleted + held + left;
        say!(
            "{}: {all} = restored {restored} + brought back {brought_back} + deleted again \
             {deleted} + held back {held} + left {left}",
            request.session
        );
        if all == left {
            say!("  nothing is left to undo");
        }
        if request.validate_only {
            say!("Nothing was changed. To do it, leave --preview out.");
        } else if all > left {
            say!(
                "What was undone is not taken again as it was (UNDONE): the source mends it, or an \
                 officer releases it: mpp quarantine redrive {} --code UNDONE",
                request.source
            );
        }
    }
}
