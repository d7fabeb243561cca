//! Outcomes of a question to a service, and of a page whose subject is missing.

/// A service's answer.
pub enum ServiceAnswer<T> {
    /// The answer that was asked for.
    Known(T),
    /// There is no such thing.
    Absent,
    /// There was one, and it was withdrawn.
    Gone,
    /// The question is not valid: a name that nothing can have, or one that breaks the contract.
    Refused,
    /// No useful answer: it is away, slow or does not let us ask.
    NoAnswer,
}

/// Why there is no page. Only the service that owns a record can say that it does not exist: while
/// that service is silent, nobody knows, and the page says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// There is no such thing.
    Unknown,
    /// There was one, and it was withdrawn.
    Gone,
    /// The question is not valid: it is too long, or names a page that its answer does not have.
    Refused,
    /// The service that would know it does not answer.
    Unreachable,
    /// No report has come yet.
    NotReady,
    /// No further page may be drawn now, for anybody or for this visitor.
    Busy,
}

impl<T: Default> ServiceAnswer<T> {
    /// The answer, where a record that does not exist counts as an empty one.
    pub fn or_nothing(self) -> Option<T> {
        match self {
            Self::Absent | Self::Gone => Some(T::default()),
            other => other.known(),
        }
    }
}

impl<T> ServiceAnswer<T> {
    /// The answer, for a part that a page can do without: `None` is shown as not known.
    pub fn known(self) -> Option<T> {
        self.needed().ok()
    }

    /// The answer, for the record that a page is about.
    pub fn needed(self) -> Result<T, Missing> {
        match self {
            ServiceAnswer::Known(value) => Ok(value),
            ServiceAnswer::Absent | ServiceAnswer::Refused => Err(Missing::Unknown),
            ServiceAnswer::Gone => Err(Missing::Gone),
            ServiceAnswer::NoAnswer => Err(Missing::Unreachable),
        }
    }

    /// The part of an answer that is asked for; without it there is no such thing.
    pub fn and_then<U>(self, of: impl FnOnce(T) -> Option<U>) -> ServiceAnswer<U> {
        match self {
            ServiceAnswer::Known(value) => {
                of(value).map_or(ServiceAnswer::Absent, ServiceAnswer::Known)
            }
            ServiceAnswer::Absent => ServiceAnswer::Absent,
            ServiceAnswer::Gone => ServiceAnswer::Gone,
            ServiceAnswer::Refused => ServiceAnswer::Refused,
            ServiceAnswer::NoAnswer => ServiceAnswer::NoAnswer,
        }
    }
}
