//! JSON over HTTP, page by page, or a file of such a page.

pub(super) mod envelope;
pub(super) mod fetch;
pub(super) mod json;
pub(super) mod link_header;
pub(super) mod links;
pub(super) mod list;
pub(super) mod next;
pub(super) mod parse;
pub(super) mod place;
pub(super) mod told;
