//! A folder of files that is one catalog, and files that are written anew.

pub(super) mod edited;
pub(super) mod files;
pub(super) mod folder;
