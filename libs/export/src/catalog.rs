//! The catalog as it is read, list by list.

use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use mpp_api::registry::{
    Counter, ListCountersRequest, ListMallsRequest, ListOfferingsRequest, ListRegionsRequest,
    ListServicesRequest, ListUnitsRequest, Mall, Offering, Region, Service, Unit,
    catalog_service_client::CatalogServiceClient, directory_service_client::DirectoryServiceClient,
};
use mpp_client::{Channel, pages, refusal};
use mpp_core::{Error, Result};

use crate::surroundings::Surroundings;

/// Records asked for at a time.
const PAGE: i32 = 500;

/// The registry's records, as far as they are public.
pub struct Catalog {
    channel: Channel,
    unit: String,
}

/// A list's records, page after page.
macro_rules! list {
    ($catalog:ident, $client:ident.$method:ident($request:expr) -> $records:ident) => {{
        let channel = $catalog.channel.clone();
        let pages = pages(move |page_token| {
            let mut client = $client::new(channel.clone());
            let mut request = $request;
            (request.page_token, request.page_size) = (page_token, PAGE);
            async move {
                let answer =
                    client.$method(request).await.map_err(|status| refusal(&status))?.into_inner();
                Ok::<_, Error>((answer.$records, answer.next_page_token))
            }
        });
        pages.map_ok(|page| stream::iter(page).map(Ok)).try_flatten()
    }};
}

impl Catalog {
    /// Of this registry; services of this unit and of the units below it, `units/-` for all.
    pub fn new(channel: Channel, unit: String) -> Self {
        Self { channel, unit }
    }

    pub(crate) fn services(&self) -> impl Stream<Item = Result<Service>> + use<> {
        let asked = ListServicesRequest { parent: self.unit.clone(), ..<_>::default() };
        list!(self, CatalogServiceClient.list_services(asked.clone()) -> services)
    }

    pub(crate) fn offerings(&self) -> impl Stream<Item = Result<Offering>> + use<> {
        let asked = ListOfferingsRequest { parent: "malls/-".to_owned(), ..<_>::default() };
        list!(self, CatalogServiceClient.list_offerings(asked.clone()) -> offerings)
    }

    pub(crate) fn malls(&self) -> impl Stream<Item = Result<Mall>> + use<> {
        list!(self, DirectoryServiceClient.list_malls(ListMallsRequest::default()) -> malls)
    }

    pub(crate) fn counters(&self) -> impl Stream<Item = Result<Counter>> + use<> {
        let asked = ListCountersRequest { parent: "malls/-".to_owned(), ..<_>::default() };
        list!(self, DirectoryServiceClient.list_counters(asked.clone()) -> counters)
    }

    pub(crate) fn units(&self) -> impl Stream<Item = Result<Unit>> + use<> {
        list!(self, DirectoryServiceClient.list_units(ListUnitsRequest::default()) -> units)
    }

    fn regions(&self) -> impl Stream<Item = Result<Region>> + use<> {
        list!(self, DirectoryServiceClient.list_regions(ListRegionsRequest::default()) -> regions)
    }

    /// What records refer to.
    pub(crate) async fn directory(&self) -> Result<Surroundings> {
        let (units, regions) = (self.units(), self.regions());
        let (malls, counters) = (self.malls(), self.counters());
        Ok(Surroundings::new(
            units.try_collect().await?,
            regions.try_collect().await?,
            malls.try_collect().await?,
            counters.try_collect().await?,
        ))
    }

    /// The same, and where services are offered.
    pub(crate) async fn surroundings(&self) -> Result<Surroundings> {
        let mut around = self.directory().await?;
        let mut offerings = std::pin::pin!(self.offerings());
        while let Some(offering) = offerings.try_next().await? {
            around.offer(&offering);
        }
        Ok(around)
    }
}
