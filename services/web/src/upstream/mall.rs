//! A mall: its records, hours and queues, from all three services.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::civil::{Date, Weekday};
use mpp_api::{
    registry::{
        Counter, GetMallRequest, ListCountersRequest, ListOfferingsRequest, ListWindowsRequest,
        Mall, Offering, Unit, Window, offering::State,
    },
    reporting::{GetMallReportRequest, MallDetail},
    scheduling::{DayHours, GetHoursRequest, GetQueueRequest, GetQueueResponse},
    types::LocalizedText,
};
use mpp_calendar::{Zone, local_date};
use mpp_client::pages;
use mpp_core::{Micros, mall_of};
use tonic::{Response, Status};

use super::{AT_ONCE, Missing, ServiceAnswer, Upstream};

/// Records on one page of a list; a mall has some hundreds.
const PAGE: i32 = 1_000;
/// Days of hours that a mall's page knows: this week, and whichever day it opens again.
const DAYS: i32 = 14;

/// A mall, as its page needs it.
#[derive(Clone, Debug)]
pub struct MallData {
    /// Records that change a few times a month.
    pub records: Arc<Records>,
    /// Queues by counter; those that scheduling answered for.
    pub queues: HashMap<String, GetQueueResponse>,
}

/// A mall's records and hours.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// The mall's resource name, such as "malls/banyuwangi".
    pub name: String,
    /// The registry's record.
    pub mall: Option<Mall>,
    /// The unit that runs it.
    pub organiser: Option<Unit>,
    /// The mall's counters.
    pub counters: Option<Vec<Counter>>,
    /// Services at its counters.
    pub offerings: Option<Vec<Offering>>,
    /// Names of windows.
    pub windows: HashMap<String, LocalizedText>,
    /// The mall's days, from this week's Monday.
    pub week: Option<Vec<DayHours>>,
    /// Each counter's hours of today.
    pub today: HashMap<String, DayHours>,
    /// What reporting knows of the mall.
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
    /// A mall; while the registry is silent, what the others know of it.
    pub async fn mall(&self, name: &str, now: Micros) -> Result<MallData, Missing> {
        let records = Arc::new(self.records(name, now).await?);
        let queues = self.queues(&records).await;
        Ok(MallData { records, queues })
    }

    /// The present queues of a mall's counters.
    pub async fn queues(&self, records: &Records) -> HashMap<String, GetQueueResponse> {
        let asked = stream::iter(records.counter_names()).map(|counter| async move {
            let request = GetQueueRequest { counter: counter.clone() };
            let answer = self.answer(self.queue.clone().get_queue(request)).await.known();
            answer.map(|queue| (counter, queue))
        });
        let answers: Vec<_> = asked.buffer_unordered(AT_ONCE).collect().await;
        answers.into_iter().flatten().collect()
    }

    async fn records(&self, name: &str, now: Micros) -> Result<Records, Missing> {
        let (mall, counters, offerings, windows, detail) = futures::join!(
            self.mall_record(name),
            self.counters(name),
            self.offerings(name),
            self.windows(name),
            self.detail(name),
        );
        let mall = match mall.needed() {
            Ok(mall) => Some(mall),
            Err(Missing::Unreachable) => None,
            Err(missing) => return Err(missing),
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
            self.organiser(records.mall.as_ref()),
        );
        records.week = week;
        records.today = days;
        records.organiser = organiser;
        Ok(records)
    }

    async fn mall_record(&self, name: &str) -> ServiceAnswer<Mall> {
        let request = GetMallRequest { name: name.to_owned(), ..Default::default() };
        let answer = self.answer(self.directory.clone().get_mall(request)).await;
        answer.and_then(|answer| answer.mall)
    }

    async fn organiser(&self, mall: Option<&Mall>) -> Option<Unit> {
        let name = mall.map(|mall| mall.organiser.as_str()).filter(|name| !name.is_empty())?;
        self.unit(name).await
    }

    async fn counters(&self, mall: &str) -> Option<Vec<Counter>> {
        self.all(|page_token| {
            let (parent, mut directory) = (mall.to_owned(), self.directory.clone());
            let request =
                ListCountersRequest { parent, page_size: PAGE, page_token, ..Default::default() };
            async move {
                let page = directory.list_counters(request).await?.into_inner();
                Ok((page.counters, page.next_page_token))
            }
        })
        .await
    }

    async fn windows(&self, mall: &str) -> HashMap<String, LocalizedText> {
        let asked = self.all(|page_token| {
            let (parent, mut directory) = (format!("{mall}/counters/-"), self.directory.clone());
            let request =
                ListWindowsRequest { parent, page_size: PAGE, page_token, ..Default::default() };
            async move {
                let page = directory.list_windows(request).await?.into_inner();
                Ok((page.windows, page.next_page_token))
            }
        });
        let windows: Vec<Window> = asked.await.unwrap_or_default();
        let named =
            windows.into_iter().filter_map(|window| Some((window.name, window.display_name?)));
        named.collect()
    }

    async fn offerings(&self, mall: &str) -> Option<Vec<Offering>> {
        self.list_offerings(mall, "").await
    }

    /// The malls where a service is offered. One that a unit only proposes does not count.
    pub(super) async fn malls_of(&self, service: &str) -> Option<Vec<String>> {
        let offerings = self.list_offerings("malls/-", service).await?;
        let accepted = offerings.iter().filter(|offering| offering.state() == State::Accepted);
        let malls = accepted.map(|offering| mall_of(&offering.name).to_owned());
        Some(malls.collect::<BTreeSet<_>>().into_iter().collect())
    }

    async fn list_offerings(&self, parent: &str, service: &str) -> Option<Vec<Offering>> {
        self.all(|page_token| {
            let (parent, mut catalog) = (parent.to_owned(), self.catalog.clone());
            let service = service.to_owned();
            let request = ListOfferingsRequest {
                parent,
                service,
                page_size: PAGE,
                page_token,
                ..Default::default()
            };
            async move {
                let page = catalog.list_offerings(request).await?.into_inner();
                Ok((page.offerings, page.next_page_token))
            }
        })
        .await
    }

    /// All pages of a list, which share one patience; a list that came only in part is shown as not
    /// known.
    async fn all<T, A>(&self, ask: impl FnMut(String) -> A) -> Option<Vec<T>>
    where
        A: Future<Output = Result<(Vec<T>, String), Status>>,
    {
        let whole = pages(ask).try_concat();
        self.answer(async { whole.await.map(Response::new) }).await.known()
    }

    /// A mall in the report.
    pub async fn detail(&self, mall: &str) -> Option<MallDetail> {
        let request = GetMallReportRequest { mall: mall.to_owned(), ..Default::default() };
        self.answer(self.reports.clone().get_mall_report(request)).await.known()?.mall
    }

    /// A mall's record, and the days of some of its counters from today, of those that scheduling
    /// answered for; nothing without a mall.
    pub(super) async fn hours_of(
        &self,
        mall: &str,
        counters: Vec<String>,
        now: Micros,
    ) -> (Records, HashMap<String, Vec<DayHours>>) {
        let mut records = Records { name: mall.to_owned(), ..Records::default() };
        if mall.is_empty() {
            return (records, HashMap::new());
        }
        records.mall = self.mall_record(mall).await.known();
        let today = local_date(now, records.zone()).unwrap_or_default();
        let asked = stream::iter(counters).map(|counter| async move {
            let days = self.days(&counter, today, DAYS).await?;
            Some((counter, days))
        });
        let answers: Vec<_> = asked.buffer_unordered(AT_ONCE).collect().await;
        (records, answers.into_iter().flatten().collect())
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
}

/// The Monday of a day's week.
fn monday_of(day: Date) -> Date {
    let since = day.weekday().since(Weekday::Monday);
    day.saturating_sub(jiff::Span::new().days(i64::from(since)))
}
