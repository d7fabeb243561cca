//! The order in which records are applied: each after those of the same run that it names.

use std::collections::{BTreeMap, HashMap};

use super::record::RecordToApply;

/// The records in levels; none names another of its own level or of a later one, except in a
/// circle, which is cut where it closes. Within a level they keep the order in which they were
/// given.
pub fn levels(records: &[RecordToApply]) -> Vec<Vec<&RecordToApply>> {
    let at: HashMap<&str, usize> =
        records.iter().enumerate().map(|(at, record)| (record.name.as_str(), at)).collect();
    let mut depths = Depths { records, at, known: vec![None; records.len()] };
    let mut levels: BTreeMap<usize, Vec<&RecordToApply>> = BTreeMap::new();
    for (at, record) in records.iter().enumerate() {
        levels.entry(depths.of(at)).or_default().push(record);
    }
    levels.into_values().collect()
}

struct Depths<'a> {
    records: &'a [RecordToApply],
    at: HashMap<&'a str, usize>,
    /// `Some(0)` while it is being worked out.
    known: Vec<Option<usize>>,
}

impl Depths<'_> {
    /// One more than the depth of the deepest record that this one names. Without recursion, since
    /// a file may hold a chain of any length.
    fn of(&mut self, at: usize) -> usize {
        let mut path = vec![at];
        while let Some(&last) = path.last() {
            if self.known[last].is_some_and(|depth| depth > 0) {
                path.pop();
                continue;
            }
            self.known[last] = Some(0);
            let named = self.named_by(last);
            if let Some(unknown) = named.iter().find(|other| self.known[**other].is_none()) {
                path.push(*unknown);
                continue;
            }
            let deepest = named.iter().filter_map(|other| self.known[*other]).max();
            self.known[last] = Some(1 + deepest.unwrap_or(0));
            path.pop();
        }
        self.known[at].unwrap_or_default()
    }

    /// The records of this run that one names.
    fn named_by(&self, at: usize) -> Vec<usize> {
        let names = &self.records[at].names;
        names.iter().filter_map(|name| self.at.get(name.as_str())).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::{from_text, records};

    #[test]
    fn whatever_is_named_comes_first_in_any_order_of_the_file() {
        let text = "
- {name: malls/a/counters/b/offerings/c, service: units/u/services/s}
- {name: units/u/services/s}
- {name: malls/a/counters/b, unit: units/u}
- {name: units/u, parent: units/above}
- {name: malls/a, organiser: units/u}
- {name: units/above}
";
        let records = records(from_text("f", text).expect("YAML")).expect("records");
        let levels: Vec<Vec<&str>> = levels(&records)
            .into_iter()
            .map(|level| level.into_iter().map(|record| record.name.as_str()).collect())
            .collect();
        assert_eq!(
            levels,
            [
                vec!["units/above"],
                vec!["units/u"],
                vec!["units/u/services/s", "malls/a"],
                vec!["malls/a/counters/b"],
                vec!["malls/a/counters/b/offerings/c"],
            ]
        );
    }

    #[test]
    fn a_chain_of_any_length_has_an_order() {
        let text: String = (0..50_000)
            .map(|at| format!("{{\"name\": \"units/u{at}\", \"parent\": \"units/u{}\"}}\n", at + 1))
            .collect();
        let records = records(from_text("f", &text).expect("JSON")).expect("records");
        assert_eq!(levels(&records).len(), 50_000);
    }

    #[test]
    fn a_circle_ends() {
        let text = "
- {name: units/u/services/a, requirements: [{satisfiedBy: units/u/services/b}]}
- {name: units/u/services/b, requirements: [{satisfiedBy: units/u/services/a}]}
";
        let records = records(from_text("f", text).expect("YAML")).expect("records");
        assert_eq!(levels(&records).into_iter().flatten().count(), 2);
    }
}
