//! A fault in a value that a caller handed in: the field, and the way out.

/// A refused value. `field` is a path as the caller knows it, such as `weekly.fri[1].close`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct Error {
    /// Path of the field, in the caller's terms.
    pub field: String,
    /// Why the value was refused.
    pub problem: Problem,
}

/// Why a value was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Nothing was given where something must stand.
    #[error("must not be empty")]
    Empty,
    /// More entries than anyone needs.
    #[error("holds {given}, at most {limit} are allowed")]
    TooMany {
        /// How many were given.
        given: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// A text that is longer than anyone needs.
    #[error("has {given} bytes; at most {limit} are allowed")]
    TooLong {
        /// Its length in bytes.
        given: usize,
        /// The most that is allowed.
        limit: usize,
    },
    /// A time of day past 24:00.
    #[error("{0} minutes lies after 24:00 (1440 minutes)")]
    AfterMidnight(u16),
    /// An interval without length.
    #[error("must lie after the opening at {0}")]
    NotAfterOpening(String),
    /// Intervals out of order, overlapping, or touching (which is one interval, not two).
    #[error("must lie after the previous closing at {0}; merge intervals that touch or overlap")]
    NotAfterPrevious(String),
    /// A period that ends before it begins.
    #[error("lies before {0}, where the period begins")]
    EndsBeforeStart(jiff::civil::Date),
    /// A row of a decree file that cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// A holiday to be taken back that the calendar does not have.
    #[error("the calendar holds no such holiday; list the date's rows and name one of them")]
    NoSuchHoliday,
    /// A Ramadan is 29 or 30 days long.
    #[error("Ramadan lasts 29 or 30 days, not {0}")]
    RamadanLength(i64),
    /// Regional rows need a region, national rows must have none.
    #[error("a regional holiday names its region (such as 51 or 51.71), a national one names none")]
    RegionMismatch,
    /// A slot length that no day can hold.
    #[error("a slot lasts 1 to 1440 minutes, not {0}")]
    SlotLength(u16),
    /// An instant or date outside the years that the calendar can express.
    #[error("lies outside the years that can be expressed")]
    OutOfRange,
}

impl Error {
    pub(crate) fn new(field: impl Into<String>, problem: Problem) -> Error {
        Error { field: field.into(), problem }
    }
}
