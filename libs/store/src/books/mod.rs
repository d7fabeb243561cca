//! The small tables beside the records, which say where something stands: heads, floors, counters,
//! leases, positions, the ledger. Each follows from something else, and a number in them that was
//! altered by hand, or restored without the rest, stops or misleads a service without an error.
//!
//! So each is compared with what it describes. A [`Disagreement`] says what is wrong, and brings
//! the statement that mends it, or says why none can and what to do. A service adds checks of its
//! own tables.
//!
//! Some values have nothing to be compared with: answers to requests that may be repeated, the
//! holder of a lease, the time of a revision.

mod classes;
mod columns;
mod feed;
mod indexes;
mod ledger;
mod places;
mod schema;

use futures::future::BoxFuture;
use mpp_core::{Micros, Result};
use sqlx::{Any, AssertSqlSafe, query::Query};

use crate::{Actor, Conn, Db, Progress, Tx, db_error};

/// How far a clock may be off, or a lease may last, before a time counts as altered.
pub const FAR_AHEAD: Micros = 86_400_000_000;

/// The tables that every service has, and what its steps make besides tables.
pub const TABLES: &[&str] =
    &["feed", "revision", "change", "job", "upstream", "migration", "trigger", "function", "index"];

/// Precedes the advice, in the text of a disagreement that a repair alone does not mend.
pub const WAY_OUT: &str = "; way out: ";

/// A value in a table that contradicts what it describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The table that holds the value.
    pub table: &'static str,
    /// The row, its value, and the right one; with the way out, if `mend` does not mend it.
    pub what: String,
    /// The statement that mends it; `None` if only a person can.
    pub mend: Option<Statement>,
    /// The statement that accepts the value as it is, for a person who decides so.
    pub accept: Option<Statement>,
    /// The part of the table that it is in, such as a mall's, which can be compared and mended
    /// alone; empty if only the whole can.
    pub part: String,
    /// The number of rows that it stands for: the others are named once this one is mended.
    pub rows: i64,
    /// True if the row is missing: whoever changes what it follows from does not come across it.
    pub lacks_row: bool,
}

impl Disagreement {
    /// A disagreement that a statement mends.
    pub fn new(table: &'static str, what: impl Into<String>, mend: Statement) -> Self {
        Self {
            table,
            what: what.into(),
            mend: Some(mend),
            accept: None,
            part: String::new(),
            rows: 1,
            lacks_row: false,
        }
    }

    /// A disagreement that only a person can judge, and what that person can do.
    pub fn for_a_person(table: &'static str, what: impl AsRef<str>, way_out: &str) -> Self {
        let what = format!("{}{WAY_OUT}{way_out}", what.as_ref());
        let part = String::new();
        Self { table, what, mend: None, accept: None, part, rows: 1, lacks_row: false }
    }

    /// Says which part of its table it is in.
    #[must_use]
    pub fn of_part(self, part: String) -> Self {
        Self { part, ..self }
    }

    /// Sets the number of rows that it stands for; it names one of them.
    #[must_use]
    pub fn of_rows(self, rows: i64) -> Self {
        Self { rows, ..self }
    }

    /// Marks it as a missing row, if it `lacks` one.
    #[must_use]
    pub fn without_row(self, lacks: bool) -> Self {
        Self { lacks_row: lacks, ..self }
    }

    /// Adds the statement to run if a person accepts the value as it is.
    #[must_use]
    pub fn once_accepted(self, accept: Statement) -> Self {
        Self { accept: Some(accept), ..self }
    }

    /// True if a statement mends it or, with `accept`, accepts it as it is.
    pub fn is_mendable(&self, accept: bool) -> bool {
        self.statement(accept).is_some()
    }

    fn statement(&self, accept: bool) -> Option<&Statement> {
        self.mend.as_ref().or(self.accept.as_ref().filter(|_| accept))
    }
}

/// A statement with its values, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    text: String,
    values: Vec<Value>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Number(i64),
    Text(String),
}

impl Statement {
    /// A statement without values so far.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), values: Vec::new() }
    }

    /// The next value.
    #[must_use]
    pub fn number(mut self, value: i64) -> Self {
        self.values.push(Value::Number(value));
        self
    }

    /// The next value.
    #[must_use]
    pub fn text(mut self, value: &str) -> Self {
        self.values.push(Value::Text(value.to_owned()));
        self
    }

    /// Answers how many rows it wrote.
    async fn run(&self, conn: &mut Conn) -> Result<i64> {
        let mut query: Query<'_, Any, _> = sqlx::query(AssertSqlSafe(self.text.clone()));
        query = query.persistent(false);
        for value in &self.values {
            query = match value {
                Value::Number(number) => query.bind(*number),
                Value::Text(text) => query.bind(text.clone()),
            };
        }
        let done = query.execute(conn).await.map_err(db_error)?;
        Ok(i64::try_from(done.rows_affected()).unwrap_or(i64::MAX))
    }
}

impl Db {
    /// Values in these tables of another type than their column's, on which every read fails; in
    /// all tables except that of the records if none is named.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub fn misfiled<'a>(
        &'a self,
        conn: &'a mut Conn,
        tables: &'a [&'static str],
    ) -> BoxFuture<'a, Result<Vec<Disagreement>>> {
        Box::pin(async move { classes::disagreements(conn, &self.these_or_all(tables)).await })
    }

    /// Puts back the values of [`Db::misfiled`] that a repair puts back, some rows at a time, while
    /// others write; answers how many. What was put back stays if the rest fails, and is counted in
    /// `progress`.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub fn put_back_misfiled<'a>(
        &'a self,
        by: &'a Actor,
        tables: &'a [&'static str],
        progress: &'a Progress,
    ) -> BoxFuture<'a, Result<i64>> {
        let tables = self.these_or_all(tables);
        Box::pin(async move { classes::put_back(self, by, &tables, progress).await })
    }

    fn these_or_all(&self, tables: &[&'static str]) -> Vec<&'static str> {
        if tables.is_empty() { schema::tables(self.0.steps) } else { tables.to_vec() }
    }

    /// Everything that is wrong with the tables that every service has, as `conn` shows them.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub fn disagreements<'a>(
        &'a self,
        conn: &'a mut Conn,
        now: Micros,
    ) -> BoxFuture<'a, Result<Vec<Disagreement>>> {
        Box::pin(async move {
            let mut found = places::disagreements(conn, now).await?;
            found.extend(ledger::disagreements(conn, (self.0.name, self.0.steps), now).await?);
            found.extend(schema::disagreements(conn, (self.0.name, self.0.steps)).await?);
            // Last, as in each commit: the lock on the feed's order is taken after those on rows.
            found.extend(feed::disagreements(conn, self.0.dialect, self.0.name).await?);
            Ok(found)
        })
    }
}

impl Tx {
    /// Locks tables against all other writers until the commit, in this order; does nothing on
    /// SQLite, which has one writer.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if a lock cannot be had.
    pub async fn lock_tables(&mut self, tables: &[&'static str]) -> Result<()> {
        if self.db.is_sqlite() {
            return Ok(());
        }
        for table in tables {
            let text = format!("lock table {table} in exclusive mode");
            let locked = sqlx::raw_sql(AssertSqlSafe(text)).execute(self.conn()).await;
            locked.map_err(db_error)?;
        }
        Ok(())
    }

    /// Takes those values of [`Db::misfiled`] as they are that nothing puts back; answers how many.
    /// Call it before any other write of the transaction.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub fn accept_misfiled<'a>(
        &'a mut self,
        tables: &'a [&'static str],
    ) -> BoxFuture<'a, Result<i64>> {
        Box::pin(async move {
            let tables = self.db.these_or_all(tables);
            classes::take_as_it_is(self, &tables).await
        })
    }

    /// Runs the statements that mend and, with `accept`, those that accept what cannot be mended;
    /// answers how many it ran. The rest is for a person.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn mend(&mut self, found: &[Disagreement], accept: bool) -> Result<i64> {
        let mut mended = 0;
        for statement in found.iter().filter_map(|found| found.statement(accept)) {
            statement.run(self.conn()).await?;
            mended += 1;
        }
        Ok(mended)
    }
}
