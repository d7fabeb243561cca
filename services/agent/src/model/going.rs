//! When a record that has left its source goes from the index, and why it does not.

use mpp_core::Micros;

use super::moment;

/// Why a configuration does not take out what its state does not know as sent.
pub const NOT_SENT: &str = "this configuration's state does not know of having sent it. Where another one of the \
                            source sends it, that one takes it out; where the state was lost and the record has \
                            gone for good, put it back, run, take it away again, and withdraw it then";

/// Why a record does not go without being named.
pub const SHARED: &str = "another client has written into this source before, or since it was sent from here, \
                          and may feed it by now. Where it is in no other file, withdraw it";

/// Why an upload does not take out what is not named.
pub const NOT_TOLD: &str = "it is not known that only uploads have sent it: another configuration may have as well, \
                            or it was there before that was noted. Where it is in no other file, withdraw it";

/// Why an upload does not take out what is named.
pub const SENT_BY_OTHER: &str = "another configuration of the source sends it: take it out there";

/// When a record that has left its source goes from the index by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Going {
    /// Only when somebody takes it out.
    Never,
    /// By the first complete run after that.
    After(String),
    /// It should have gone since then, and why it has not.
    HeldUp(String, String),
    /// Only when somebody names it: others may feed it by now.
    Named,
    /// Not by this configuration, whose state does not know of having sent it.
    NotByThis,
}

impl Going {
    /// How it stands now, on the clock of `zone`; `hold` is why the last run kept records that were
    /// due.
    pub fn of(due: Option<Micros>, now: Micros, zone: &str, hold: Option<&str>) -> Self {
        let waits = "no run has come to its end since then";
        let shown = |due| moment::shown(due, zone);
        match due {
            None => Self::Never,
            Some(due) if due > now => Self::After(shown(due)),
            Some(due) => Self::HeldUp(shown(due), hold.unwrap_or(waits).to_owned()),
        }
    }
}
