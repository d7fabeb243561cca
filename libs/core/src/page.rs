//! How much of a list one answer holds.

use crate::{Error, FieldCode, Result};

/// How many entries an answer of a list has.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// If the request names no number.
    pub usual: usize,
    /// At the most; a request for more gets this many.
    pub most: usize,
}

impl Sizes {
    /// How many entries this `field` of a request asks for.
    ///
    /// # Errors
    /// A negative number; it names the field and this list's bound.
    pub fn asked(self, given: i32, field: &str) -> Result<usize> {
        match usize::try_from(given) {
            Ok(0) => Ok(self.usual),
            Ok(given) => Ok(given.min(self.most)),
            Err(_) => {
                let text = format!("{given} is negative; say 1 to {}, or nothing", self.most);
                Err(Error::field(field, FieldCode::OutOfRange, text))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negative_number_is_refused_with_the_bound_of_its_own_list() {
        let few = Sizes { usual: 3, most: 20 };
        let asked = [0, 7, 5000].map(|given| few.asked(given, "max_results").expect("a size"));
        assert_eq!(asked, [3, 7, 20]);
        let error = few.asked(-1, "max_results").expect_err("negative");
        assert_eq!(error.violations()[0].field, "max_results");
        assert!(error.violations()[0].description.contains("1 to 20"), "{error}");
    }
}
