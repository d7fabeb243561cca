//! Whether a database can be reached, known to all that use it together.
//!
//! A server that dies with its machine, or a router that loses its state, says nothing: TCP takes a
//! quarter of an hour to give such a connection up, and a pool hands it out meanwhile. So what one
//! connection finds out holds for all that are as old:
//!
//! - A connection that breaks, or leads to a server that takes no writes, puts earlier ones in
//!   **doubt**: they are dropped instead of being handed out. Work that is under way on them goes
//!   on.
//! - If the looker's own connection is silent while a new one is answered, or the server was away,
//!   earlier ones are **cut**: work that is under way on them fails at once. A commit may have been
//!   carried out all the same, so a call with a key may be sent again, and one without has to look
//!   first.
//!
//! **Rejected**: TCP's own bounds (keepalive, TCP_USER_TIMEOUT), which the driver has no way to
//! set; a try of each connection before it is used, which costs every transaction a round trip and
//! waits for the silent one as well; a time limit for each statement, which a large one needs as
//! long.

use std::{fmt, future::Future, io, sync::Arc, time::Duration};

use tokio::{
    sync::{Notify, watch},
    time::Instant,
};

/// All that is known of one database's reach. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reach(Arc<ReachState>);

#[derive(Debug, Default)]
struct ReachState {
    found: watch::Sender<Findings>,
    /// Wakes the looker.
    doubts: Notify,
}

#[derive(Clone, Copy, Debug, Default)]
struct Findings {
    /// The looker does not reach it.
    away: bool,
    /// Connections that were made before are not used any more.
    doubted: Option<Instant>,
    /// Statements on connections that were made before have failed.
    cut: Option<Instant>,
    /// A new connection was answered, after earlier ones had been lost.
    renewed: Option<Instant>,
}

impl Reach {
    /// Notes that the looker does not reach the server, so that nobody waits for it.
    pub fn note_lost(&self) {
        self.0.found.send_modify(|found| found.away = true);
    }

    /// The looker reaches the database, or no longer looks.
    pub fn find(&self) {
        self.0.found.send_if_modified(|found| std::mem::take(&mut found.away));
    }

    /// True while the looker does not reach it.
    pub fn is_away(&self) -> bool {
        self.0.found.borrow().away
    }

    /// Waits until the looker does not reach it.
    pub fn until_away(&self) -> impl Future<Output = ()> + Send + use<> {
        self.until(|found| found.away)
    }

    /// Lets earlier connections go, and has the looker look at once.
    pub fn doubt(&self) {
        self.0.found.send_modify(|found| found.doubted = Some(Instant::now()));
        self.0.doubts.notify_one();
    }

    /// A new connection was answered: lets earlier ones go and, to `cut`, with what runs on them.
    pub fn renew(&self, cut: bool) {
        let now = Some(Instant::now());
        self.0.found.send_modify(|found| {
            (found.doubted, found.renewed) = (now, now);
            found.cut = if cut { now } else { found.cut };
        });
    }

    /// True for a connection of this age that is not to be used any more.
    pub fn is_doubted(&self, age: Duration) -> bool {
        self.0.found.borrow().doubted.is_some_and(|at| age >= at.elapsed())
    }

    /// Waits until statements that run since then have failed.
    pub fn until_cut(&self, since: Instant) -> impl Future<Output = ()> + Send + use<> {
        self.until(move |found| found.cut.is_some_and(|at| at >= since))
    }

    /// Waits until a new connection was answered since then: one that was begun before, and has not
    /// come about, may be on its way to a server that is gone.
    pub fn until_renewed(&self, since: Instant) -> impl Future<Output = ()> + Send + use<> {
        self.until(move |found| found.renewed.is_some_and(|at| at >= since))
    }

    /// Waits until somebody doubts.
    pub async fn until_doubted(&self) {
        self.0.doubts.notified().await;
    }

    fn until<M: Fn(&Findings) -> bool + Send>(
        &self,
        met: M,
    ) -> impl Future<Output = ()> + Send + use<M> {
        let known = self.0.clone();
        async move {
            // The channel is there as long as its sender, which is held here.
            let _ = known.found.subscribe().wait_for(met).await;
        }
    }
}

/// A server that only follows another one.
#[derive(Debug)]
pub(crate) struct Standby;

impl fmt::Display for Standby {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("the server is a standby")
    }
}

impl std::error::Error for Standby {}

/// True if an error says that a connection is of no use any more, or leads to the wrong server.
pub(crate) fn is_of_the_connection(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            matches!(code.as_ref(), "57P01" | "57P02" | "57P03" | "25006")
                || code.len() == 5 && code.starts_with("08")
        }
        _ => false,
    }
}

/// The error for those that wait for a database that is away, or whose connection was cut.
pub(crate) fn away() -> sqlx::Error {
    sqlx::Error::Io(io::Error::other("the database was found away"))
}

/// The error for those whose connection leads to a standby.
pub(crate) fn standby() -> sqlx::Error {
    sqlx::Error::Io(io::Error::other(Standby))
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    /// The clock goes on.
    fn a_moment() {
        std::thread::sleep(Duration::from_millis(2));
    }

    #[test]
    fn a_doubt_holds_for_what_is_as_old_and_not_for_what_comes_after() {
        let reach = Reach::default();
        assert!(!reach.is_doubted(LONG));
        reach.doubt();
        a_moment();
        assert!(reach.is_doubted(LONG));
        assert!(!reach.is_doubted(Duration::ZERO));
        assert!(reach.until_doubted().now_or_never().is_some(), "the looker was woken");
    }

    #[test]
    fn what_runs_is_cut_by_a_cut_and_by_no_doubt() {
        let (reach, since) = (Reach::default(), Instant::now());
        reach.doubt();
        assert!(reach.until_renewed(since).now_or_never().is_none());
        reach.renew(false);
        assert!(reach.until_renewed(since).now_or_never().is_some());
        assert!(reach.until_cut(since).now_or_never().is_none());
        reach.renew(true);
        assert!(reach.until_cut(since).now_or_never().is_some());
        a_moment();
        assert!(reach.until_cut(Instant::now()).now_or_never().is_none(), "begun afterwards");
    }

    #[test]
    fn nobody_waits_for_a_server_that_is_away() {
        let reach = Reach::default();
        assert!(reach.until_away().now_or_never().is_none());
        reach.note_lost();
        assert!(reach.until_away().now_or_never().is_some());
        reach.find();
        assert!(!reach.is_away());
    }
}
