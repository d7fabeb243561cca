//! What each replica answers from: the registry's copy, the rules and the deviations, all fed by
//! feeds. Locks are held for a lookup only, never across an await.

use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use mpp_calendar::Decrees;
use mpp_core::{Error, Reason, Result};
use mpp_store::Change;
use tokio::sync::Notify;

use crate::{
    directory::{Directory, Touched},
    model::{place::Place, slot::Terms, target::Target},
    records::Records,
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
    /// Rules and deviations.
    pub records: Records,
    /// True once the records are whole.
    pub has_records: bool,
    /// Records that will take the place of the others once they are whole.
    coming: Option<Records>,
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

    /// The own feed's state comes anew: until it is whole, what is there stays.
    pub fn begin_records(&self) {
        self.write().coming = Some(Records::default());
    }

    /// Takes over changes of the own feed; `complete` marks the end of its state.
    pub fn apply(&self, changes: &[Arc<Change>], complete: bool) {
        let mut state = self.write();
        let parts = &mut *state;
        let records = parts.coming.as_mut().unwrap_or(&mut parts.records);
        let mut touched: Vec<_> = changes.iter().map(|change| records.apply(change)).collect();
        if complete && let Some(whole) = parts.coming.take() {
            parts.records = whole;
            parts.has_records = true;
            touched = vec![Touched::All];
        }
        drop(state);
        self.touch(touched);
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
    /// True once everything is there that hours follow from.
    pub fn is_whole(&self) -> bool {
        self.has_directory && self.has_records
    }

    /// As [`Memory::place`].
    ///
    /// # Errors
    /// The same.
    pub fn place(&self, target: &Target) -> Result<Place> {
        if !self.is_whole() {
            let hint = "scheduling has not received its malls and rules yet; try again shortly";
            return Err(Error::new(Reason::Unavailable, hint));
        }
        self.directory.require(target)?;
        let name = target.mall().ok_or_else(|| Error::not_found(target.name()))?;
        let mall = self.directory.mall(name)?;
        let rules = target.chain().flat_map(|name| self.records.rules_for(name));
        Ok(Place {
            target: target.name().to_owned(),
            zone: self.directory.zone(mall)?,
            region: mall.region.to_string(),
            rules: rules.cloned().collect(),
        })
    }
}
