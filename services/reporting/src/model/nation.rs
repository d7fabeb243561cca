//! A replica's memory of the nation: the rows that reports are made of, typed, and where each feed
//! stands. Services, tickets and appointments stay in the database; only their sums are here.

use std::{collections::BTreeMap, sync::OnceLock};

use mpp_api::reporting::PublishedCount;
use mpp_core::{Micros, Result, mall_of};
use mpp_store::CountedNames;

use super::{
    event::Upstream,
    facts::{
        ChangeRow, CounterRow, DayRow, DeviationRow, FedRow, MallRow, OfferingRow, RegionRow,
        SourceRow, UnitRow,
    },
    rows::{Key, ProjectedRow, decode},
};

/// Rows by name.
pub type RowsByName<R> = BTreeMap<String, R>;

/// A number of the inbox, and the mark of its row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InboxPlace {
    /// The number; 0 before the first.
    pub seq: i64,
    /// The mark of that row.
    pub mark: i64,
}

impl InboxPlace {
    /// True if the inbox whose row of this number bears the mark `there` goes on from here. An
    /// inbox that was restored, and written on since, gives the number again, but not the mark.
    pub fn is_known_by(self, there: Option<i64>) -> bool {
        there.unwrap_or_default() == self.mark && (there.is_some() || self.seq == 0)
    }
}

/// Changes since a place of the inbox.
#[derive(Debug, Default)]
pub struct News {
    /// The inbox's last place.
    pub place: InboxPlace,
    /// True if these are all rows and not just changes: a row that is not here is gone.
    pub anew: bool,
    /// Rows that changed, with the inbox's number then.
    pub rows: Vec<(Key, Option<String>, i64)>,
    /// The state of each feed.
    pub feeds: [FeedState; 2],
}

/// Everything that a report is computed from.
#[derive(Debug, Default)]
pub struct Nation {
    /// The inbox has been projected up to here.
    pub place: InboxPlace,
    /// Provinces, regencies and cities.
    pub regions: RowsByName<RegionRow>,
    /// Bodies, for the names of owners.
    pub units: RowsByName<UnitRow>,
    /// Malls, with their past.
    pub malls: RowsByName<MallRow>,
    /// Counters of the malls.
    pub counters: RowsByName<CounterRow>,
    /// Services as they are offered at counters.
    pub offerings: RowsByName<OfferingRow>,
    /// Sources, with what they have sent to the registry.
    pub sources: RowsByName<SourceRow>,
    /// What they have sent to scheduling.
    pub fed: RowsByName<FedRow>,
    /// Deviations by counter.
    pub deviations: RowsByName<DeviationRow>,
    /// Tickets and appointments by date and mall.
    pub days: RowsByName<DayRow>,
    /// The newest catalog changes, by time.
    pub changes: RowsByName<ChangeRow>,
    /// The state of each feed, in the order of [`Upstream::ALL`].
    pub feeds: [FeedState; 2],
    /// How each is read, in the same order.
    pub paces: [Pace; 2],
    /// Inbox number at which a mall, one of its counters or their hours last changed.
    mall_revisions: BTreeMap<String, i64>,
    /// Counts of past days, which follow from malls and regions alone: kept until these change.
    pub(super) published: OnceLock<Vec<PublishedCount>>,
}

/// How far an upstream feed has been read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeedState {
    /// The last revision read.
    pub revision: i64,
    /// Commit time of the last change read.
    pub commit_time: Option<Micros>,
    /// When the feed was last heard of.
    pub seen: Option<Micros>,
    /// True while the projecting replica has a stream.
    pub connected: bool,
    /// True once the initial state was read whole.
    pub caught_up: bool,
    /// Counts how often the feed was heard of.
    pub beats: i64,
}

/// How a feed is read, compared with where its service stands, as this replica sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// The service's last revision, as it says itself; 0 before it has said so.
    pub head: i64,
    /// Since when something that the service had committed should have been read, but is not.
    pub behind_since: Option<Micros>,
    /// No replica has read the feed for too long, whatever was noted before.
    pub silent: bool,
}

impl Nation {
    /// Takes over changes; of the catalog changes it keeps the newest, `changes` of them.
    ///
    /// # Errors
    /// Internal, where this version cannot read a value.
    pub fn take_over(&mut self, news: &News, changes: usize) -> Result<()> {
        if news.anew {
            *self = Self { paces: self.paces, ..Self::default() };
        }
        for (key, value, seq) in &news.rows {
            self.accept(key, value.as_deref(), *seq)?;
        }
        while self.changes.len() > changes {
            self.changes.pop_first();
        }
        self.place = news.place;
        self.feeds = news.feeds;
        Ok(())
    }

    fn accept(&mut self, key: &Key, value: Option<&str>, seq: i64) -> Result<()> {
        if [MallRow::TABLE, CounterRow::TABLE, DeviationRow::TABLE].contains(&key.0.as_str()) {
            let revision = self.mall_revisions.entry(mall_of(&key.1).to_owned()).or_default();
            *revision = seq.max(*revision);
        }
        if [MallRow::TABLE, RegionRow::TABLE].contains(&key.0.as_str()) {
            self.published = OnceLock::new();
        }
        match key.0.as_str() {
            RegionRow::TABLE => set(&mut self.regions, key, value),
            UnitRow::TABLE => set(&mut self.units, key, value),
            MallRow::TABLE => set(&mut self.malls, key, value),
            CounterRow::TABLE => set(&mut self.counters, key, value),
            OfferingRow::TABLE => set(&mut self.offerings, key, value),
            SourceRow::TABLE => set(&mut self.sources, key, value),
            FedRow::TABLE => set(&mut self.fed, key, value),
            DeviationRow::TABLE => set(&mut self.deviations, key, value),
            DayRow::TABLE => set(&mut self.days, key, value),
            ChangeRow::TABLE => set(&mut self.changes, key, value),
            _ => Ok(()),
        }
    }

    /// How many rows it is made of.
    pub fn count(&self) -> usize {
        let directory = self.regions.len() + self.units.len() + self.malls.len();
        let offered = self.counters.len() + self.offerings.len();
        let sent = self.sources.len() + self.fed.len();
        directory + offered + sent + self.deviations.len() + self.days.len() + self.changes.len()
    }

    /// The rows that differ in another one, or that only one of the two has.
    pub fn differences(&self, other: &Self) -> Vec<(&'static str, CountedNames)> {
        let all = [
            differing(&self.regions, &other.regions),
            differing(&self.units, &other.units),
            differing(&self.malls, &other.malls),
            differing(&self.counters, &other.counters),
            differing(&self.offerings, &other.offerings),
            differing(&self.sources, &other.sources),
            differing(&self.fed, &other.fed),
            differing(&self.deviations, &other.deviations),
            differing(&self.days, &other.days),
            differing(&self.changes, &other.changes),
        ];
        all.into_iter().filter(|(_, found)| found.count > 0).collect()
    }

    /// Inbox number at which a mall, one of its counters or their hours last changed.
    pub fn mall_revision(&self, mall: &str) -> i64 {
        self.mall_revisions.get(mall).copied().unwrap_or_default()
    }

    /// How a feed is read.
    pub fn pace(&self, feed: Upstream) -> &Pace {
        &self.paces[feed as usize]
    }

    /// True while a feed is read.
    pub fn is_connected(&self, feed: Upstream) -> bool {
        self.feed(feed).connected && !self.pace(feed).silent
    }

    /// The state of a feed.
    pub fn feed(&self, feed: Upstream) -> &FeedState {
        &self.feeds[feed as usize]
    }
}

fn differing<R: ProjectedRow + PartialEq>(
    one: &RowsByName<R>,
    other: &RowsByName<R>,
) -> (&'static str, CountedNames) {
    let changed = one.iter().filter(|(key, row)| other.get(*key) != Some(row));
    let lost = other.keys().filter(|key| !one.contains_key(*key));
    let mut found = CountedNames::default();
    changed.map(|(key, _)| key).chain(lost).for_each(|key| found.add(key));
    (R::TABLE, found)
}

fn set<R: ProjectedRow>(table: &mut RowsByName<R>, key: &Key, value: Option<&str>) -> Result<()> {
    match value {
        Some(json) => table.insert(key.1.clone(), decode(key, json)?),
        None => table.remove(&key.1),
    };
    Ok(())
}

/// The rows of a table whose names lie below `name`.
pub fn below<'a, R>(
    table: &'a RowsByName<R>,
    name: &str,
) -> impl Iterator<Item = (&'a String, &'a R)> + use<'a, R> {
    let prefix = format!("{name}/");
    table.range(prefix.clone()..).take_while(move |(key, _)| key.starts_with(&prefix))
}
