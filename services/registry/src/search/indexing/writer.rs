//! The thread that writes: it gathers updates, indexes them, and publishes index and table
//! together.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::{
    doc::Update,
    index::{Index, IndexView},
    table::{Change, SlotTable},
};

/// How long updates gather before they are published, unless a reader waits.
const PAUSE: Duration = Duration::from_millis(20);

/// After this many updates they are published at the latest; a first load comes in steps of this
/// size.
const MOST_AT_ONCE: usize = 20_000;

/// The state that searches read: an index and the table that belongs to it.
pub struct Published {
    pub table: SlotTable,
    pub view: IndexView,
    pub revision: i64,
    /// How often it was published: a reader that works in turns sees whether it is still the same.
    pub steps: u64,
}

/// Shared by the writer and the readers.
pub struct SearchState {
    pub state: RwLock<Published>,
    pub readers: Readers,
}

/// How many readers wait for a revision. The writer does not pause while there are any.
#[derive(Default)]
pub struct Readers {
    waiting: Mutex<usize>,
    arrived: Condvar,
}

/// A reader that waits, until it is dropped.
pub struct Waiting<'a>(&'a Readers);

impl Readers {
    /// Counts one reader more.
    pub fn wait(&self) -> Waiting<'_> {
        *self.count() += 1;
        self.arrived.notify_all();
        Waiting(self)
    }

    fn count(&self) -> std::sync::MutexGuard<'_, usize> {
        // The count is right after every statement, so a panic elsewhere has not spoiled it.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns after [`PAUSE`], at once if a reader waits or comes.
    fn pause(&self) {
        let waited = self.arrived.wait_timeout_while(self.count(), PAUSE, |waiting| *waiting == 0);
        drop(waited);
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        *self.0.count() -= 1;
    }
}

/// The writer's own state. It ends when every handle is gone, or with the index's first error.
pub struct Writer {
    index: Index,
    queue: mpsc::Receiver<Vec<Update>>,
    shared: Arc<SearchState>,
    published: watch::Sender<i64>,
    /// A service's name keeps its slot for the life of the process.
    slots: HashMap<Arc<str>, u32>,
    /// The slot that each offering is in.
    offerings: HashMap<String, u32>,
    pending: Pending,
}

#[derive(Default)]
struct Pending {
    new_slots: Vec<Arc<str>>,
    changes: Vec<Change>,
    /// Whether the index has to be committed; an offering alone does not need it.
    indexed: bool,
    revision: Option<i64>,
}

impl Writer {
    /// A writer over an empty index.
    pub fn new(
        index: Index,
        queue: mpsc::Receiver<Vec<Update>>,
        shared: Arc<SearchState>,
        published: watch::Sender<i64>,
    ) -> Self {
        let (slots, offerings, pending) = (HashMap::new(), HashMap::new(), Pending::default());
        Self { index, queue, shared, published, slots, offerings, pending }
    }

    /// Works until the queue is closed and empty.
    pub fn run(mut self) -> tantivy::Result<()> {
        while let Some(updates) = self.queue.blocking_recv() {
            self.index_all(updates)?;
            self.drain()?;
            if self.pending.changes.len() < MOST_AT_ONCE {
                self.shared.readers.pause();
                self.drain()?;
            }
            self.publish()?;
        }
        Ok(())
    }

    fn drain(&mut self) -> tantivy::Result<()> {
        while self.pending.changes.len() < MOST_AT_ONCE {
            let Ok(updates) = self.queue.try_recv() else {
                break;
            };
            self.index_all(updates)?;
        }
        Ok(())
    }

    fn index_all(&mut self, updates: Vec<Update>) -> tantivy::Result<()> {
        updates.into_iter().try_for_each(|update| self.index_one(update))
    }

    fn index_one(&mut self, update: Update) -> tantivy::Result<()> {
        match update {
            Update::PutService(service) => {
                let slot = self.slot(&service.name);
                self.index.put(slot, &service)?;
                self.pending.indexed = true;
                self.pending.changes.push(Change::Service(slot, Some(service)));
            }
            Update::DeleteService(name) => {
                let slot = self.slot(&name);
                self.index.delete(slot)?;
                self.pending.indexed = true;
                self.pending.changes.push(Change::Service(slot, None));
            }
            Update::PutOffering(offering) => {
                let slot = self.slot(&offering.service);
                let before = self
                    .offerings
                    .insert(offering.name.clone(), slot)
                    .filter(|before| *before != slot);
                self.pending
                    .changes
                    .extend(before.map(|before| Change::NoOffering(before, offering.name.clone())));
                self.pending.changes.push(Change::Offering(slot, offering));
            }
            Update::DeleteOffering(name) => {
                let slot = self.offerings.remove(&name);
                self.pending.changes.extend(slot.map(|slot| Change::NoOffering(slot, name)));
            }
            Update::PutUnit(unit) => self.pending.changes.push(Change::Unit(unit)),
            Update::DeleteUnit(name) => self.pending.changes.push(Change::NoUnit(name)),
            Update::Revision(revision) => self.pending.revision = Some(revision),
        }
        Ok(())
    }

    fn slot(&mut self, name: &str) -> u32 {
        if let Some(slot) = self.slots.get(name) {
            return *slot;
        }
        let (name, slot) = (Arc::<str>::from(name), self.slots.len() as u32);
        self.slots.insert(name.clone(), slot);
        self.pending.new_slots.push(name);
        slot
    }

    fn publish(&mut self) -> tantivy::Result<()> {
        let pending = std::mem::take(&mut self.pending);
        let view = if pending.indexed { Some(self.index.commit()?) } else { None };
        let mut state = self.shared.state.write().unwrap_or_else(PoisonError::into_inner);
        state.table.extend(pending.new_slots);
        pending.changes.into_iter().for_each(|change| state.table.apply(change));
        state.table.settle();
        if let Some(view) = view {
            state.view = view;
        }
        state.revision = pending.revision.unwrap_or(state.revision);
        state.steps += 1;
        let revision = state.revision;
        drop(state);
        self.published.send_replace(revision);
        Ok(())
    }
}
