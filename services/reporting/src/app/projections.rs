//! The projections as they stand, and as the inbox makes them: read and projected page by page.

use mpp_core::Result;
use mpp_store::{Conn, Read};

use crate::{
    model::{Rows, Written, project},
    store,
};

/// How far the inbox was projected.
#[derive(Clone, Copy, Debug, Default)]
pub struct Projected {
    /// The last number.
    pub last: i64,
    /// Events up to there.
    pub count: i64,
}

/// Projects what the inbox holds after `from`.
///
/// # Errors
/// `UNAVAILABLE` where the database is away; internal where a document cannot be read.
pub async fn project_after(conn: &mut Conn, rows: &mut Rows, from: Projected) -> Result<Projected> {
    let Projected { mut last, mut count } = from;
    loop {
        let events = store::events_after(conn, last).await?;
        let Some((newest, _)) = events.last() else { return Ok(Projected { last, count }) };
        last = *newest;
        for (_, event) in &events {
            project(rows, event)?;
            count += 1;
        }
        tokio::task::yield_now().await;
    }
}

/// The rows as they stand; a row that has gone stays without a value, so that memories learn of it.
///
/// # Errors
/// `UNAVAILABLE` where the database is away.
pub async fn live(read: &mut Read) -> Result<Written> {
    let mut rows = Written::new();
    loop {
        let page = store::rows_after(read, rows.keys().next_back()).await?;
        if page.is_empty() {
            return Ok(rows);
        }
        rows.extend(page);
    }
}
