//! A TCP proxy that can be cut, stalled, or made to forget its connections: a bad network.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, tcp::OwnedReadHalf, tcp::OwnedWriteHalf},
    sync::watch,
};

/// How the network is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weather {
    /// Everything passes through.
    #[default]
    Fair,
    /// Connections are cut, and new ones refused.
    Cut,
    /// Connections stay, nothing passes.
    Stalled,
    /// Requests pass; no answer comes back.
    Mute,
}

/// The state that each connection watches: the weather, and how often connections were forgotten.
#[derive(Clone, Copy, Debug, Default)]
struct Conditions {
    weather: Weather,
    forgotten: usize,
}

/// The proxy; it ends with this value.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    conditions: watch::Sender<Conditions>,
    task: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free port and passes connections on to `targets`, by turns; to the next one
    /// where one refuses, as a balancer does.
    pub async fn to(targets: Vec<SocketAddr>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let conditions = watch::Sender::new(Conditions::default());
        let task = tokio::spawn(accept(listener, targets.into(), conditions.clone()));
        Self { address, conditions, task }
    }

    /// The URL at which it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Changes the weather.
    pub fn set(&self, weather: Weather) {
        self.conditions.send_modify(|conditions| conditions.weather = weather);
    }

    /// Lets the open connections be silent for ever, without a word to either end; new ones work.
    /// So it is when a router loses its state.
    pub fn forget_connections(&self) {
        self.conditions.send_modify(|conditions| conditions.forgotten += 1);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(
    listener: TcpListener,
    targets: Arc<[SocketAddr]>,
    conditions: watch::Sender<Conditions>,
) {
    let turn = AtomicUsize::new(0);
    while let Ok((client, _)) = listener.accept().await {
        let first = turn.fetch_add(1, Ordering::Relaxed);
        let (targets, conditions) = (targets.clone(), conditions.subscribe());
        // A connection that is cut ends with an error, which is its purpose.
        tokio::spawn(async move { pass(client, &targets, first, conditions).await.ok() });
    }
}

async fn pass(
    client: TcpStream,
    targets: &[SocketAddr],
    first: usize,
    mut conditions: watch::Receiver<Conditions>,
) -> io::Result<()> {
    if conditions.borrow().weather == Weather::Cut {
        return Ok(());
    }
    let Some(server) = connect(targets, first).await else {
        return Ok(());
    };
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let born = conditions.borrow().forgotten;
    let (both, up) = (&[Weather::Fair][..], &[Weather::Fair, Weather::Mute][..]);
    let up = copy(from_client, to_server, conditions.clone(), born, up);
    let down = copy(from_server, to_client, conditions.clone(), born, both);
    tokio::select! {
        // One side may have ended while the other still has something to say.
        _ = async { tokio::join!(up, down) } => {}
        _ = conditions.wait_for(|now| now.weather == Weather::Cut) => {}
    }
    Ok(())
}

async fn connect(targets: &[SocketAddr], first: usize) -> Option<TcpStream> {
    for turn in 0..targets.len() {
        let target = targets[(first + turn) % targets.len()];
        if let Ok(server) = TcpStream::connect(target).await {
            return Some(server);
        }
    }
    None
}

async fn copy(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut conditions: watch::Receiver<Conditions>,
    born: usize,
    passes_in: &[Weather],
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let count = from.read(&mut buffer).await?;
        let passes = |now: &Conditions| passes_in.contains(&now.weather) && now.forgotten == born;
        if conditions.wait_for(passes).await.is_err() {
            return Ok(());
        }
        if count == 0 {
            return to.shutdown().await;
        }
        if to.write_all(&buffer[..count]).await.is_err() {
            // Nobody listens any more, but bytes are still read: closing with some of them unread
            // would reset the connection, and those sent before would be lost.
            return tokio::io::copy(&mut from, &mut tokio::io::sink()).await.map(drop);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    /// A server that says everything back.
    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (mut from, mut to) = stream.into_split();
                tokio::spawn(async move { tokio::io::copy(&mut from, &mut to).await });
            }
        });
        address
    }

    /// Longer than an answer ever takes: only a proxy that does not pass one on takes so long.
    const PATIENCE: Duration = Duration::from_secs(30);
    /// After this the weather holds it back; one that comes later would only be missed.
    const SILENCE: Duration = Duration::from_millis(300);

    async fn answers_within(stream: &mut TcpStream, longest: Duration) -> bool {
        let mut buffer = [0; 4];
        let asked = stream.write_all(b"ping").await.is_ok();
        let heard = timeout(longest, stream.read_exact(&mut buffer)).await;
        asked && matches!(heard, Ok(Ok(4)))
    }

    async fn says_back(stream: &mut TcpStream) -> bool {
        answers_within(stream, PATIENCE).await
    }

    async fn is_silent(stream: &mut TcpStream) -> bool {
        !answers_within(stream, SILENCE).await
    }

    #[tokio::test]
    async fn every_weather_does_what_it_says() {
        let proxy = Proxy::to(vec![echo().await]).await;
        let mut old = TcpStream::connect(proxy.address).await.expect("a connection");
        assert!(says_back(&mut old).await);
        proxy.set(Weather::Stalled);
        assert!(is_silent(&mut old).await);
        proxy.set(Weather::Fair);
        let mut late = [0; 4];
        old.read_exact(&mut late).await.expect("what was held back arrives");
        proxy.forget_connections();
        assert!(is_silent(&mut old).await);
        let mut new = TcpStream::connect(proxy.address).await.expect("a connection");
        assert!(says_back(&mut new).await);
        proxy.set(Weather::Cut);
        assert_eq!(new.read(&mut late).await.expect("an end"), 0);
    }
}
