//! Listing deviations.

use jiff::civil::Date;
use mpp_api::scheduling::{Deviation, ListDeviationsRequest, ListDeviationsResponse};
use mpp_core::{Error, RegionCode, Result};
use mpp_rpc::page;

use super::{hours::Hours, total};
use crate::{
    measure::MallCounters,
    memory::State,
    model::{date, target::Target},
};

impl Hours {
    pub(super) fn deviations(
        &self,
        request: &ListDeviationsRequest,
    ) -> Result<ListDeviationsResponse> {
        let scope = Scope::parse(&request.scope)?;
        let date = match request.date.as_str() {
            "" => None,
            text => Some(date::parse(text, "date")?),
        };
        let only = if request.only_deviating {
            "deviating"
        } else {
            "all"
        };
        let filter = page::hash(&["deviations", &request.scope, &request.date, only]);
        let page = page::parse(request.page_size, &request.page_token, filter)?;
        let mut found = self.measured(&scope, date)?;
        found.retain(|deviation| !request.only_deviating || !deviation.findings.is_empty());
        let from = found.partition_point(|deviation| deviation.counter <= page.after);
        let count = found.len();
        let shown: Vec<_> = found.drain(from..).take(page.size).collect();
        let has_more = from + shown.len() < count;
        let last = shown.last().filter(|_| has_more);
        Ok(ListDeviationsResponse {
            next_page_token: last
                .map_or_else(String::new, |last| page::token(&last.counter, filter)),
            deviations: shown,
            total_size: total(count),
        })
    }

    /// The deviations of a scope, by counter: the records, or another week's, worked out now.
    fn measured(&self, scope: &Scope, date: Option<Date>) -> Result<Vec<Deviation>> {
        let state = self.0.memory.read();
        let Some(monday) = date.map(date::monday_of) else {
            let records = state.records.deviations.values();
            return Ok(records
                .filter(|record| scope.holds_record(record))
                .cloned()
                .collect());
        };
        let malls = scope.malls(&state);
        let collected: Vec<_> = malls
            .iter()
            .map(|mall| MallCounters::collect(&state, mall))
            .collect::<Result<_>>()?;
        drop(state);
        let mut found = Vec::new();
        for counters in collected {
            found.extend(counters.measure(monday, self.0.memory.decrees())?);
        }
        found.retain(|deviation| scope.holds_counter(&deviation.counter));
        found.sort_by(|a, b| a.counter.cmp(&b.counter));
        Ok(found)
    }
}

/// Whose deviations are asked for.
enum Scope {
    Nation,
    Region(RegionCode),
    Mall(String),
    Counter(Target),
}

impl Scope {
    fn parse(text: &str) -> Result<Self> {
        match text.split('/').next().unwrap_or_default() {
            "" => Ok(Self::Nation),
            "malls" => {
                let target = Target::parse(text, "scope")?;
                match target.counter() {
                    None => Ok(Self::Mall(text.to_owned())),
                    Some(counter) if counter == text => Ok(Self::Counter(target)),
                    Some(_) => Err(not_a_scope()),
                }
            }
            _ => text.parse().map(Self::Region).map_err(|_| not_a_scope()),
        }
    }

    fn malls(&self, state: &State) -> Vec<String> {
        let names = state.directory.malls().filter(|(name, mall)| match self {
            Self::Nation => true,
            Self::Region(region) => region.contains(mall.region),
            Self::Mall(own) => own == name,
            Self::Counter(counter) => counter.mall() == Some(name),
        });
        names.map(|(name, _)| name.to_owned()).collect()
    }

    fn holds_record(&self, record: &Deviation) -> bool {
        match self {
            Self::Nation => true,
            Self::Region(region) => record.region.parse().is_ok_and(|own| region.contains(own)),
            Self::Mall(mall) => *mall == record.mall,
            Self::Counter(counter) => counter.name() == record.counter,
        }
    }

    fn holds_counter(&self, name: &str) -> bool {
        match self {
            Self::Counter(counter) => counter.name() == name,
            _ => true,
        }
    }
}

fn not_a_scope() -> Error {
    let hint = "write a counter, a mall, a region such as regions/35.10 or regions/35, or nothing";
    Error::field("scope", "SCOPE", hint)
}
