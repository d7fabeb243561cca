//! A session whose client is gone without a word: nothing comes over its connection any more, not
//! even its end. That happens when a machine dies, or a router loses its state.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use mpp_api::registry::Mall;
use mpp_core::Clock;
use mpp_store::{Db, Expect, Options};
use mpp_testkit::{Backend, database};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, tcp::OwnedReadHalf, tcp::OwnedWriteHalf},
};

use crate::kit::{SCHEMA, in_region, mall, officer, write};

const NAME: &str = "malls/banyuwangi";

/// A way to a server that can fall silent: connections stay open, and nothing passes.
async fn way(server: String) -> (String, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let silent = Arc::new(AtomicBool::new(false));
    let fallen = silent.clone();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(&server).await.expect("the server");
            let ((from, to), (back, home)) = (client.into_split(), server.into_split());
            tokio::spawn(pass(from, home, fallen.clone()));
            tokio::spawn(pass(back, to, fallen.clone()));
        }
    });
    (address, silent)
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, silent: Arc<AtomicBool>) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(count) = from.read(&mut bytes).await {
        if silent.load(Relaxed) {
            std::future::pending::<()>().await;
        }
        if count == 0 || to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn what_a_session_has_locked_that_is_gone_without_a_word_is_free_before_others_give_up() {
    let database = database(Backend::Postgres).await;
    let place = database.url().split_once('@').map_or(database.url(), |(_, place)| place);
    let (server, _) = place.split_once('/').expect("host and database");
    let (address, silent) = way(server.to_owned()).await;
    let url = database.url().replacen(server, &address, 1);
    let gone = Options::new(url, 16, Clock::system());
    let gone = Db::open_migrated(&gone, &SCHEMA).await.expect("over the proxy");
    write(&gone, NAME, "one", "35.10").await;
    let mut tx = gone.begin(&officer()).await.expect("begins");
    tx.get::<Mall>(NAME).await.expect("locked").expect("there");
    silent.store(true, Relaxed);

    // Stands for the next process, or for the same one over another connection.
    let next = Db::open(&database.options(Clock::system()), &SCHEMA).await.expect("the next one");
    let mut other = next.begin(&officer()).await.expect("begins");
    let put = other.put(NAME, &mall(NAME, "two"), in_region("35.10"), Expect::Any).await;
    put.expect("the lock is let go of before this gives up");
    other.commit().await.expect("committed");
    drop(tx);
}
