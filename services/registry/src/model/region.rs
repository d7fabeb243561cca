//! Regions: the embedded table, and which codes held on a day.

use jiff::civil::Date;
use mpp_api::registry::{Region, region};
use mpp_calendar::{Zone, local_date};
use mpp_core::{Error, FieldCode, Micros, RegionCode, Result};

use super::parse_date;

/// The table that the binary carries; see `data/README.md`.
pub const TABLE: &str = include_str!("../../data/regions.csv");

/// Reads a table of regions, successors filled in.
///
/// # Errors
/// Internal, naming the line: the table is part of the binary.
pub fn parse_table(table: &str) -> Result<Vec<Region>> {
    let wrong = |line: usize| Error::internal(format!("regions.csv, line {line}"));
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows = reader.records().enumerate();
    let mut regions = rows
        .map(|(index, cells)| {
            let cells = cells.map_err(Error::internal)?;
            row(&cells.iter().collect::<Vec<_>>()).ok_or_else(|| wrong(index + 2))
        })
        .collect::<Result<Vec<_>>>()?;
    add_successors(&mut regions);
    Ok(regions)
}

/// code,name,kind,parent_code,time_zone,autonomous,valid_from,valid_to,predecessor_code
fn row(cells: &[&str]) -> Option<Region> {
    let &[code, name, kind, parent, time_zone, autonomous, valid_from, valid_to, predecessor] =
        cells
    else {
        return None;
    };
    let name_of = |code: &str| match code {
        "" => Some(String::new()),
        code => code.parse::<RegionCode>().ok().map(RegionCode::resource_name),
    };
    Zone::from_iana(time_zone)?;
    Some(Region {
        name: name_of(code)?,
        display_name: name.to_owned(),
        kind: kind_of(kind)?.into(),
        parent: name_of(parent)?,
        time_zone: time_zone.to_owned(),
        autonomous: autonomous.parse().ok()?,
        valid_from: day(valid_from)?,
        valid_to: day(valid_to)?,
        predecessor: name_of(predecessor)?,
        successors: Vec::new(),
    })
}

fn kind_of(text: &str) -> Option<region::Kind> {
    match text {
        "province" => Some(region::Kind::Province),
        "regency" => Some(region::Kind::Regency),
        "city" => Some(region::Kind::City),
        "administrative" => Some(region::Kind::Administrative),
        _ => None,
    }
}

fn day(text: &str) -> Option<String> {
    (text.is_empty() || parse_date(text).is_some()).then(|| text.to_owned())
}

fn add_successors(regions: &mut [Region]) {
    let replaced: Vec<(String, String)> = regions
        .iter()
        .filter(|region| !region.predecessor.is_empty())
        .map(|region| (region.predecessor.clone(), region.name.clone()))
        .collect();
    for region in regions {
        let of_it = replaced.iter().filter(|(predecessor, _)| *predecessor == region.name);
        region.successors = of_it.map(|(_, successor)| successor.clone()).collect();
    }
}

/// True if the region's code held on `day`.
pub fn valid_on(region: &Region, day: Date) -> bool {
    let begun = parse_date(&region.valid_from).is_none_or(|from| from <= day);
    let ended = parse_date(&region.valid_to).is_some_and(|to| to <= day);
    begun && !ended
}

/// True if the region's code comes to hold after `day`.
fn begins_after(region: &Region, day: Date) -> bool {
    parse_date(&region.valid_from).is_some_and(|from| from > day)
}

/// The region's zone; WIB, the capital's, for one that is not known.
pub fn zone(region: &Region) -> Zone {
    Zone::from_iana(&region.time_zone).unwrap_or(Zone::Wib)
}

/// The region's date at an instant.
///
/// # Errors
/// Internal, for an instant outside the years that there are.
pub fn today(region: &Region, now: Micros) -> Result<Date> {
    local_date(now, zone(region)).map_err(|error| Error::internal(error.to_string()))
}

/// Checks that a record may be filed under a region from now on.
///
/// # Errors
/// `REFERENCE_INVALID`, naming the codes that took its place.
pub fn check_valid(region: &Region, now: Micros, field: &str) -> Result<()> {
    let today = today(region, now)?;
    if valid_on(region, today) {
        return Ok(());
    }
    // A code that has ended holds never again; one that is still to come waits for its day.
    let (code, instead) = match region.successors.join(", ") {
        _ if begins_after(region, today) => {
            (FieldCode::RegionNotFound, format!("its code holds from {}", region.valid_from))
        }
        none if none.is_empty() => {
            (FieldCode::UnknownValue, format!("its code ended on {}", region.valid_to))
        }
        names => {
            (FieldCode::UnknownValue, format!("its code ended on {}; use {names}", region.valid_to))
        }
    };
    let text = format!("{} is not valid today, {instead}", region.name);
    Err(Error::reference(field, code, text))
}

/// Checks that a mall can stand in the region.
///
/// # Errors
/// Names `field`: a province is not a place of a mall.
pub fn check_not_province(region: &Region, field: &str) -> Result<()> {
    if region.kind == i32::from(region::Kind::Province) {
        let message = format!("{} is a province; name the regency or city in it", region.name);
        return Err(Error::field(field, FieldCode::Name, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use mpp_core::Reason;

    use super::*;

    fn table() -> HashMap<String, Region> {
        let regions = parse_table(TABLE).expect("the embedded table");
        regions.into_iter().map(|region| (region.name.clone(), region)).collect()
    }

    fn on(day: &str) -> Date {
        parse_date(day).expect("a day")
    }

    #[test]
    fn merauke_was_91_01_in_may_2022_and_is_93_01_today() {
        let regions = table();
        let (old, new) = (&regions["regions/91.01"], &regions["regions/93.01"]);
        assert!(valid_on(old, on("2022-05-27")) && !valid_on(new, on("2022-05-27")));
        assert!(valid_on(old, on("2022-07-24")) && !valid_on(new, on("2022-07-24")));
        assert!(!valid_on(old, on("2022-07-25")) && valid_on(new, on("2022-07-25")));
        assert_eq!(old.successors, ["regions/93.01"]);
        assert_eq!(new.predecessor, "regions/91.01");
    }

    #[test]
    fn there_were_34_provinces_in_may_2022_and_are_38_now() {
        let regions = table();
        let provinces = |day: &str| {
            let province = i32::from(region::Kind::Province);
            regions.values().filter(|r| r.kind == province && valid_on(r, on(day))).count()
        };
        assert_eq!(provinces("2022-05-27"), 34);
        assert_eq!(provinces("2026-01-01"), 38);
    }

    #[test]
    fn on_any_day_there_are_514_regencies_and_cities_of_which_508_govern_themselves() {
        let regions = table();
        for day in ["2022-05-27", "2022-09-01", "2026-01-01"] {
            let province = i32::from(region::Kind::Province);
            let below: Vec<_> =
                regions.values().filter(|r| r.kind != province && valid_on(r, on(day))).collect();
            assert_eq!(below.len(), 514, "{day}");
            assert_eq!(below.iter().filter(|r| r.autonomous).count(), 508, "{day}");
        }
    }

    #[test]
    fn a_code_that_ended_is_refused_with_the_one_that_took_its_place() {
        let regions = table();
        let may_2026 = 1_777_600_000_000_000;
        let error = check_valid(&regions["regions/91.01"], may_2026, "mall.region")
            .expect_err("ended in 2022");
        assert_eq!(error.reason(), Reason::ReferenceInvalid);
        assert!(error.message().contains("use regions/93.01"), "{error}");
        check_valid(&regions["regions/93.01"], may_2026, "mall.region").expect("valid");
    }

    #[test]
    fn every_parent_and_predecessor_is_in_the_table() {
        let regions = table();
        for region in regions.values() {
            for name in [&region.parent, &region.predecessor] {
                assert!(name.is_empty() || regions.contains_key(name), "{name}");
            }
        }
    }
}
