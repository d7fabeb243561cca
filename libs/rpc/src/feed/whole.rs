//! The whole state, for those who begin with it: each in turn, since one takes a connection and
//! some memory for as long as its reader reads.

use std::{sync::Arc, time::Duration};

use futures::{FutureExt as _, StreamExt as _, stream, stream::BoxStream};
use mpp_api::feed::WatchResponse;
use mpp_core::{Caller, Role};
use mpp_store::{Feed, Filter};
use tokio::time::sleep;
use tonic::Status;

use super::{messages, told::Teller};
use crate::{Turns, status};

/// Between two signs of life to a caller that waits. No setting: as often as a bookmark comes by
/// default, and far more often than any client gives up.
const SIGN_OF_LIFE: Duration = Duration::from_secs(3);

/// The whole state once it is the caller's turn, which ends with the state; then what changes. The
/// stream begins at once, is counted as one while it waits, and says by empty messages that it
/// does.
pub(super) fn in_turn(
    feed: Feed,
    filter: Filter,
    turns: Turns<String>,
    teller: Arc<Teller>,
    prompt: bool,
) -> BoxStream<'static, Result<WatchResponse, Status>> {
    let begun = async move {
        let caller = teller.caller.subject.clone();
        let turn = match has_reserve(&teller.caller) {
            true => turns.take_reserved(caller.clone()).await,
            false => turns.take(caller.clone()).await,
        };
        match feed.subscribe_at(&filter, &caller, turn) {
            Ok(subscription) => {
                messages(feed.db().name(), subscription.telling_soon(prompt), teller)
            }
            Err(error) => stream::iter([Err(status(error))]).boxed(),
        }
    };
    let waits = stream::unfold(Some(begun.boxed()), |waits| async {
        let mut waits = waits?;
        tokio::select! {
            begun = &mut waits => Some((begun, None)),
            () = sleep(SIGN_OF_LIFE) => {
                let sign = stream::iter([Ok(WatchResponse::default())]).boxed();
                Some((sign, Some(waits)))
            }
        }
    });
    waits.flatten().boxed()
}

/// True for callers who must not wait behind slow readers: the suite is late for everybody while
/// one of its services is. An administrator reads for one person, and may be as slow as anybody.
fn has_reserve(caller: &Caller) -> bool {
    caller.roles.contains(&Role::Service)
}
