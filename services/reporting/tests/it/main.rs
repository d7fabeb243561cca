//! Stories of reporting: two upstream feeds with records put directly, one reporting service over
//! its own database, on SQLite and on PostgreSQL.

mod browser;
mod coverage;
mod extracts;
mod feeds;
mod live;
mod page;
mod quality;
mod records;
mod world;
