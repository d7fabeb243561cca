//! How the records of a source are read, whatever its form.

use std::collections::BTreeMap;

use super::remembered::Remembered;
use crate::model::{declared::Units, destination::Destination};

/// How a source's records are mapped.
#[derive(Clone, Debug, Default)]
pub struct Way {
    /// The service that they are mapped for.
    pub destination: Destination,
    /// The jq program.
    pub program: String,
    /// Send records that look like trials as well.
    pub apply_trials: bool,
    /// Only hand on the records as they are.
    pub raw: bool,
    /// Records that look like trials, by id, with the title under which a person has released them.
    pub released: BTreeMap<String, String>,
    /// The unit of bare numbers, by column.
    pub units: Units,
    /// What earlier runs of this agent have made of the rows.
    pub remembered: Remembered,
}

impl Way {
    /// A reading in this way begins.
    pub(super) fn begin(&mut self, most_bytes: usize) {
        let Self { destination, program, apply_trials, raw, released, units, .. } = &*self;
        let way = format!("{:?}", (destination, program, apply_trials, raw, released, units));
        self.remembered.begin(&self.program, way, most_bytes);
    }
}
