//! The places of calls: one that is in progress holds a place; one that only waits for a revision
//! gives it back meanwhile and holds one of those for waits, so that reads of a revision that never
//! comes take no place from calls that could be answered.

use std::{
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::extract::Request;
use futures::FutureExt as _;
use mpp_core::{Caller, Error, Reason, Result, Role};

use crate::{Full, Limits, Rank, Share, Shares, party::Party};

/// When a refused caller may come again: most calls have ended by then, and nobody waits long.
const COME_AGAIN: Duration = Duration::from_millis(500);

tokio::task_local! {
    /// The place of the call that runs in this task.
    static PLACE: Arc<Place>;
}

/// The places of all calls.
#[derive(Clone)]
pub(crate) struct CallPlaces {
    calls: Shares<Party>,
    waits: Shares<Party>,
    /// Places for health probes, besides all others: a refused probe would take a replica out of
    /// service that has nothing wrong with it.
    probes: Shares<Party>,
}

/// The place of a call in progress; `None` while it waits.
struct Place {
    places: CallPlaces,
    party: Party,
    rank: Rank,
    held: Mutex<Option<Share<Party>>>,
}

impl CallPlaces {
    /// The places that the limits allow.
    pub(crate) fn new(limits: &Limits) -> Self {
        let Limits { calls, calls_per_caller, waits, waits_per_caller, reserve, .. } = *limits;
        Self {
            calls: Shares::of(calls, calls_per_caller).reserving(reserve),
            waits: Shares::of(waits, waits_per_caller).reserving(reserve),
            probes: Shares::of(reserve.max(1), calls_per_caller),
        }
    }

    /// A place for a call.
    ///
    /// # Errors
    /// `LIMIT_REACHED` if its caller has as many as one may, `OVERLOADED` if others have them.
    pub(crate) fn take(&self, request: &Request) -> Result<Taken> {
        let Some(party) = Party::of(request) else { return Ok(Taken(None)) };
        let rank = rank(request);
        let probes = request.uri().path().starts_with("/grpc.health.");
        let shares = if probes { &self.probes } else { &self.calls };
        let taken = shares.take_as(party.clone(), rank);
        let share = taken.map_err(|full| refused(&party, "calls in progress", full))?;
        let held = Mutex::new(Some(share));
        Ok(Taken(Some(Arc::new(Place { places: self.clone(), party, rank, held }))))
    }
}

/// A place that a call may run in; `None` if there is no known caller for whom it could count.
pub(crate) struct Taken(Option<Arc<Place>>);

impl Taken {
    /// Runs the call in it.
    pub(crate) async fn run<T>(self, call: impl Future<Output = T>) -> T {
        match self.0 {
            Some(place) => {
                let party = place.party.to_string();
                // The same caller's share of the database's connections.
                PLACE.scope(place, mpp_store::for_caller(&party, call)).await
            }
            None => call.await,
        }
    }
}

/// Waits for something that may take long, without holding a place of the calls that are answered;
/// outside of a call it only waits.
///
/// # Errors
/// The limit of waiting calls is reached, for this caller or for all.
pub async fn waiting<T>(wait: impl Future<Output = T>) -> Result<T> {
    let mut wait = pin!(wait);
    if let Some(done) = wait.as_mut().now_or_never() {
        return Ok(done);
    }
    let Ok(place) = PLACE.try_with(Arc::clone) else { return Ok(wait.await) };
    let waits = place.leave()?;
    let done = wait.await;
    place.come_back();
    drop(waits);
    Ok(done)
}

impl Place {
    /// Gives the call's place back for one of those that wait.
    fn leave(&self) -> Result<Share<Party>> {
        let taken = self.places.waits.take_as(self.party.clone(), self.rank);
        let calls = "calls that wait for a revision (min_revision) or a record";
        let share = taken.map_err(|full| refused(&self.party, calls, full))?;
        self.hold(None);
        Ok(share)
    }

    /// Takes the place back, even if none is free: the call has what it waited for and will soon be
    /// answered.
    fn come_back(&self) {
        self.hold(Some(self.places.calls.take_back(self.party.clone())));
    }

    fn hold(&self, share: Option<Share<Party>>) {
        // One value, which no panic leaves half written.
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = share;
    }
}

/// The rank of the caller.
pub(crate) fn rank(request: &Request) -> Rank {
    let caller = request.extensions().get::<Arc<Caller>>();
    let is_admin = caller.is_some_and(|caller| caller.roles.contains(&Role::Administrator));
    if is_admin { Rank::Reserved } else { Rank::Usual }
}

/// The refusal of one more call.
pub(crate) fn refused(party: &Party, calls: &str, full: Full) -> Error {
    match full {
        Full::Own(each) => {
            let text = format!(
                "{party} has {each} {calls}, and no more are allowed at the same time; wait for one \
                 to end"
            );
            Error::new(Reason::LimitReached, text).with_retry_after(COME_AGAIN)
        }
        Full::All { .. } => {
            let text = format!("too many {calls}: {full}; try again");
            Error::new(Reason::Overloaded, text).with_retry_after(COME_AGAIN)
        }
    }
}
