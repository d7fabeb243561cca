//! The regions that units serve, by the directory.

use std::collections::HashMap;

use super::doc::UnitDoc;

/// Units above one at the most; a row that is longer goes in a ring.
const HIGHEST: usize = 16;

struct Office {
    parent: Box<str>,
    region: Box<str>,
}

/// All units, by name.
#[derive(Default)]
pub struct Offices(HashMap<Box<str>, Office>);

impl Offices {
    /// Takes in a unit that is new or has changed.
    pub fn put(&mut self, UnitDoc { name, parent, region_code }: UnitDoc) {
        let office = Office { parent: parent.into(), region: region_code.into() };
        self.0.insert(name.into(), office);
    }

    /// Forgets a unit.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// The region of a unit, or of the nearest one above it that has one; empty for one that serves
    /// the whole country or is not known.
    pub fn region_of(&self, unit: &str) -> &str {
        let above = |office: &&Office| self.0.get(&office.parent);
        let lineage = std::iter::successors(self.0.get(unit), above);
        let regions = lineage.take(HIGHEST).map(|office| &*office.region);
        regions.into_iter().find(|region| !region.is_empty()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_serves_its_own_region_or_the_one_of_those_above_it() {
        let mut offices = Offices::default();
        let mut put = |name: &str, parent: &str, region: &str| {
            let (name, parent) = (name.to_owned(), parent.to_owned());
            offices.put(UnitDoc { name, parent, region_code: region.to_owned() });
        };
        put("units/lamongan", "", "35.24");
        put("units/disnaker-lamongan", "units/lamongan", "");
        put("units/ministry", "", "");
        put("units/ring", "units/ring", "");
        put("units/moved", "units/ministry", "35.10");
        for (unit, region) in [
            ("units/disnaker-lamongan", "35.24"),
            ("units/ministry", ""),
            ("units/ring", ""),
            ("units/moved", "35.10"),
            ("units/unheard-of", ""),
        ] {
            assert_eq!(offices.region_of(unit), region, "{unit}");
        }
        offices.remove("units/lamongan");
        assert_eq!(offices.region_of("units/disnaker-lamongan"), "");
    }
}
