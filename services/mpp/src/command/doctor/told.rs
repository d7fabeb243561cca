//! How the checks are printed.

use mpp_core::{Error, Reason, Result};

use crate::{
    output::{Output, Table},
    service::Service,
};

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is wrong.
    Ok,
    /// Something is.
    Fails,
    /// Nobody knows: it could not be compared.
    NotCompared,
    /// It changed each time while it was read, which is no fault.
    Moved,
    /// Who asks may not ask for it.
    NotAsked,
}

impl Outcome {
    /// Nothing that was asked is at fault, or unknown.
    pub fn is_ok(self) -> bool {
        matches!(self, Outcome::Ok | Outcome::Moved | Outcome::NotAsked)
    }

    fn mark(self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::Fails => "FAILS",
            Outcome::NotCompared => "UNKNOWN",
            Outcome::Moved => "moving",
            Outcome::NotAsked => "not asked",
        }
    }
}

/// One line.
pub struct Check {
    service: Service,
    what: String,
    pub outcome: Outcome,
    detail: String,
}

impl Check {
    pub fn new(
        service: Service,
        what: impl Into<String>,
        outcome: Outcome,
        detail: String,
    ) -> Self {
        Self { service, what: what.into(), outcome, detail }
    }

    pub fn of(service: Service, what: &str, found: &Result<String>) -> Self {
        match found {
            Ok(detail) => Self::new(service, what, Outcome::Ok, detail.clone()),
            Err(error) => {
                let (outcome, text) = refused(error);
                Self::new(service, what, outcome, text)
            }
        }
    }
}

/// A refusal for want of a right is no fault of the service: it names the roles that may.
pub fn refused(error: &Error) -> (Outcome, String) {
    match error.reason() {
        Reason::PermissionDenied => (Outcome::NotAsked, format!("not asked: {}", error.message())),
        _ => (Outcome::Fails, error.message().to_owned()),
    }
}

pub fn print(checks: &[Check], output: Output) {
    if output.is_json() {
        for check in checks {
            say!(
                "{}",
                serde_json::json!({
                    "service": check.service.name(),
                    "check": check.what.trim(),
                    "ok": check.outcome.is_ok(),
                    "outcome": check.outcome.mark(),
                    "detail": check.detail,
                })
            );
        }
        return;
    }
    let mut table = Table::new(["check", "", "detail"]);
    for check in checks {
        table.row([check.what.clone(), check.outcome.mark().to_owned(), check.detail.clone()]);
    }
    table.print();
}
