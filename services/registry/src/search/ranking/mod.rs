//! Which services answer a question, in which order, and whether the first of them does.

pub(super) mod answer;
pub(super) mod explain;
pub(super) mod filter;
pub(super) mod geo;
pub(super) mod home;
pub(super) mod modified;
pub(super) mod office;
pub(super) mod paper;
pub(super) mod period;
pub(super) mod query;
pub(super) mod score;
pub(super) mod thing;
pub(super) mod title;
pub(super) mod weak;
