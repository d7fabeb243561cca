//! Where a session resumes.

use mpp_api::sync::Checkpoint;
use mpp_core::FieldCode;

use super::Check;

/// Longest position of a client, in bytes.
const MAX_POSITION: usize = 1024;

/// How the registry knows the checkpoint that a client names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It was answered, and every later answer builds on it.
    Current,
    /// It was answered, and the source then went on from an earlier one.
    Abandoned,
    /// It was never answered here.
    Never,
}

/// The latest checkpoint that both sides know; the start, when they have none in common.
///
/// A client that is ahead of the registry has seen answers that the registry lost, by a restore:
/// the registry's own checkpoint is the latest that both know. A client on a branch that was
/// abandoned, or on one that is not the registry's, begins again: records that it believes
/// acknowledged may have been overwritten since.
pub fn agreed(own: &Checkpoint, client: Option<&Checkpoint>, known: Known) -> Checkpoint {
    let Some(client) = client.filter(|client| client.sequence > 0) else {
        return Checkpoint::default();
    };
    match known {
        Known::Current => client.clone(),
        Known::Never if client.sequence > own.sequence => own.clone(),
        Known::Never | Known::Abandoned => Checkpoint::default(),
    }
}

/// Checks the form of a checkpoint.
pub fn check(check: &mut Check, checkpoint: &Checkpoint) {
    if checkpoint.sequence < 0 {
        check.fail("sequence", FieldCode::OutOfRange, "must not be negative");
    }
    if checkpoint.position.len() > MAX_POSITION || checkpoint.position.contains('\0') {
        let text = format!("must be at most {MAX_POSITION} bytes, without zero bytes");
        check.fail("position", FieldCode::TooLong, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(sequence: i64) -> Checkpoint {
        Checkpoint { sequence, position: format!("row {sequence}") }
    }

    #[test]
    fn both_resume_at_the_latest_that_both_know() {
        assert_eq!(agreed(&at(7), Some(&at(7)), Known::Current), at(7));
        assert_eq!(
            agreed(&at(7), Some(&at(5)), Known::Current),
            at(5),
            "answers were lost on the way"
        );
        assert_eq!(agreed(&at(3), Some(&at(5)), Known::Never), at(3), "the registry was restored");
    }

    #[test]
    fn who_knows_nothing_in_common_begins_again() {
        for (client, known) in [
            (None, Known::Never),
            (Some(at(0)), Known::Never),
            (Some(at(5)), Known::Abandoned),
            (Some(at(5)), Known::Never),
        ] {
            assert_eq!(agreed(&at(7), client.as_ref(), known), Checkpoint::default());
        }
    }
}
