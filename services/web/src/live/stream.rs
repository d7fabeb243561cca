//! Server-sent events: each section that changed, as HTML, to replace the old one by its id.

use std::{convert::Infallible, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt as _, stream};
use tokio::{sync::watch, time::timeout};
use tokio_util::sync::CancellationToken;

use super::{boards::Board, permits::Permit};
use crate::pages::Drawn;

/// The messages for one listener, until `shutdown`: every section first, so that nothing is missed
/// between the page and its stream, then those that change.
pub fn messages(
    board: Arc<Board>,
    permit: Permit,
    heartbeat: Duration,
    shutdown: CancellationToken,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let updates = board.drawn.clone();
    let listener = Listener { updates, heartbeat, _board: board, sent: None, _permit: permit };
    let messages = stream::unfold(listener, |mut listener| async move {
        let message = listener.next().await?;
        Some((Ok(message), listener))
    });
    messages.take_until(Box::pin(async move { shutdown.cancelled().await }))
}

struct Listener {
    updates: watch::Receiver<Arc<Drawn>>,
    sent: Option<Arc<Drawn>>,
    /// The longest silence; the comment that ends it keeps the browser connected, and shows who is
    /// gone.
    heartbeat: Duration,
    _board: Arc<Board>,
    _permit: Permit,
}

impl Listener {
    /// The changed parts, or a comment after a silence; `None` once the page is no longer kept.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.sent.is_some() {
                match timeout(self.heartbeat, self.updates.changed()).await {
                    Ok(changed) => changed.ok()?,
                    Err(_) => return Some(Bytes::from_static(b":\n\n")),
                }
            }
            let now = self.updates.borrow_and_update().clone();
            let message = differing(self.sent.as_deref(), &now);
            self.sent = Some(now);
            if !message.is_empty() {
                return Some(message);
            }
        }
    }
}

/// The messages of the parts that are not the same as before. They were encoded once for all.
fn differing(before: Option<&Drawn>, now: &Drawn) -> Bytes {
    let old: Vec<_> = before.map(|before| before.parts().collect()).unwrap_or_default();
    let changed: Vec<&Bytes> = now
        .parts()
        .filter(|part| !old.iter().any(|old| Arc::ptr_eq(old, part)))
        .map(|part| &part.event)
        .collect();
    match changed.as_slice() {
        [only] => Bytes::clone(only),
        several => {
            let mut all = BytesMut::with_capacity(several.iter().map(|event| event.len()).sum());
            several.iter().for_each(|event| all.extend_from_slice(event));
            all.freeze()
        }
    }
}
