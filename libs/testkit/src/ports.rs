//! Ports for processes that come and go.

use std::{
    net::{Ipv4Addr, TcpListener, UdpSocket},
    sync::{Mutex, PoisonError},
};

/// They lie below those that the system hands out to outgoing connections and to listeners that
/// leave the choice to it, so that a service that is down for a moment finds its port free again.
const PORTS: std::ops::Range<u16> = 10_000..20_000;

/// The ports that this process has claimed, until it ends.
static CLAIMS: Mutex<Vec<UdpSocket>> = Mutex::new(Vec::new());

/// A port on which nobody listens and no other test will.
///
/// # Panics
/// If there is none.
pub fn free_port() -> u16 {
    free_ports(1)
}

/// The first of `count` such ports in a row.
///
/// # Panics
/// If there are none.
pub fn free_ports(count: u16) -> u16 {
    let mut claims = CLAIMS.lock().unwrap_or_else(PoisonError::into_inner);
    // The start is spread by process, so that few ports are tried that another process has claimed.
    let (all, own) = (u32::from(PORTS.end - PORTS.start), std::process::id() * 97);
    let starts = (0..all).map(|step| PORTS.start + ((own + step) % all) as u16);
    for first in starts.filter(|first| first + count <= PORTS.end) {
        let row: Option<Vec<UdpSocket>> = (first..first + count).map(claim).collect();
        if let Some(row) = row {
            claims.extend(row);
            return first;
        }
    }
    panic!("no {count} ports in a row are free from {} to {}", PORTS.start, PORTS.end - 1)
}

/// Claims a port by its UDP namesake, which nothing else here uses, so that the port itself stays
/// free for its future listener. `None` if another test has claimed it, or somebody listens.
fn claim(port: u16) -> Option<UdpSocket> {
    let claim = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).ok()?;
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()?;
    Some(claim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_port_is_given_out_twice_and_none_that_is_listened_on() {
        let first = free_ports(3);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, first)).expect("free for TCP");
        let others: Vec<u16> = (0..20).map(|_| free_port()).collect();
        assert!(others.iter().all(|port| !(first..first + 3).contains(port)));
        drop(listener);
        assert!(claim(first).is_none(), "still ours");
    }
}
