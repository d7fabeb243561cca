//! Exit codes, and how a failure is told.
//!
//! | code | meaning |
//! | --- | --- |
//! | 0 | done |
//! | 1 | failed; the message says why |
//! | 2 | the command line is wrong |
//! | 3 | there is no record of that name |
//! | 4 | not identified, or not allowed |
//! | 5 | the state does not allow it, or another write came first |
//! | 6 | a service cannot be reached or is busy; try again |
//! | 7 | a field of the request, or a line of a configuration, is wrong |
//! | 8 | a source could not be read, or not whole; the registry knows it where it could be told |
//! | 9 | done, and some rows or records were refused, wait for something else, or came twice |

use std::{path::PathBuf, process::ExitCode};

use mpp_core::{Code, Error, Reason, text::quoted};

use crate::program::{as_called, as_called_on};

/// Any failure that has no code of its own.
pub const FAILED: u8 = 1;
/// A source is at fault.
const SOURCE: u8 = 8;
/// Done, and not all of it was taken.
const REFUSED: u8 = 9;

/// Names from the command line, to fill into the commands that are printed as the next step.
#[derive(Default)]
pub struct CommandNames {
    /// The agent's file.
    pub config: Option<PathBuf>,
    /// The counter of a queue or a slot.
    pub counter: Option<String>,
    /// The offering of a slot.
    pub offering: Option<String>,
    /// What the command is about.
    pub subject: Subject,
    /// The addresses that it calls, and how they were found; empty if it calls none.
    pub called: String,
}

/// What a command is about, where that calls for another next step than usual.
#[derive(Clone, Copy, Default)]
pub enum Subject {
    /// Anything that needs no next step of its own.
    #[default]
    Any,
    /// A workbook that a person has filled in, and not an agent's file.
    Workbook,
    /// Records that wait.
    Quarantine,
    /// An appointment, which is shown and given back to whoever knows its code.
    Appointment,
}

/// Prints the failure and what to do next, filled in with `named`, and gives the exit code.
pub fn report(error: &Error, named: &CommandNames) -> ExitCode {
    match error.violations() {
        [] | [_] => complain!("mpp: {}", as_called(error.message())),
        wrong => {
            complain!("mpp: {} things are wrong:", wrong.len());
            for fault in wrong {
                complain!("  {}: {}", fault.field, as_called(&fault.description));
            }
        }
    }
    let mut cause = error.context().map(|context| context as &dyn std::error::Error);
    while let Some(inner) = cause {
        complain!("  because {inner}");
        cause = inner.source();
    }
    if !named.called.is_empty() && is_unreached(error) {
        complain!("  called: {}", named.called);
    }
    if let Some(next) = own_step(named.subject, error).or_else(|| next_step(error)) {
        complain!("  next: {}", as_called_on(&filled(next, named), named.config.as_deref()));
    }
    code(error).into()
}

/// True if no service has answered: the transport says so, but it knows no address.
fn is_unreached(error: &Error) -> bool {
    let text = error.message();
    error.reason() == Reason::Unavailable
        && ["transport error", "tcp connect error", "error trying to connect"]
            .iter()
            .any(|own| text.contains(own))
}

/// The next step for this subject, where the one of other commands would not help.
fn own_step(subject: Subject, error: &Error) -> Option<&'static str> {
    Some(match (subject, error.reason()) {
        (
            Subject::Workbook,
            Reason::SourceUnreadable
            | Reason::SourceIncomplete
            | Reason::SourceConfig
            | Reason::RecordsRefused,
        ) => {
            "mend what is named in the workbook, or take out what stays by --withdraw CODE, and upload it again; \
             --dry-run shows it without sending"
        }
        (Subject::Quarantine, Reason::RecordsRefused) => {
            "`mpp quarantine list` says of each what it waits for"
        }
        (Subject::Appointment, Reason::NotFound) => {
            "there is no such appointment, or its code is wrong or missing: give both as `mpp book` \
             showed them, the code with --code"
        }
        _ => return None,
    })
}

/// The step with the counter and the offering that it is about.
fn filled(step: &str, named: &CommandNames) -> String {
    let places = [("mpp hours COUNTER", &named.counter), ("mpp slots OFFERING", &named.offering)];
    places.into_iter().fold(step.to_owned(), |step, (words, name)| match name {
        Some(name) => {
            let (command, _) = words.rsplit_once(' ').unwrap_or_default();
            step.replace(words, &format!("{command} {}", quoted(name)))
        }
        None => step,
    })
}

fn code(error: &Error) -> u8 {
    match error.reason() {
        Reason::SourceUnreadable | Reason::SourceIncomplete => return SOURCE,
        Reason::RecordsRefused => return REFUSED,
        _ => {}
    }
    match error.code() {
        Code::NotFound => 3,
        Code::Unauthenticated | Code::PermissionDenied => 4,
        Code::AlreadyExists | Code::FailedPrecondition | Code::Aborted | Code::OutOfRange => 5,
        Code::Unavailable | Code::DeadlineExceeded | Code::ResourceExhausted => 6,
        Code::InvalidArgument => 7,
        Code::Unimplemented | Code::Internal => FAILED,
    }
}

fn next_step(error: &Error) -> Option<&'static str> {
    Some(match error.reason() {
        Reason::Unavailable => {
            "is it running, and is its address right? its log and health port say more; `mpp up --data \
             FOLDER` starts what is kept in a folder on this machine again, and `mpp up --demo` one with \
             made-up records for those who have none"
        }
        Reason::DeadlineExceeded => "try again, or look with `mpp doctor`",
        Reason::Overloaded | Reason::RateLimited | Reason::LimitReached => {
            "wait a little and try again"
        }
        Reason::Unauthenticated => {
            "make a token with `mpp token`, and name it with --token-file or MPP_TOKEN_FILE"
        }
        Reason::PermissionDenied => {
            "make a token whose role and namespace allow it, `mpp token --role ROLE --namespace NAME > \
             token.jwt`, and call again with --token-file token.jwt; those of --as hold records of the demo only"
        }
        Reason::EtagMismatch | Reason::WriteConflict => {
            "read it again with `mpp get` and repeat the change"
        }
        Reason::NotFound => "`mpp list` and `mpp search` show what exists",
        Reason::SlotFull | Reason::QuotaUsedUp => {
            "`mpp slots OFFERING --days 7` shows what is free"
        }
        Reason::CounterClosed => "`mpp hours COUNTER --days 7` shows when it is open, and why",
        Reason::LeaseHeld => {
            "wait for the other session to end, or add --take-over when its agent is known to be gone"
        }
        Reason::SourceUnreadable | Reason::SourceIncomplete => {
            "mend the source, or the mapping where the message names it; `mpp agent check CONFIG` reads it \
             without a registry"
        }
        Reason::SourceConfig => "mend that setting, and try it with `mpp agent check CONFIG`",
        Reason::RecordsRefused => {
            "`mpp agent problems CONFIG`, after a run, says for each what to do"
        }
        Reason::LineageChanged | Reason::RevisionCompacted => {
            "start again from the state: `mpp watch --initial-state`"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use mpp_core::FieldCode;

    use super::*;

    #[test]
    fn the_next_step_names_the_counter_that_is_closed() {
        let closed = Error::new(Reason::CounterClosed, "closed");
        let counter = Some("malls/a/counters/b".to_owned());
        let step = filled(
            next_step(&closed).expect("a step"),
            &CommandNames { counter, ..CommandNames::default() },
        );
        assert!(step.starts_with("`mpp hours malls/a/counters/b --days 7`"), "{step}");
    }

    #[test]
    fn the_next_step_names_the_offering_that_is_full() {
        let offering = Some("malls/a/counters/b/offerings/c".to_owned());
        let full = next_step(&Error::new(Reason::SlotFull, "full")).expect("a step");
        let step = filled(full, &CommandNames { offering, ..CommandNames::default() });
        assert!(step.starts_with("`mpp slots malls/a/counters/b/offerings/c --days 7`"), "{step}");
    }

    #[test]
    fn a_refused_cancellation_does_not_tell_whether_the_code_is_at_fault() {
        let step = own_step(Subject::Appointment, &Error::not_found("malls/a/appointments/b"));
        assert!(step.is_some_and(|step| step.contains("or its code is wrong or missing")));
        assert!(own_step(Subject::Any, &Error::not_found("malls/a")).is_none());
    }

    #[test]
    fn what_failed_can_be_told_from_the_code() {
        assert_eq!(code(&Error::not_found("malls/x")), 3);
        assert_eq!(code(&Error::field("a", FieldCode::Required, "give it")), 7);
        assert_eq!(code(&Error::new(Reason::SlotFull, "full")), 6);
        assert_eq!(code(&Error::internal("x")), 1);
        assert_eq!(code(&Error::new(Reason::SourceUnreadable, "a login page")), 8);
        assert_eq!(code(&Error::new(Reason::SourceIncomplete, "a stray quote")), 8);
        assert_eq!(code(&Error::new(Reason::SourceConfig, "items")), 7);
        assert_eq!(code(&Error::new(Reason::RecordsRefused, "3 rows")), 9);
    }
}
