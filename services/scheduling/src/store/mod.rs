//! SQL, one text for both databases, and the name under which the service itself writes.

pub mod booking;
pub mod erase;
pub mod queue;
pub mod upstream;

use mpp_store::Actor;

/// The service itself, which writes what follows from a feed or from the clock.
pub fn own_name() -> Actor {
    Actor { origin: "feed".into(), subject: "services/scheduling".into() }
}
