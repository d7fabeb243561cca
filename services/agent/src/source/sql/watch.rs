//! Notices that a database has changed, so that an edit leaves at once and not with the next run.
//!
//! PostgreSQL tells by itself if a trigger notifies (`LISTEN`). Otherwise the agent looks: at
//! SQLite's count of changes to its file, at the mark that PostgreSQL puts on each version of a
//! row, at MySQL's checksum of a table, or at the highest value of a column such as `updated_at`
//! and the number of rows. A change that a look cannot see is found by the next whole run.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use sqlx::{
    ConnectOptions, Executor as _, MySqlConnection, PgConnection, Row as _, SqliteConnection,
    postgres::{PgListener, PgNotification, PgPoolOptions},
    sqlite::SqliteConnectOptions,
};
use tokio::time::{sleep, timeout};

use super::{
    access::{Access, Server},
    amiss::may_pass,
    ask::Ask,
    database::Database,
    mysql, mysql_ask,
    noticed::{Changed, Noticed},
    postgres, sqlite,
    told::within,
};
use crate::{policy::Policy, source::fault::Fault};

/// Two edits within the same second leave one value in a column of seconds, so the source is read
/// once more this long after a change was seen.
const SAME_SECOND: Duration = Duration::from_secs(2);
/// The pause after a look is this many times as long as the look took: however large a table is,
/// its database spends a tenth of a processor on it at the most.
const REST: u32 = 10;

/// Notifications that come within so long of each other, of many edits at once, are read together.
const TOGETHER: Duration = Duration::from_millis(20);

/// Watches a database for a change.
pub struct Watch {
    database: Database,
    policy: Policy,
    /// How long it rests before the next look.
    rest: Duration,
    listener: Option<PgListener>,
    file: Option<SqliteConnection>,
    server: Option<WatchConnection>,
    seen: Option<String>,
    again: bool,
    /// The reason that was last given for not noticing changes.
    told: Option<String>,
}

impl Watch {
    /// The watch of a database; `None` if no setting says how its changes are noticed.
    pub fn of(database: &Database, policy: &Policy) -> Option<Self> {
        let Noticed { changed, listen, .. } = &database.noticed;
        let is_file = matches!(database.access, Access::Sqlite { .. });
        let tells = is_file || !changed.is_empty() || !listen.is_empty();
        tells.then(|| Self {
            database: database.clone(),
            policy: policy.clone(),
            rest: policy.look(),
            listener: None,
            file: None,
            server: None,
            seen: None,
            again: false,
            told: None,
        })
    }

    /// Notes how the database is now, before it is read: changes from here on are noticed. Answers
    /// why they would not be, once for each reason.
    pub async fn note(&mut self) -> Option<String> {
        let heard = self.hear().await;
        self.seen = None;
        let looked = self.look().await.map(|seen| self.seen = seen);
        let amiss = heard.and(looked).err().map(|fault| {
            let Noticed { changed, listen, .. } = &self.database.noticed;
            format!(
                "{}; while that is so, a change is noticed by the next run only (changed = \
                 {changed:?}, listen = {listen:?})",
                fault.error.message()
            )
        });
        let is_new = amiss != self.told;
        self.told.clone_from(&amiss);
        amiss.filter(|_| is_new)
    }

    /// Ends once the database has changed; says what has, where that is told.
    pub async fn changed(&mut self) -> Changed {
        if std::mem::take(&mut self.again) {
            sleep(SAME_SECOND).await;
            return Changed::Anything;
        }
        loop {
            let told = match &mut self.listener {
                // An error, or no message, means a lost connection, and perhaps a lost change.
                Some(listener) => tokio::select! {
                    told = listener.try_recv() => Some(told.ok().flatten()),
                    () = sleep(self.rest) => None,
                },
                None => {
                    sleep(self.rest).await;
                    None
                }
            };
            if let Some(told) = told {
                return self.named(told).await;
            }
            if self.has_moved().await {
                self.again = !self.database.noticed.changed.is_empty();
                return Changed::Anything;
            }
        }
    }

    /// The rows that a notification names, and those that come right after it.
    async fn named(&mut self, mut told: Option<PgNotification>) -> Changed {
        let mut changed = match self.database.noticed.listen_key.is_empty() {
            true => Changed::Anything,
            false => Changed::Rows(BTreeSet::new()),
        };
        loop {
            let (Some(notification), Some(listener)) = (&told, &mut self.listener) else {
                self.listener = None;
                return Changed::Anything;
            };
            changed = changed.and(notification.payload());
            if changed == Changed::Anything {
                return changed;
            }
            match timeout(TOGETHER, listener.try_recv()).await {
                Ok(next) => told = next.ok().flatten(),
                Err(_) => return changed,
            }
        }
    }

    async fn has_moved(&mut self) -> bool {
        let now = self.look().await.ok().flatten();
        now.is_some() && self.seen.is_some() && now != self.seen
    }

    /// Listens, and drops earlier notices. Only an answer to a query shows that the other end is
    /// still there.
    async fn hear(&mut self) -> Result<(), Fault> {
        if let Some(listener) = &mut self.listener {
            let asked = timeout(self.policy.page_timeout(), listener.execute("SELECT 1")).await;
            if !matches!(asked, Ok(Ok(_))) {
                self.listener = None;
            }
        }
        if self.listener.is_none() {
            let at = self.database.at();
            let listening = within(self.policy.page_timeout(), &at, self.listen()).await?;
            self.listener = listening.map_err(|error| at.fault(&error))?;
        }
        while self.listener.as_mut().is_some_and(|listener| listener.next_buffered().is_some()) {}
        Ok(())
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

    /// A text that differs once the database has changed; `None` if only a channel tells of that.
    async fn look(&mut self) -> Result<Option<String>, Fault> {
        let (at, begun) = (self.database.at(), Instant::now());
        let limit = self.policy.statement_patience();
        let seen = within(limit, &at, self.look_now()).await;
        self.rest = self.policy.look().max(begun.elapsed().saturating_mul(REST));
        seen?.map_err(|error| at.fault(&error))
    }

    async fn look_now(&mut self) -> sqlx::Result<Option<String>> {
        let changed = self.database.noticed.changed.clone();
        match self.database.access.clone() {
            Access::Sqlite { path, immutable } => {
                let options = sqlite::options((&path, immutable), self.policy.look())?;
                self.look_at_file(&options).await.map(Some)
            }
            Access::Postgres(_) | Access::Mysql(_) if changed.is_empty() => Ok(None),
            Access::Postgres(server) => {
                let statement = of_rows(&self.database.ask, &changed, '"');
                self.look_at_server(Options::Postgres(&server), statement).await.map(Some)
            }
            Access::Mysql(server) => {
                let statement = of_rows(&self.database.ask, &changed, '`');
                self.look_at_server(Options::Mysql(&server), statement).await.map(Some)
            }
        }
    }

    /// The connection is kept only after a look that went well; one that was given up midway is
    /// closed.
    async fn look_at_server(
        &mut self,
        server: Options<'_>,
        statement: String,
    ) -> sqlx::Result<String> {
        if let Some(mut kept) = self.server.take() {
            match kept.see(&statement, &self.policy).await {
                // It was lost meanwhile.
                Err(error) if !matches!(error, sqlx::Error::Database(_)) || may_pass(&error) => {}
                seen => {
                    self.server = seen.is_ok().then_some(kept);
                    return seen;
                }
            }
        }
        let mut kept = server.connect().await?;
        let seen = kept.see(&statement, &self.policy).await?;
        self.server = Some(kept);
        Ok(seen)
    }

    /// The connection stays open: SQLite's number counts others' changes since it was opened.
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

/// A connection that is kept for the next look.
enum WatchConnection {
    Postgres(Box<PgConnection>),
    Mysql(Box<MySqlConnection>),
}

/// The server to connect to.
enum Options<'a> {
    Postgres(&'a Server),
    Mysql(&'a Server),
}

impl Options<'_> {
    async fn connect(&self) -> sqlx::Result<WatchConnection> {
        Ok(match self {
            Self::Postgres(server) => {
                WatchConnection::Postgres(Box::new(postgres::options(server).connect().await?))
            }
            Self::Mysql(server) => {
                WatchConnection::Mysql(Box::new(mysql::options(server).connect().await?))
            }
        })
    }
}

impl WatchConnection {
    async fn see(&mut self, statement: &str, policy: &Policy) -> sqlx::Result<String> {
        match self {
            Self::Postgres(conn) => of_postgres(conn, statement, policy).await,
            Self::Mysql(conn) => of_mysql(conn, statement, policy).await,
        }
    }
}

async fn of_mysql(
    conn: &mut MySqlConnection,
    statement: &str,
    policy: &Policy,
) -> sqlx::Result<String> {
    mysql::begin(conn, policy).await?;
    let row = mysql_ask::one(conn, statement.to_owned()).await?;
    let seen: Option<String> = row.try_get_unchecked(row.len() - 1)?;
    mysql_ask::execute(conn, "COMMIT".to_owned()).await?;
    seen.ok_or_else(|| {
        let text = "only a table has a sum (CHECKSUM TABLE): name a column that grows";
        sqlx::Error::Configuration(text.into())
    })
}

async fn of_postgres(
    conn: &mut PgConnection,
    statement: &str,
    policy: &Policy,
) -> sqlx::Result<String> {
    postgres::begin(conn, policy).await?;
    let seen = postgres::one(conn, statement.to_owned()).await?.try_get(0)?;
    postgres::execute(conn, "COMMIT".to_owned()).await?;
    Ok(seen)
}

/// The statement whose answer differs once rows have changed: by PostgreSQL's mark on each version
/// of a row, by MySQL's checksum of the table, or by a column and the number of rows.
fn of_rows(ask: &Ask, changed: &str, quote: char) -> String {
    let statement = ask.statement(quote);
    if changed == "checksum" {
        return statement.replacen("SELECT * FROM", "CHECKSUM TABLE", 1);
    }
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
