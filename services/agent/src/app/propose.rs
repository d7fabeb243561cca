//! A first look at a source: its first records, and the mapping that they suggest.

use mpp_core::{Error, Reason, Result};
use serde_json::Value;

use crate::{
    model::{
        destination::Destination,
        guess::{self, Above, Guess, PlaceKind, guess, program},
        mapping::Mapping,
    },
    policy::Policy,
    source::{self, Fault, Folder, FolderListing, Input, Way, Yielded},
};

/// Records that are looked at.
const LOOKED_AT: usize = 200;
/// Records up to which a file of a folder is read on, to find what is wrong further down.
const READ_ON: usize = 5_000;

/// What a mapping is proposed for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The service that keeps the records.
    pub destination: Destination,
    /// The kind of place that the records are; `None`: services, or hours rules.
    pub place: Option<PlaceKind>,
    /// The unit that all services belong to, or the places, and the mall of counters.
    pub above: Above<'a>,
}

impl Wanted<'_> {
    /// A program and, for a catalog of services, which column is which field.
    fn guess(&self, records: &[Value]) -> Option<(String, Guess)> {
        if let Some(place) = self.place {
            let found = guess::places(records, place, self.above)?;
            return Some((found.program, Guess { left: found.left, ..Guess::default() }));
        }
        match self.destination {
            Destination::Registry => {
                let guess = guess(records);
                let program = program(&guess, self.above.unit);
                (!guess.choices.is_empty()).then_some((program, guess))
            }
            Destination::Scheduling => {
                let found = guess::hours(records)?;
                Some((found.program, Guess { left: found.left, ..Guess::default() }))
            }
        }
    }

    const fn lack(&self) -> &'static str {
        match self.destination {
            Destination::Registry if self.place.is_some() => "no column is called by a name (nama)",
            Destination::Registry => "no column reads like one of a catalog of services",
            Destination::Scheduling => "no column is called by a day of the week (senin, monday)",
        }
    }
}

/// The first records of a source, and the mapping proposed for them.
#[derive(Debug)]
pub struct Proposed {
    /// The jq program.
    pub program: String,
    /// The guess for each field, with its doubt.
    pub guess: Guess,
    /// Records that were looked at.
    pub records: Vec<Value>,
    /// What could not be read, or not to its end: somebody has to know before the first run.
    pub lacks: Vec<Error>,
}

impl Proposed {
    /// The records as the mapping makes them, or the error it raises on each.
    ///
    /// # Errors
    /// The program cannot be compiled; a proposed one always can.
    pub fn mapped(&self, most: usize) -> Result<Vec<Result<Value>>> {
        let mapping = Mapping::compile(&self.program)?;
        let of_one = |record: &Value| mapping.apply(record);
        let all = self.records.iter().take(most).map(of_one);
        Ok(all.map(|outputs| outputs.map(|mut all| all.pop().unwrap_or_default())).collect())
    }
}

/// Looks at a source and proposes a mapping. Each file of a folder is looked at by itself, so that
/// a bad one hides none of the others.
///
/// # Errors
/// No record could be read.
pub async fn propose(input: Input, wanted: &Wanted<'_>, policy: &Policy) -> Result<Proposed> {
    let place = input.place();
    let (records, mut lacks) = match &input {
        Input::Folder(folder) => of_folder(folder, policy).await.map_err(|fault| fault.error)?,
        _ => {
            let (records, fault) = sample(input, LOOKED_AT, policy).await;
            (records, fault.into_iter().map(|fault| fault.error).collect())
        }
    };
    if records.is_empty() {
        let none = || Fault::nothing(&place, "it holds no record").error;
        return Err(all(&lacks).unwrap_or_else(none));
    }
    let Some((program, guess)) = wanted.guess(&records) else {
        let text = format!(
            "{place}: {}; write the mapping by hand, or name another sheet, table or list",
            wanted.lack()
        );
        lacks.insert(0, Error::new(Reason::SourceConfig, text));
        return Err(all(&lacks).unwrap_or_else(|| Error::internal("nothing was guessed")));
    };
    Ok(Proposed { program, guess, records, lacks })
}

/// Records of each file, and what is wrong with each bad one.
async fn of_folder(folder: &Folder, policy: &Policy) -> Result<(Vec<Value>, Vec<Error>), Fault> {
    let FolderListing { files, others } = source::look(folder, policy)?;
    let each = LOOKED_AT.div_ceil(files.len().max(1));
    let (mut records, mut lacks) = (Vec::new(), Vec::new());
    for (_, file) in files {
        let (found, fault) = match file {
            Ok(input) => sample(input, READ_ON, policy).await,
            Err(fault) => (Vec::new(), Some(fault)),
        };
        records.extend(found.into_iter().take(each));
        lacks.extend(fault.map(|fault| fault.error));
    }
    let others = others.into_iter().map(|text| Error::new(Reason::SourceIncomplete, text));
    lacks.extend(others);
    Ok((records, lacks))
}

/// Everything that is wrong, as one error that begins like the first.
fn all(lacks: &[Error]) -> Option<Error> {
    let texts: Vec<&str> = lacks.iter().map(Error::message).collect();
    Some(Error::new(lacks.first()?.reason(), texts.join("; ")))
}

/// The first records of a source as they are, and the fault that ended the reading.
pub async fn sample(input: Input, most: usize, policy: &Policy) -> (Vec<Value>, Option<Fault>) {
    let way = Way { program: ".".to_owned(), raw: true, ..Way::default() };
    let mut items = source::read(input, way, crate::model::filled::Relied::default(), policy);
    let (mut records, mut fault) = (Vec::new(), None);
    while let Some(found) = items.recv().await {
        match found {
            Yielded::Raw(record) => records.push(record),
            Yielded::Fault(found) => drop(fault.get_or_insert(found)),
            Yielded::Record(_) | Yielded::PassedOver(..) | Yielded::Keys(_) => {}
        }
        if records.len() >= most {
            break;
        }
    }
    (records, fault)
}
