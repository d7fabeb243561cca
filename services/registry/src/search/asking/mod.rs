//! What a question asks for: its places, its document, and what has become of that.

pub(super) mod asked;
pub(super) mod deed;
pub(super) mod electronic;
pub(super) mod leading;
pub(super) mod mishap;
pub(super) mod needle;
pub(super) mod paper;
pub(super) mod period;
pub(super) mod places;
pub(super) mod question;
pub(super) mod reading;
pub(super) mod roles;
pub(super) mod stance;
pub(super) mod turned;
pub(super) mod unread;
