//! For whom the office of a unit works, seen from the place that a question names.

use super::geo::lies_in;
use crate::search::{asking::reading::Reading, indexing::table::SlotTable};

/// For whom an office works, seen from the place where one asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Home {
    /// For the place, for a part of it, or for the province around it.
    There,
    /// For the whole country.
    #[default]
    Country,
    /// For another region.
    Elsewhere,
}

/// For whom the units of each region work, by the region's place in [`SlotTable::served`]; `None`
/// if the question asks in no place.
pub fn homes(table: &SlotTable, reading: &Reading) -> Option<Vec<Home>> {
    let wanted: Vec<&str> = reading.where_asked().flat_map(|place| &place.codes).copied().collect();
    let is_there =
        |region: &str| wanted.iter().any(|code| lies_in(region, code) || lies_in(code, region));
    let home = |region: &str| match region {
        "" => Home::Country,
        region if is_there(region) => Home::There,
        _ => Home::Elsewhere,
    };
    (!wanted.is_empty()).then(|| table.served.codes.iter().map(|code| home(code)).collect())
}
