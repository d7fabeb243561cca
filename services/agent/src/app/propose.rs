//! A first look at a source: its first records, and the mapping that they suggest.

use mpp_core::{Error, Reason, Result};
use serde_json::Value;

use crate::{
    model::{
        guess::{Guess, guess, program},
        mapping::Mapping,
    },
    policy::Policy,
    source::{self, Fault, Found, Input, Way},
};

/// Records that are looked at.
const LOOKED_AT: usize = 200;

/// The first records of a source, and the mapping proposed for them.
#[derive(Debug)]
pub struct Proposed {
    /// The jq program.
    pub program: String,
    /// The guess for each field, with its doubt.
    pub guess: Guess,
    /// Records that were looked at.
    pub records: Vec<Value>,
    /// Why reading ended before the source's end, which a person has to know before the first run.
    pub lack: Option<Error>,
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

/// Looks at a source and proposes a mapping, all records of which belong to `unit`.
///
/// # Errors
/// No record could be read.
pub async fn propose(input: Input, unit: &str, policy: &Policy) -> Result<Proposed> {
    let place = input.place();
    let (records, fault) = sample(input, LOOKED_AT, policy).await;
    let lack = fault.map(|fault| fault.error);
    if records.is_empty() {
        let none = || Fault::nothing(&place, "it holds no record").error;
        return Err(lack.unwrap_or_else(none));
    }
    let guess = guess(&records);
    if guess.choices.is_empty() {
        let text = format!(
            "{place}: no column reads like one of a catalog of services; write the mapping by hand, \
             or name another sheet, table or list"
        );
        return Err(Error::new(Reason::SourceConfig, text));
    }
    Ok(Proposed { program: program(&guess, unit), guess, records, lack })
}

/// The first records of a source as they are, and the fault that ended the reading.
pub async fn sample(input: Input, most: usize, policy: &Policy) -> (Vec<Value>, Option<Fault>) {
    let way = Way { program: ".".to_owned(), raw: true, ..Way::default() };
    let mut items = source::read(input, way, crate::model::filled::Relied::default(), policy);
    let (mut records, mut fault) = (Vec::new(), None);
    while let Some(found) = items.recv().await {
        match found {
            Found::Raw(record) => records.push(record),
            Found::Fault(found) => drop(fault.get_or_insert(found)),
            Found::Record(_) | Found::PassedOver(..) | Found::Keys(_) => {}
        }
        if records.len() >= most {
            break;
        }
    }
    (records, fault)
}
