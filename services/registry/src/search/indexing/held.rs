//! The services and offerings that the index shows, to be compared with those it should show.

use std::sync::{PoisonError, RwLock};

use mpp_api::{Document as _, registry};
use mpp_core::Digest;
use tokio::task::spawn_blocking;

use super::{
    doc::Update,
    engine::Engine,
    table::{Offering, Service, Slot, SlotTable},
    writer::Published,
};
use crate::search::{asking::question::Error, ranking::geo::is_point};

/// A digest over the services and offerings that the index shows, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Over each name and the fields that answers show.
    pub digest: Digest,
    /// Services whose words are indexed.
    pub indexed: u64,
}

/// Slots that are read in one turn. A writer that waits for the lock holds up all searches behind
/// it, so no turn is longer than a few milliseconds.
const TURN: usize = 500;

const SERVICE: &str = registry::Service::KIND;
const OFFERING: &str = registry::Offering::KIND;

impl Shown {
    /// Adds an update's record, which was not there before, as the index will show it.
    pub fn add(&mut self, update: &Update) {
        match update {
            Update::PutService(doc) => {
                let texts = [&*doc.title_id, &*doc.title_en];
                self.service(&doc.name, texts, &doc.keywords, [doc.free, doc.inactive]);
                self.indexed += 1;
            }
            Update::PutOffering(doc) => {
                let at = doc.location.filter(|at| is_point(*at));
                self.offering(&doc.name, [&doc.service, &doc.mall, &doc.region_code], at);
            }
            // Units only order hits, and no answer shows them.
            Update::PutUnit(_)
            | Update::DeleteUnit(_)
            | Update::DeleteService(_)
            | Update::DeleteOffering(_)
            | Update::Revision(_) => {}
        }
    }

    /// Adds the services and offerings of these slots.
    fn slots(&mut self, table: &SlotTable, slots: &[Slot]) {
        for slot in slots {
            if let Some(service) = &slot.service {
                self.indexed_service(&slot.name, service);
            }
            for offering in &slot.offerings {
                self.indexed_offering(&slot.name, offering, table);
            }
        }
    }

    /// Reads a state that may be written to between two turns; `None` if it was.
    fn of(state: &RwLock<Published>) -> Option<(i64, Self)> {
        let mut shown = Self::default();
        let (mut read, mut steps) = (0, None);
        loop {
            // The writer changes the state only by whole steps that do not panic.
            let now = state.read().unwrap_or_else(PoisonError::into_inner);
            if *steps.get_or_insert(now.steps) != now.steps {
                return None;
            }
            let left = now.table.slots.get(read..).unwrap_or_default();
            if left.is_empty() {
                shown.indexed = now.view.services();
                return Some((now.revision, shown));
            }
            let turn = &left[..left.len().min(TURN)];
            shown.slots(&now.table, turn);
            read += turn.len();
        }
    }

    fn indexed_service(&mut self, name: &str, service: &Service) {
        let Service { title_id, title_en, keywords, free, inactive, .. } = service;
        self.service(name, [title_id, title_en], keywords, [*free, *inactive]);
    }

    fn indexed_offering(&mut self, service: &str, offering: &Offering, table: &SlotTable) {
        let place = &table.places[offering.place as usize];
        self.offering(&offering.name, [service, &place.mall, &place.region], place.location);
    }

    fn service(&mut self, name: &str, titles: [&str; 2], keywords: &[String], is: [bool; 2]) {
        let text = format!("{}\0{}\0{}\0{is:?}", titles[0], titles[1], keywords.join("\0"));
        self.digest.add_text(SERVICE, name, &text);
    }

    fn offering(&mut self, name: &str, of: [&str; 3], at: Option<(f64, f64)>) {
        let text = format!("{}\0{}\0{}\0{at:?}", of[0], of[1], of[2]);
        self.digest.add_text(OFFERING, name, &text);
    }
}

impl Engine {
    /// The entries that are shown, and their revision; `None` if they changed meanwhile.
    ///
    /// # Errors
    /// The engine has stopped.
    pub async fn shown(&self) -> Result<Option<(i64, Shown)>, Error> {
        let shared = self.shared();
        let read = spawn_blocking(move || Shown::of(&shared.state));
        read.await.map_err(|_| Error::Stopped)
    }
}
