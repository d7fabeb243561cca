//! Leases of background work, and positions in other services' feeds.

use mpp_core::{Micros, Result};
use sqlx::Row as _;

use super::{Disagreement, FAR_AHEAD, Statement};
use crate::{Conn, db_error, feed::revision_of};

pub(super) async fn disagreements(conn: &mut Conn, now: Micros) -> Result<Vec<Disagreement>> {
    let mut found = leases(conn, now).await?;
    found.extend(positions(conn).await?);
    Ok(found)
}

/// Leases that end too far ahead: until then nobody would do their work.
async fn leases(conn: &mut Conn, now: Micros) -> Result<Vec<Disagreement>> {
    let rows = sqlx::query("select name, until from job where until > $1")
        .bind(now.saturating_add(FAR_AHEAD))
        .fetch_all(conn)
        .await
        .map_err(db_error)?;
    let lease = |row: &sqlx::any::AnyRow| {
        let name: String = row.try_get("name").map_err(db_error)?;
        let ends = Statement::new("update job set until = 0 where name = $1").text(&name);
        let what = format!("the lease of {name} ends in more than a day: nobody does that work");
        Ok(Disagreement::new("job", what, ends))
    };
    rows.iter().map(lease).collect()
}

/// A position's token itself says which revision it belongs to.
async fn positions(conn: &mut Conn) -> Result<Vec<Disagreement>> {
    let rows = sqlx::query("select feed, token, revision from upstream")
        .fetch_all(conn)
        .await
        .map_err(db_error)?;
    let mut found = Vec::new();
    for row in &rows {
        let feed: String = row.try_get("feed").map_err(db_error)?;
        let token: Vec<u8> = row.try_get("token").map_err(db_error)?;
        let revision: i64 = row.try_get("revision").map_err(db_error)?;
        let Some(own) = revision_of(&token).filter(|own| *own != revision) else { continue };
        let what = format!("the position in {feed} is of revision {own}, and says {revision}");
        let mend = "update upstream set revision = $1 where feed = $2";
        let mend = Statement::new(mend).number(own).text(&feed);
        found.push(Disagreement::new("upstream", what, mend));
    }
    Ok(found)
}
