//! Deviations of a part of the nation: this week's as recorded, another week's as measured now,
//! by the counter's name. A report lists them newest first:
//! reporting's `order_of_deviations`.

use jiff::civil::Date;
use mpp_api::scheduling::Deviation;
use mpp_core::{Error, Result};
use mpp_resource::{
    list::{Listed, Pager},
    page::PageRequest,
};

use super::Scheduling;
use crate::{
    memory::{
        Memory,
        measure::{MallCounters, MeasuredMall},
    },
    model::scope::Scope,
};

/// The deviations that are asked for.
pub struct DeviationsWanted {
    /// The part of the nation.
    pub scope: Scope,
    /// The week's Monday; `None` for this week.
    pub monday: Option<Date>,
    /// Only of counters that deviate.
    pub only_deviating: bool,
    /// Which page is asked for, and how long it may be.
    pub page: PageRequest,
}

impl Scheduling {
    /// A page of deviations, in the order of the counters' names as text, so that a mall's stand
    /// together. Measuring another week takes some tenths of a second for the nation, so it runs
    /// on a thread that may block.
    ///
    /// # Errors
    /// `UNAVAILABLE` while malls and rules load, or a region has not arrived.
    pub async fn list_deviations(&self, wanted: DeviationsWanted) -> Result<Listed<Deviation>> {
        self.known(|| {
            let state = self.memory.read();
            state.require_whole()?;
            state.directory.require_scope(&wanted.scope)
        })
        .await?;
        let memory = self.memory.clone();
        let list = move || match wanted.monday {
            Some(monday) => measured(&memory, &wanted, monday),
            None => recorded(&memory, &wanted),
        };
        tokio::task::spawn_blocking(list).await.map_err(Error::internal)?
    }
}

fn recorded(memory: &Memory, wanted: &DeviationsWanted) -> Result<Listed<Deviation>> {
    let state = memory.read();
    state.require_whole()?;
    state.directory.require_scope(&wanted.scope)?;
    let is_wanted = |doc: &&Deviation| {
        wanted.scope.holds_record(doc) && (!wanted.only_deviating || !doc.findings.is_empty())
    };
    let mut pager = Pager::new(wanted.page.clone());
    for doc in state.records.deviations.values().filter(is_wanted) {
        pager.offer(&doc.counter, || Some(doc.clone()));
    }
    Ok(pager.finish())
}

fn measured(memory: &Memory, wanted: &DeviationsWanted, monday: Date) -> Result<Listed<Deviation>> {
    let malls = collected(memory, &wanted.scope)?.into_iter();
    let malls = malls.map(|mall| mall.measure(monday, memory.decrees()));
    let malls: Vec<_> = malls.collect::<Result<_>>()?;
    let of_mall = |mall| MeasuredMall::counters(mall).map(move |(name, week)| (name, (mall, week)));
    let mut found: Vec<_> = malls.iter().flat_map(of_mall).collect();
    found.retain(|(name, (_, week))| {
        wanted.scope.holds_counter(name) && (!wanted.only_deviating || week.deviates())
    });
    found.sort_by(|a, b| a.0.cmp(b.0));
    let mut pager = Pager::new(wanted.page.clone());
    for (name, (mall, week)) in found {
        pager.offer(name, || Some(mall.document(name, week)));
    }
    Ok(pager.finish())
}

fn collected(memory: &Memory, scope: &Scope) -> Result<Vec<MallCounters>> {
    let state = memory.read();
    state.require_whole()?;
    state.directory.require_scope(scope)?;
    let malls = state.directory.malls();
    let reached = malls.filter(|(name, mall)| scope.reaches_mall(name, mall.region));
    reached.map(|(name, _)| MallCounters::collect(&state, name)).collect()
}
