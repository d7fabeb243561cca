//! The client's stories, told over real connections.

mod cache;
mod calls;
mod endpoint;
mod follow;
mod replicas;
mod setup;
mod token;
