//! The memory that each replica answers from: the registry's copy, the rules and the deviations,
//! kept by feeds. Locks are held for a lookup only, never across an await.

pub mod directory;
pub mod dirty;
pub mod measure;
pub mod records;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use mpp_calendar::Decrees;
use mpp_core::{Error, Reason, Result};
use mpp_store::Change;
use tokio::sync::Notify;

use crate::model::{place::Place, slot::Terms, target::Target};

use self::{
    directory::Directory,
    dirty::{Dirty, Touched},
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

    /// The decrees that hours follow from.
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

    /// The own feed's state comes anew: until it is whole, the records before it stay.
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

    /// The malls that are to be measured; they count as measured from now on.
    pub fn take_dirty(&self) -> Dirty {
        std::mem::take(&mut self.0.dirty.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Marks again the malls that could not be measured; the next tick finds them.
    pub fn put_back(&self, failed: Dirty) {
        self.0.dirty.write().unwrap_or_else(PoisonError::into_inner).extend(failed);
    }

    /// A mall, counter or offering with its hours.
    ///
    /// # Errors
    /// `NOT_FOUND` where the copy has no such place, `UNAVAILABLE` while there is no copy yet.
    pub fn place(&self, target: &Target) -> Result<Place> {
        self.read().place(target)
    }

    /// An offering with its hours and how it is booked.
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

    /// The names whose holders may act at a place: its own, and that of its mall's organiser while
    /// the mall is known.
    pub fn owners(&self, target: &Target) -> Vec<String> {
        let mall = target.mall().and_then(|mall| self.directory.mall(mall).ok());
        let organiser = mall.map(|mall| mall.organiser.clone());
        std::iter::once(target.name().to_owned()).chain(organiser).collect()
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
