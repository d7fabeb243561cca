//! A place, as several records have one.

use mpp_api::types::Location;
use mpp_core::FieldCode;

use super::Check;

/// A place on the earth; whether it is there is the caller's matter.
pub fn location(check: &mut Check, field: &str, place: &Location) {
    check.within(field, |part| {
        part.range("latitude", place.latitude, -90.0, 90.0);
        part.range("longitude", place.longitude, -180.0, 180.0);
        if place.latitude.is_nan() || place.longitude.is_nan() {
            part.fail("", FieldCode::OutOfRange, "must be degrees, such as -8.2192 and 114.3691");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

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
