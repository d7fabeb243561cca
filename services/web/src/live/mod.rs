//! What is live: each page that somebody looks at, drawn once for all who look; the streams that
//! tell them what changed; and how many may listen.

pub mod boards;
pub mod permits;
pub mod stream;
