//! Rules and deviations as scheduling's own feed tells them, whichever replica wrote them.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use mpp_api::{
    Document,
    scheduling::{Deviation, HoursRule},
    sync::Source,
};
use mpp_calendar::Rule;
use mpp_core::{Label, Result};
use mpp_form::hours_rule;
use mpp_resource::memory::{Records as Rows, View};
use mpp_store::{Change, Op};

use crate::model::room::RuleCounts;

/// Rules, deviations, and what sources have sent.
#[derive(Default)]
pub struct Records {
    /// The rules as they are listed and shown.
    rows: Rows,
    /// Each target's rules by name, as the calendar takes them; `None` for one that this version
    /// cannot read, which is shown and does not count.
    rules: HashMap<String, BTreeMap<String, Option<Rule>>>,
    /// Deviations by the counter's name.
    pub deviations: BTreeMap<String, Deviation>,
}

impl Records {
    /// The rules of just this target.
    pub fn rules_for(&self, target: &str) -> impl Iterator<Item = &Rule> {
        self.rules.get(target).into_iter().flat_map(BTreeMap::values).flatten()
    }

    /// How many rules a target has.
    pub fn rule_count(&self, target: &str) -> usize {
        self.rules.get(target).map_or(0, BTreeMap::len)
    }

    /// Whether a source publishes any rule. Looks through all of them.
    pub fn has_rules_of(&self, source: &str) -> bool {
        self.rows.rows::<HoursRule>("").any(|(_, row)| row.label(Label::Source) == source)
    }

    /// How many rules a target has of one source, or of the API where none is named.
    pub fn counts_of(&self, target: &str, source: &str, today: Date) -> RuleCounts {
        let mut counts = RuleCounts::default();
        for (name, rule) in self.rules.get(target).into_iter().flatten() {
            let row = self.rows.row::<HoursRule>(name);
            if row.is_some_and(|row| row.label(Label::Source) == source) {
                let last = rule.as_ref().and_then(|rule| rule.valid_through);
                *counts.of(last.is_some_and(|last| last < today)) += 1;
            }
        }
        counts
    }

    /// The names of a target's own rules: equal lists mean equal hours below the same mall.
    pub fn rule_names(&self, target: &str) -> Vec<String> {
        self.rules.get(target).into_iter().flat_map(BTreeMap::keys).cloned().collect()
    }

    /// A rule's target never changes, so an earlier version of the rule lies below the same one.
    fn apply_rule(&mut self, change: &Change) {
        self.rows.apply(HoursRule::KIND, change);
        let target = target_of(change);
        if change.op == Op::Put {
            let rule = readable(change);
            self.rules.entry(target.to_owned()).or_default().insert(change.name.clone(), rule);
        } else if let Some(rules) = self.rules.get_mut(target) {
            rules.remove(&change.name);
        }
    }

    fn apply_deviation(&mut self, change: &Change) {
        self.rows.apply(Deviation::KIND, change);
        let counter = change.name.trim_end_matches("/deviation").to_owned();
        match change.decode::<Deviation>() {
            Ok(deviation) if change.op == Op::Put => {
                self.deviations.insert(counter, deviation);
            }
            Ok(_) => drop(self.deviations.remove(&counter)),
            Err(error) => tracing::error!(counter, %error, "a deviation cannot be read"),
        }
    }
}

impl View for Records {
    const KINDS: &'static [&'static str] = &[HoursRule::KIND, Deviation::KIND, Source::KIND];

    /// A record that cannot be read must not stop the others: the log names it.
    fn apply(&mut self, kind: &'static str, change: &Change) -> Result<()> {
        match kind {
            HoursRule::KIND => self.apply_rule(change),
            Source::KIND => drop(self.rows.apply(Source::KIND, change)),
            _ => self.apply_deviation(change),
        }
        Ok(())
    }

    fn records(&self) -> &Rows {
        &self.rows
    }
}

fn readable(change: &Change) -> Option<Rule> {
    let read = || hours_rule::check(&change.decode::<HoursRule>()?).map(|(_, rule)| rule);
    let warn = |error| tracing::warn!(name = change.name, %error, "a stored rule does not count");
    read().map_err(warn).ok()
}

fn target_of(change: &Change) -> &str {
    label(change, Label::Target).unwrap_or_default()
}

/// A deleted record has the labels that it had before.
pub fn label(change: &Change, label: Label) -> Option<&str> {
    let before = change.labels_before.as_ref().and_then(|labels| labels.get(&label));
    change.labels.get(&label).or(before).map(String::as_str)
}
