//! Live pages: each page that somebody looks at, drawn once for all who look; the streams that send
//! them the changes; and how many may listen.

pub mod boards;
pub mod permits;
pub mod stream;
