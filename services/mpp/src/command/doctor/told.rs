//! How the checks are printed.

use mpp_core::{Error, Reason, Result};

use crate::output::{Output, TextTable};

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckOutcome {
    /// Nothing is wrong.
    Ok,
    /// Something is wrong.
    Fails,
    /// Not known: it could not be compared.
    NotCompared,
    /// Not known: it changed each time while it was read, which is no fault.
    Moved,
    /// The caller's roles do not allow this check.
    NotAsked,
}

impl CheckOutcome {
    /// False if something is wrong, or could not be compared.
    pub fn is_ok(self) -> bool {
        matches!(self, CheckOutcome::Ok | CheckOutcome::Moved | CheckOutcome::NotAsked)
    }

    fn mark(self) -> &'static str {
        match self {
            CheckOutcome::Ok => "ok",
            CheckOutcome::Fails => "FAILS",
            CheckOutcome::NotCompared => "UNKNOWN",
            CheckOutcome::Moved => "moving",
            CheckOutcome::NotAsked => "not asked",
        }
    }
}

/// One line of the doctor's output.
pub struct Check {
    /// Whom it is about: a service, or the pages.
    about: &'static str,
    what: String,
    pub outcome: CheckOutcome,
    detail: String,
}

impl Check {
    pub fn new(
        about: &'static str,
        what: impl Into<String>,
        outcome: CheckOutcome,
        detail: String,
    ) -> Self {
        Self { about, what: what.into(), outcome, detail }
    }

    pub fn of(about: &'static str, what: &str, found: &Result<String>) -> Self {
        match found {
            Ok(detail) => Self::new(about, what, CheckOutcome::Ok, detail.clone()),
            Err(error) => {
                let (outcome, text) = refused(error);
                Self::new(about, what, outcome, text)
            }
        }
    }
}

/// A refusal for lack of a role is no fault of the service: its message names the roles that may.
pub fn refused(error: &Error) -> (CheckOutcome, String) {
    match error.reason() {
        Reason::PermissionDenied => {
            (CheckOutcome::NotAsked, format!("not asked: {}", error.message()))
        }
        _ => (CheckOutcome::Fails, error.message().to_owned()),
    }
}

pub fn print(checks: &[Check], output: Output) {
    if output.is_json() {
        for check in checks {
            say!(
                "{}",
                serde_json::json!({
                    "service": check.about,
                    "check": check.what.trim(),
                    "ok": check.outcome.is_ok(),
                    "outcome": check.outcome.mark(),
                    "detail": check.detail,
                })
            );
        }
        return;
    }
    let mut table = TextTable::new(["check", "", "detail"]);
    for check in checks {
        table.row([check.what.clone(), check.outcome.mark().to_owned(), check.detail.clone()]);
    }
    table.print();
}
