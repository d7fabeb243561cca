//! The shell's stories, told over real connections.

mod abuse;
mod authorization;
mod copies;
mod deadline;
mod door;
mod drain;
mod faults;
mod feed;
mod flood;
mod health;
mod history;
mod http;
mod identity;
mod keep_alive;
mod limits;
mod message;
mod named;
mod pack;
mod rate;
mod setup;
mod shares;
mod slow_peers;
mod tls;
mod watch_database;
