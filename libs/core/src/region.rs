//! Region codes of the Ministry of Home Affairs (kode wilayah administrasi, Kemendagri).

use std::{fmt, str::FromStr};

use crate::{Error, FieldCode};

/// What regions' names begin with.
const COLLECTION: &str = "regions/";

/// "35" for a province, "35.10" for a regency or city. Not the BPS code: 1101 of BPS is Simeulue,
/// 11.01 of Kemendagri is Aceh Selatan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RegionCode {
    province: u8,
    /// 0 for a province.
    regency: u8,
}

impl RegionCode {
    /// The province that it is or lies in.
    pub fn province(self) -> Self {
        Self { regency: 0, ..self }
    }

    /// True for a province.
    pub fn is_province(self) -> bool {
        self.regency == 0
    }

    /// True if `other` is this region or lies in it.
    pub fn contains(self, other: Self) -> bool {
        self == other || self == other.province()
    }

    /// The region's resource name, such as "regions/35.10".
    pub fn resource_name(self) -> String {
        region_name(&self.to_string())
    }
}

/// The name of the region with this code.
pub fn region_name(code: &str) -> String {
    format!("{COLLECTION}{code}")
}

/// The code in a region's name; a code stays as it is.
pub fn region_code(name: &str) -> &str {
    name.strip_prefix(COLLECTION).unwrap_or(name)
}

impl FromStr for RegionCode {
    type Err = Error;

    /// Accepts "35.10" and "regions/35.10".
    fn from_str(text: &str) -> Result<Self, Error> {
        let code = region_code(text);
        let parsed = match code.split_once('.') {
            None => two_digits(code).map(|province| (province, 0)),
            Some((province, regency)) => two_digits(province).zip(two_digits(regency)),
        };
        parsed.map(|(province, regency)| Self { province, regency }).ok_or_else(|| {
            Error::field(
                "region",
                FieldCode::Format,
                format!("'{text}' is not a Kemendagri code; write 35 or 35.10, with the dot"),
            )
        })
    }
}

fn two_digits(text: &str) -> Option<u8> {
    let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && *number > 0)
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_province() {
            write!(f, "{:02}", self.province)
        } else {
            write!(f, "{:02}.{:02}", self.province, self.regency)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_bps_code_is_not_a_region_code() {
        for text in ["1101", "3510", "35.1", "35.100", "3a.10", "", "00", "+1.10"] {
            assert!(text.parse::<RegionCode>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_province_holds_its_regencies_and_no_others() {
        let code = |text: &str| text.parse::<RegionCode>().expect("a code");
        assert!(code("35").contains(code("35.10")));
        assert!(!code("35.10").contains(code("35")));
        assert!(!code("35").contains(code("36.01")));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(province in 1u8..100, regency in 0u8..100) {
            let code = RegionCode { province, regency };
            prop_assert_eq!(code.to_string().parse::<RegionCode>().expect("own text"), code);
        }
    }
}
