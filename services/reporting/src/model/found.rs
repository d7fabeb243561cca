//! What was found at counters, as an answer shows it: whole counters, and how many there are.

use mpp_api::reporting::DeviationReport;
use mpp_core::Micros;

use super::{
    facts::DeviationRow,
    state::{State, below},
};

/// Findings of some counters, in the order of the counters.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Every finding that is kept of the shown counters.
    pub deviations: Vec<DeviationReport>,
    /// Counters with a finding, shown or not.
    pub counters: usize,
    /// Those shown.
    pub shown: usize,
    /// Findings of the shown counters that are not kept.
    pub left_out: u32,
}

impl Found {
    /// Shows the first `most` of some counters.
    pub fn first(counters: &[(&String, &DeviationRow)], most: usize) -> Self {
        let shown = &counters[..counters.len().min(most)];
        Self {
            deviations: shown.iter().flat_map(|(name, row)| each(name, row)).collect(),
            counters: counters.len(),
            shown: shown.len(),
            left_out: shown.iter().map(|(_, row)| row.left_out).sum(),
        }
    }
}

fn each<'a>(counter: &'a str, row: &'a DeviationRow) -> impl Iterator<Item = DeviationReport> + 'a {
    row.findings.iter().map(move |finding| DeviationReport {
        counter: counter.to_owned(),
        mall: row.mall.clone(),
        text: Some((&finding.text).into()),
        code: finding.code,
        week: row.week.clone(),
        yardstick: finding.yardstick,
        dates: finding.dates.clone(),
        implied: finding.implied,
    })
}

/// True where a counter stood at a time, as far as was known then.
pub fn stands(state: &State, counter: &str, known: Micros) -> bool {
    let row = state.counters.get(counter);
    row.is_some_and(|row| row.spans.iter().any(|span| span.holds(known)))
}

/// What was found at all of a mall's counters today.
pub fn mall_deviations(state: &State, mall: &str) -> Found {
    let found: Vec<_> = below(&state.deviations, mall)
        .filter(|(counter, row)| {
            !row.findings.is_empty() && stands(state, counter, Micros::MAX - 1)
        })
        .collect();
    Found::first(&found, usize::MAX)
}
