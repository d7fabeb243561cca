//! Coordinates: on the earth, and those of a mall within its province. Each province has a box that
//! is wide enough for all its islands.

use std::sync::LazyLock;

use mpp_api::{registry::Mall, types::Location};
use mpp_core::{FieldCode, RegionCode};

use crate::Check;

const TABLE: &str = include_str!("../data/province_boxes.csv");

/// A box of degrees; see `data/README.md`.
#[derive(Clone, Copy, Debug)]
struct Extent {
    code: RegionCode,
    south: f64,
    north: f64,
    west: f64,
    east: f64,
}

impl Extent {
    fn holds(&self, place: &Location) -> bool {
        (self.south..=self.north).contains(&place.latitude)
            && (self.west..=self.east).contains(&place.longitude)
    }
}

/// A row that cannot be read is left out; a test makes sure that there is none.
static EXTENTS: LazyLock<Vec<Extent>> = LazyLock::new(|| TABLE.lines().filter_map(row).collect());

fn row(line: &str) -> Option<Extent> {
    let mut cells = line.split(',');
    let code = cells.next()?.parse().ok()?;
    let mut degrees = cells.map_while(|cell| cell.parse::<f64>().ok());
    let mut next = || degrees.next();
    Some(Extent { code, south: next()?, north: next()?, west: next()?, east: next()? })
}

/// Checks coordinates that were given; whether there have to be any is for the caller to check.
pub fn location(check: &mut Check, field: &str, place: &Location) {
    check.within(field, |part| {
        part.range("latitude", place.latitude, -90.0, 90.0);
        part.range("longitude", place.longitude, -180.0, 180.0);
        if place.latitude.is_nan() || place.longitude.is_nan() {
            part.fail("", FieldCode::OutOfRange, "must be degrees, such as -8.2192 and 114.3691");
        }
    });
}

/// Checks that a site lies in the province of its mall, or of a region that the mall serves too.
/// The boxes are wide, so that a place outside is a mistake and not a matter of borders: it is
/// refused.
pub fn check_site(check: &mut Check, place: &Location, mall: &Mall) {
    if let Some(problem) = problem(place, mall) {
        check.fail("location", FieldCode::OutOfRange, problem);
    }
}

fn problem(place: &Location, mall: &Mall) -> Option<String> {
    let regions = std::iter::once(&mall.region).chain(&mall.serves_regions);
    let provinces: Vec<RegionCode> = regions
        .filter_map(|name| name.parse::<RegionCode>().ok())
        .map(RegionCode::province)
        .collect();
    let boxes: Vec<&Extent> = EXTENTS.iter().filter(|own| provinces.contains(&own.code)).collect();
    if boxes.is_empty() || boxes.iter().any(|own| own.holds(place)) {
        return None;
    }
    let Extent { code, south, north, west, east } = boxes[0];
    let text = format!(
        "{}, {} lies outside province {code}, which reaches from latitude {south} to {north} and \
         longitude {west} to {east}; {}",
        place.latitude,
        place.longitude,
        way_out(place, &boxes)
    );
    Some(text)
}

fn way_out(place: &Location, boxes: &[&Extent]) -> &'static str {
    let (latitude, longitude) = (place.latitude, place.longitude);
    let fits =
        |latitude, longitude| boxes.iter().any(|own| own.holds(&Location { latitude, longitude }));
    if latitude == 0.0 && longitude == 0.0 {
        "leave the location out where it is not known"
    } else if fits(longitude, latitude) {
        "latitude and longitude are swapped"
    } else if fits(-latitude, longitude) {
        "the latitude has the wrong sign: south of the equator it is below 0"
    } else {
        "mend the location or the mall's region, or leave the location out"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem_of(region: &str, latitude: f64, longitude: f64) -> Option<String> {
        let mall = Mall { region: format!("regions/{region}"), ..Mall::default() };
        problem(&Location { latitude, longitude }, &mall)
    }

    #[test]
    fn a_mall_stands_in_its_province() {
        for (region, latitude, longitude) in [
            ("35.10", -8.2192, 114.3691), // Banyuwangi
            ("35.29", -6.98, 115.2),      // Kangean, in Sumenep
            ("11.72", 5.8933, 95.3214),   // Sabang
            ("71.03", 3.6, 125.5),        // Sangihe
            ("21.03", 4.0, 108.2),        // Natuna
            ("93.01", -8.4932, 140.4018), // Merauke
            ("91.01", -8.4932, 140.4018), // Merauke by its code before 2022
            ("31.74", -6.2166, 106.83),
        ] {
            assert_eq!(problem_of(region, latitude, longitude), None, "{region}");
        }
    }

    #[test]
    fn a_place_elsewhere_is_told_with_what_is_probably_wrong() {
        for (region, latitude, longitude, why) in [
            ("35.10", 0.0, 0.0, "leave the location out"),
            ("35.10", 114.3691, -8.2192, "swapped"),
            ("35.10", 8.2192, 114.3691, "wrong sign"),
            ("71.73", -1.3229, 124.8405, "wrong sign"),
            ("35.10", -6.2, 106.8, "mend the location"),
            ("11.01", -8.2, 114.3, "mend the location"),
        ] {
            let problem = problem_of(region, latitude, longitude).expect("elsewhere");
            assert!(problem.contains(why), "{problem}");
        }
    }

    #[test]
    fn a_mall_that_serves_across_a_border_may_have_a_site_there() {
        let mall = Mall {
            region: "regions/35.21".into(),
            serves_regions: vec!["regions/33.12".into()],
            ..Mall::default()
        };
        assert_eq!(problem(&Location { latitude: -7.9, longitude: 110.6 }, &mall), None);
    }

    #[test]
    fn every_row_of_the_table_is_a_box() {
        assert_eq!(EXTENTS.len(), TABLE.lines().count() - 1);
        for own in EXTENTS.iter() {
            assert!(own.south < own.north && own.west < own.east, "{own:?}");
        }
    }

    #[test]
    fn a_place_must_be_on_the_earth() {
        let mut check = Check::new("");
        location(&mut check, "a", &Location { latitude: 114.3, longitude: -8.2 });
        location(&mut check, "b", &Location { latitude: f64::NAN, longitude: 0.0 });
        let error = check.finish().expect_err("swapped, and not a number");
        assert_eq!(error.violations()[0].field, "a.latitude");
        assert_eq!(error.violations()[1].field, "b");
    }
}
