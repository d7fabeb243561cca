//! `mpp repair`: mends what `mpp doctor` has found of a copy, however many calls that takes.

use clap::Args as ClapArgs;
use mpp_api::feed::{
    RepairCopyRequest, RepairCopyResponse, copy_service_client::CopyServiceClient,
};
use mpp_client::Channel;
use mpp_core::{Error, FieldCode, Reason, Result};
use serde_json::json;

use crate::{call::refused, client::Client, output::Output, service::Service};

/// How many calls in a row may find somebody else at work before the command ends.
const REFUSALS: usize = 5;

#[derive(ClapArgs)]
pub struct RepairArgs {
    /// The service that keeps it.
    pub service: Service,
    /// Its name in `mpp doctor`, such as "records", "memory" or "projections".
    pub copy: String,
    /// Accept records and events that were altered in the database, and whose true form is lost, as
    /// they are stored now. Without it they are only named.
    #[arg(long)]
    pub accept_altered: bool,
}

pub async fn run(args: RepairArgs, client: &Client, output: Output) -> Result<()> {
    let RepairArgs { service, copy, accept_altered } = args;
    let name = format!("copies/{}", copy.trim_start_matches("copies/"));
    let request = RepairCopyRequest { name, accept_altered };
    let done = all_of_it(client.channel(service)?, request).await?;
    if output.is_json() {
        let (mended, left) = (done.mended_count, done.left_count);
        say!(
            "{}",
            json!({ "mended": mended, "left": left, "names": done.left_names, "detail": done.text })
        );
    } else {
        say!("{}", done.text);
    }
    if done.left_count == 0 {
        return Ok(());
    }
    let names = done.left_names.join(", ");
    let text = format!("{} are left as they are: {names}", done.left_count);
    Err(Error::new(Reason::Internal, text))
}

/// Asks again as long as the service has mended something but not everything: what was mended
/// stays, so nothing is lost if the command is ended meanwhile.
async fn all_of_it(channel: Channel, request: RepairCopyRequest) -> Result<RepairCopyResponse> {
    let mut copies = CopyServiceClient::new(channel);
    let (mut before, mut refusals) = (0, 0);
    loop {
        let answer = copies.repair_copy(request.clone()).await.map_err(refused);
        let mut done = match answer {
            Err(error) if before > 0 && refusals < REFUSALS && moves(&error) => {
                refusals += 1;
                continue;
            }
            answer => answer.map_err(copy_refusal)?.into_inner(),
        };
        done.mended_count += before;
        if !done.goes_on {
            if before > 0 {
                // A portion was not counted if its call ended while it was being committed.
                done.text.push_str(&format!("; at least {} in all", done.mended_count));
            }
            return Ok(done);
        }
        (before, refusals) = (done.mended_count, 0);
        let remaining = done.remaining_count;
        complain!("mpp: {before} mended so far, up to {remaining} to do; Ctrl-C loses none of it");
    }
}

/// True if somebody else reads or mends there, and the service has waited for that as long as a
/// call may take.
fn moves(error: &Error) -> bool {
    error.reason() == Reason::WriteConflict
}

/// A copy is not a record, which would have another way out.
fn copy_refusal(error: Error) -> Error {
    match error.reason() {
        _ if moves(&error) => Error::new(Reason::Overloaded, error.message()),
        Reason::NotFound => {
            // Commands call it by its last part, as the doctor does.
            let text = error.message().replace("copies/", "");
            Error::field("copy", FieldCode::UnknownValue, text)
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_is_asked_for_again_and_an_unknown_copy_is_a_wrong_argument() {
        let moves = copy_refusal(Error::new(Reason::WriteConflict, "the inbox changes right now"));
        assert_eq!(moves.reason(), Reason::Overloaded);
        let unknown = copy_refusal(Error::new(Reason::NotFound, "those are copies/records"));
        let [wrong] = unknown.violations() else { panic!("one field: {unknown}") };
        assert_eq!((wrong.field.as_str(), &*wrong.description), ("copy", "those are records"));
    }
}
