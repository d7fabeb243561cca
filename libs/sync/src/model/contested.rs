//! When two clients of a source send one record in different words.
//!
//! The one that writes last wins. It cannot be told which of the two is right, and a client that
//! was set up elsewhere, or has lost its name, is the right one: a record that stayed the first
//! one's would never follow an edit again. So that no record goes to and fro untold, the second is
//! told.

/// The last send of a record, as one more comes.
#[derive(Clone, Copy, Debug)]
pub struct Last {
    /// Its client.
    pub client: i64,
    /// It had the same words.
    pub is_same: bool,
}

/// The client whose words the record of `client` replaces, or has replaced before: it may still
/// send them, as one of the `others`. `known` is what is noted of the record so far.
pub fn replaced(
    (client, others): (i64, &[i64]),
    last: Option<Last>,
    known: Option<i64>,
) -> Option<i64> {
    match last {
        Some(last) if last.client != client && others.contains(&last.client) => {
            (!last.is_same).then_some(last.client)
        }
        _ => known.filter(|other| others.contains(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: (i64, &[i64]) = (1, &[2]);
    const B: (i64, &[i64]) = (2, &[1]);

    fn last(client: i64, is_same: bool) -> Option<Last> {
        Some(Last { client, is_same })
    }

    #[test]
    fn a_record_is_contested_from_the_second_client_on_until_both_agree() {
        assert_eq!(replaced(A, None, None), None, "nobody has sent it");
        assert_eq!(replaced(A, last(1, false), None), None, "an edit of its own");
        assert_eq!(replaced(B, last(1, true), None), None, "both say the same");
        assert_eq!(replaced(B, last(1, false), None), Some(1));
        assert_eq!(replaced(B, last(2, false), Some(1)), Some(1), "the other may still send it");
        assert_eq!(replaced(A, last(2, false), Some(1)), Some(2), "and does");
        assert_eq!(replaced(A, last(2, true), Some(1)), None, "it gives in");
    }

    #[test]
    fn a_client_that_is_away_or_not_known_contests_nothing() {
        assert_eq!(replaced((2, &[]), last(1, false), None), None);
        assert_eq!(replaced((2, &[]), last(2, false), Some(1)), None);
        assert_eq!(replaced(B, last(0, false), None), None);
    }
}
