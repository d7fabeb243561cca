//! Names the records that a registry holds of a source, so that both sides see at once whether they
//! hold the same: `Welcome.held_digest`.

use sha2::{Digest as _, Sha256};

/// The exclusive or of the first 16 bytes of SHA-256 of each name. Names are unique, so no two of
/// them cancel each other out.
pub fn digest<'a>(names: impl IntoIterator<Item = &'a str>) -> [u8; 16] {
    let mut sum = [0; 16];
    for name in names {
        sum.iter_mut().zip(Sha256::digest(name)).for_each(|(byte, other)| *byte ^= other);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_names_in_any_order_are_one_and_others_are_not() {
        let of = |names: &[&str]| digest(names.iter().copied());
        let both = of(&["units/a/services/kk", "units/a/services/ktp"]);
        assert_eq!(both, of(&["units/a/services/ktp", "units/a/services/kk"]));
        assert_ne!(both, of(&["units/a/services/kk", "units/a/services/akta"]), "as many");
        assert_eq!(of(&[]), [0; 16]);
    }
}
