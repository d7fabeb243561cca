//! A question to search, and the reasons for refusing one.

/// Most hits on one page.
pub const MAX_PAGE: usize = 100;

/// A citizen's question.
#[derive(Debug, Clone)]
pub struct Query {
    /// The question as typed, at most [`mpp_form::limits::QUESTION`]
    /// characters. Empty lists every service within the
    /// filters.
    pub text: String,
    /// The citizen's location: latitude and longitude in decimal degrees.
    pub near: Option<(f64, f64)>,
    /// Only services offered in this region: a Kemendagri code or its beginning (`35`, `35.10`).
    pub region: Option<String>,
    /// Only services of this unit, or of the agency whose root it is.
    pub agency: Option<String>,
    /// Only services of this category.
    pub category: Option<String>,
    /// Only services without a fee.
    pub only_free: bool,
    /// Also services that their owner does not serve now.
    pub include_inactive: bool,
    /// The age in years from which one is no child, by the law of the day that is asked on; `None`
    /// where an age in the text says nothing.
    pub of_age: Option<u16>,
    /// Hits on a page, 1 to [`MAX_PAGE`].
    pub page_size: usize,
    /// Continue after this position, from [`Results::next`].
    pub after: Option<(f32, String)>,
    /// Wait until this revision is searchable; 0 does not wait.
    pub min_revision: i64,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            text: String::new(),
            near: None,
            region: None,
            agency: None,
            category: None,
            only_free: false,
            include_inactive: false,
            of_age: None,
            page_size: 20,
            after: None,
            min_revision: 0,
        }
    }
}

/// Why a search or an update failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The query cannot be answered as asked.
    #[error("{field}: {message}")]
    Invalid {
        /// The field of [`Query`].
        field: &'static str,
        /// The fault, and the way out.
        message: String,
    },
    /// The writer thread has ended; the replica has to start again.
    #[error("the search engine has stopped")]
    Stopped,
    /// The index could not be read or written.
    #[error("the search index failed: {0}")]
    Index(#[from] tantivy::TantivyError),
}
