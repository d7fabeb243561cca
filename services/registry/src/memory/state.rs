//! The whole directory and catalog of one moment.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use mpp_api::{
    Document,
    registry::{Offering, Unit},
};
use mpp_core::{Error, Label};
use mpp_rpc::page::Page;
use mpp_store::{Change, Op};
use prost::Message;

use super::{
    Stored,
    table::{Row, Table, Texts},
};
use crate::resource::Stamp;

/// Every living record at one revision.
#[derive(Default)]
pub struct State {
    tables: BTreeMap<&'static str, Table>,
    texts: Texts,
    /// Unit → the unit above it; agencies are left out.
    parents: HashMap<Arc<str>, Arc<str>>,
    /// Service → its offerings.
    offered: HashMap<Arc<str>, BTreeSet<Arc<str>>>,
    changes_since_sweep: usize,
}

/// One page of a list.
pub struct Listed<D> {
    /// The records of the page.
    pub records: Vec<Stored<D>>,
    /// How many records the filter lets through on all pages.
    pub total: usize,
    /// The name after which the next page begins; `None` on the last.
    pub next: Option<String>,
}

impl State {
    /// Takes one change in.
    ///
    /// # Errors
    /// Internal, for a document that cannot be read.
    pub fn apply(&mut self, kind: &'static str, change: &Change) -> Result<(), Error> {
        match change.op {
            Op::Put => self.put(kind, change)?,
            Op::Deleted | Op::Removed => self.remove(kind, &change.name),
        }
        self.changes_since_sweep += 1;
        if self.changes_since_sweep > 100_000 {
            self.texts.sweep();
            self.changes_since_sweep = 0;
        }
        Ok(())
    }

    fn put(&mut self, kind: &'static str, change: &Change) -> Result<(), Error> {
        let stamp = Stamp {
            version: change.version,
            create_time: change.create_time,
            update_time: change.update_time,
        };
        let table = self.tables.entry(kind).or_default();
        table.put(&mut self.texts, &change.name, change.doc.clone(), &change.labels, stamp);
        if kind == Unit::KIND {
            let unit = Unit::decode(change.doc.clone()).map_err(Error::internal)?;
            self.set_parent(&change.name, &unit.parent);
        }
        if kind == Offering::KIND {
            let service = change.labels.get(&Label::Service).map_or("", String::as_str);
            let (service, name) = (self.texts.shared(service), self.texts.shared(&change.name));
            self.offered.entry(service).or_default().insert(name);
        }
        Ok(())
    }

    fn set_parent(&mut self, unit: &str, parent: &str) {
        let unit = self.texts.shared(unit);
        if parent.is_empty() {
            self.parents.remove(&unit);
        } else {
            let parent = self.texts.shared(parent);
            self.parents.insert(unit, parent);
        }
    }

    fn remove(&mut self, kind: &'static str, name: &str) {
        let Some(row) = self.tables.get_mut(kind).and_then(|table| table.remove(name)) else {
            return;
        };
        if kind == Unit::KIND {
            self.parents.remove(name);
        }
        if kind == Offering::KIND
            && let Some(offerings) = self.offered.get_mut(row.label(Label::Service))
        {
            offerings.remove(name);
            if offerings.is_empty() {
                self.offered.remove(row.label(Label::Service));
            }
        }
    }

    /// One record's row.
    pub fn row<D: Document>(&self, name: &str) -> Option<&Row> {
        self.tables.get(D::KIND).and_then(|table| table.get(name))
    }

    /// One record, decoded.
    pub fn get<D: Document>(&self, name: &str) -> Option<Stored<D>> {
        self.row::<D>(name).and_then(|row| Stored::decode(name, row))
    }

    /// Rows of a kind whose names begin with `prefix`, in their order.
    pub fn rows<'a, D: Document>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a Arc<str>, &'a Row)> {
        self.tables.get(D::KIND).into_iter().flat_map(move |table| table.below(prefix))
    }

    /// One page of the records below `prefix` that `keep` lets through.
    pub fn list<D: Document>(
        &self,
        prefix: &str,
        page: &Page,
        keep: impl Fn(&str, &Row) -> bool,
    ) -> Listed<D> {
        let kept = self.rows::<D>(prefix).filter(|(name, row)| keep(name, row));
        page_of(kept, page)
    }

    /// One page of the offerings of a service whose names begin with `prefix`.
    pub fn list_offered(&self, service: &str, prefix: &str, page: &Page) -> Listed<Offering> {
        let rows = self
            .offerings_of(service)
            .filter(|name| name.starts_with(prefix))
            .filter_map(|name| self.row::<Offering>(name).map(|row| (name, row)));
        page_of(rows, page)
    }

    /// The offerings of a service, in the order of their names.
    pub fn offerings_of(&self, service: &str) -> impl Iterator<Item = &Arc<str>> {
        self.offered.get(service).into_iter().flatten()
    }

    /// The unit above; empty for an agency.
    pub fn parent_of(&self, unit: &str) -> &str {
        self.parents.get(unit).map_or("", |parent| parent)
    }

    /// A unit and all units below it.
    pub fn subtree<'a>(&'a self, top: &'a str) -> HashSet<&'a str> {
        let below = self.parents.keys().filter(|unit| self.depth_below(unit, top).is_some());
        below.map(|unit| &**unit).chain([top]).collect()
    }

    /// Levels of units below a unit.
    pub fn height(&self, top: &str) -> usize {
        self.parents.keys().filter_map(|unit| self.depth_below(unit, top)).max().unwrap_or(0)
    }

    /// How many levels `unit` lies below `top`; `None` where it does not.
    fn depth_below(&self, unit: &str, top: &str) -> Option<usize> {
        let mut at = unit;
        // The tree has no cycles; the bound is for a copy that is half way through a change.
        for depth in 1..=64 {
            at = self.parents.get(at)?;
            if at == top {
                return Some(depth);
            }
        }
        None
    }

    /// How many records of a kind there are.
    pub fn count<D: Document>(&self) -> usize {
        self.tables.get(D::KIND).map_or(0, Table::len)
    }
}

fn page_of<'a, D: Document>(
    rows: impl Iterator<Item = (&'a Arc<str>, &'a Row)>,
    page: &Page,
) -> Listed<D> {
    let mut listed = Listed { records: Vec::new(), total: 0, next: None };
    let mut more = false;
    for (name, row) in rows {
        listed.total += 1;
        if **name <= *page.after {
            continue;
        }
        if listed.records.len() == page.size {
            more = true;
            continue;
        }
        listed.records.extend(Stored::decode(name, row));
    }
    if more {
        listed.next = listed.records.last().map(|last| last.name.clone());
    }
    listed
}
