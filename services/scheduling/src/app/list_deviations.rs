//! Deviations of a part of the nation: this week's as recorded, another week's as measured now.

use jiff::civil::Date;
use mpp_api::scheduling::{Deviation, ListDeviationsResponse};
use mpp_core::{Error, Result};
use mpp_rpc::page::{self, Page};

use super::App;
use crate::{
    memory::{
        Memory,
        measure::{MallCounters, MeasuredMall},
    },
    model::scope::Scope,
};

/// Which deviations are asked for.
pub struct DeviationsWanted {
    /// The part of the nation.
    pub scope: Scope,
    /// The week's Monday; `None` for this week.
    pub monday: Option<Date>,
    /// Only of counters that deviate.
    pub only_deviating: bool,
    /// The page.
    pub page: Page,
    /// The filter's hash, for the next page's token.
    pub filter: u64,
}

impl App {
    /// A page of deviations. Measuring another week takes some tenths of a second for the nation,
    /// so it runs on a thread that may block.
    ///
    /// # Errors
    /// `UNAVAILABLE` while a region has not arrived.
    pub async fn list_deviations(
        &self,
        wanted: DeviationsWanted,
    ) -> Result<ListDeviationsResponse> {
        let memory = self.memory.clone();
        let list = move || match wanted.monday {
            Some(monday) => measured(&memory, &wanted, monday),
            None => Ok(recorded(&memory, &wanted)),
        };
        tokio::task::spawn_blocking(list).await.map_err(Error::internal)?
    }
}

fn recorded(memory: &Memory, wanted: &DeviationsWanted) -> ListDeviationsResponse {
    let state = memory.read();
    let is_wanted = |doc: &&Deviation| {
        wanted.scope.holds_record(doc) && (!wanted.only_deviating || !doc.findings.is_empty())
    };
    let records = state.records.deviations.values().filter(is_wanted);
    let found = records.map(|doc| (doc.counter.as_str(), doc)).collect();
    shown(found, wanted, |_, doc| Deviation::clone(doc))
}

fn measured(
    memory: &Memory,
    wanted: &DeviationsWanted,
    monday: Date,
) -> Result<ListDeviationsResponse> {
    let malls = collected(memory, &wanted.scope)?.into_iter();
    let malls = malls.map(|mall| mall.measure(monday, memory.decrees()));
    let malls: Vec<_> = malls.collect::<Result<_>>()?;
    let of_mall = |mall| MeasuredMall::counters(mall).map(move |(name, week)| (name, (mall, week)));
    let mut found: Vec<_> = malls.iter().flat_map(of_mall).collect();
    found.retain(|(name, (_, week))| {
        wanted.scope.holds_counter(name) && (!wanted.only_deviating || week.deviates())
    });
    found.sort_by(|a, b| a.0.cmp(b.0));
    Ok(shown(found, wanted, |name, (mall, week)| mall.document(name, week)))
}

fn collected(memory: &Memory, scope: &Scope) -> Result<Vec<MallCounters>> {
    let state = memory.read();
    let malls = state.directory.malls();
    let reached = malls.filter(|(name, mall)| scope.reaches_mall(name, mall.region));
    reached.map(|(name, _)| MallCounters::collect(&state, name)).collect()
}

/// The page of the found ones, which are in the order of counters.
fn shown<T>(
    found: Vec<(&str, T)>,
    wanted: &DeviationsWanted,
    document: impl Fn(&str, &T) -> Deviation,
) -> ListDeviationsResponse {
    let from = found.partition_point(|(counter, _)| *counter <= wanted.page.after.as_str());
    let rest = &found[from..];
    let shown = &rest[..rest.len().min(wanted.page.size)];
    let last = shown.last().filter(|_| rest.len() > shown.len());
    let token = |counter: &str| page::token(counter, wanted.filter);
    ListDeviationsResponse {
        deviations: shown.iter().map(|(counter, one)| document(counter, one)).collect(),
        next_page_token: last.map_or_else(String::new, |(counter, _)| token(counter)),
        total_size: i32::try_from(found.len()).unwrap_or(i32::MAX),
    }
}
