//! `mpp delete`: ends a record for good; its name is not used again.

use clap::Args as ClapArgs;
use mpp_api::types::{Tombstone, tombstone::Reason};
use mpp_core::Result;
use serde_json::json;

use crate::{client::Client, output::Output, record::Records};

#[derive(ClapArgs)]
pub struct DeleteArgs {
    /// A service, an offering, an hours rule, or a source that publishes nothing any more. Other
    /// kinds are not deleted: it says how they end.
    pub name: String,
    /// The record that took its place.
    #[arg(long, value_name = "NAME", conflicts_with = "moved_to")]
    pub superseded_by: Option<String>,
    /// The name under which the same record lives on.
    #[arg(long, value_name = "NAME")]
    pub moved_to: Option<String>,
    /// Only check; delete nothing.
    #[arg(long)]
    pub dry_run: bool,
}

pub async fn run(args: DeleteArgs, client: &Client, output: Output) -> Result<()> {
    let (reason, successor) = match (args.superseded_by, args.moved_to) {
        (Some(name), _) => (Reason::Superseded, name),
        (None, Some(name)) => (Reason::Moved, name),
        (None, None) => (Reason::Withdrawn, String::new()),
    };
    let tombstone = Tombstone { reason: reason.into(), successor };
    Records::new(client).delete(&args.name, tombstone, args.dry_run).await?;
    let outcome = if args.dry_run { "delete" } else { "deleted" };
    if output.is_json() {
        say!("{}", json!({ "name": args.name, "outcome": outcome }));
    } else if args.dry_run {
        say!("would be deleted   {}; nothing was changed", args.name);
    } else {
        say!("deleted   {}", args.name);
    }
    Ok(())
}
