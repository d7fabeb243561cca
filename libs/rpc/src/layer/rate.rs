//! Limits how many calls a caller may begin in a minute: reads, writes and streams apart, and each
//! caller apart. Every answer says how many are left; a refusal says when the next is free.
//!
//! All of a minute's calls may come at once; then new ones become free evenly (GCRA, by the
//! governor crate). The counts are this process's own: replicas count apart, as they answer apart.

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header::RETRY_AFTER},
    middleware::Next,
    response::Response,
};
use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, MonotonicClock},
    middleware::{StateInformationMiddleware, StateSnapshot},
    state::keyed::HashMapStateStore,
};
use mpp_core::{Error, Reason};

use super::refuse;
use crate::{Limits, method, method::Class, party::Party};

/// The bound, as the caller may know it (draft-ietf-httpapi-ratelimit-headers).
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// How much of the bound is left.
const LEFT: HeaderName = HeaderName::from_static("ratelimit");
/// How many callers are known before those who have their whole minute again are first forgotten.
const FEW: usize = 1024;

/// The counts of all callers.
#[derive(Clone)]
pub(crate) struct Rates(Arc<[(Class, Option<Meter>); 3]>);

impl Rates {
    /// The rates that the limits allow.
    pub(crate) fn new(limits: &Limits) -> Self {
        let meter = |name, each| Meter::new(name, each);
        Self(Arc::new([
            (Class::Read, meter("reads", limits.reads_per_minute)),
            (Class::Write, meter("writes", limits.writes_per_minute)),
            (Class::Stream, meter("streams", limits.streams_per_minute)),
        ]))
    }

    fn meter(&self, class: Class) -> Option<&Meter> {
        self.0.iter().find(|(own, _)| *own == class)?.1.as_ref()
    }
}

pub(crate) async fn layer(State(rates): State<Rates>, request: Request, next: Next) -> Response {
    let class = method::class(request.uri().path());
    let meter = class.and_then(|class| rates.meter(class));
    let (Some(meter), Some(party)) = (meter, Party::of(&request)) else {
        return next.run(request).await;
    };
    match meter.counts.count(&party) {
        Ok(left) => {
            let mut response = next.run(request).await;
            meter.set_headers(response.headers_mut(), left);
            response
        }
        Err(wait) => meter.refuse(&party, wait),
    }
}

/// The headers that this layer has set, for a door that builds another answer from this one.
pub(crate) fn rate_headers(headers: &HeaderMap) -> HeaderMap {
    let own = [POLICY, LEFT, RETRY_AFTER].into_iter();
    own.filter_map(|name| Some((name.clone(), headers.get(name)?.clone()))).collect()
}

type Limiter =
    RateLimiter<Party, HashMapStateStore<Party>, MonotonicClock, StateInformationMiddleware>;

/// How much each caller has left of a quota per minute.
struct CallerQuotas {
    callers: Limiter,
    /// How many callers there may be before the idle ones are looked for again.
    look_at: AtomicUsize,
}

impl CallerQuotas {
    fn new(each: NonZeroU32) -> Self {
        let state = HashMapStateStore::default();
        let callers = RateLimiter::new(Quota::per_minute(each), state, MonotonicClock);
        Self { callers, look_at: AtomicUsize::new(FEW) }
    }

    /// Counts a call; fails with the time to wait if none is left.
    fn count(&self, party: &Party) -> Result<Left, Duration> {
        let taken = self.callers.check_key(party);
        self.forget_idle();
        match taken {
            Ok(now) => Ok(Left::of(&now)),
            Err(until) => Err(until.wait_time_from(self.callers.clock().now())),
        }
    }

    /// A caller whose minute is whole again is like one who never came. A search for them costs as
    /// much as there are callers, so it is made when their number has doubled.
    fn forget_idle(&self) {
        if self.callers.len() < self.look_at.load(Relaxed) {
            return;
        }
        self.callers.retain_recent();
        self.callers.shrink_to_fit();
        self.look_at.store((2 * self.callers.len()).max(FEW), Relaxed);
    }
}

/// The calls of one class.
struct Meter {
    name: &'static str,
    each: NonZeroU32,
    policy: HeaderValue,
    counts: CallerQuotas,
    /// One line of the log for each caller.
    lines: CallerQuotas,
}

/// How much a caller has left, and after how many seconds its quota is full again.
struct Left {
    calls: u32,
    seconds: u64,
}

impl Meter {
    /// `None` if there is no bound.
    fn new(name: &'static str, each: u32) -> Option<Self> {
        let each = NonZeroU32::new(each)?;
        let policy = HeaderValue::try_from(format!("\"{name}\";q={each};w=60")).ok()?;
        let (counts, lines) = (CallerQuotas::new(each), CallerQuotas::new(NonZeroU32::MIN));
        Some(Self { name, each, policy, counts, lines })
    }

    fn set_headers(&self, headers: &mut HeaderMap, left: Left) {
        let text = format!("\"{}\";r={};t={}", self.name, left.calls, left.seconds);
        headers.insert(POLICY, self.policy.clone());
        if let Ok(mut left) = HeaderValue::try_from(text) {
            // Its value differs each time, so it is of no use in HTTP/2's table of repeated
            // headers.
            left.set_sensitive(true);
            headers.insert(LEFT, left);
        }
    }

    fn refuse(&self, party: &Party, wait: Duration) -> Response {
        let reason = Reason::RateLimited;
        if self.lines.count(party).is_ok() {
            let (class, reason) = (self.name, reason.as_str());
            tracing::warn!(caller = %party, class, reason, "a caller is beyond its rate");
        }
        let seconds = whole_seconds(wait).max(1);
        let text = format!(
            "{party} has begun the {} {} that one caller may begin in a minute; come again in \
             {seconds} s, or ask for more at once (a list, a watch)",
            self.each, self.name
        );
        let error = Error::new(reason, text).with_retry_after(wait);
        let mut response = refuse(error);
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        self.set_headers(response.headers_mut(), Left { calls: 0, seconds });
        response
    }
}

impl Left {
    fn of(now: &StateSnapshot) -> Self {
        let (quota, calls) = (now.quota(), now.remaining_burst_capacity());
        let gone = quota.burst_size().get().saturating_sub(calls);
        let seconds = whole_seconds(quota.replenish_interval() * gone);
        Self { calls, seconds }
    }
}

/// Whole seconds, rounded up: never sooner than the time says.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(number: usize) -> Party {
        Party::Caller(format!("users/{number}"))
    }

    #[test]
    fn a_caller_beyond_its_rate_is_told_when_and_another_is_not_touched() {
        let counts = CallerQuotas::new(NonZeroU32::MIN.saturating_add(1));
        let left = |party: &Party| counts.count(party).map(|left| left.calls);
        assert_eq!(left(&caller(1)), Ok(1));
        assert_eq!(left(&caller(1)), Ok(0));
        let wait = counts.count(&caller(1)).err().expect("none is left");
        assert!(wait <= Duration::from_secs(30), "one comes back each half minute, not {wait:?}");
        assert_eq!(left(&caller(2)), Ok(1));
    }

    #[test]
    fn zero_is_no_bound() {
        assert!(Meter::new("reads", 0).is_none());
    }

    #[test]
    fn who_is_idle_is_forgotten() {
        // A call comes back after a few nanoseconds, so that everybody is idle at once.
        let counts = CallerQuotas::new(NonZeroU32::MAX);
        for number in 0..10 * FEW {
            assert!(counts.count(&caller(number)).is_ok());
        }
        assert!(counts.callers.len() <= FEW, "{}", counts.callers.len());
    }
}
