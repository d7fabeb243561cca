//! The one error of the domain. It knows nothing of the transport: `mpp-rpc` maps it to a status.
//! The Indonesian sentence of each reason stands in `reason.rs`.

use std::{error::Error as StdError, fmt, time::Duration};

use crate::{Code, FieldCode, Reason};

/// Result with the domain's error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A field of the request that is wrong, and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldViolation {
    /// Path from the request's root, such as `mall.sites[0].location.latitude`.
    pub field: String,
    /// The fault, and how to mend it.
    pub description: String,
    /// The fault, for programs.
    pub code: FieldCode,
}

/// Why something failed: a public message for the caller, a private context for the log.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    reason: Reason,
    message: String,
    fields: Vec<FieldViolation>,
    facts: Vec<(&'static str, String)>,
    retry_after: Option<Duration>,
    context: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// A failure with a message that the caller may read; say what to do next.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            reason,
            message: message.into(),
            fields: Vec::new(),
            facts: Vec::new(),
            retry_after: None,
            context: None,
        }))
    }

    /// One wrong field.
    pub fn field(
        field: impl Into<String>,
        code: FieldCode,
        description: impl Into<String>,
    ) -> Self {
        let violation =
            FieldViolation { field: field.into(), description: description.into(), code };
        Self::fields(vec![violation])
    }

    /// Several wrong fields, all of them, so that the caller mends them at once.
    pub fn fields(fields: Vec<FieldViolation>) -> Self {
        let mut error = Self::new(Reason::InvalidField, listed(&fields));
        error.0.fields = fields;
        error
    }

    /// A field that refers to what is not there, or does not stand so that it can be referred to.
    pub fn reference(
        field: impl Into<String>,
        code: FieldCode,
        description: impl Into<String>,
    ) -> Self {
        Self::refused(Reason::ReferenceInvalid, field, code, description)
    }

    /// One wrong field of a kind that has a reason of its own, such as a page's token.
    pub fn refused(
        reason: Reason,
        field: impl Into<String>,
        code: FieldCode,
        description: impl Into<String>,
    ) -> Self {
        let mut error = Self::field(field, code, description);
        error.0.reason = reason;
        error
    }

    /// A record that is not there.
    pub fn not_found(name: &str) -> Self {
        Self::new(Reason::NotFound, format!("{name} does not exist"))
    }

    /// A fault of ours: the caller learns nothing but that, the log gets the cause.
    pub fn internal(context: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(Reason::Internal, "internal error; the trace id finds it in the server's log")
            .with_context(context)
    }

    /// Adds the cause, which only the log shows, never the answer.
    #[must_use]
    pub fn with_context(mut self, context: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.context = Some(context.into());
        self
    }

    /// Adds what is known beside the message, for programs (`ErrorInfo.metadata`).
    #[must_use]
    pub fn with_fact(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.0.facts.push((key, value.into()));
        self
    }

    /// Tells the caller to try the same again after a while.
    #[must_use]
    pub fn with_retry_after(mut self, after: Duration) -> Self {
        self.0.retry_after = Some(after);
        self
    }

    /// Puts a path before every field, for a message that lies within another.
    #[must_use]
    pub fn within(mut self, path: &str) -> Self {
        for violation in &mut self.0.fields {
            violation.field = format!("{path}.{}", violation.field);
        }
        if !self.0.fields.is_empty() {
            self.0.message = listed(&self.0.fields);
        }
        self
    }

    /// The stable reason.
    pub fn reason(&self) -> Reason {
        self.0.reason
    }

    /// The canonical code.
    pub fn code(&self) -> Code {
        self.0.reason.code()
    }

    /// The public message.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The wrong fields; empty if the request is not at fault.
    pub fn violations(&self) -> &[FieldViolation] {
        &self.0.fields
    }

    /// True for a refusal that the lag of a copy may explain: something is not known yet, or not
    /// yet in the state that it should be in.
    pub fn may_be_due_to_lag(&self) -> bool {
        match self.0.reason {
            Reason::NotFound | Reason::ReferenceInvalid | Reason::WrongState => true,
            _ => self.0.fields.iter().any(|wrong| wrong.code == FieldCode::UnknownValue),
        }
    }

    /// Facts beside the message, by key, for programs (`ErrorInfo.metadata`).
    pub fn facts(&self) -> &[(&'static str, String)] {
        &self.0.facts
    }

    /// When to try again.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The private context.
    pub fn context(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.0.context.as_deref()
    }
}

/// Wrong fields that a message names at the most; a hostile record does not make a huge answer.
const MOST_NAMED: usize = 50;

fn listed(fields: &[FieldViolation]) -> String {
    let told = fields.iter().map(|wrong| format!("{}: {}", wrong.field, wrong.description));
    let told = told.take(MOST_NAMED).collect::<Vec<_>>().join("; ");
    match fields.len().saturating_sub(MOST_NAMED) {
        0 => told,
        more => format!("{told}; and {more} more"),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.reason.as_str(), self.0.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.context.as_deref().map(|context| context as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_public_and_the_context_is_not() {
        let error = Error::internal("password=hunter2 refused");
        assert!(!error.to_string().contains("hunter2"));
        assert!(error.context().is_some_and(|context| context.to_string().contains("hunter2")));
    }

    #[test]
    fn a_nested_violation_carries_its_whole_path() {
        let error = Error::field("location.latitude", FieldCode::OutOfRange, "must be -90 to 90")
            .within("sites[1]")
            .within("mall");
        assert_eq!(error.violations()[0].field, "mall.sites[1].location.latitude");
        assert!(error.message().starts_with("mall.sites[1].location.latitude: must"));
    }
}
