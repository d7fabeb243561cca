//! `mpp export`: the catalog as others read it, linked data or tables.

mod target;

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use jiff::Timestamp;
use mpp_core::{Clock, Error, FieldCode, Reason, Result};
use mpp_export::{About, Catalog, Dataset, ExportForm, Notation};

use crate::{client::Client, program::path_word, service::Service, stop::until_stopped};

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
    /// Without it services.
    #[arg(long, value_enum)]
    pub table: Option<RecordTable>,
    /// Only services of this unit and of the units below it.
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
pub enum RecordTable {
    #[default]
    Services,
    Offerings,
    Malls,
    Counters,
    Units,
}

impl From<RecordTable> for mpp_export::RecordTable {
    fn from(table: RecordTable) -> Self {
        match table {
            RecordTable::Services => Self::Services,
            RecordTable::Offerings => Self::Offerings,
            RecordTable::Malls => Self::Malls,
            RecordTable::Counters => Self::Counters,
            RecordTable::Units => Self::Units,
        }
    }
}

pub async fn run(args: ExportArgs, client: &Client) -> Result<()> {
    check(&args)?;
    let form = match args.format {
        Format::Turtle => ExportForm::Linked(Notation::Turtle, about(&args, client)?),
        Format::Jsonld => ExportForm::Linked(Notation::JsonLd, about(&args, client)?),
        Format::Csv => ExportForm::Csv(args.table.unwrap_or_default().into()),
        Format::Xlsx => ExportForm::Book(About {
            registry: client.endpoint(Service::Registry)?.address,
            unit: args.unit.clone(),
            time: Timestamp::from_microsecond(Clock::system().now()).map_err(Error::internal)?,
            sample: false,
        }),
    };
    let catalog = Catalog::new(client.channel(Service::Registry)?, args.unit.clone());
    let mut target = Target::open(args.file.as_deref())?;
    // Told to end, it ends as after a refusal: what is half written goes, the old file stays.
    let stopped = until_stopped()?;
    let writing = mpp_export::write(&catalog, &form, &mut target);
    let written = stopped.run_until_cancelled(writing).await.ok_or_else(interrupted)??;
    target.done()?;
    let counted = |(what, count): &(&str, u64)| format!("{what} {count}");
    let counted: Vec<String> = written.records.iter().map(counted).collect();
    let place = args.file.map_or_else(String::new, |file| format!(" to {}", path_word(&file)));
    let told = format!("written{place}: {}", counted.join(", "));
    // Beside a catalog on the standard output there is no place for a sentence.
    if place.is_empty() {
        complain!("{told}")
    } else {
        say!("{told}")
    }
    if written.cut > 0 {
        complain!("{} texts are cut: a cell of a workbook holds 32,767 characters", written.cut);
    }
    Ok(())
}

fn interrupted() -> Error {
    Error::new(Reason::Unavailable, "told to end before the export was whole")
}

/// What fits nothing is refused, and not left out in silence.
fn check(args: &ExportArgs) -> Result<()> {
    if args.format == Format::Xlsx && args.file.is_none() {
        let text = "a workbook is no text; name the file: --file catalog.xlsx";
        return Err(Error::field("file", FieldCode::Required, text));
    }
    let linked = matches!(args.format, Format::Turtle | Format::Jsonld);
    let others = matches!(args.table, Some(table) if table != RecordTable::Services);
    for (field, is_odd, of) in [
        ("table", args.table.is_some() && args.format != Format::Csv, "of csv"),
        ("base", args.base.is_some() && !linked, "of turtle and jsonld"),
        ("publisher", !args.publisher.is_empty() && !linked, "of turtle and jsonld"),
        ("unit", args.unit != "units/-" && others, "of services"),
    ] {
        if is_odd {
            let text = format!("--{field} is {of} only; leave it out");
            return Err(Error::field(field, FieldCode::NotAllowed, text));
        }
    }
    Ok(())
}

fn about(args: &ExportArgs, client: &Client) -> Result<Dataset> {
    let page = || client.context().map(|context| context.page.clone()).unwrap_or_default();
    // Whoever names his own address for others has no use for one that only he reaches.
    let (base, landing_page) = match &args.base {
        Some(base) => (base.clone(), String::new()),
        None => {
            let registry = client.endpoint(Service::Registry)?.address;
            (format!("{}/v1/", registry.trim_end_matches('/')), page())
        }
    };
    let (unit, publisher) = (args.unit.clone(), args.publisher.clone());
    Ok(Dataset { base, unit, publisher, landing_page, downloads: Vec::new(), sample: false })
}
