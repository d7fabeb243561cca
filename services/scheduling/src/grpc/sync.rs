//! Sources, by this replica's copy of the registry's feed; their sessions are the engine's
//! (`mpp_sync::serve`).

use mpp_api::sync::{ListSourcesRequest, ListSourcesResponse, Source};
use mpp_core::Result;
use mpp_sync::serve::Sources;

use crate::app::Scheduling;

impl Sources for Scheduling {
    async fn source(&self, name: &str) -> Result<Source> {
        self.counted_source(name).await
    }

    async fn sources(&self, request: &ListSourcesRequest) -> Result<ListSourcesResponse> {
        self.counted_sources(request).await
    }
}
