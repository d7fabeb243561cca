//! Notices that a database has changed, so that an edit leaves at once and not with the next run.
//!
//! PostgreSQL tells by itself, where a trigger does (`LISTEN`). Otherwise the agent looks: at what
//! SQLite counts of its file's changes, at the mark that PostgreSQL puts on each row's version, or
//! at the highest value of a column such as `updated_at` and the number of rows. Whatever a look
//! cannot see, the next whole run does.

use std::time::Duration;

use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection as _, PgConnection, Row as _, SqliteConnection,
    postgres::{PgListener, PgPoolOptions},
    sqlite::SqliteConnectOptions,
};
use tokio::time::sleep;

use super::{
    access::{Access, Server},
    ask::Ask,
    database::Database,
    noticed::Noticed,
    postgres, sqlite,
};
use crate::policy::Policy;

/// Two edits within the same second leave one value in a column of seconds: so long after a change
/// was seen, it is read once more.
const SAME_SECOND: Duration = Duration::from_secs(2);

/// What is known of a database's last change.
pub struct Watch {
    database: Database,
    every: Duration,
    listener: Option<PgListener>,
    file: Option<SqliteConnection>,
    seen: Option<String>,
    again: bool,
}

impl Watch {
    /// Of a database that tells of its changes; `None` where it does not.
    pub fn of(database: &Database, policy: &Policy) -> Option<Self> {
        let Noticed { changed, listen } = &database.noticed;
        let is_file = matches!(database.access, Access::Sqlite { .. });
        let tells = is_file || !changed.is_empty() || !listen.is_empty();
        tells.then(|| Self {
            database: database.clone(),
            every: policy.look(),
            listener: None,
            file: None,
            seen: None,
            again: false,
        })
    }

    /// Notes how the database is now, before it is read: what changes from here on is noticed. A
    /// database that is away tells nothing; the run that follows says so.
    pub async fn note(&mut self) {
        if self.listener.is_none() {
            self.listener = self.listen().await.ok().flatten();
        }
        while self.listener.as_mut().is_some_and(|listener| listener.next_buffered().is_some()) {}
        self.seen = self.look().await.ok().flatten();
    }

    /// Ends once it has changed.
    pub async fn changed(&mut self) {
        if std::mem::take(&mut self.again) {
            return sleep(SAME_SECOND).await;
        }
        loop {
            let told = match &mut self.listener {
                // An error, or none, is a connection that is lost: a change may have been, too.
                Some(listener) => tokio::select! {
                    told = listener.try_recv() => Some(matches!(told, Ok(Some(_)))),
                    () = sleep(self.every) => None,
                },
                None => {
                    sleep(self.every).await;
                    None
                }
            };
            if let Some(is_well) = told {
                if !is_well {
                    self.listener = None;
                }
                return;
            }
            if self.has_moved().await {
                self.again = !self.database.noticed.changed.is_empty();
                return;
            }
        }
    }

    async fn has_moved(&mut self) -> bool {
        let now = self.look().await.ok().flatten();
        now.is_some() && self.seen.is_some() && now != self.seen
    }

    async fn listen(&self) -> sqlx::Result<Option<PgListener>> {
        let (Access::Postgres(server), channel) =
            (&self.database.access, &self.database.noticed.listen)
        else {
            return Ok(None);
        };
        if channel.is_empty() {
            return Ok(None);
        }
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_with(postgres::options(server))
            .await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(channel).await?;
        Ok(Some(listener))
    }

    /// What differs once the database has changed; `None` where only a channel tells.
    async fn look(&mut self) -> sqlx::Result<Option<String>> {
        let changed = self.database.noticed.changed.clone();
        match self.database.access.clone() {
            Access::Sqlite { path, immutable } => {
                let options = sqlite::options((&path, immutable), self.every);
                self.look_at_file(&options).await.map(Some)
            }
            Access::Postgres(_) if changed.is_empty() => Ok(None),
            Access::Postgres(server) => {
                of_postgres(&server, of_rows(&self.database.ask, &changed, '"')).await.map(Some)
            }
        }
    }

    /// The connection stays open: the number tells of others' changes since it was.
    async fn look_at_file(&mut self, options: &SqliteConnectOptions) -> sqlx::Result<String> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(ConnectOptions::connect(options).await?),
        };
        let row = sqlx::query("PRAGMA data_version").fetch_one(file).await;
        if row.is_err() {
            self.file = None;
        }
        row?.try_get::<i64, _>(0).map(|version| version.to_string())
    }
}

async fn of_postgres(server: &Server, statement: String) -> sqlx::Result<String> {
    let mut conn: PgConnection = ConnectOptions::connect(&postgres::options(server)).await?;
    sqlx::raw_sql("BEGIN READ ONLY").execute(&mut conn).await?;
    let query = sqlx::query(AssertSqlSafe(statement)).persistent(false);
    let seen = query.fetch_one(&mut conn).await?.try_get(0);
    conn.close().await?;
    seen
}

/// The statement that tells whether the rows are others than before. PostgreSQL marks each version
/// of a row; otherwise a column and the number of rows tell.
fn of_rows(ask: &Ask, changed: &str, quote: char) -> String {
    let statement = ask.statement(quote);
    if changed == "xmin" {
        return format!(
            "SELECT count(*) || ' ' || coalesce(sum(hashtext(ctid || ' ' || xmin)::bigint), 0)
             FROM ({}) AS mpp_rows",
            statement.replacen("SELECT *", "SELECT ctid::text AS ctid, xmin::text AS xmin", 1)
        );
    }
    let column = format!("mpp_rows.{quote}{}{quote}", changed.replace(quote, ""));
    format!(
        "SELECT concat(count(*), ' ', coalesce(concat(max({column}), ''), ''))
         FROM (\n{statement}\n) AS mpp_rows"
    )
}
