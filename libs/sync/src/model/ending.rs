//! Whether a session that ends has seen its whole source, by its client's word and by the answers.
//! The rule of `End` in `sync.proto`.

use mpp_api::sync::{End, Incomplete, incomplete::Reason};
use mpp_core::{FieldCode, Result};
use mpp_form::{Check, limits};

/// The answers to a source's records.
#[derive(Clone, Copy, Debug, Default)]
pub struct SessionOutcome {
    /// The session had to send every record.
    pub send_all: bool,
    /// Records of the session.
    pub received: i64,
    /// How many of them stand as they were sent.
    pub taken: i64,
    /// A record that an earlier session sent still stands as sent, under the same mapping.
    pub stands: bool,
    /// Records that stand rejected.
    pub rejected: i64,
    /// Records that wait for something else.
    pub waiting: i64,
    /// The client says that the source holds no record, and is meant to hold none.
    pub empty: bool,
}

/// The reason why a session is incomplete; the client's own words go first.
pub fn incomplete(said: Option<&Incomplete>, answered: &SessionOutcome) -> Option<Incomplete> {
    said.cloned().or_else(|| found(answered))
}

/// Why a session is still incomplete after records that waited were tried again: a reason that came
/// from the answers is worked out anew, one that its client gave stays.
pub fn since(lack: &Incomplete, answered: &SessionOutcome) -> Option<Incomplete> {
    match lack.reason() {
        Reason::NothingTaken | Reason::AllWaiting => found(answered),
        _ => Some(lack.clone()),
    }
}

fn found(answered: &SessionOutcome) -> Option<Incomplete> {
    let SessionOutcome { send_all, received, taken, stands, rejected, waiting, empty } = *answered;
    if empty && received == 0 {
        return None;
    }
    if send_all && received == 0 {
        let text = "every record had to be sent, and none was: of the source nothing is known";
        return Some(of(Reason::NothingSent, text.to_owned()));
    }
    if taken > 0 || stands {
        return None;
    }
    let text = format!(
        "not one record of the source stands as it was sent (rejected: {rejected}; waiting for \
         something else, such as their unit: {waiting}); the answers say what is wrong with each"
    );
    let waits = rejected == 0 && waiting > 0;
    Some(of(if waits { Reason::AllWaiting } else { Reason::NothingTaken }, text))
}

fn of(reason: Reason, text: String) -> Incomplete {
    Incomplete { reason: reason.into(), text }
}

/// Checks what a client says at the end of its session.
///
/// # Errors
/// Every wrong field.
pub fn check_end(end: &End, mut check: Check) -> Result<()> {
    check.range("unread", end.unread, 0, i64::from(i32::MAX));
    if end.empty && end.unread > 0 {
        let text = "must be left out where rows could not be read: they may be records";
        check.fail("empty", FieldCode::Format, text);
    }
    if end.part && (end.empty || end.unread > 0 || end.incomplete.is_some()) {
        let text = "must be left out of an end that speaks of the whole source";
        check.fail("part", FieldCode::Format, text);
    }
    if let Some(incomplete) = &end.incomplete {
        check.within("incomplete", |part| {
            // A reason that only a newer client knows counts, too.
            if incomplete.reason == i32::from(Reason::Unspecified) {
                part.fail("reason", FieldCode::Required, "must say why, as REASON_TORN does");
            }
            part.text("text", &incomplete.text, limits::INCOMPLETE);
        });
    }
    check.each("rejected_gone", &end.rejected_gone, limits::REJECTED_GONE, |_, _| ());
    check.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_only_a_newer_client_knows_ends_its_session_as_well() {
        let ends = |reason: i32| {
            let incomplete = Incomplete { reason, text: String::new() };
            check_end(&End { incomplete: Some(incomplete), ..End::default() }, Check::new("end"))
        };
        ends(99).expect("a reason");
        let wrong = ends(0).expect_err("none");
        assert_eq!(wrong.violations()[0].field, "end.incomplete.reason");
    }

    fn reason(answered: SessionOutcome) -> Option<Reason> {
        incomplete(None, &answered).map(|found| found.reason())
    }

    #[test]
    fn a_run_of_which_nothing_stands_is_no_success() {
        let all = SessionOutcome { send_all: true, stands: true, ..SessionOutcome::default() };
        assert_eq!(reason(all), Some(Reason::NothingSent));
        let refused = SessionOutcome { received: 20, rejected: 20, ..SessionOutcome::default() };
        assert_eq!(
            reason(SessionOutcome { send_all: true, ..refused }),
            Some(Reason::NothingTaken)
        );
        assert_eq!(reason(refused), Some(Reason::NothingTaken));
        let silent = SessionOutcome { rejected: 20, ..SessionOutcome::default() };
        assert_eq!(reason(silent), Some(Reason::NothingTaken), "the same a day later");
    }

    #[test]
    fn a_run_whose_records_all_wait_is_none_either_and_says_so() {
        let waits = SessionOutcome { received: 20, waiting: 20, ..SessionOutcome::default() };
        assert_eq!(reason(waits), Some(Reason::AllWaiting));
        let one = SessionOutcome { rejected: 1, ..waits };
        assert_eq!(reason(one), Some(Reason::NothingTaken));
        assert_eq!(reason(SessionOutcome { taken: 1, ..one }), None);
    }

    #[test]
    fn a_source_that_is_meant_to_be_empty_is_seen_whole() {
        let empty = SessionOutcome { send_all: true, empty: true, ..SessionOutcome::default() };
        assert_eq!(reason(empty), None);
        let refused = SessionOutcome { received: 2, rejected: 2, ..empty };
        assert_eq!(reason(refused), Some(Reason::NothingTaken), "two records are not none");
    }

    #[test]
    fn a_run_with_nothing_new_is_one_and_so_is_one_refusal_among_many_records() {
        assert_eq!(reason(SessionOutcome { stands: true, ..SessionOutcome::default() }), None);
        let one =
            SessionOutcome { received: 1, rejected: 1, stands: true, ..SessionOutcome::default() };
        assert_eq!(reason(one), None);
        let most =
            SessionOutcome { send_all: true, received: 20, taken: 1, ..SessionOutcome::default() };
        assert_eq!(reason(most), None);
    }

    #[test]
    fn what_waited_and_was_tried_again_is_found_anew_and_what_the_client_said_stays() {
        let waits = SessionOutcome { waiting: 20, ..SessionOutcome::default() };
        let lack = incomplete(None, &waits).expect("all wait");
        let stands = SessionOutcome { waiting: 19, stands: true, ..waits };
        assert_eq!(since(&lack, &stands), None);
        let refused = SessionOutcome { waiting: 0, rejected: 20, ..waits };
        let lack = since(&lack, &refused).expect("none stands");
        assert_eq!(lack.reason(), Reason::NothingTaken);
        assert!(lack.text.contains("rejected: 20"), "{}", lack.text);
        let said = of(Reason::Shrunk, "half of it".to_owned());
        assert_eq!(since(&said, &stands), Some(said));
    }

    #[test]
    fn what_the_client_says_goes_before() {
        let said = of(Reason::Torn, "a quote is left open".to_owned());
        let none = SessionOutcome { send_all: true, ..SessionOutcome::default() };
        assert_eq!(incomplete(Some(&said), &none), Some(said));
    }
}
