//! A connection of a pool, which fails at once where its server is known to be gone, and never goes
//! back to the pool when it is of no use.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures::{
    FutureExt as _, Stream, StreamExt as _,
    future::{self, BoxFuture},
    stream::{self, BoxStream},
};
use sqlx::{
    Any, Either, Execute, Executor, SqlStr,
    any::{AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo},
    pool::PoolConnection,
};
use tokio::{runtime::Handle, time::Instant};

use crate::{
    Turn,
    dialect::{Dialect, POSTGRES, SQLITE},
    reach::{self, Reach},
};

/// A connection to the database, for a service's own tables.
#[derive(Debug)]
pub struct Conn {
    /// `None` once it was thrown away.
    pooled: Option<PoolConnection<Any>>,
    reach: Reach,
    since: Instant,
    broken: bool,
    /// How long it may take to be given back.
    give_back: Duration,
    /// Its caller's turn, which the next caller gets with the connection.
    _turn: Option<Turn<Arc<str>>>,
}

impl Conn {
    pub(crate) fn new(
        pooled: PoolConnection<Any>,
        turn: Option<Turn<Arc<str>>>,
        reach: Reach,
        give_back: Duration,
    ) -> Self {
        let since = Instant::now();
        Self { pooled: Some(pooled), reach, since, broken: false, give_back, _turn: turn }
    }

    /// The SQL texts of the database that it leads to.
    pub(crate) fn dialect(&self) -> &'static Dialect {
        match self.pooled.as_ref().map(|conn| conn.backend_name()) {
            Some("SQLite") => &SQLITE,
            _ => &POSTGRES,
        }
    }

    /// Closes it without a word, which also ends a transaction.
    pub(crate) fn throw_away(&mut self) {
        if let Some(pooled) = self.pooled.take() {
            drop(pooled.detach());
        }
    }

    /// How long it may take to roll back, or to show that it still works, when it is given back.
    pub(crate) fn give_back(&self) -> Duration {
        self.give_back
    }

    /// Passes on a statement's answers until the server is known to be gone.
    fn watched<'e, T: Send + 'e>(
        &'e mut self,
        ask: impl FnOnce(&'e mut PoolConnection<Any>) -> BoxStream<'e, sqlx::Result<T>>,
    ) -> BoxStream<'e, sqlx::Result<T>> {
        let Self { pooled, reach, since, broken, .. } = self;
        match pooled {
            Some(pooled) => {
                Answers { rows: ask(pooled), cut: None, reach, since: *since, broken }.boxed()
            }
            None => stream::once(future::ready(Err(reach::away()))).boxed(),
        }
    }
}

impl Drop for Conn {
    fn drop(&mut self) {
        let Some(mut pooled) = self.pooled.take() else { return };
        if self.broken || self.reach.is_away() {
            return drop(pooled.detach());
        }
        let Ok(runtime) = Handle::try_current() else {
            return drop(pooled.detach());
        };
        // The driver would wait for ever for the answer of a server that is gone, and the pool
        // would be one connection short for as long.
        let (back, cut) = (pooled.return_to_pool(), self.reach.until_cut(self.since));
        let longest = self.give_back;
        runtime.spawn(async move {
            tokio::select! {
                () = back => {}
                () = cut => {}
                () = tokio::time::sleep(longest) => {}
            }
        });
    }
}

impl<'c> Executor<'c> for &'c mut Conn {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, sqlx::Result<Either<AnyQueryResult, AnyRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        self.watched(|pooled| (&mut **pooled).fetch_many(query))
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<AnyRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        one(self.watched(|pooled| stream::once((&mut **pooled).fetch_optional(query)).boxed()))
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [AnyTypeInfo],
    ) -> BoxFuture<'e, sqlx::Result<AnyStatement>>
    where
        'c: 'e,
    {
        one(self
            .watched(|pooled| stream::once((&mut **pooled).prepare_with(sql, parameters)).boxed()))
    }
}

/// The one answer of a statement.
fn one<'e, T: Send + 'e>(
    mut answers: BoxStream<'e, sqlx::Result<T>>,
) -> BoxFuture<'e, sqlx::Result<T>> {
    Box::pin(async move { answers.next().await.unwrap_or_else(|| Err(reach::away())) })
}

/// The rows that a statement answers.
struct Answers<'e, T> {
    rows: BoxStream<'e, sqlx::Result<T>>,
    /// Once it has had to wait.
    cut: Option<BoxFuture<'static, ()>>,
    reach: &'e Reach,
    since: Instant,
    broken: &'e mut bool,
}

impl<T> Stream for Answers<'_, T> {
    type Item = sqlx::Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Poll::Ready(answer) = self.rows.poll_next_unpin(context) {
            if let Some(Err(error)) = &answer
                && reach::is_of_the_connection(error)
            {
                *self.broken = true;
                self.reach.doubt();
            }
            return Poll::Ready(answer);
        }
        let (reach, since) = (self.reach, self.since);
        let cut = self.cut.get_or_insert_with(|| reach.until_cut(since).boxed());
        ready!(cut.poll_unpin(context));
        self.cut = None;
        *self.broken = true;
        Poll::Ready(Some(Err(reach::away())))
    }
}
