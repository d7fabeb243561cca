//! The catalog, written whole.

use std::{io::Write, pin::pin};

use futures::{Stream, TryStreamExt as _};
use jiff::Timestamp;
use mpp_core::Result;

use crate::{
    catalog::Catalog,
    dataset::{Dataset, Linked},
    graph::Notation,
    sheets::{COUNTERS, Cell, MALLS, OFFERINGS, SERVICES, Sheet, UNITS},
    surroundings::Surroundings,
    table::{Book, Csv},
};

/// How the catalog is written.
#[derive(Clone, Debug)]
pub enum ExportForm {
    /// As linked data.
    Linked(Notation, Dataset),
    /// The records of one kind as a CSV file.
    Csv(RecordTable),
    /// A workbook (XLSX) with a sheet of each kind, and one that says what it is.
    Book(About),
}

/// What a workbook says of itself.
#[derive(Clone, Debug)]
pub struct About {
    /// The registry that was asked.
    pub registry: String,
    /// The unit whose services were asked for.
    pub unit: String,
    /// When it was.
    pub time: Timestamp,
    /// Its records are known to be made up.
    pub sample: bool,
}

/// A kind of record that has a table of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordTable {
    /// What offices publish.
    Services,
    /// Who offers what where.
    Offerings,
    /// Public service malls.
    Malls,
    /// The counters of malls.
    Counters,
    /// Offices.
    Units,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// How many records of each kind.
    pub records: Vec<(&'static str, u64)>,
    /// Texts that a workbook's cells could not hold whole.
    pub cut: u64,
}

impl Written {
    fn of(what: &'static str, count: u64) -> Self {
        Self { records: vec![(what, count)], cut: 0 }
    }
}

/// Reads the catalog and writes it.
///
/// # Errors
/// The registry's; an address of the data set that is none; the writer's.
pub async fn write(
    catalog: &Catalog,
    form: &ExportForm,
    out: impl Write + Send,
) -> Result<Written> {
    let around = match form {
        ExportForm::Csv(table) if *table != RecordTable::Services => catalog.directory().await?,
        _ => catalog.surroundings().await?,
    };
    match form {
        ExportForm::Linked(notation, about) => {
            let linked = Linked::begin(*notation, about.clone(), &around, out)?;
            linked_data(catalog, linked, &around).await
        }
        ExportForm::Csv(table) => csv(catalog, *table, &around, out).await,
        ExportForm::Book(about) => book(catalog, about, &around, out).await,
    }
}

async fn linked_data<W: Write>(
    catalog: &Catalog,
    mut linked: Linked<W>,
    around: &Surroundings,
) -> Result<Written> {
    let mut services = pin!(catalog.services());
    let mut count = 0;
    while let Some(service) = services.try_next().await? {
        linked.service(&service, around)?;
        count += 1;
    }
    linked.end(around)?;
    Ok(Written::of(SERVICES.name, count))
}

async fn csv(
    catalog: &Catalog,
    table: RecordTable,
    around: &Surroundings,
    out: impl Write,
) -> Result<Written> {
    let mut csv = Csv::begin(out);
    let put = |row: &[Cell]| csv.row(row);
    let written = match table {
        RecordTable::Services => rows(&SERVICES, catalog.services(), around, put).await?,
        RecordTable::Offerings => rows(&OFFERINGS, catalog.offerings(), around, put).await?,
        RecordTable::Malls => rows(&MALLS, catalog.malls(), around, put).await?,
        RecordTable::Counters => rows(&COUNTERS, catalog.counters(), around, put).await?,
        RecordTable::Units => rows(&UNITS, catalog.units(), around, put).await?,
    };
    csv.end()?;
    Ok(Written { records: vec![written], cut: 0 })
}

async fn book(
    catalog: &Catalog,
    about: &About,
    around: &Surroundings,
    out: impl Write + Send,
) -> Result<Written> {
    let mut book = Book::default();
    let records = vec![
        sheet(&mut book, &SERVICES, catalog.services(), around).await?,
        sheet(&mut book, &OFFERINGS, catalog.offerings(), around).await?,
        sheet(&mut book, &MALLS, catalog.malls(), around).await?,
        sheet(&mut book, &COUNTERS, catalog.counters(), around).await?,
        sheet(&mut book, &UNITS, catalog.units(), around).await?,
    ];
    book.sheet("about")?;
    for (what, value) in [
        ("registry", about.registry.clone()),
        ("services of", about.unit.clone()),
        ("read at", about.time.to_string()),
        ("records", if about.sample { SAMPLE } else { "as the registry has them" }.to_owned()),
        ("not read", "the words are the source's; the numbers beside them are empty".to_owned()),
    ] {
        book.row(&[Cell::Text(what.to_owned()), Cell::Text(value)])?;
    }
    let cut = book.end(out)?;
    Ok(Written { records, cut })
}

const SAMPLE: &str = "data contoh: rekaan, bukan keadaan sebenarnya (sample data, made up)";

async fn sheet<R>(
    book: &mut Book,
    sheet: &Sheet<R>,
    records: impl Stream<Item = Result<R>>,
    around: &Surroundings,
) -> Result<(&'static str, u64)> {
    book.sheet(sheet.name)?;
    rows(sheet, records, around, |row| book.row(row)).await
}

/// The headings, and a row for each record.
async fn rows<R>(
    sheet: &Sheet<R>,
    records: impl Stream<Item = Result<R>>,
    around: &Surroundings,
    mut put: impl FnMut(&[Cell]) -> Result<()>,
) -> Result<(&'static str, u64)> {
    put(&sheet.headings())?;
    let mut records = pin!(records);
    let mut count = 0;
    while let Some(record) = records.try_next().await? {
        put(&sheet.row(&record, around))?;
        count += 1;
    }
    Ok((sheet.name, count))
}
