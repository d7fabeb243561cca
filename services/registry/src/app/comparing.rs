//! Work that compares many records: away from the memory's lock, which writes wait for, on as many
//! threads as there are processors, its callers by turns.

use mpp_core::{Error, Result};
use mpp_rpc::Turns;
use tokio::task::spawn_blocking;

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
    /// Does the work of a caller, once it is the caller's turn.
    ///
    /// # Errors
    /// Internal, if the work panics.
    pub async fn run<T: Send + 'static>(
        &self,
        caller: &str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let turn = self.0.take(caller.to_owned()).await;
        let done = spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(Error::internal)
    }
}
