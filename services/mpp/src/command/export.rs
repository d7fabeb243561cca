//! `mpp export`: the catalog as others read it, linked data or tables.

mod target;

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use mpp_core::{Error, FieldCode, Result};
use mpp_export::{Catalog, Dataset, Form, Notation};

use crate::{client::Client, program::path_word, service::Service};

use self::target::Target;

#[derive(ClapArgs)]
pub struct ExportArgs {
    /// How it is written.
    #[arg(value_enum)]
    pub format: Format,
    /// The file to write; one that is there is replaced once the new one is whole. Without it, what
    /// is no workbook goes to the standard output.
    #[arg(long, short = 'f', value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Of a CSV file: the records that it lists. A workbook has a sheet of each.
    #[arg(long, value_enum, default_value_t)]
    pub table: Table,
    /// Only services of this unit and of the units below it; a table of others is not bounded by
    /// it.
    #[arg(long, default_value = "units/-")]
    pub unit: String,
    /// Of linked data: the address below which records are found by their names, as others reach
    /// it. Without it, the registry's that is asked.
    #[arg(long, value_name = "URL")]
    pub base: Option<String>,
    /// Of linked data: the unit that publishes the data set. Without it, the registry is named.
    #[arg(long, value_name = "UNIT", default_value = "")]
    pub publisher: String,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Linked data: CPSV-AP 3.2 and DCAT in Turtle.
    Turtle,
    /// The same in JSON-LD.
    Jsonld,
    /// A table, comma-separated.
    Csv,
    /// A workbook with a sheet of each kind of record.
    Xlsx,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Table {
    #[default]
    Services,
    Offerings,
    Malls,
    Counters,
    Units,
}

impl From<Table> for mpp_export::Table {
    fn from(table: Table) -> Self {
        match table {
            Table::Services => Self::Services,
            Table::Offerings => Self::Offerings,
            Table::Malls => Self::Malls,
            Table::Counters => Self::Counters,
            Table::Units => Self::Units,
        }
    }
}

pub async fn run(args: ExportArgs, client: &Client) -> Result<()> {
    if args.format == Format::Xlsx && args.file.is_none() {
        let text = "a workbook is no text; name the file: --file catalog.xlsx";
        return Err(Error::field("file", FieldCode::Required, text));
    }
    let form = match args.format {
        Format::Turtle => Form::Linked(Notation::Turtle, about(&args, client)?),
        Format::Jsonld => Form::Linked(Notation::JsonLd, about(&args, client)?),
        Format::Csv => Form::Csv(args.table.into()),
        Format::Xlsx => Form::Book,
    };
    let catalog = Catalog::new(client.channel(Service::Registry)?, args.unit.clone());
    let mut target = Target::open(args.file.as_deref())?;
    let written = mpp_export::write(&catalog, &form, &mut target).await?;
    target.done()?;
    let counted = |(what, count): &(&str, u64)| format!("{count} {what}");
    let counted: Vec<String> = written.records.iter().map(counted).collect();
    let place = args.file.map_or_else(String::new, |file| format!(" to {}", path_word(&file)));
    complain!("{} written{place}", counted.join(", "));
    if written.cut > 0 {
        complain!("{} texts are cut: a cell of a workbook holds 32,767 characters", written.cut);
    }
    Ok(())
}

fn about(args: &ExportArgs, client: &Client) -> Result<Dataset> {
    let base = match &args.base {
        Some(base) => base.clone(),
        None => format!("{}/v1/", client.endpoint(Service::Registry)?.address),
    };
    let landing_page = client.context().map(|context| context.page.clone()).unwrap_or_default();
    Ok(Dataset { base, publisher: args.publisher.clone(), landing_page })
}
