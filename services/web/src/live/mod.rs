//! What is live: the report of the nation, followed once for all pages; each page that somebody
//! looks at, drawn once for all who look; and the streams that tell them what changed.

pub mod boards;
pub mod events;
pub mod permits;
pub mod report;
