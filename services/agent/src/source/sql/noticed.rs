//! How a change of a database is noticed.

use std::collections::BTreeSet;

/// Rows that one reading asks for at the most: more are read with all the others.
const MOST_KEYS: usize = 500;
/// Longest key, in characters.
const LONGEST: usize = 200;

/// What has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Nobody says what.
    Anything,
    /// The rows of these keys, and perhaps others that are told later.
    Rows(BTreeSet<String>),
}

impl Changed {
    /// Adds what a notification carries. What cannot be a key means anything.
    pub(super) fn and(self, payload: &str) -> Self {
        let is_key = !payload.is_empty()
            && payload.chars().count() <= LONGEST
            && !payload.contains(|sign: char| sign.is_control() || sign == '\\');
        match self {
            Self::Rows(mut keys) if is_key && keys.len() < MOST_KEYS => {
                keys.insert(payload.to_owned());
                Self::Rows(keys)
            }
            _ => Self::Anything,
        }
    }
}

/// The settings by which the database tells of a change, or the agent looks for one.
#[derive(Clone, Debug, Default)]
pub struct Noticed {
    /// A column that grows with each change, `xmin` for PostgreSQL's own mark, or `checksum` for
    /// MySQL's own sum of a table.
    pub changed: String,
    /// The channel on which a trigger notifies.
    pub listen: String,
    /// The column whose value each notification carries: only the rows of it are read then.
    pub listen_key: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notifications_name_rows_as_long_as_each_of_them_can_be_a_key() {
        let none = || Changed::Rows(BTreeSet::new());
        let keys =
            |keys: &[&str]| Changed::Rows(keys.iter().map(|key| (*key).to_owned()).collect());
        assert_eq!(none().and("KTP").and("KK").and("KTP"), keys(&["KK", "KTP"]));
        assert_eq!(none().and("O'Neil \"x\""), keys(&["O'Neil \"x\""]));
        for strange in ["", "a\nb", "a\\", &"x".repeat(201)] {
            assert_eq!(none().and("KTP").and(strange).and("KK"), Changed::Anything, "{strange:?}");
        }
        let many = (0..=MOST_KEYS).fold(none(), |known, key| known.and(&key.to_string()));
        assert_eq!(many, Changed::Anything);
    }
}
