//! Ports for processes that come and go.

use std::{
    net::TcpListener,
    sync::atomic::{AtomicU16, Ordering},
};

/// How many ports this process has looked at.
static LOOKED_AT: AtomicU16 = AtomicU16::new(0);

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    free_ports(1)
}

/// The first of so many free ports in a row. They lie below those that the system hands out to
/// outgoing connections, so that a service that is down for a moment finds its port free again.
///
/// # Panics
/// Where there are none.
pub fn free_ports(count: u16) -> u16 {
    let own = u16::try_from(std::process::id() % 90).expect("small") * 100;
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    for _ in 0..10_000 {
        let first = 10_000 + (own + LOOKED_AT.fetch_add(count, Ordering::Relaxed)) % 9_900;
        if (first..first + count).all(is_free) {
            return first;
        }
    }
    panic!("no port from 10000 to 19999 is free")
}
