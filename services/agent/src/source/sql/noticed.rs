//! How a change of a database is noticed.

/// The settings by which the database tells of a change, or the agent looks for one.
#[derive(Clone, Debug, Default)]
pub struct Noticed {
    /// A column that grows with each change, `xmin` for PostgreSQL's own mark, or `checksum` for
    /// MySQL's own sum of a table.
    pub changed: String,
    /// The channel on which a trigger notifies.
    pub listen: String,
}
