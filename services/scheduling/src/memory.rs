//! What each replica answers from: the registry's copy, the rules and the deviations, all fed by
//! feeds. Locks are held for a lookup only, never across an await.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use mpp_api::{
    Document,
    scheduling::{Deviation, HoursRule},
};
use mpp_calendar::{Decrees, Rule};
use mpp_core::{Error, Reason, Result};
use mpp_rpc::time::to_timestamp;
use mpp_store::{Change, Op, Record};
use tokio::sync::Notify;

use crate::{
    directory::{Directory, Touched},
    model::{
        place::Place,
        rule,
        slot::Terms,
        target::{Target, lies_within},
    },
};

/// Shared by everything in the process.
#[derive(Clone)]
pub struct Memory(Arc<Inner>);

struct Inner {
    state: RwLock<State>,
    decrees: Decrees,
    dirty: RwLock<Dirty>,
    wake: Notify,
}

/// The state behind the lock.
#[derive(Default)]
pub struct State {
    /// The registry's copy.
    pub directory: Directory,
    /// True once the copy is whole.
    pub has_directory: bool,
    /// True once rules and deviations are whole.
    pub has_records: bool,
    rules: BTreeMap<String, StoredRule>,
    rules_of: HashMap<String, BTreeSet<String>>,
    /// By the counter's name.
    pub deviations: BTreeMap<String, Deviation>,
}

/// A rule as it is stored and as the calendar takes it.
#[derive(Clone)]
struct StoredRule {
    doc: HoursRule,
    /// `None` for one that this version cannot read; it is shown and does not count.
    rule: Option<Rule>,
}

/// Malls whose deviations may have changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dirty {
    /// Every mall.
    pub all: bool,
    /// These malls.
    pub malls: BTreeSet<String>,
}

impl Dirty {
    fn add(&mut self, touched: Touched) {
        match touched {
            Touched::Nothing => {}
            Touched::Mall(mall) => drop(self.malls.insert(mall)),
            Touched::All => self.all = true,
        }
    }

    /// True where nothing is to be measured.
    pub fn is_clean(&self) -> bool {
        !self.all && self.malls.is_empty()
    }
}

impl Memory {
    /// An empty memory over these decrees.
    pub fn new(decrees: Decrees) -> Self {
        Self(Arc::new(Inner {
            state: RwLock::default(),
            decrees,
            dirty: RwLock::default(),
            wake: Notify::new(),
        }))
    }

    /// What has been decreed.
    pub fn decrees(&self) -> &Decrees {
        &self.0.decrees
    }

    /// The state, to look something up in.
    pub fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts another copy in the place of the one that is there.
    pub fn replace_directory(&self, directory: Directory) {
        let mut state = self.write();
        state.directory = directory;
        state.has_directory = true;
        drop(state);
        self.touch([Touched::All]);
    }

    /// Changes the copy.
    pub fn change_directory(&self, change: impl FnOnce(&mut Directory) -> Vec<Touched>) {
        let touched = change(&mut self.write().directory);
        self.touch(touched);
    }

    /// Takes over changes of the own feed; `complete` marks the end of the initial state.
    pub fn apply(&self, changes: &[Arc<Change>], complete: bool) {
        let mut state = self.write();
        let touched: Vec<Touched> = changes.iter().map(|change| state.apply(change)).collect();
        let first_time = complete && !std::mem::replace(&mut state.has_records, true);
        drop(state);
        self.touch(
            touched
                .into_iter()
                .chain(first_time.then_some(Touched::All)),
        );
    }

    /// Forgets the own feed's records before its state is sent again.
    pub fn forget_records(&self) {
        let mut state = self.write();
        state.has_records = false;
        state.rules.clear();
        state.rules_of.clear();
        state.deviations.clear();
    }

    /// Marks deviations to be measured again.
    pub fn touch(&self, touched: impl IntoIterator<Item = Touched>) {
        let mut dirty = self.0.dirty.write().unwrap_or_else(PoisonError::into_inner);
        touched.into_iter().for_each(|touched| dirty.add(touched));
        if !dirty.is_clean() {
            self.0.wake.notify_one();
        }
    }

    /// Waits until something is to be measured.
    pub async fn touched(&self) {
        self.0.wake.notified().await;
    }

    /// What is to be measured; it counts as done from now on.
    pub fn take_dirty(&self) -> Dirty {
        std::mem::take(&mut self.0.dirty.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Marks what could not be measured again; the next look at the clock finds it.
    pub fn put_back(&self, failed: Dirty) {
        let mut dirty = self.0.dirty.write().unwrap_or_else(PoisonError::into_inner);
        dirty.all |= failed.all;
        dirty.malls.extend(failed.malls);
    }

    /// A mall, counter or offering with its hours.
    ///
    /// # Errors
    /// `NOT_FOUND` where the copy has no such place, `UNAVAILABLE` while there is no copy yet.
    pub fn place(&self, target: &Target) -> Result<Place> {
        self.read().place(target)
    }

    /// An offering with its hours and what is bookable of it.
    ///
    /// # Errors
    /// As [`Memory::place`].
    pub fn offering(&self, name: &str, field: &str) -> Result<(Place, Terms)> {
        let target = Target::parse(name, field)?;
        let state = self.read();
        let place = state.place(&target)?;
        let terms = state.directory.terms(name)?.clone();
        Ok((place, terms))
    }
}

impl State {
    /// As [`Memory::place`].
    ///
    /// # Errors
    /// The same.
    pub fn place(&self, target: &Target) -> Result<Place> {
        if !self.has_directory {
            let hint = "scheduling has not received the registry's malls yet; try again shortly";
            return Err(Error::new(Reason::Unavailable, hint));
        }
        self.directory.require(target)?;
        let name = target
            .mall()
            .ok_or_else(|| Error::not_found(target.name()))?;
        let mall = self.directory.mall(name)?;
        Ok(Place {
            target: target.name().to_owned(),
            zone: self.directory.zone(mall)?,
            region: mall.region.to_string(),
            rules: target
                .chain()
                .flat_map(|name| self.rules_for(name))
                .cloned()
                .collect(),
        })
    }

    /// The rules of just this target.
    fn rules_for(&self, target: &str) -> impl Iterator<Item = &Rule> {
        let names = self.rules_of.get(target).into_iter().flatten();
        names.filter_map(|name| self.rules.get(name)?.rule.as_ref())
    }

    /// How many rules a target has.
    pub fn rule_count(&self, target: &str) -> usize {
        self.rules_of.get(target).map_or(0, BTreeSet::len)
    }

    /// The names of a target's own rules: equal lists mean equal hours below the same mall.
    pub fn rule_names(&self, target: &str) -> Vec<String> {
        self.rules_of
            .get(target)
            .into_iter()
            .flatten()
            .cloned()
            .collect()
    }

    /// A rule.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn rule(&self, name: &str) -> Result<&HoursRule> {
        let stored = self.rules.get(name).ok_or_else(|| Error::not_found(name))?;
        Ok(&stored.doc)
    }

    /// The rules of a target and of what lies below it, by name; all of them for an empty target.
    pub fn rules_within<'a>(&'a self, target: &'a str) -> impl Iterator<Item = &'a HoursRule> {
        let docs = self.rules.values().map(|stored| &stored.doc);
        docs.filter(move |doc| target.is_empty() || lies_within(&doc.target, target))
    }

    fn apply(&mut self, change: &Change) -> Touched {
        let applied = match change.kind.as_str() {
            HoursRule::KIND => self.apply_rule(change),
            Deviation::KIND => self.apply_deviation(change),
            _ => Ok(Touched::Nothing),
        };
        applied.unwrap_or_else(|error| {
            tracing::error!(name = change.name, error = %error, "a record cannot be read");
            Touched::Nothing
        })
    }

    fn apply_rule(&mut self, change: &Change) -> Result<Touched> {
        let before = self
            .rules
            .remove(&change.name)
            .map(|stored| stored.doc.target);
        if let Some(target) = &before
            && let Some(names) = self.rules_of.get_mut(target)
        {
            names.remove(&change.name);
        }
        let target = if change.op == Op::Put {
            Some(self.put_rule(change)?)
        } else {
            before
        };
        Ok(target.as_deref().map_or(Touched::Nothing, touched_by))
    }

    fn put_rule(&mut self, change: &Change) -> Result<String> {
        let record = change.record::<HoursRule>()?;
        let id = rule::id_of(&record.name, "name")?;
        let checked = rule::check(id, &record.doc);
        if let Err(error) = &checked {
            tracing::warn!(name = record.name, error = %error, "a stored rule does not count");
        }
        let stored = StoredRule {
            rule: checked.ok().map(|(_, rule)| rule),
            doc: shown(record),
        };
        let target = stored.doc.target.clone();
        self.rules_of
            .entry(target.clone())
            .or_default()
            .insert(change.name.clone());
        self.rules.insert(change.name.clone(), stored);
        Ok(target)
    }

    fn apply_deviation(&mut self, change: &Change) -> Result<Touched> {
        let counter = change.name.trim_end_matches("/deviation");
        if change.op == Op::Put {
            let deviation = change.decode::<Deviation>()?;
            self.deviations.insert(counter.to_owned(), deviation);
        } else {
            self.deviations.remove(counter);
        }
        Ok(Touched::Nothing)
    }
}

/// A rule as the wire has it: with etag and times.
pub fn shown(record: Record<HoursRule>) -> HoursRule {
    HoursRule {
        name: record.name.clone(),
        etag: record.etag(),
        create_time: Some(to_timestamp(record.create_time)),
        update_time: Some(to_timestamp(record.update_time)),
        ..record.doc
    }
}

fn touched_by(target: &str) -> Touched {
    match Target::parse(target, "target") {
        Ok(target) => target
            .mall()
            .map_or(Touched::All, |mall| Touched::Mall(mall.to_owned())),
        Err(_) => Touched::Nothing,
    }
}
