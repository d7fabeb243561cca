//! What a publisher should know of records that were taken as they came.

use std::collections::HashSet;

use mpp_api::{
    registry::Service,
    sync::{BatchResult, Outcome},
    types::Warning,
};
use mpp_core::FieldViolation;
use mpp_resource::handler::{not_there_yet, warning};

use super::{plan::Plan, session::Session};
use crate::{
    app::services::missing_references,
    memory::RegistryView,
    model::source::{Checked, Item},
};

impl Session {
    /// Adds to each answer which records its record names that do not exist, nor came with it.
    pub(super) fn add_remarks(&self, plan: &Plan, result: &mut BatchResult) {
        let state = self.registry.memory.read();
        let came: HashSet<&str> = plan.waiting.iter().map(|(_, one)| one.name.as_str()).collect();
        for (index, checked) in &plan.waiting {
            let answer = &mut result.results[*index];
            if matches!(answer.outcome(), Outcome::Applied | Outcome::Unchanged) {
                answer.warnings.extend(missing(&state, checked, &came));
            }
        }
    }
}

fn missing(state: &RegistryView, checked: &Checked, came: &HashSet<&str>) -> Vec<Warning> {
    let found: Vec<FieldViolation> = match &checked.item {
        Item::Put(service) => missing_references(state, service, came),
        Item::Delete(tombstone) => {
            let name = tombstone.successor.as_str();
            let is_there = came.contains(name) || state.records.row::<Service>(name).is_some();
            let missing = !name.is_empty() && !is_there;
            missing.then(|| not_there_yet("delete.tombstone.successor", name)).into_iter().collect()
        }
    };
    found.into_iter().map(warning).collect()
}
