//! The bearer token of a client, and where a newer one comes from.

use std::{
    env, fmt,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::future::BoxFuture;
use http::HeaderValue;
use mpp_core::{Clock, Error, FieldCode, Micros, Reason, Result};
use tokio::{sync::Mutex, time::timeout};

use crate::{Settings, file::WatchedFiles};

/// The source of a token.
#[derive(Clone)]
pub enum TokenSource {
    /// The token itself. It is used as long as the client lives.
    Text(String),
    /// A file that holds it, read again when it changes, and when a server refuses the token.
    File(PathBuf),
    /// An environment variable that holds it.
    Env(String),
    /// Something that hands out tokens; see [`TokenSource::ask`].
    Ask(Ask),
}

/// Hands out a token: a call to an issuer, a vault, another process.
#[derive(Clone)]
pub struct Ask(Arc<dyn Fn() -> BoxFuture<'static, Result<String>> + Send + Sync>);

impl TokenSource {
    /// Asks `ask` for a token when the first is needed, before the present one ends (as its claim
    /// `exp` says), and when a server refuses it; never twice at once. If it fails, the present
    /// token is used to its end.
    ///
    /// ```
    /// # use mpp_client::TokenSource;
    /// # async fn token_of_my_issuer() -> mpp_core::Result<String> { Ok("…".into()) }
    /// let source = TokenSource::ask(|| async { token_of_my_issuer().await });
    /// ```
    pub fn ask<F, T>(ask: F) -> Self
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: Future<Output = Result<String>> + Send + 'static,
    {
        Self::Ask(Ask(Arc::new(move || Box::pin(ask()))))
    }
}

/// Leaves the token out, so that it gets into no log.
impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Text(…)"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Env(name) => f.debug_tuple("Env").field(name).finish(),
            Self::Ask(_) => f.write_str("Ask(…)"),
        }
    }
}

/// A token at hand.
pub(crate) enum Token {
    Fixed(HeaderValue),
    File(WatchedFiles<HeaderValue>),
    Asked(AskedToken),
}

impl Token {
    pub(crate) fn open(source: &TokenSource, settings: &Settings) -> Result<Self> {
        match source {
            TokenSource::Text(text) => Ok(Self::Fixed(bearer(text.as_bytes())?)),
            TokenSource::File(path) => {
                let read = |files: &[Vec<u8>]| bearer(&files[0]);
                Ok(Self::File(WatchedFiles::open(vec![path.clone()], read)?))
            }
            TokenSource::Env(name) => {
                let text = env::var(name).map_err(|_| {
                    let text = format!("the environment variable {name} is not set");
                    Error::field("token", FieldCode::Required, text)
                })?;
                Ok(Self::Fixed(bearer(text.as_bytes())?))
            }
            TokenSource::Ask(ask) => Ok(Self::Asked(AskedToken::new(ask.clone(), settings))),
        }
    }

    /// The header's value.
    pub(crate) async fn header(&self) -> Result<HeaderValue> {
        match self {
            Self::Fixed(value) => Ok(value.clone()),
            Self::File(file) => Ok(HeaderValue::clone(&file.current())),
            Self::Asked(asked) => asked.header().await,
        }
    }

    /// A token to try instead of the one that a server has just refused; `None` if there is no
    /// other.
    pub(crate) async fn other_than(&self, refused: &HeaderValue) -> Option<HeaderValue> {
        let other = match self {
            Self::Fixed(_) => None,
            Self::File(file) => Some(HeaderValue::clone(&file.newest())),
            Self::Asked(asked) => asked.other_than(refused).await,
        };
        other.filter(|other| other != refused)
    }
}

pub(crate) struct AskedToken {
    ask: Ask,
    renew: Duration,
    patience: Duration,
    rest: Duration,
    clock: Clock,
    held: Mutex<Option<Held>>,
}

struct Held {
    header: HeaderValue,
    /// `None` if the token does not say.
    ends: Option<Micros>,
    /// When the source is asked again.
    renew_at: Option<Instant>,
}

impl AskedToken {
    fn new(ask: Ask, settings: &Settings) -> Self {
        let Settings { renew, connect: patience, rest, .. } = *settings;
        Self { ask, renew, patience, rest, clock: Clock::system(), held: Mutex::default() }
    }

    async fn header(&self) -> Result<HeaderValue> {
        // Held while asking: the others wait for the same token.
        let mut held = self.held.lock().await;
        match &mut *held {
            Some(held) if held.renew_at.is_none_or(|at| at > Instant::now()) => {
                Ok(held.header.clone())
            }
            Some(held) if held.ends.is_some_and(|ends| ends > self.clock.now()) => {
                self.renew(held).await;
                Ok(held.header.clone())
            }
            _ => Ok(held.insert(self.fetch().await?).header.clone()),
        }
    }

    /// Keeps the token if there is no newer one, and asks again after a while.
    async fn renew(&self, held: &mut Held) {
        match self.fetch().await {
            Ok(new) => *held = new,
            Err(error) => {
                tracing::warn!(%error, "the token is used to its end, as there is no newer one");
                held.renew_at = Some(Instant::now() + self.rest);
            }
        }
    }

    async fn other_than(&self, refused: &HeaderValue) -> Option<HeaderValue> {
        let mut held = self.held.lock().await;
        if let Some(held) = held.as_ref().filter(|held| held.header != *refused) {
            return Some(held.header.clone());
        }
        match self.fetch().await {
            Ok(new) => Some(held.insert(new).header.clone()),
            Err(error) => {
                tracing::warn!(%error, "a token was refused, and there is no newer one");
                None
            }
        }
    }

    async fn fetch(&self) -> Result<Held> {
        let text = timeout(self.patience, (self.ask.0)()).await.map_err(|_| {
            let text = format!("no token came within {} s", self.patience.as_secs());
            Error::new(Reason::Unavailable, text)
        })??;
        let ends = end_of(&text);
        let left = ends.map(|ends| u64::try_from(ends - self.clock.now()).unwrap_or(0));
        let left = left.map(Duration::from_micros);
        // A short life is used for its half, so that not every call asks for a token.
        let use_for = left.map(|left| left.saturating_sub(self.renew).max(left / 2));
        let renew_at = use_for.map(|time| Instant::now() + time);
        Ok(Held { header: bearer(text.as_bytes())?, ends, renew_at })
    }
}

/// When a token ends, as its claim `exp` says; the server checks it, not we.
pub fn end_of(token: &str) -> Option<Micros> {
    let payload = token.trim().split('.').nth(1)?;
    let claims = URL_SAFE_NO_PAD.decode(payload).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    claims.get("exp")?.as_i64()?.checked_mul(1_000_000)
}

fn bearer(token: &[u8]) -> Result<HeaderValue> {
    let value = [b"Bearer ", token.trim_ascii()].concat();
    let mut value = HeaderValue::from_bytes(&value).map_err(|_| {
        let text = "not a token: it holds control characters";
        Error::field("token", FieldCode::ControlCharacter, text)
    })?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    use super::*;

    /// An issuer that numbers its tokens, which end this many seconds from now.
    fn issuer(ends_in: i64) -> (Token, Arc<AtomicU64>) {
        let asked = Arc::new(AtomicU64::new(0));
        let count = asked.clone();
        let source = TokenSource::ask(move || {
            let number = count.fetch_add(1, Relaxed);
            async move {
                let exp = Clock::system().now() / 1_000_000 + ends_in;
                let claims = URL_SAFE_NO_PAD.encode(format!("{{\"exp\":{exp},\"n\":{number}}}"));
                Ok(format!("head.{claims}.signature"))
            }
        });
        (Token::open(&source, &Settings::default()).expect("a source"), asked)
    }

    #[tokio::test]
    async fn a_token_is_asked_for_once_and_again_when_it_ends() {
        let (lasting, asked) = issuer(600);
        let first = lasting.header().await.expect("a token");
        assert_eq!(lasting.header().await.expect("a token"), first);
        assert_eq!(asked.load(Relaxed), 1);
        let (ended, asked) = issuer(-1);
        let first = ended.header().await.expect("a token");
        assert_ne!(ended.header().await.expect("a token"), first);
        assert_eq!(asked.load(Relaxed), 2);
    }

    #[tokio::test]
    async fn a_refused_token_is_replaced_once_for_all_who_had_it() {
        let (token, asked) = issuer(600);
        let refused = token.header().await.expect("a token");
        let other = token.other_than(&refused).await.expect("another one");
        assert_ne!(other, refused);
        assert_eq!(token.other_than(&refused).await, Some(other));
        assert_eq!(asked.load(Relaxed), 2);
    }

    #[test]
    fn no_log_shows_a_token() {
        assert_eq!(format!("{:?}", TokenSource::Text("secret".into())), "Text(…)");
    }
}
