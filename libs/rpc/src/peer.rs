//! The other side of a connection.

use std::{net::IpAddr, sync::Arc};

use mpp_core::Caller;

/// The other side of a connection, which the layers find in each request.
#[derive(Clone)]
pub(crate) struct Peer {
    /// The address that it comes from; a proxy stands for everybody behind it.
    pub(crate) address: IpAddr,
    /// The caller that its client certificate stands for.
    pub(crate) certified: Option<Arc<Caller>>,
}
