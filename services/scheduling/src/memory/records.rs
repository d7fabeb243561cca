//! Rules and deviations as the own feed tells them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use mpp_api::{
    Document,
    scheduling::{Deviation, HoursRule},
};
use mpp_calendar::Rule;
use mpp_core::{Error, Result};
use mpp_rpc::time::to_timestamp;
use mpp_store::{Change, Op, Record};

use super::dirty::Touched;
use crate::model::{
    rule,
    target::{Target, lies_within},
};

/// Rules and deviations.
#[derive(Default)]
pub struct Records {
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

impl Records {
    /// The rules of just this target.
    pub fn rules_for(&self, target: &str) -> impl Iterator<Item = &Rule> {
        let names = self.rules_of.get(target).into_iter().flatten();
        names.filter_map(|name| self.rules.get(name)?.rule.as_ref())
    }

    /// How many rules a target has.
    pub fn rule_count(&self, target: &str) -> usize {
        self.rules_of.get(target).map_or(0, BTreeSet::len)
    }

    /// The names of a target's own rules: equal lists mean equal hours below the same mall.
    pub fn rule_names(&self, target: &str) -> Vec<String> {
        self.rules_of.get(target).into_iter().flatten().cloned().collect()
    }

    /// A rule.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub fn rule(&self, name: &str) -> Result<&HoursRule> {
        let stored = self.rules.get(name).ok_or_else(|| Error::not_found(name))?;
        Ok(&stored.doc)
    }

    /// The rules of a target and of all targets below it, by name; every rule for an empty target.
    pub fn rules_within<'a>(&'a self, target: &'a str) -> impl Iterator<Item = &'a HoursRule> {
        let docs = self.rules.values().map(|stored| &stored.doc);
        docs.filter(move |doc| target.is_empty() || lies_within(&doc.target, target))
    }

    /// Takes over a change; answers whose hours it may change.
    pub fn apply(&mut self, change: &Change) -> Touched {
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
        let before = self.rules.remove(&change.name).map(|stored| stored.doc.target);
        if let Some(target) = &before
            && let Some(names) = self.rules_of.get_mut(target)
        {
            names.remove(&change.name);
        }
        let target = if change.op == Op::Put { Some(self.put_rule(change)?) } else { before };
        Ok(target.as_deref().map_or(Touched::Nothing, touched_by))
    }

    fn put_rule(&mut self, change: &Change) -> Result<String> {
        let record = change.record::<HoursRule>()?;
        let id = rule::id_of(&record.name, "name")?;
        let checked = rule::check(id, &record.doc);
        if let Err(error) = &checked {
            tracing::warn!(name = record.name, error = %error, "a stored rule does not count");
        }
        let stored = StoredRule { rule: checked.ok().map(|(_, rule)| rule), doc: shown(record) };
        let target = stored.doc.target.clone();
        self.rules_of.entry(target.clone()).or_default().insert(change.name.clone());
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
        Ok(target) => target.mall().map_or(Touched::All, |mall| Touched::Mall(mall.to_owned())),
        Err(_) => Touched::Nothing,
    }
}
