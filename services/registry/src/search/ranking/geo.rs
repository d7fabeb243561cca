//! Places: great-circle distance and region codes.

/// Mean radius of the earth in kilometres (IUGG).
const EARTH_RADIUS_KM: f64 = 6371.0088;

/// Distance in kilometres between two points in decimal degrees `(latitude, longitude)`, by the
/// haversine formula.
pub fn distance_km(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (lat1, lat2) = (from.0.to_radians(), to.0.to_radians());
    let half_lat = ((to.0 - from.0).to_radians() / 2.0).sin();
    let half_lon = ((to.1 - from.1).to_radians() / 2.0).sin();
    let a = half_lat * half_lat + lat1.cos() * lat2.cos() * half_lon * half_lon;
    2.0 * EARTH_RADIUS_KM * a.clamp(0.0, 1.0).sqrt().asin()
}

/// True when both coordinates are finite and on the globe.
pub fn is_point((lat, lon): (f64, f64)) -> bool {
    (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)
}

/// True for a Kemendagri code or a part of one that ends at a level: `35`, `35.10`, `35.10.01`.
pub fn is_region(code: &str) -> bool {
    code.len() <= 13
        && code.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether `code` is `region` or lies in it. `35.1` holds `35.1.01` but not `35.10`.
pub fn lies_in(code: &str, region: &str) -> bool {
    code.strip_prefix(region).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surabaya_to_jakarta_is_some_660_km() {
        let km = distance_km((-7.2575, 112.7521), (-6.2088, 106.8456));
        assert!((655.0..675.0).contains(&km), "{km}");
        assert_eq!(distance_km((-7.0, 112.0), (-7.0, 112.0)), 0.0);
    }

    #[test]
    fn a_region_holds_its_parts_and_no_namesake() {
        assert!(
            lies_in("35.10", "35") && lies_in("35.10", "35.10") && lies_in("35.10.01", "35.10")
        );
        assert!(!lies_in("35.10", "35.1") && !lies_in("35", "35.10") && !lies_in("3510", "35"));
        assert!(is_region("35.10") && !is_region("35.") && !is_region("") && !is_region("jatim"));
    }
}
