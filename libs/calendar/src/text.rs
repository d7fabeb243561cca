//! Sentences in the two languages of the suite.

/// One statement in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The statement in English.
    pub en: String,
    /// The statement in Indonesian.
    pub id: String,
}

impl Text {
    /// Both languages at once.
    pub fn new(en: impl Into<String>, id: impl Into<String>) -> Text {
        Text { en: en.into(), id: id.into() }
    }
}
