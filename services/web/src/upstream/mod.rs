//! The pages' calls to the three services. A part that a page can do without is a `None`, which it
//! shows as "not known"; the record that it is about decides whether there is a page. Nothing is
//! kept beyond a page.

mod answer;
mod life_events;
mod mall;
mod overrides;
mod search;
mod standards;
mod steps;

use std::time::Duration;

use futures::future::join_all;
use mpp_api::{
    registry::{
        GetRegionRequest, GetServiceRequest, GetUnitRequest, GetWithdrawnServiceRequest,
        GetWithdrawnServiceResponse, PlanStepsResponse, Service, StandardComparison, StandardLink,
        Unit, catalog_service_client::CatalogServiceClient,
        directory_service_client::DirectoryServiceClient,
        life_event_service_client::LifeEventServiceClient,
        process_service_client::ProcessServiceClient, search_service_client::SearchServiceClient,
        standard_service_client::StandardServiceClient,
    },
    reporting::{MallDetail, Report, report_service_client::ReportServiceClient},
    scheduling::{
        hours_service_client::HoursServiceClient, queue_service_client::QueueServiceClient,
    },
    sync::{
        ListWaitingRecordsRequest, ListWaitingRecordsResponse,
        sync_service_client::SyncServiceClient,
    },
};
use mpp_client::{Channel, Endpoint, Settings, connect_with};
use mpp_core::Result;
use tokio::time::timeout;
use tonic::{Code, Response, Status};

pub use answer::Missing;
use answer::ServiceAnswer;
pub use life_events::{LifeEventsData, PathData};
pub use mall::{MallData, Records};
pub use overrides::OverridesData;
pub use search::SearchAnswer;
pub use standards::{StandardData, StandardsData};

/// Calls of one page under way at once.
const AT_ONCE: usize = 16;

/// The three services.
#[derive(Clone)]
pub struct Upstream {
    directory: DirectoryServiceClient<Channel>,
    catalog: CatalogServiceClient<Channel>,
    search: SearchServiceClient<Channel>,
    standards: StandardServiceClient<Channel>,
    processes: ProcessServiceClient<Channel>,
    life_events: LifeEventServiceClient<Channel>,
    sync: SyncServiceClient<Channel>,
    /// The same of hours rules.
    rules: SyncServiceClient<Channel>,
    hours: HoursServiceClient<Channel>,
    queue: QueueServiceClient<Channel>,
    /// Reporting, which the live report comes from as well.
    pub reports: ReportServiceClient<Channel>,
    patience: Duration,
}

/// Malls of a region in full.
#[derive(Clone, Debug, Default)]
pub struct RegionData {
    /// The malls that reporting answered for, in the report's order.
    pub malls: Vec<MallDetail>,
}

/// A service, and the unit that offers it.
#[derive(Clone, Debug)]
pub struct ServiceData {
    /// The registry's record.
    pub service: Service,
    /// Its unit, if the registry answered.
    pub unit: Option<Unit>,
    /// The malls where it is offered, by name, if the registry answered.
    pub malls: Option<Vec<String>>,
    /// The link to the standard that it is of, if the registry answered and there is one.
    pub standard: Option<StandardLink>,
    /// How it stands to that standard, if the registry answered.
    pub comparison: Option<StandardComparison>,
    /// The way to it, if the registry answered.
    pub steps: Option<PlanStepsResponse>,
}

impl Upstream {
    /// Connects with the first call.
    ///
    /// # Errors
    /// Says what is wrong with an endpoint.
    pub fn new(
        registry: &Endpoint,
        scheduling: &Endpoint,
        reporting: &Endpoint,
        client: Settings,
        patience: Duration,
    ) -> Result<Self> {
        let connect = |endpoint| connect_with(endpoint, client);
        let (registry, scheduling) = (connect(registry)?, connect(scheduling)?);
        let wide = 64 * 1024 * 1024;
        Ok(Self {
            directory: DirectoryServiceClient::new(registry.clone()),
            search: SearchServiceClient::new(registry.clone()),
            standards: StandardServiceClient::new(registry.clone()),
            processes: ProcessServiceClient::new(registry.clone()),
            life_events: LifeEventServiceClient::new(registry.clone()),
            sync: SyncServiceClient::new(registry.clone()),
            catalog: CatalogServiceClient::new(registry),
            hours: HoursServiceClient::new(scheduling.clone()),
            rules: SyncServiceClient::new(scheduling.clone()),
            queue: QueueServiceClient::new(scheduling),
            // The whole report of a nation is one message.
            reports: ReportServiceClient::new(connect(reporting)?).max_decoding_message_size(wide),
            patience,
        })
    }

    /// The malls of a regency or city. A region that the report does not hold is asked for at the
    /// registry: the report may be behind.
    pub async fn region(&self, report: &Report, region: &str) -> Result<RegionData, Missing> {
        if !is_reported(report, region) {
            let request = GetRegionRequest { name: region.to_owned(), ..Default::default() };
            self.answer(self.directory.clone().get_region(request)).await.needed()?;
        }
        let own = report.malls.iter().filter(|mall| mall.region == region);
        let names: Vec<String> = own.map(|mall| mall.mall.clone()).collect();
        let details = join_all(names.iter().map(|mall| self.detail(mall))).await;
        Ok(RegionData { malls: details.into_iter().flatten().collect() })
    }

    /// A service, with what its page shows beside it.
    pub async fn service(&self, name: &str) -> Result<ServiceData, Missing> {
        let request = GetServiceRequest { name: name.to_owned(), ..Default::default() };
        let unit = name.split("/services/").next().unwrap_or_default();
        let mut catalog = self.catalog.clone();
        let (service, unit, malls, standard, steps) = futures::join!(
            self.answer(catalog.get_service(request)),
            self.unit(unit),
            self.malls_of(name),
            self.standard_of(name),
            self.steps_to(name)
        );
        let comparison = match &standard {
            Some(_) => self.comparison(name).await,
            None => None,
        };
        Ok(ServiceData {
            service: service.and_then(|answer| answer.service).needed()?,
            unit,
            malls,
            standard,
            comparison,
            steps,
        })
    }

    /// The fate of a service that is gone: withdrawn, replaced or moved.
    pub async fn withdrawn(&self, name: &str) -> Result<GetWithdrawnServiceResponse, Missing> {
        let request = GetWithdrawnServiceRequest { name: name.to_owned() };
        self.answer(self.catalog.clone().get_withdrawn_service(request)).await.needed()
    }

    /// The records of a source that wait for something, if both services answer that it may feed.
    pub async fn waiting(&self, source: &str) -> Option<ListWaitingRecordsResponse> {
        let request = ListWaitingRecordsRequest {
            parent: source.to_owned(),
            page_size: 20,
            ..ListWaitingRecordsRequest::default()
        };
        let (mut services, mut rules) = (self.sync.clone(), self.rules.clone());
        let (services, rules) = futures::join!(
            self.answer(services.list_waiting_records(request.clone())),
            self.answer(rules.list_waiting_records(request))
        );
        Some(together(services.or_nothing()?, rules.or_nothing()?))
    }

    async fn unit(&self, name: &str) -> Option<Unit> {
        let request = GetUnitRequest { name: name.to_owned(), ..Default::default() };
        self.answer(self.directory.clone().get_unit(request)).await.known()?.unit
    }

    async fn answer<T>(
        &self,
        call: impl Future<Output = Result<Response<T>, Status>>,
    ) -> ServiceAnswer<T> {
        let status = match timeout(self.patience, call).await {
            Ok(Ok(answer)) => return ServiceAnswer::Known(answer.into_inner()),
            Ok(Err(status)) => status,
            Err(_) => {
                tracing::debug!("a service did not answer within {:?}", self.patience);
                return ServiceAnswer::NoAnswer;
            }
        };
        match status.code() {
            Code::NotFound if mpp_client::is_gone(&status) => ServiceAnswer::Gone,
            Code::NotFound => ServiceAnswer::Absent,
            Code::InvalidArgument => ServiceAnswer::Refused,
            code => {
                tracing::debug!(?code, "a service refused: {}", status.message());
                ServiceAnswer::NoAnswer
            }
        }
    }
}

/// What waits at both.
fn together(
    one: ListWaitingRecordsResponse,
    other: ListWaitingRecordsResponse,
) -> ListWaitingRecordsResponse {
    ListWaitingRecordsResponse {
        records: [one.records, other.records].concat(),
        causes: [one.causes, other.causes].concat(),
        total_size: one.total_size + other.total_size,
        cause_size: one.cause_size + other.cause_size,
        ..ListWaitingRecordsResponse::default()
    }
}

fn is_reported(report: &Report, region: &str) -> bool {
    report.provinces.iter().any(|own| own.region == region)
        || report.regions.iter().any(|own| own.region == region)
}
