//! Stories of reporting: two upstream feeds with records put directly, one reporting service over
//! its own database, on SQLite and on PostgreSQL.

mod coverage;
mod extracts;
mod feeds;
mod kept;
mod lag;
mod live;
mod nation;
mod quality;
mod records;
mod told;
mod world;
