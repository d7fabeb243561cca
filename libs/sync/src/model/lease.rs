//! The right to write for a source: one session at a time, by a lease with a fencing token. The
//! lease ends `lease_seconds` (a setting in `policy.rs`) after the session's last message.

use std::time::Duration;

use mpp_api::sync::Hello;
use mpp_core::{Error, Micros, Reason, Result};

/// Steps between fencing tokens stay below this, so that those of four million sessions are numbers
/// that every client reads exactly.
const MAX_STEP: u32 = 0x3fff_ffff;

/// If a lease ends later than a new one would by more than this, it was altered, or the clock was
/// set back.
const SLACK: Micros = 60_000_000;

/// Passes if a hello gets the lease, which another session holds for `left` longer; a new one would
/// hold it for `ttl`.
///
/// # Errors
/// `LEASE_HELD`, with the time that is left.
pub fn check_free(hello: &Hello, holder: &str, left: Micros, ttl: Micros) -> Result<()> {
    let is_nobodys = left > ttl.saturating_add(SLACK);
    if left > 0 && !is_nobodys && !may_take(hello, holder) {
        return Err(held(&hello.source, left));
    }
    Ok(())
}

/// Whether a hello takes the lease of a session that is alive: if its client says so, or held the
/// lease itself. A holder that says hello again has lost its session, or it would not.
fn may_take(hello: &Hello, holder: &str) -> bool {
    let returns = !hello.holder.is_empty() && hello.holder == holder;
    hello.take_over || returns
}

/// The fencing token of the next session: higher than all before, by a random step. A restored
/// registry counts on from an older token, and would otherwise give another session the token of
/// one that it has lost, whose client could then go on as that session.
pub fn next_fencing(last: i64, random: u32) -> i64 {
    last + 1 + i64::from(random & MAX_STEP)
}

/// Succeeds if the session with this token is the last one and alive. A stream that is open is
/// itself a sign of life; of a session by single calls only the row says how long nothing was
/// heard.
///
/// # Errors
/// `LEASE_LOST`, or `LEASE_EXPIRED` after a silence, with the way out.
pub fn check_alive(
    source: &str,
    fencing: i64,
    last_fencing: i64,
    until: Micros,
    now: Micros,
) -> Result<()> {
    if last_fencing != fencing {
        return Err(lost(source));
    }
    if until > now {
        return Ok(());
    }
    if until == 0 {
        let message = format!("this session of {source} has ended; open another one");
        return Err(Error::new(Reason::LeaseLost, message));
    }
    let message =
        format!("nothing was heard from this session of {source} for a whole lease; open it again");
    Err(Error::new(Reason::LeaseExpired, message))
}

/// The refusal while another session holds the lease, for `left` longer.
fn held(source: &str, left: Micros) -> Error {
    let left = Duration::from_micros(left.unsigned_abs());
    let message = format!(
        "another session of {source} is alive; wait {} s, or set take_over when its holder is gone",
        left.as_secs() + 1
    );
    Error::new(Reason::LeaseHeld, message).with_retry_after(left)
}

/// The refusal to undo a session that is still alive.
pub fn still_alive(session: &str) -> Error {
    let text = format!(
        "session {session} is still alive; stop its agent, or wait until its lease ends, and undo it \
         then"
    );
    Error::new(Reason::WrongState, text)
}

/// The refusal of a session that has ended, or that a later one has shut out.
pub fn lost(source: &str) -> Error {
    let message =
        format!("this session of {source} has ended, or a later one has begun; open another one");
    Error::new(Reason::LeaseLost, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(fencing: i64, until: Micros) -> Option<Reason> {
        check_alive("sources/a", fencing, 2, until, 10).err().map(|error| error.reason())
    }

    #[test]
    fn only_the_last_session_is_alive_and_only_as_long_as_it_is_heard() {
        assert_eq!(ended(2, 11), None);
        for (fencing, until) in [(1, 11), (2, 0)] {
            assert_eq!(ended(fencing, until), Some(Reason::LeaseLost), "{fencing} {until}");
        }
        assert_eq!(ended(2, 10), Some(Reason::LeaseExpired), "nothing was heard for a whole lease");
    }

    #[test]
    fn tokens_rise_and_two_that_follow_the_same_one_differ() {
        let (one, other) = (next_fencing(7, 1), next_fencing(7, u32::MAX));
        assert!(7 < one && one < other, "{one} {other}");
        assert_eq!(ended(3, 11), Some(Reason::LeaseLost), "of a session that a restore has lost");
        let of_four_million = (0..1 << 22).fold(0, |last, _| next_fencing(last, u32::MAX));
        assert!(of_four_million < 1 << 53);
    }

    #[test]
    fn a_living_session_is_left_alone_but_for_its_own_holder_and_on_demand() {
        let by = |holder: &str, take_over| Hello {
            holder: holder.into(),
            take_over,
            ..Hello::default()
        };
        assert!(may_take(&by("agent-1", false), "agent-1"));
        assert!(may_take(&by("agent-2", true), "agent-1"));
        assert!(!may_take(&by("agent-2", false), "agent-1"));
        assert!(!may_take(&by("", false), ""), "nobody is no holder that comes back");
    }
}
