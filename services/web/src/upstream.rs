//! What the pages ask of the three services. A service that does not answer in time leaves a
//! `None`, which the pages say as "not known"; nothing is kept beyond a page.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::{StreamExt as _, future::join_all, stream};
use jiff::civil::{Date, Weekday};
use mpp_api::{
    registry::{
        Counter, GetMallRequest, GetServiceRequest, GetUnitRequest, ListCountersRequest,
        ListOfferingsRequest, ListWindowsRequest, Mall, Offering, Service, Unit, Window,
        catalog_service_client::CatalogServiceClient,
        directory_service_client::DirectoryServiceClient,
    },
    reporting::{
        GetMallReportRequest, MallDetail, Report, report_service_client::ReportServiceClient,
    },
    scheduling::{
        DayHours, GetHoursRequest, GetQueueRequest, GetQueueResponse,
        hours_service_client::HoursServiceClient, queue_service_client::QueueServiceClient,
    },
    types::LocalizedText,
};
use mpp_calendar::{Zone, local_date};
use mpp_client::{Channel, Endpoint, connect};
use mpp_core::{Micros, Result};
use tokio::time::timeout;
use tonic::{Code, Response, Status};

/// Records of one list at the most; a mall has some hundreds.
const MOST: i32 = 1_000;
/// Calls of one page under way at once.
const AT_ONCE: usize = 16;
/// Days of hours that a mall's page knows: this week, and whichever day it opens again.
const DAYS: i32 = 14;

/// The three services.
#[derive(Clone)]
pub struct Upstream {
    directory: DirectoryServiceClient<Channel>,
    catalog: CatalogServiceClient<Channel>,
    hours: HoursServiceClient<Channel>,
    queue: QueueServiceClient<Channel>,
    /// Reporting, which the live report comes from, too.
    pub reports: ReportServiceClient<Channel>,
    patience: Duration,
}

/// Malls of a region in full.
#[derive(Clone, Debug, Default)]
pub struct RegionData {
    /// Those that reporting answered for, in the report's order.
    pub malls: Vec<MallDetail>,
}

/// A mall, as its page needs it.
#[derive(Clone, Debug)]
pub struct MallData {
    /// What changes a few times a month.
    pub records: Arc<Records>,
    /// Queues by counter; those that scheduling answered for.
    pub queues: HashMap<String, GetQueueResponse>,
}

/// A mall's records and hours.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// "malls/banyuwangi".
    pub name: String,
    /// The registry's record.
    pub mall: Option<Mall>,
    /// The unit that runs it.
    pub organiser: Option<Unit>,
    /// Its counters.
    pub counters: Option<Vec<Counter>>,
    /// Services at its counters.
    pub offerings: Option<Vec<Offering>>,
    /// Names of windows.
    pub windows: HashMap<String, LocalizedText>,
    /// The mall's days, from this week's Monday.
    pub week: Option<Vec<DayHours>>,
    /// Each counter's hours of today.
    pub today: HashMap<String, DayHours>,
    /// What reporting knows of it.
    pub detail: Option<MallDetail>,
}

impl Records {
    /// The mall's zone.
    pub fn zone(&self) -> Zone {
        let name = self.mall.as_ref().map(|mall| mall.time_zone.as_str());
        name.and_then(Zone::from_iana).unwrap_or(Zone::Wib)
    }

    fn counter_names(&self) -> Vec<String> {
        self.counters.iter().flatten().map(|counter| counter.name.clone()).collect()
    }
}

impl Upstream {
    /// Connects with the first call.
    ///
    /// # Errors
    /// What is wrong with an endpoint.
    pub fn new(
        registry: &Endpoint,
        scheduling: &Endpoint,
        reporting: &Endpoint,
        patience: Duration,
    ) -> Result<Self> {
        let (registry, scheduling) = (connect(registry)?, connect(scheduling)?);
        let wide = 64 * 1024 * 1024;
        Ok(Self {
            directory: DirectoryServiceClient::new(registry.clone()),
            catalog: CatalogServiceClient::new(registry),
            hours: HoursServiceClient::new(scheduling.clone()),
            queue: QueueServiceClient::new(scheduling),
            // The whole report of a nation is one message.
            reports: ReportServiceClient::new(connect(reporting)?).max_decoding_message_size(wide),
            patience,
        })
    }

    /// The malls of a regency or city.
    pub async fn region(&self, report: &Report, region: &str) -> RegionData {
        let own = report.malls.iter().filter(|mall| mall.region == region);
        let names: Vec<String> = own.map(|mall| mall.mall.clone()).collect();
        let details = join_all(names.iter().map(|mall| self.detail(mall))).await;
        RegionData { malls: details.into_iter().flatten().collect() }
    }

    /// A service; `None` where the registry knows none of that name, or does not answer.
    pub async fn service(&self, name: &str) -> Option<Service> {
        let request = GetServiceRequest { name: name.to_owned(), ..Default::default() };
        self.answer(self.catalog.clone().get_service(request)).await.known()?.service
    }

    /// A mall; `None` where the registry knows no such mall.
    pub async fn mall(&self, name: &str, now: Micros) -> Option<MallData> {
        let records = Arc::new(self.records(name, now).await?);
        let queues = self.queues(&records).await;
        Some(MallData { records, queues })
    }

    /// The queues of a mall's counters as of now.
    pub async fn queues(&self, records: &Records) -> HashMap<String, GetQueueResponse> {
        let asked = stream::iter(records.counter_names()).map(|counter| async move {
            let request = GetQueueRequest { counter: counter.clone() };
            let answer = self.answer(self.queue.clone().get_queue(request)).await.known();
            answer.map(|queue| (counter, queue))
        });
        let answers: Vec<_> = asked.buffer_unordered(AT_ONCE).collect().await;
        answers.into_iter().flatten().collect()
    }

    /// A mall's records; `None` where the registry knows no such mall.
    pub async fn records(&self, name: &str, now: Micros) -> Option<Records> {
        let (mall, counters, offerings, windows, detail) = futures::join!(
            self.mall_record(name),
            self.counters(name),
            self.offerings(name),
            self.windows(name),
            self.detail(name),
        );
        let mall = match mall {
            Answer::Known(mall) => Some(mall),
            Answer::Absent => return None,
            Answer::Silence => None,
        };
        let mut records = Records {
            name: name.to_owned(),
            mall,
            counters,
            offerings,
            windows,
            detail,
            ..Records::default()
        };
        let today = local_date(now, records.zone()).unwrap_or_default();
        let (week, days, organiser) = futures::join!(
            self.days(name, monday_of(today), DAYS),
            self.days_of_counters(&records, today),
            self.unit(records.mall.as_ref()),
        );
        records.week = week;
        records.today = days;
        records.organiser = organiser;
        Some(records)
    }

    async fn mall_record(&self, name: &str) -> Answer<Mall> {
        let request = GetMallRequest { name: name.to_owned(), ..Default::default() };
        let answer = self.answer(self.directory.clone().get_mall(request)).await;
        answer.and_then(|answer| answer.mall)
    }

    async fn unit(&self, mall: Option<&Mall>) -> Option<Unit> {
        let name = mall.map(|mall| mall.organiser.clone()).filter(|name| !name.is_empty())?;
        let request = GetUnitRequest { name, ..Default::default() };
        self.answer(self.directory.clone().get_unit(request)).await.known()?.unit
    }

    async fn counters(&self, mall: &str) -> Option<Vec<Counter>> {
        let request =
            ListCountersRequest { parent: mall.to_owned(), page_size: MOST, ..Default::default() };
        let answer = self.answer(self.directory.clone().list_counters(request)).await.known()?;
        Some(answer.counters)
    }

    async fn windows(&self, mall: &str) -> HashMap<String, LocalizedText> {
        let parent = format!("{mall}/counters/-");
        let request = ListWindowsRequest { parent, page_size: MOST, ..Default::default() };
        let answer = self.answer(self.directory.clone().list_windows(request)).await.known();
        let windows: Vec<Window> = answer.map(|answer| answer.windows).unwrap_or_default();
        let named =
            windows.into_iter().filter_map(|window| Some((window.name, window.display_name?)));
        named.collect()
    }

    async fn offerings(&self, mall: &str) -> Option<Vec<Offering>> {
        let mut request =
            ListOfferingsRequest { parent: mall.to_owned(), page_size: MOST, ..Default::default() };
        let mut all = Vec::new();
        loop {
            let asked = self.catalog.clone().list_offerings(request.clone()).await;
            let page = asked.ok()?.into_inner();
            all.extend(page.offerings);
            if page.next_page_token.is_empty() {
                return Some(all);
            }
            request.page_token = page.next_page_token;
        }
    }

    async fn detail(&self, mall: &str) -> Option<MallDetail> {
        let request = GetMallReportRequest { mall: mall.to_owned(), ..Default::default() };
        self.answer(self.reports.clone().get_mall_report(request)).await.known()?.mall
    }

    async fn days_of_counters(&self, records: &Records, day: Date) -> HashMap<String, DayHours> {
        let asked = stream::iter(records.counter_names()).map(|counter| async move {
            let day = self.days(&counter, day, 1).await?.pop()?;
            Some((counter, day))
        });
        let answers: Vec<_> = asked.buffer_unordered(AT_ONCE).collect().await;
        answers.into_iter().flatten().collect()
    }

    async fn days(&self, target: &str, from: Date, days: i32) -> Option<Vec<DayHours>> {
        let (target, date) = (target.to_owned(), from.to_string());
        let request = GetHoursRequest { target, date, days, ..Default::default() };
        Some(self.answer(self.hours.clone().get_hours(request)).await.known()?.days)
    }

    async fn answer<T>(
        &self,
        call: impl Future<Output = Result<Response<T>, Status>>,
    ) -> Answer<T> {
        match timeout(self.patience, call).await {
            Ok(Ok(answer)) => Answer::Known(answer.into_inner()),
            Ok(Err(status)) if status.code() == Code::NotFound => Answer::Absent,
            Ok(Err(status)) => {
                tracing::debug!(code = ?status.code(), "a service refused: {}", status.message());
                Answer::Silence
            }
            Err(_) => {
                tracing::debug!("a service did not answer within {:?}", self.patience);
                Answer::Silence
            }
        }
    }
}

/// What a service said.
enum Answer<T> {
    Known(T),
    /// There is no such thing.
    Absent,
    /// Nothing that helps: it is away, slow or refuses.
    Silence,
}

impl<T> Answer<T> {
    fn known(self) -> Option<T> {
        match self {
            Answer::Known(value) => Some(value),
            Answer::Absent | Answer::Silence => None,
        }
    }

    fn and_then<U>(self, of: impl FnOnce(T) -> Option<U>) -> Answer<U> {
        match self {
            Answer::Known(value) => of(value).map_or(Answer::Absent, Answer::Known),
            Answer::Absent => Answer::Absent,
            Answer::Silence => Answer::Silence,
        }
    }
}

/// The Monday of a day's week.
fn monday_of(day: Date) -> Date {
    let since = day.weekday().since(Weekday::Monday);
    day.saturating_sub(jiff::Span::new().days(i64::from(since)))
}
