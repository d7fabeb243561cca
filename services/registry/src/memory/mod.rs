//! The directory and the catalog in this replica's memory, and the updates that they give to
//! search.

mod events;
mod index;
pub mod leads;
pub mod needs;
pub mod papers;
pub mod portraits;
pub mod sayings;
mod under;
mod view;

pub use index::{SearchListener, searchable, service_doc, updates};
pub use mpp_resource::memory::{Memory, MemoryRecord, MemoryRow};
pub use view::RegistryView;
