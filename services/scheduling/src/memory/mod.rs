//! The memory that each replica answers from: the registry's copy, the rules and the deviations,
//! kept by feeds. Locks are held for a lookup only, never across an await.

pub mod directory;
pub mod dirty;
pub mod measure;
pub mod records;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use mpp_api::{Document as _, scheduling::HoursRule};
use mpp_calendar::Decrees;
use mpp_core::{Error, Label, Labels, Reason, Result};
use mpp_form::hours_rule::Target;
use mpp_resource::memory::{Listener, Memory as OwnMemory, Waits};
use mpp_store::Change;
use tokio::sync::Notify;

use self::{
    directory::Directory,
    dirty::{Dirty, Touched},
    records::{Records, label},
};
use crate::model::{schedule::Schedule, slot::Terms};

/// Shared by everything in the process.
#[derive(Clone)]
pub struct Memory(Arc<Inner>);

struct Inner {
    directory: RwLock<Directory>,
    own: OwnMemory<Records>,
    decrees: Decrees,
    dirty: RwLock<Dirty>,
    wake: Notify,
}

/// The memory while somebody looks something up.
pub struct Snapshot<'a> {
    /// The registry's copy.
    pub directory: RwLockReadGuard<'a, Directory>,
    /// Rules and deviations.
    pub records: RwLockReadGuard<'a, Records>,
    /// True once everything that hours follow from is there.
    pub is_whole: bool,
}

impl Memory {
    /// An empty memory over these decrees.
    pub fn new(decrees: Decrees, waits: Waits) -> Self {
        Self(Arc::new(Inner {
            directory: RwLock::default(),
            own: OwnMemory::new(waits),
            decrees,
            dirty: RwLock::default(),
            wake: Notify::new(),
        }))
    }

    /// The decrees that hours follow from.
    pub fn decrees(&self) -> &Decrees {
        &self.0.decrees
    }

    /// Rules and deviations, which the own feed keeps.
    pub fn own(&self) -> &OwnMemory<Records> {
        &self.0.own
    }

    /// Looks something up.
    pub fn read(&self) -> Snapshot<'_> {
        let directory = self.0.directory.read().unwrap_or_else(PoisonError::into_inner);
        let is_whole = directory.is_whole && self.0.own.is_whole();
        Snapshot { directory, records: self.0.own.read(), is_whole }
    }

    /// Replaces the copy of the registry.
    pub fn replace_directory(&self, directory: Directory) {
        *self.0.directory.write().unwrap_or_else(PoisonError::into_inner) = directory;
        self.touch([Touched::All]);
    }

    /// Changes the copy of the registry.
    pub fn change_directory(&self, change: impl FnOnce(&mut Directory) -> Vec<Touched>) {
        let touched = {
            let mut directory = self.0.directory.write().unwrap_or_else(PoisonError::into_inner);
            change(&mut directory)
        };
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

    /// The schedule of a mall, a counter or an offering.
    ///
    /// # Errors
    /// `NOT_FOUND` if the copy has no such target, `UNAVAILABLE` while there is no copy yet.
    pub fn schedule(&self, target: &Target) -> Result<Schedule> {
        self.read().schedule(target)
    }

    /// An offering's schedule, and how it is booked.
    ///
    /// # Errors
    /// The same as [`Memory::schedule`].
    pub fn offering(&self, name: &str, field: &str) -> Result<(Schedule, Terms)> {
        let target = Target::parse(name, field)?;
        let now = self.read();
        let schedule = now.schedule(&target)?;
        let terms = now.directory.terms(name)?.clone();
        Ok((schedule, terms))
    }
}

impl Snapshot<'_> {
    /// Succeeds once everything that hours follow from is there.
    ///
    /// # Errors
    /// `UNAVAILABLE` before.
    pub fn require_whole(&self) -> Result<()> {
        if self.is_whole {
            return Ok(());
        }
        let hint = "scheduling has not received its malls and rules yet; try again shortly";
        Err(Error::new(Reason::Unavailable, hint))
    }

    /// The names whose holders may act for a target: its own, and those of its mall
    /// ([`mpp_rpc::mall_owners`]) while that is known. The nation needs no registry to be known.
    ///
    /// # Errors
    /// `UNAVAILABLE` while it may only look as if the mall were unknown.
    pub fn owners(&self, target: &Target) -> Result<Vec<String>> {
        let mut owners = vec![target.name().to_owned()];
        if let Some(name) = target.mall() {
            self.require_whole()?;
            owners.extend(self.directory.owners(name));
        }
        Ok(owners)
    }

    /// The labels of a rule for a target, with its source if there is one. Its region is the one
    /// that its mall lies in now; the nation's rules, and those of an unknown mall, have none.
    pub fn rule_labels(&self, target: &Target, source: &str) -> Labels {
        let mall = target.mall().and_then(|name| self.directory.mall(name).ok());
        let region = mall.map(|mall| mall.region.to_string());
        let pairs = [
            (Label::Target, Some(target.name())),
            (Label::Mall, target.mall()),
            (Label::Counter, target.counter()),
            (Label::Region, region.as_deref()),
            (Label::Source, (!source.is_empty()).then_some(source)),
        ];
        pairs.into_iter().filter_map(|(label, value)| Some((label, value?.to_owned()))).collect()
    }

    /// The schedule of a mall, a counter or an offering, as this state has it.
    ///
    /// # Errors
    /// `NOT_FOUND` if the copy has no such target, `UNAVAILABLE` while there is no copy yet.
    pub fn schedule(&self, target: &Target) -> Result<Schedule> {
        self.require_whole()?;
        self.directory.require(target)?;
        let name = target.mall().ok_or_else(|| Error::not_found(target.name()))?;
        let mall = self.directory.mall(name)?;
        let rules = target.chain().flat_map(|name| self.records.rules_for(name));
        Ok(Schedule {
            target: target.name().to_owned(),
            zone: self.directory.zone(mall)?,
            region: mall.region.to_string(),
            rules: rules.cloned().collect(),
            standing: self.directory.standing(target),
        })
    }
}

/// Marks the malls whose hours a change of the rules may change.
impl Listener<Records> for Memory {
    async fn replaced(&self, _before: Records, _revision: i64) -> Result<()> {
        self.touch([Touched::All]);
        Ok(())
    }

    async fn changed(&self, changes: &[Arc<Change>], _revision: i64) -> Result<()> {
        let rules = changes.iter().filter(|change| change.kind == HoursRule::KIND);
        self.touch(rules.map(|change| touched_by(change)));
        Ok(())
    }
}

fn touched_by(change: &Change) -> Touched {
    label(change, Label::Mall).map_or(Touched::All, |mall| Touched::Mall(mall.to_owned()))
}
