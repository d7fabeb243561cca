//! Sentences in the two languages of the suite.

/// One statement in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// English.
    pub en: String,
    /// Indonesian.
    pub id: String,
}

impl Text {
    /// Both languages at once.
    pub fn new(en: impl Into<String>, id: impl Into<String>) -> Text {
        Text { en: en.into(), id: id.into() }
    }
}
