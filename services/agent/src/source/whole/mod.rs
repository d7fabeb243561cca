//! Whether what was read is the whole: whatever stands beside the rows and may speak of more.

pub(super) mod account;
pub(super) mod address;
pub(super) mod below;
pub(super) mod extent;
pub(super) mod full;
pub(super) mod more;
pub(super) mod others;
pub(super) mod part;
pub(super) mod partial;
pub(super) mod prose;
pub(super) mod saying;
pub(super) mod says;
pub(super) mod spelt;
pub(super) mod spoken;
pub(super) mod units;
