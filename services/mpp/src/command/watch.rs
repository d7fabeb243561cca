//! `mpp watch`: a service's changes as they are committed.

use clap::Args as ClapArgs;
use mpp_api::feed::{
    Change, Filter, WatchRequest, WatchResponse, change::Op, feed_service_client::FeedServiceClient,
};
use mpp_core::{A_PERSON, Error, FieldCode, Label, Result, SOMEBODY, hex};

use crate::{
    call::refused,
    client::Client,
    output::{self, Output},
    service::Service,
    stop::until_stopped,
};

#[derive(ClapArgs)]
pub struct WatchArgs {
    /// The service whose feed to follow.
    #[arg(value_enum, default_value = "registry")]
    pub service: Service,
    /// Only these kinds: mall, service, offering, ticket, catalog_change …
    #[arg(long)]
    pub kind: Vec<String>,
    /// Only records whose names begin so.
    #[arg(long, default_value = "")]
    pub prefix: String,
    /// Only records in this region.
    #[arg(long)]
    pub region: Option<String>,
    /// With --region: also records of the regions above it and of the nation that its records rest
    /// on.
    #[arg(long)]
    pub wider: bool,
    /// Show the present state first.
    #[arg(long)]
    pub initial_state: bool,
    /// Go on after this token.
    #[arg(long, value_name = "TOKEN")]
    pub resume: Option<String>,
    /// End after so many changes; with --initial-state, at the end of the state at the latest.
    #[arg(long)]
    pub count: Option<usize>,
}

pub async fn run(args: WatchArgs, client: &Client, output: Output) -> Result<()> {
    let channel = client.channel(args.service)?;
    let request = WatchRequest {
        filter: Some(Filter {
            kinds: args.kind.clone(),
            name_prefix: args.prefix.clone(),
            labels: args
                .region
                .iter()
                .map(|code| (Label::Region.to_string(), code.clone()))
                .collect(),
            wider: args.wider,
        }),
        resume_token: args.resume.as_deref().map(token).transpose()?.unwrap_or_default().into(),
        initial_state: args.initial_state,
        prompt: false,
    };
    let mut stream =
        FeedServiceClient::new(channel).watch(request).await.map_err(refused)?.into_inner();
    let stopped = until_stopped()?;
    let mut left = args.count.unwrap_or(usize::MAX);
    while left > 0 {
        let message = tokio::select! {
            message = stream.message() => message.map_err(refused)?,
            () = stopped.cancelled() => return Ok(()),
        };
        let Some(message) = message else {
            return Ok(());
        };
        for change in message.changes.iter().take(left) {
            print(change, output)?;
        }
        left = left.saturating_sub(message.changes.len());
        print_bookmark(&message, output, args.count.is_some());
        // Fewer may never come: who wants a number of them gets those that there are.
        if message.initial_state_complete && args.count.is_some() {
            return Ok(());
        }
    }
    Ok(())
}

fn print(change: &Change, output: Output) -> Result<()> {
    if output.is_json() {
        say!("{}", output::json(change)?);
        return Ok(());
    }
    let op = match change.op() {
        Op::Put => "put",
        Op::Deleted => "deleted",
        Op::Removed => "left the filter",
        Op::Unspecified => "?",
    };
    say!("{:12} v{:<4} {op:8} {}{}", change.kind, change.version, change.name, by(&change.actor));
    Ok(())
}

/// Nobody is named in the initial state.
pub(super) fn by(actor: &str) -> String {
    match actor {
        "" => String::new(),
        A_PERSON => "  by a person".to_owned(),
        SOMEBODY => "  by somebody".to_owned(),
        actor => format!("  by {actor}"),
    }
}

fn print_bookmark(message: &WatchResponse, output: Output, ends: bool) {
    if message.initial_state_complete && !output.is_json() {
        let follow = if ends { "" } else { "; changes follow (Ctrl-C ends)" };
        say!("-- that is how things stand now, at revision {}{follow}", message.revision);
    }
    // Programs keep the token.
    if output.is_json() && !message.resume_token.is_empty() {
        say!(
            r#"{{"resumeToken":"{}","revision":"{}"}}"#,
            hex(&message.resume_token),
            message.revision
        );
    }
}

fn token(text: &str) -> Result<Vec<u8>> {
    let wrong = || {
        Error::field(
            "resume",
            FieldCode::Format,
            "give the resumeToken that `mpp watch --output json` printed",
        )
    };
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return Err(wrong());
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| wrong()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_not_be_named_is_a_person() {
        assert_eq!(by("units/bkpm"), "  by units/bkpm");
        assert_eq!((by("users/-"), by("")), ("  by a person".to_owned(), String::new()));
    }

    #[test]
    fn a_token_is_read_back_as_it_was_printed() {
        assert_eq!(token(&hex(&[0, 255, 16])).expect("own text"), [0, 255, 16]);
        assert!(token("xyz").is_err() && token("é").is_err());
    }
}
