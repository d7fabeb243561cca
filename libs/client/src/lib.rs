//! The client of the suite: for other teams' programs, and for the suite itself.
//!
//! Any client that is generated from the contract works over a [`Channel`], which does what every
//! caller needs and few write well:
//!
//! - **Identity**: a token that is renewed ([`TokenSource`]: a file that is read again when it
//!   changes, or an issuer that is asked before the token ends), or a client certificate
//!   ([`ClientTls`]).
//! - **Deadline**: each call has one, 10 s unless the caller sets another; all tries share it.
//! - **Repeats**, with pauses that double and vary, where a call is safe to repeat: a read, or a
//!   write with a request id. A write that has none gets one, so that it is done once, however
//!   often it is sent. `RetryInfo` is heeded, and a budget keeps a service that is down from
//!   several times its calls.
//! - **Own writes are read**: the channel notes the revision that its writes are answered with (of
//!   a sync, too, by stream or by single calls) and asks reads for it (`min_revision`), so that a
//!   replica that is some milliseconds behind waits.
//! - **Replicas** are called by turns: those that a name stands for, or a list. If one is gone, the
//!   next takes over.
//! - **Lists** are asked for page by page ([`pages`]).
//! - **A local copy** of the records that pass a filter, and how fresh it is ([`Cache`]); below it
//!   a [`Follower`], for programs that keep the copy in a database.
//! - **Refusals** with their stable reason, the wrong fields and a message in Indonesian
//!   ([`error_of`]).
//!
//! `examples/first_calls.rs` shows all of it on a page.
//!
//! ```no_run
//! use mpp_api::registry::{GetMallRequest, directory_service_client::DirectoryServiceClient};
//! use mpp_client::{Endpoint, TokenSource, connect};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let registry = connect(&Endpoint {
//!     address: "http://127.0.0.1:7401".into(),
//!     token: Some(TokenSource::File("mpp-data/keys/reader.jwt".into())),
//!     tls: None,
//! })?;
//! let mut directory = DirectoryServiceClient::new(registry);
//! let request = GetMallRequest { name: "malls/banyuwangi".into(), min_revision: 0 };
//! let mall = directory.get_mall(request).await?.into_inner().mall.unwrap_or_default();
//! # drop(mall); Ok(())
//! # }
//! ```
//!
//! # What is not done
//! A call that is not safe to repeat is sent again only if no server has seen it; otherwise the
//! caller has to find out its outcome. Streams are not repeated. A message that the caller has
//! compressed is not looked into: it gets no request id and no `min_revision`.
//!
//! # Rejected
//! - **A client type for each service**, with methods of our own: the generated ones are complete,
//!   and a new method needs nothing here. The contract's descriptors tell what has to be known of a
//!   method ([`mpp_api::call`]), and a field is found in a message's bytes by its number.
//! - **Interceptors and tower's layers**: an interceptor sees no message, and tower's retry needs
//!   a request that can be cloned, a policy and a budget of its own for each service; together they
//!   are longer than the loop in `sending.rs`, and the deadline over all tries is still to be
//!   written.
//! - **tonic's balancer**: it prefers the replica with the fewest calls under way, which is the one
//!   that fails at once.
//! - **Hedged reads** (asking a second replica when the first is slow): replicas answer from
//!   memory, so a slow one is a slow network, and twice the calls do not mend that.

#![forbid(unsafe_code)]

mod budget;
mod cache;
mod channel;
pub mod deadline;
mod endpoint;
pub mod file;
mod follow;
mod fresh_starts;
mod noted;
mod pages;
mod policy;
mod replicas;
mod sending;
mod settings;
mod shared;
mod status;
mod token;
mod wire;

pub use cache::{Cache, CachedRecord, Freshness};
pub use channel::{Channel, connect, connect_with};
pub use endpoint::{ClientTls, Endpoint};
pub use follow::{Change, Event, Follower, Link};
pub use fresh_starts::FreshStarts;
pub use mpp_api::Position;
pub use pages::pages;
pub use policy::ClientPolicy;
pub use settings::Settings;
pub use status::{ClientError, canonical, error_of, is_gone, refusal, status_of, wire_error};
pub use token::{Ask, TokenSource, end_of as token_end};
