//! The whole, seen from outside: processes, databases, a network between them, and what goes wrong.

#![forbid(unsafe_code)]

mod advice;
mod client;
mod clock;
mod conform;
mod curator;
mod database;
mod differs;
mod doctor;
mod doors;
mod drain;
mod examples;
mod failover;
mod faults;
mod fork;
mod forms;
mod hours;
mod hours_sheet;
mod identity;
mod lost;
mod machines;
mod migrate;
mod named;
mod operator;
mod output;
mod partition;
mod places;
mod preview;
mod push;
mod quarantine;
mod ready;
mod repair;
mod restore;
mod service;
mod shrink;
mod sources;
mod together;
mod travel;
mod up;
mod upload;
mod upload_page;
