//! Listing deviations.

use jiff::civil::Date;
use mpp_api::scheduling::{Deviation, ListDeviationsRequest, ListDeviationsResponse};
use mpp_core::{Error, RegionCode, Result};
use mpp_rpc::page::{self, Page};

use super::total;
use crate::{
    app::App,
    measure::{MallCounters, MeasuredMall},
    memory::State,
    model::{date, target::Target},
};

/// A page of deviations. Another week than the recorded one is worked out now, for the nation in
/// some tenths of a second: call it where that may block.
pub fn list(app: &App, request: &ListDeviationsRequest) -> Result<ListDeviationsResponse> {
    let scope = Scope::parse(&request.scope)?;
    let only_deviating = request.only_deviating;
    let only = if only_deviating { "deviating" } else { "all" };
    let filter = page::hash(&["deviations", &request.scope, &request.date, only]);
    let page = page::parse(request.page_size, &request.page_token, filter)?;
    if request.date.is_empty() {
        let state = app.memory.read();
        let wanted = |doc: &&Deviation| {
            scope.holds_record(doc) && (!only_deviating || !doc.findings.is_empty())
        };
        let records = state.records.deviations.values().filter(wanted);
        let found = records.map(|doc| (doc.counter.as_str(), doc)).collect();
        return Ok(shown(found, &page, filter, |_, doc| Deviation::clone(doc)));
    }
    let monday = date::monday_of(date::parse(&request.date, "date")?);
    let malls = measured(app, &scope, monday)?;
    let of_mall = |mall| MeasuredMall::counters(mall).map(move |(name, week)| (name, (mall, week)));
    let mut found: Vec<_> = malls.iter().flat_map(of_mall).collect();
    found.retain(|(name, (_, week))| {
        scope.holds_counter(name) && (!only_deviating || week.deviates())
    });
    found.sort_by(|a, b| a.0.cmp(b.0));
    Ok(shown(found, &page, filter, |name, (mall, week)| mall.document(name, week)))
}

/// The page of what was found, which is in the order of counters.
fn shown<T>(
    found: Vec<(&str, T)>,
    page: &Page,
    filter: u64,
    document: impl Fn(&str, &T) -> Deviation,
) -> ListDeviationsResponse {
    let from = found.partition_point(|(counter, _)| *counter <= page.after.as_str());
    let rest = &found[from..];
    let shown = &rest[..rest.len().min(page.size)];
    let last = shown.last().filter(|_| rest.len() > shown.len());
    ListDeviationsResponse {
        deviations: shown.iter().map(|(counter, one)| document(counter, one)).collect(),
        next_page_token: last.map_or_else(String::new, |(counter, _)| page::token(counter, filter)),
        total_size: total(found.len()),
    }
}

fn measured(app: &App, scope: &Scope, monday: Date) -> Result<Vec<MeasuredMall>> {
    let collected: Vec<_> = {
        let state = app.memory.read();
        let malls = scope.malls(&state);
        malls.iter().map(|mall| MallCounters::collect(&state, mall)).collect::<Result<_>>()?
    };
    collected.into_iter().map(|mall| mall.measure(monday, app.memory.decrees())).collect()
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
