//! The town's names, and how its services are called.

use mpp_api::{
    registry::{
        catalog_service_client::CatalogServiceClient,
        directory_service_client::DirectoryServiceClient,
    },
    types::LocalizedText,
};

use crate::{Service, Suite, keys::Who};

/// The mall that the tests work with.
pub const MALL: &str = "malls/banyuwangi";
/// Its counter of the civil registration office.
pub const DUKCAPIL: &str = "malls/banyuwangi/counters/dukcapil";
/// The counter's window.
pub const WINDOW: &str = "malls/banyuwangi/counters/dukcapil/windows/1";
/// A replacement of a lost identity card, there.
pub const OFFERING: &str = "malls/banyuwangi/counters/dukcapil/offerings/ktp-hilang";
/// The service that it is of.
pub const KTP_HILANG: &str = "units/kemendagri/services/ktp-hilang";
/// The ministry's catalog.
pub const SOURCE: &str = "sources/kemendagri";

/// The directory, as `who` calls it.
pub fn directory(suite: &Suite, who: Who) -> DirectoryServiceClient<mpp_client::Channel> {
    DirectoryServiceClient::new(suite.channel(Service::Registry, who))
}

/// The catalog, as `who` calls it.
pub fn catalog_of(suite: &Suite, who: Who) -> CatalogServiceClient<mpp_client::Channel> {
    CatalogServiceClient::new(suite.channel(Service::Registry, who))
}

/// A fresh id for a write.
pub fn request_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// An Indonesian text.
pub fn text(id: &str) -> Option<LocalizedText> {
    Some(LocalizedText { id: id.to_owned(), en: String::new() })
}
