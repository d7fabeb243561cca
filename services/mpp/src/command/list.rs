//! `mpp list`: records of a kind, page by page.

use std::pin::pin;

use clap::{Args as ClapArgs, builder::PossibleValuesParser};
use futures::TryStreamExt as _;
use mpp_client::pages;
use mpp_core::{Error, FieldCode, Result};
use prost_reflect::DynamicMessage;
use serde_json::{Map, Value};

use crate::{
    client::Client,
    output::{Output, TextTable},
    record::{KINDS, Kind, Records, cell},
};

#[derive(ClapArgs)]
pub struct ListArgs {
    #[arg(value_parser = PossibleValuesParser::new(listable().map(Kind::plural)))]
    pub kind: String,
    /// Below this record: a mall for counters, a counter for windows, a unit for services, …
    #[arg(long)]
    pub parent: Option<String>,
    /// Only those that fit, by a field of the list's request: `--where as_of=2022-05-01` for
    /// regions, `--where organiser=units/x` for malls, `--where category=licensing` for services.
    #[arg(long = "where", value_name = "FIELD=VALUE")]
    pub filters: Vec<String>,
    /// Show at most this many; 0: all.
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
}

fn listable() -> impl Iterator<Item = &'static Kind> {
    KINDS.iter().filter(|kind| kind.method("List").is_ok())
}

pub async fn run(args: ListArgs, client: &Client, output: Output) -> Result<()> {
    let kind = listable().find(|kind| kind.plural() == args.kind);
    let kind = kind.ok_or_else(|| Error::internal("a kind that cannot be listed"))?;
    let fields = fields(kind, &args)?;
    let services = Records::new(client);
    let limit = if args.limit == 0 { usize::MAX } else { args.limit };
    let (mut records, mut more) = (Vec::new(), true);
    let (services, fields) = (&services, &fields);
    let mut pages = pin!(pages(|token| async move {
        let page = services.list(kind, fields, &token).await?;
        Ok::<_, Error>(((page.records, !page.next_page_token.is_empty()), page.next_page_token))
    }));
    while more && records.len() < limit {
        let Some((page, goes_on)) = pages.try_next().await? else { break };
        records.extend(page);
        more = goes_on;
    }
    more |= records.len() > limit;
    records.truncate(limit);
    print(kind, &records, more, output)
}

/// The fields of the list's request; without a parent they ask for all.
fn fields(kind: &Kind, args: &ListArgs) -> Result<Map<String, Value>> {
    let request = kind.method("List")?.input();
    let mut fields = Map::new();
    let mut above = ["parent", "target", "region"].into_iter();
    let above = above.find(|field| request.get_field_by_name(field).is_some());
    match (above, &args.parent, kind.above()) {
        (Some(field), Some(parent), _) => drop(fields.insert(field.into(), parent.clone().into())),
        (Some("parent"), None, Some(all)) => drop(fields.insert("parent".into(), all.into())),
        (None, Some(_), _) => {
            let text = format!("{} lie below nothing; leave --parent out", kind.plural());
            return Err(Error::field("parent", FieldCode::NotAllowed, text));
        }
        _ => {}
    }
    for filter in &args.filters {
        let wrong = || {
            let text = format!("'{filter}' is not a filter; write FIELD=VALUE");
            Error::field("where", FieldCode::Format, text)
        };
        let (field, value) = filter.split_once('=').ok_or_else(wrong)?;
        fields.insert(field.to_owned(), value.into());
    }
    Ok(fields)
}

fn print(kind: &Kind, records: &[DynamicMessage], more: bool, output: Output) -> Result<()> {
    if output.is_json() {
        for record in records {
            say!("{}", serde_json::to_string(record).map_err(Error::internal)?);
        }
        if more {
            complain!("… there are more; --limit 0 shows all");
        }
        return Ok(());
    }
    let columns = || std::iter::once("name").chain(kind.columns.iter().copied());
    let heading = |column: &str| column.rsplit('.').next().unwrap_or(column).replace('_', " ");
    let mut table = TextTable::new(columns().map(heading));
    for record in records {
        table.row(columns().map(|column| cell(record, column)));
    }
    table.print();
    if more {
        say!("… there are more; --limit 0 shows all");
    }
    Ok(())
}
