//! Work that compares many records: away from the memory's lock, which writes wait for, on as many
//! threads as there are processors, its callers by turns. Nothing ends such a thread from outside,
//! so the work checks itself whether its caller still waits: after a call's deadline nobody does.

use mpp_core::{Error, Result};
use mpp_rpc::Turns;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

/// The places for such work. Clones share them.
#[derive(Clone, Debug)]
pub struct Comparing(Turns<String>);

impl Default for Comparing {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self(Turns::new(processors, processors))
    }
}

impl Comparing {
    /// Does the work of a caller, once it is the caller's turn. The work learns when nobody waits
    /// for its answer any more; what it answers then is lost.
    ///
    /// # Errors
    /// Internal, if the work panics.
    pub async fn run<T: Send + 'static>(
        &self,
        caller: &str,
        work: impl FnOnce(&CancellationToken) -> T + Send + 'static,
    ) -> Result<T> {
        let gone = CancellationToken::new();
        let _waits = gone.clone().drop_guard();
        let turn = self.0.take(caller.to_owned()).await;
        let done = spawn_blocking(move || {
            let _turn = turn;
            work(&gone)
        });
        done.await.map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot::channel;

    use super::*;

    #[tokio::test]
    async fn work_ends_once_nobody_waits_for_it() {
        let (begins, begun) = channel();
        let (ends, ended) = channel();
        let comparing = Comparing::default();
        let work = comparing.run("users/a", |gone| {
            begins.send(()).expect("somebody waits");
            while !gone.is_cancelled() {
                std::thread::yield_now();
            }
            ends.send(()).expect("somebody waits");
        });
        tokio::select! {
            _ = work => unreachable!("it goes on as long as its caller waits"),
            begun = begun => begun.expect("it has begun"),
        }
        ended.await.expect("its caller has gone, and so it ends");
    }
}
