//! The operator's numbers for the calls of services to each other. A program of another team gives
//! [`Settings`] instead, which has the same defaults.

use std::time::Duration;

use mpp_core::{FieldCode, FieldViolation};

use crate::Settings;

mpp_core::policy! {
    /// How patient a service is with those that it calls and follows.
    pub struct ClientPolicy {
        /// Seconds within which a call is answered, with all its tries, unless its caller has set
        /// another deadline. Shorter gives up calls of a busy server, longer lets the own callers
        /// wait for one that is down. Chosen, not measured.
        call_seconds: u64 = 10 in 1..=300,
        /// Milliseconds that a connection may take to come about, and an issuer to give a token.
        /// Shorter never reaches a distant server, longer makes a call wait for a replica that is
        /// gone. Chosen, not measured.
        connect_millis: u64 = 5_000 in 100..=60_000,
        /// Seconds after which an idle connection is pinged. A server counts pings that come sooner
        /// than 20 seconds apart as abuse.
        ping_seconds: u64 = 20 in 20..=3_600,
        /// How often a call that is safe to repeat is sent at most. Fewer pass a short fault on to
        /// the caller, more fill the call's time with a server that is down. Chosen, not measured.
        tries: u32 = 4 in 1..=20,
        /// Milliseconds of the pause before a second try, of a call or of a feed that was lost;
        /// each further one is twice as long, and all are spread, so that the callers of a server
        /// that comes back do not come at once.
        first_pause_millis: u64 = 100 in 10..=60_000,
        /// Milliseconds of the longest pause, unless the server asks for a longer one. So long
        /// after a server is back a follower may still wait. Chosen, not measured.
        longest_pause_millis: u64 = 5_000 in 10..=600_000,
        /// Repeats that may come at once, over all calls. Each takes one out, and ten calls that
        /// went well put one back: a server that is down gets a tenth more calls, and not several
        /// times as many.
        spare_repeats: u32 = 20 in 0..=10_000,
        /// Seconds after a write for which reads ask for its revision: replicas are milliseconds
        /// apart. 0 asks for nothing.
        own_writes_seconds: u64 = 60 in 0..=3_600,
        /// Seconds after which a host's name is resolved again, so that new replicas are found. So
        /// long a new replica may have no calls; shorter asks the name server more often. Chosen,
        /// not measured.
        resolve_seconds: u64 = 30 in 1..=3_600,
        /// Milliseconds for which a replica that cannot be reached is passed over. Shorter makes
        /// calls try it again in vain, longer leaves one idle that is back. Chosen, not measured.
        rest_millis: u64 = 2_000 in 0..=60_000,
        /// Seconds before its end at which a token that an issuer gave is renewed. Never more than
        /// half of its life. Less may be too late where clocks differ or the issuer is slow.
        /// Chosen, not measured.
        renew_seconds: u64 = 60 in 1..=3_600,
        /// Seconds after which a feed that sends nothing is taken for dead. Feeds bookmark every
        /// few seconds (`feed.bookmark_seconds`), so that only a lost connection is so silent.
        feed_silence_seconds: u64 = 60 in 2..=600,
        /// Milliseconds between two transactions in which reporting takes in what has changed at
        /// the registry or at scheduling; a change after a pause is taken in at once. Each costs
        /// some twenty statements, however much it holds: shorter spends them on single changes
        /// while many are made, longer shows these that much later in reports and on pages.
        feed_pace_millis: u64 = 50 in 0..=1_000,
    }
    and ClientPolicy::pauses_grow
}

impl Default for Settings {
    fn default() -> Self {
        ClientPolicy::default().settings()
    }
}

impl ClientPolicy {
    /// The settings in the client's own form.
    pub fn settings(&self) -> Settings {
        let (seconds, millis) = (Duration::from_secs, Duration::from_millis);
        Settings {
            deadline: seconds(self.call_seconds),
            connect: millis(self.connect_millis),
            keepalive: seconds(self.ping_seconds),
            tries: self.tries,
            first_pause: millis(self.first_pause_millis),
            longest_pause: millis(self.longest_pause_millis),
            spare_repeats: self.spare_repeats,
            request_ids: true,
            own_writes: seconds(self.own_writes_seconds),
            resolve: seconds(self.resolve_seconds),
            rest: millis(self.rest_millis),
            renew: seconds(self.renew_seconds),
            feed_silence: seconds(self.feed_silence_seconds),
            feed_pace: millis(self.feed_pace_millis),
        }
    }

    fn pauses_grow(&self) -> Option<FieldViolation> {
        let (first, longest) = (self.first_pause_millis, self.longest_pause_millis);
        (longest < first).then(|| FieldViolation {
            field: "longest_pause_millis".into(),
            description: format!("is {longest}; with first_pause_millis = {first} at least that"),
            code: FieldCode::OutOfRange,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_settings_are_allowed_and_pauses_that_shrink_are_not() {
        ClientPolicy::default().check().expect("within their ranges");
        let policy = ClientPolicy { longest_pause_millis: 50, ..ClientPolicy::default() };
        let error = policy.check().expect_err("shorter than the first");
        assert_eq!(error.violations()[0].field, "longest_pause_millis");
    }
}
