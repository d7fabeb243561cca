//! The order in which units of a batch are written, and those that need each other in a circle.

use std::collections::{HashMap, HashSet};

use mpp_api::{registry::Unit, sync::record::Body};
use mpp_core::Result;
use mpp_store::Tx;
use mpp_sync::{
    store::waiting,
    write::{AskedChange, One},
};
use prost::Message as _;

/// Units that are looked at for a circle: of longer ones nobody is told.
const MOST_LOOKED_AT: usize = 64;

/// Units in an order in which each comes after those of the batch that it names. Those that name
/// each other in a circle come as they were sent, and wait.
pub(super) fn top_down<'a>(mut units: Vec<One<'a, Unit>>) -> Vec<One<'a, Unit>> {
    let mut sorted = Vec::with_capacity(units.len());
    while !units.is_empty() {
        let names: HashSet<&str> = units.iter().map(|(_, name, _)| *name).collect();
        let is_ready = |(_, name, asked): &One<'a, Unit>| match asked {
            AskedChange::Put(unit) => {
                named(unit).into_iter().all(|other| other == *name || !names.contains(other))
            }
            AskedChange::Delete(_) => true,
        };
        let (ready, left): (Vec<_>, Vec<_>) = units.into_iter().partition(is_ready);
        if ready.is_empty() {
            sorted.extend(left);
            break;
        }
        sorted.extend(ready);
        units = left;
    }
    sorted
}

/// The units that one needs: the one above it, and the one before it.
fn named(unit: &Unit) -> [&str; 2] {
    [&unit.parent, &unit.predecessor]
}

/// What the units of a batch need.
pub(super) struct Needs(HashMap<String, Vec<String>>);

impl Needs {
    pub(super) fn of(units: &[One<'_, Unit>]) -> Self {
        let puts = units.iter().filter_map(|(_, name, asked)| match asked {
            AskedChange::Put(unit) => Some(((*name).to_owned(), owned(unit))),
            AskedChange::Delete(_) => None,
        });
        Self(puts.collect())
    }

    /// Whether a unit that is not there needs another one in turn, itself or through others of the
    /// batch and those of the source that wait.
    pub(super) async fn lead(
        &self,
        tx: &mut Tx,
        source: &str,
        (from, to): (&str, &str),
    ) -> Result<bool> {
        let (mut seen, mut next) = (HashSet::new(), vec![from.to_owned()]);
        while let Some(name) = next.pop() {
            if name == to {
                return Ok(true);
            }
            if name.is_empty() || seen.len() == MOST_LOOKED_AT || !seen.insert(name.clone()) {
                continue;
            }
            match self.0.get(&name) {
                Some(needs) => next.extend(needs.iter().cloned()),
                None => next.extend(needs_of_waiting(tx, source, &name).await?),
            }
        }
        Ok(false)
    }
}

fn owned(unit: &Unit) -> Vec<String> {
    named(unit).map(str::to_owned).to_vec()
}

/// What a unit needs that waits.
async fn needs_of_waiting(tx: &mut Tx, source: &str, name: &str) -> Result<Vec<String>> {
    let row = waiting::known(tx, source, &[name]).await?.remove(name);
    let record = row.and_then(|row| mpp_api::sync::Record::decode(row.record.as_slice()).ok());
    Ok(match record.and_then(|record| record.body) {
        Some(Body::UnitRecord(unit)) => owned(&unit),
        _ => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(units: &[(&str, &str)]) -> Vec<String> {
        let units: Vec<Unit> = units
            .iter()
            .map(|(name, parent)| Unit {
                name: (*name).into(),
                parent: (*parent).into(),
                ..Unit::default()
            })
            .collect();
        let all = units.iter().enumerate();
        let all = all.map(|(index, unit)| (index, unit.name.as_str(), AskedChange::Put(unit)));
        top_down(all.collect()).into_iter().map(|(_, name, _)| name.to_owned()).collect()
    }

    #[test]
    fn a_unit_is_written_after_the_one_above_it_and_a_circle_ends() {
        assert_eq!(
            order(&[("desk", "office"), ("office", "pemkab"), ("a", "")]),
            ["office", "a", "desk"]
        );
        assert_eq!(order(&[("a", "b"), ("b", "a"), ("c", "x")]), ["c", "a", "b"]);
    }
}
