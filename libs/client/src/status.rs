//! Errors on the wire, both ways. [`status_of`] is the only place that maps one. The Indonesian
//! sentence that goes with a reason stands in `libs/core/src/reason.rs`.

use std::{collections::HashMap, time::Duration};

use mpp_core::{Code, Error, FieldCode, FieldViolation, Reason};
use tonic::Status;
use tonic_types::{ErrorDetails, StatusExt as _};

/// The domain of every reason (`ErrorInfo.domain`).
const DOMAIN: &str = "mpp.go.id";
/// Details travel in a header, which peers bound; more violations than these are only counted.
const MOST_VIOLATIONS: usize = 20;
/// Longest text of a message or description, in bytes.
const LONGEST_TEXT: usize = 500;

/// The status that a caller sees: `ErrorInfo` with the stable reason, a message in Indonesian, the
/// wrong fields, when to try again, and the trace (`RequestInfo`) that finds it in the server's
/// log. The private context stays out.
pub fn status_of(error: &Error, trace: Option<String>) -> Status {
    let reason = error.reason();
    let mut details = ErrorDetails::new();
    details.set_error_info(reason.as_str(), DOMAIN, metadata(error));
    details.set_localized_message("id", reason.indonesian());
    if let Some(after) = error.retry_after() {
        details.set_retry_info(Some(after));
    }
    if let Some(trace) = trace {
        details.set_request_info(trace, "");
    }
    for violation in shown(error.violations()) {
        details.add_bad_request_violation(&violation.field, clipped(&violation.description));
    }
    Status::with_error_details(canonical(error.code()), clipped(error.message()), details)
}

/// An error as a client, or a follower, learns it from a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientError {
    /// The canonical code.
    pub code: tonic::Code,
    /// The stable reason ([`Reason::as_str`]); empty if the answer is not one of ours.
    pub reason: String,
    /// The message in English, for developers.
    pub message: String,
    /// The message in Indonesian, for people; empty if there is none.
    pub indonesian: String,
    /// The wrong fields: path and description.
    pub fields: Vec<(String, String)>,
    /// When to try again, if the server said so.
    pub retry_after: Option<Duration>,
    /// The trace that finds the failure in the server's log; empty if there is none.
    pub trace: String,
}

impl ClientError {
    /// True if the failure has this reason.
    pub fn is(&self, reason: Reason) -> bool {
        self.reason == reason.as_str()
    }
}

/// True if what is not found was there and has been withdrawn.
pub fn is_gone(status: &Status) -> bool {
    let details = status.get_error_details();
    details.error_info().is_some_and(|info| info.metadata.contains_key("withdraw_time"))
}

/// Reads a status back.
pub fn error_of(status: &Status) -> ClientError {
    let details = status.get_error_details();
    let fields = details.bad_request().map(|bad| bad.field_violations.as_slice());
    ClientError {
        code: status.code(),
        reason: details.error_info().map(|info| info.reason.clone()).unwrap_or_default(),
        message: message(status),
        indonesian: details
            .localized_message()
            .map(|text| text.message.clone())
            .unwrap_or_default(),
        fields: fields
            .unwrap_or_default()
            .iter()
            .map(|violation| (violation.field.clone(), violation.description.clone()))
            .collect(),
        retry_after: details.retry_info().and_then(|info| info.retry_delay),
        trace: details.request_info().map(|info| info.request_id.clone()).unwrap_or_default(),
    }
}

/// The message; a failed connection says only "transport error", and its causes say why.
fn message(status: &Status) -> String {
    let first = std::error::Error::source(status);
    let causes = std::iter::successors(first, |cause| cause.source()).map(ToString::to_string);
    let mut texts = vec![status.message().to_owned()];
    texts.extend(causes);
    texts.dedup();
    texts.join(": ")
}

/// Gives a status that the transport itself made (a message too large, one that is no message,
/// a method that is not there) its reason. Handlers of streams use it for messages they receive.
pub fn wire_error(status: &Status) -> Error {
    use tonic::Code as Wire;
    let text = status.message();
    match status.code() {
        Wire::Unimplemented => Error::new(Reason::Unimplemented, "this service has no such method"),
        // The limit in the text is the one that was applied.
        Wire::OutOfRange | Wire::ResourceExhausted if is_too_large(text) => {
            Error::new(Reason::TooLarge, format!("{text}; send less in one message"))
        }
        Wire::Internal | Wire::InvalidArgument if is_unreadable(text) => {
            let text = format!("the bytes are not a message of this method: {text}");
            Error::field("request", FieldCode::Unreadable, text)
        }
        Wire::InvalidArgument => Error::field("request", FieldCode::Format, text),
        Wire::NotFound => Error::new(Reason::NotFound, text),
        Wire::Unavailable => Error::new(Reason::Unavailable, text),
        Wire::Cancelled => Error::new(Reason::Unavailable, "the peer ended the call"),
        Wire::DeadlineExceeded => Error::new(Reason::DeadlineExceeded, "the deadline passed"),
        _ => Error::internal(format!("the transport answered {}: {text}", status.code())),
    }
}

fn is_too_large(text: &str) -> bool {
    text.contains("too large") || text.contains("size limit")
}

/// True for tonic's text on bytes that are not a message.
fn is_unreadable(text: &str) -> bool {
    ["decod", "EOF", "compress"].iter().any(|word| text.contains(word))
}

/// A refusal as the domain's error, for clients: with the server's reason and message. If no
/// server of ours has answered, it says what became of the connection.
pub fn refusal(status: &Status) -> Error {
    let read = error_of(status);
    let reason = Reason::ALL.iter().find(|reason| read.is(**reason));
    let broken = || {
        let lost =
            status.code() == tonic::Code::Unknown && std::error::Error::source(status).is_some();
        (lost || status.code() == tonic::Code::Unavailable).then_some(&Reason::Unavailable)
    };
    let Some(reason) = reason.or_else(broken) else {
        return wire_error(status);
    };
    let error = Error::new(*reason, read.message);
    match read.retry_after {
        Some(after) => error.with_retry_after(after),
        None => error,
    }
}

/// The violations' stable codes, by path, and what else is known (`ErrorInfo.metadata`).
fn metadata(error: &Error) -> HashMap<String, String> {
    let codes = shown(error.violations());
    let codes = codes.map(|violation| (violation.field.clone(), violation.code.to_string()));
    let facts = error.facts().iter().map(|(key, value)| ((*key).to_owned(), clipped(value)));
    codes.chain(facts).collect()
}

fn shown(violations: &[FieldViolation]) -> impl Iterator<Item = &FieldViolation> {
    violations.iter().take(MOST_VIOLATIONS)
}

fn clipped(text: &str) -> String {
    if text.len() <= LONGEST_TEXT {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(LONGEST_TEXT);
    format!("{}…", &text[..end])
}

/// A code of the domain as gRPC numbers it.
pub fn canonical(code: Code) -> tonic::Code {
    match code {
        Code::InvalidArgument => tonic::Code::InvalidArgument,
        Code::NotFound => tonic::Code::NotFound,
        Code::AlreadyExists => tonic::Code::AlreadyExists,
        Code::FailedPrecondition => tonic::Code::FailedPrecondition,
        Code::Aborted => tonic::Code::Aborted,
        Code::OutOfRange => tonic::Code::OutOfRange,
        Code::Unauthenticated => tonic::Code::Unauthenticated,
        Code::PermissionDenied => tonic::Code::PermissionDenied,
        Code::ResourceExhausted => tonic::Code::ResourceExhausted,
        Code::Unavailable => tonic::Code::Unavailable,
        Code::DeadlineExceeded => tonic::Code::DeadlineExceeded,
        Code::Unimplemented => tonic::Code::Unimplemented,
        Code::Internal => tonic::Code::Internal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(error: Error) -> Status {
        status_of(&error, None)
    }

    #[test]
    fn every_reason_is_read_back_with_its_indonesian_message() {
        for reason in Reason::ALL {
            let read = error_of(&status(Error::new(*reason, "because")));
            assert!(read.is(*reason), "{reason:?}");
            assert_eq!(read.indonesian, reason.indonesian());
            assert_eq!(read.code, canonical(reason.code()));
        }
    }

    #[test]
    fn a_client_gets_the_servers_reason_and_a_broken_connection_is_no_fault_of_ours() {
        for reason in Reason::ALL {
            let read = refusal(&status(Error::new(*reason, "because")));
            assert_eq!((read.reason(), read.message()), (*reason, "because"));
        }
        let away = refusal(&Status::unavailable("connection refused"));
        assert_eq!(away.reason(), Reason::Unavailable);
        let reset = Status::from_error(Box::new(std::io::Error::other("reset by peer")));
        assert_eq!(refusal(&reset).reason(), Reason::Unavailable);
    }

    #[test]
    fn wrong_fields_carry_their_paths_and_codes() {
        let error = Error::field("mall.zone", FieldCode::Required, "say WIB, WITA or WIT");
        let status = status(error);
        let read = error_of(&status);
        assert_eq!(read.fields, [("mall.zone".into(), "say WIB, WITA or WIT".into())]);
        let info = status.get_error_details();
        let codes = &info.error_info().expect("an ErrorInfo").metadata;
        assert_eq!(codes.get("mall.zone").map(String::as_str), Some("REQUIRED"));
    }

    #[test]
    fn what_is_known_beside_the_message_is_told_to_programs() {
        let error =
            Error::new(Reason::NotFound, "gone").with_fact("successor", "units/a/services/b");
        let info = status(error).get_error_details();
        let facts = &info.error_info().expect("an ErrorInfo").metadata;
        assert_eq!(facts.get("successor").map(String::as_str), Some("units/a/services/b"));
    }

    #[test]
    fn the_private_context_does_not_leave() {
        let status = status(Error::internal("password=hunter2 refused"));
        assert!(!format!("{status:?}").contains("hunter2"));
    }

    #[test]
    fn a_thousand_violations_still_fit_into_a_header() {
        let violations = (0..1000)
            .map(|n| FieldViolation {
                field: format!("records[{n}].name"),
                description: "x".repeat(200),
                code: FieldCode::Required,
            })
            .collect();
        let status = status(Error::fields(violations));
        assert!(status.details().len() < 8 * 1024, "{}", status.details().len());
        assert_eq!(error_of(&status).fields.len(), MOST_VIOLATIONS);
    }

    #[test]
    fn retries_are_told_when() {
        let error = Error::new(Reason::WriteConflict, "try again")
            .with_retry_after(Duration::from_millis(50));
        assert_eq!(error_of(&status(error)).retry_after, Some(Duration::from_millis(50)));
    }
}
