//! `mpp conform`: whether a server, or a client, of a protocol does what the contract says.

use std::{fs, path::PathBuf};

use clap::{Args as ClapArgs, Subcommand};
use mpp_conform::{Verdict, client, server};
use mpp_core::{Error, FieldCode, Reason, Result};
use serde_json::json;
use tokio::net::TcpListener;

use crate::{client::ClientArgs, output::Output};

#[derive(Subcommand)]
pub enum ConformCommand {
    /// Play the sync protocol's vectors against a server, or act them for a client.
    Sync(SyncArgs),
}

#[derive(ClapArgs)]
pub struct SyncArgs {
    /// The server to check, such as http://127.0.0.1:7401; the token in --token-file speaks for the
    /// source. Records are published under it: use a source of its own on a server for trials.
    #[arg(long, value_name = "URL", required_unless_present = "client", conflicts_with = "client")]
    pub server: Option<String>,
    /// Be a server that acts the vectors, for the client that COMMAND starts once; {address} in its
    /// arguments, and MPP_REGISTRY_ADDRESS, stand for the server's address. Without a command it is
    /// waited for. The client's state is left as it is, and so is its source.
    #[arg(long)]
    pub client: bool,
    /// The source: of a server one that exists, of a client the one that it syncs.
    #[arg(long)]
    pub source: String,
    /// The unit that the source writes, for a server.
    #[arg(long, required_unless_present = "client", conflicts_with = "client")]
    pub unit: Option<String>,
    /// Where the acting server listens.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    pub listen: String,
    /// Let --listen be an address that others reach: whoever does is served, in plain text and
    /// without a token.
    #[arg(long)]
    pub plain_text_anywhere: bool,
    /// The command that starts the client.
    #[arg(last = true)]
    pub command: Vec<String>,
}

pub async fn run(command: ConformCommand, caller: &ClientArgs, output: Output) -> Result<()> {
    let ConformCommand::Sync(asked) = command;
    let verdicts = match &asked.server {
        Some(address) => check_server(address, &asked, caller, output).await?,
        None => check_client(asked, output).await?,
    };
    let failed = verdicts.iter().filter(|verdict| !verdict.passed()).count();
    if !output.is_json() {
        say!("{} vectors: {} passed, {failed} failed", verdicts.len(), verdicts.len() - failed);
    }
    if failed == 0 {
        return Ok(());
    }
    let text =
        format!("{failed} of {} vectors failed; each says what was expected", verdicts.len());
    Err(Error::new(Reason::Internal, text))
}

async fn check_server(
    address: &str,
    asked: &SyncArgs,
    caller: &ClientArgs,
    output: Output,
) -> Result<Vec<Verdict>> {
    let read = |file: &Option<PathBuf>, field: &str| {
        let text = file.as_ref().map(fs::read_to_string).transpose();
        text.map_err(|error| Error::field(field, FieldCode::Unreadable, error.to_string()))
    };
    let (token, ca) = (read(&caller.token_file, "token_file")?, read(&caller.tls_ca, "tls_ca")?);
    if token.is_some() && server::is_readable(address) {
        complain!("the token goes out in plain text; use https unless a mesh encrypts");
    }
    let target = server::Target { address: address.to_owned(), token, ca };
    let unit = asked.unit.clone().unwrap_or_default();
    let source = server::Source { source: asked.source.clone(), unit };
    server::check(&target, &source, |verdict| tell(verdict, output)).await.map_err(away)
}

async fn check_client(asked: SyncArgs, output: Output) -> Result<Vec<Verdict>> {
    let listener = TcpListener::bind(&asked.listen).await.map_err(|error| {
        Error::field("listen", FieldCode::UnknownValue, format!("{}: {error}", asked.listen))
    })?;
    let address = listener.local_addr().map_err(Error::internal)?;
    if !address.ip().is_loopback() && !asked.plain_text_anywhere {
        let text = format!(
            "{address} is not loopback, and whoever reaches it is served in plain text; where that \
             is meant, say --plain-text-anywhere"
        );
        return Err(Error::field("listen", FieldCode::NotAllowed, text));
    }
    if asked.command.is_empty() {
        complain!("http://{address} waits for the client of {}", asked.source);
    }
    let subject = client::Subject { source: asked.source, command: asked.command };
    client::check(listener, &subject, |verdict| tell(verdict, output)).await.map_err(away)
}

fn tell(verdict: &Verdict, output: Output) {
    match output.is_json() {
        true => say!("{}", json!({"vector": verdict.name, "faults": verdict.faults})),
        false => say!("{verdict}"),
    }
}

fn away(text: String) -> Error {
    Error::new(Reason::Unavailable, text)
}
