//! The part of the nation whose deviations are asked for.

use mpp_api::scheduling::Deviation;
use mpp_core::{Error, FieldCode, RegionCode, Result};
use mpp_form::hours_rule::{Target, lies_within};

/// A part of the nation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The whole nation.
    Nation,
    /// A province, or a regency or city.
    Region(RegionCode),
    /// One mall, by its resource name.
    Mall(String),
    /// One counter, by its resource name.
    Counter(String),
}

impl Scope {
    /// Reads a counter, a mall, a region, or nothing for the nation.
    ///
    /// # Errors
    /// Names the field `scope`.
    pub fn parse(text: &str) -> Result<Self> {
        if text.is_empty() {
            return Ok(Self::Nation);
        }
        match text.split('/').next().unwrap_or_default() {
            "malls" => {
                let target = Target::parse(text, "scope")?;
                match target.counter() {
                    None => Ok(Self::Mall(text.to_owned())),
                    Some(counter) if counter == text => Ok(Self::Counter(text.to_owned())),
                    Some(_) => Err(not_a_scope()),
                }
            }
            _ => text.parse().map(Self::Region).map_err(|_| not_a_scope()),
        }
    }

    /// True if the mall has counters in it.
    pub fn reaches_mall(&self, mall: &str, region: RegionCode) -> bool {
        match self {
            Self::Nation => true,
            Self::Region(own) => own.contains(region),
            Self::Mall(own) => own == mall,
            Self::Counter(counter) => lies_within(counter, mall),
        }
    }

    /// True if the scope holds this counter of a mall that the scope reaches.
    pub fn holds_counter(&self, counter: &str) -> bool {
        !matches!(self, Self::Counter(own) if own != counter)
    }

    /// True if the record's counter lies in it.
    pub fn holds_record(&self, record: &Deviation) -> bool {
        match self {
            Self::Nation => true,
            Self::Region(region) => record.region.parse().is_ok_and(|own| region.contains(own)),
            Self::Mall(mall) => *mall == record.mall,
            Self::Counter(counter) => *counter == record.counter,
        }
    }
}

fn not_a_scope() -> Error {
    let hint = "write a counter, a mall, a region such as regions/35.10 or regions/35, or nothing";
    Error::field("scope", FieldCode::Name, hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_province_holds_the_malls_of_its_regencies() {
        let province = Scope::parse("regions/35").unwrap();
        assert!(province.reaches_mall("malls/banyuwangi", "35.10".parse().unwrap()));
        assert!(!province.reaches_mall("malls/denpasar", "51.71".parse().unwrap()));
    }

    #[test]
    fn a_counter_reaches_its_own_mall_and_nothing_beside_it() {
        let scope = Scope::parse("malls/a/counters/b").unwrap();
        let region: RegionCode = "35.10".parse().unwrap();
        assert!(scope.reaches_mall("malls/a", region) && !scope.reaches_mall("malls/ab", region));
        assert!(scope.holds_counter("malls/a/counters/b"));
        assert!(!scope.holds_counter("malls/a/counters/bb"));
    }

    #[test]
    fn what_is_no_part_of_the_nation_is_refused() {
        let with_slash = ["/", "/malls/a", "//malls/a", "/regions/35"];
        let others = ["malls/a/counters/b/offerings/c", "units/x", "national", "malls"];
        for text in with_slash.into_iter().chain(others) {
            assert_eq!(Scope::parse(text).unwrap_err().violations()[0].field, "scope", "{text}");
        }
    }
}
