//! Which history a database holds. It changes when commits that followers saw may be gone.
//!
//! PostgreSQL: the cluster's system identifier and timeline are stored; a dump that is restored
//! elsewhere, a restore to a point in time and a promotion all differ from them. SQLite: the file
//! beside the database notes how far the feed was served; a database below that note, or without
//! one, is an older copy. One case goes unnoticed: a copy that is put back together with its note.

use mpp_core::{Error, Result};
use sqlx::{AnyConnection, Row as _};
use uuid::Uuid;

use crate::{
    db_error,
    dialect::{Dialect, Engine},
    file::Owned,
};

/// Needs no privilege. The timeline is that of the log being written, known at once on promotion.
const CLUSTER: &str = "select system_identifier::text || '/' ||
    substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) from pg_control_system()";

/// Answers the lineage: a new one if the database is another than it says.
pub(crate) async fn confirm(
    conn: &mut AnyConnection,
    dialect: &Dialect,
    owned: Option<&Owned>,
) -> Result<String> {
    let cluster = match dialect.engine {
        Engine::Sqlite => sqlite_cluster(conn, owned).await?,
        Engine::Postgres => {
            let row = sqlx::query(CLUSTER).fetch_one(&mut *conn).await.map_err(db_error)?;
            row.try_get(0).map_err(db_error)?
        }
    };
    let lineage = match stored(conn).await? {
        Some((lineage, stored)) if stored == cluster => lineage,
        _ => start_anew(conn, &cluster).await?,
    };
    if let Some(owned) = owned {
        owned.note(&lineage, served(conn).await?);
    }
    Ok(lineage)
}

/// The lineage and the cluster that the database says it is. Index: feed's only row.
async fn stored(conn: &mut AnyConnection) -> Result<Option<(String, String)>> {
    let row = sqlx::query("select lineage, cluster from feed where id = 1")
        .fetch_optional(conn)
        .await
        .map_err(db_error)?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some((row.try_get(0).map_err(db_error)?, row.try_get(1).map_err(db_error)?)))
}

/// Starts a lineage; one of several replicas wins and all read what it wrote. Index: feed's only
/// row.
async fn start_anew(conn: &mut AnyConnection, cluster: &str) -> Result<String> {
    let fresh = Uuid::now_v7().to_string();
    sqlx::query(
        "insert into feed (id, lineage, cluster, floor, compacted) values (1, $1, $2, 0, 0)
         on conflict (id) do update set lineage = excluded.lineage, cluster = excluded.cluster
         where feed.cluster <> excluded.cluster",
    )
    .bind(&fresh)
    .bind(cluster)
    .execute(&mut *conn)
    .await
    .map_err(db_error)?;
    let Some((lineage, _)) = stored(conn).await? else {
        return Err(Error::internal("the feed has no lineage"));
    };
    tracing::info!(lineage, "the feed starts a new lineage");
    Ok(lineage)
}

/// The head of a SQLite database.
async fn served(conn: &mut AnyConnection) -> Result<i64> {
    let row = sqlx::query("select head from feed").fetch_one(conn).await.map_err(db_error)?;
    row.try_get(0).map_err(db_error)
}

/// The name that a SQLite database gives its cluster: the stored text while the note beside the
/// file agrees, else a new one.
async fn sqlite_cluster(conn: &mut AnyConnection, owned: Option<&Owned>) -> Result<String> {
    let row = sqlx::query("select lineage, cluster, head from feed where id = 1")
        .fetch_optional(conn)
        .await
        .map_err(db_error)?;
    let Some(row) = row else {
        return Ok(Uuid::now_v7().to_string());
    };
    let lineage: String = row.try_get(0).map_err(db_error)?;
    let stored: String = row.try_get(1).map_err(db_error)?;
    let head: i64 = row.try_get(2).map_err(db_error)?;
    let agrees = owned
        .and_then(|owned| owned.mark.as_ref())
        .is_some_and(|mark| mark.lineage == lineage && mark.revision <= head);
    Ok(if agrees || head == 0 { stored } else { Uuid::now_v7().to_string() })
}
