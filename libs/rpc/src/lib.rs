//! The shell that every service of the suite stands in.
//!
//! A service hands its routes to [`serve`], which puts one stack of layers before them (see
//! `stack.rs`), listens, and drains. Plain HTTP with JSON comes in by the same port and passes
//! through the same stack (see `door/`). Beyond that the crate holds the tools by which every
//! `grpc/` turns wire into model: [`status`] for errors, [`caller`] and [`grant`] for rights, and
//! [`mask`].
//!
//! The layers are functions over axum's `from_fn`, because tonic's `Routes` are an axum router
//! and a function reads better than a tower `Service` written out; what that costs is measured
//! in `tests/load`. tonic's own `transport::Server` is not used: it answers a passed deadline with
//! CANCELLED, and its connections outlive a hard stop.
//!
//! Tokens are checked with `ring` and some sixty lines instead of the jsonwebtoken crate: its
//! two backends bring RSA, P-256 and P-384 or a C library's build, and only Ed25519 is wanted.
//!
//! To add a method: write it in `proto/` with its `google.api.http` address, give it a line in
//! [`authz`] and one in `tests/it/authorization.tsv`; tests fail until all three are there.

#![forbid(unsafe_code)]

mod addresses;
mod allocator;
mod authors;
pub mod authz;
mod clock;
mod coding;
mod door;
mod drain;
pub mod feed;
mod flood;
pub mod follow;
mod follower_progress;
mod health;
pub mod history;
mod http;
mod identity;
pub mod jwt;
mod layer;
mod limits;
mod listen;
mod looks;
pub mod mask;
mod method;
mod metrics;
mod origins;
mod party;
mod peer;
mod pieces;
mod place;
mod policy;
mod readiness;
#[cfg(test)]
mod reference;
mod serve_pages;
mod shares;
mod shell;
mod stack;
mod stall;
mod status;
mod tls;
mod unread;
mod upstream;
mod watch_database;

pub use mpp_store::{Turn, Turns};

pub use authors::tell_authors;
pub use authz::{Grant, Scope, grant, mall_owners};
pub use door::{http_status_of, openapi};
pub use drain::Drain;
pub use health::run as serve_probes;
pub use http::{HttpLimits, serve_http};
pub use identity::{Verified, Verifier, caller};
pub use layer::{
    deadline::deadline,
    moving::{Moving, moving},
};
pub use limits::Limits;
pub use looks::Looks;
pub use metrics::METRICS;
pub use origins::Origins;
pub use place::waiting;
pub use policy::{HealthPolicy, ServerPolicy};
pub use readiness::{Component, Readiness, Use};
pub use serve_pages::{PageShell, serve_pages};
pub use shares::{Full, Rank, Share, Shares, network};
pub use shell::{Shell, serve};
pub use status::{received, status};
pub use tls::Tls;
pub use upstream::Upstream;
pub use watch_database::watch_database;
