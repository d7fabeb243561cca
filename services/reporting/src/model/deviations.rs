//! Deviations in an answer: their order, and how many are shown. A counter is shown whole or not at
//! all, and the rest is counted.

use std::cmp::Reverse;

use mpp_api::{reporting::DeviationReport, types::LocalizedText};
use mpp_core::Micros;
use prost::Message;

use super::{facts::DeviationRow, message::timestamp, nation::Nation};

/// Most bytes of findings in one answer, whatever the settings: clients refuse a message of more
/// than 4 MiB, and the rest of a report takes up to one.
const FINDINGS_BYTES: usize = mpp_resource::list::MAX_PAGE_BYTES;

/// The order of deviations: counters that differ from their mall or the national template come
/// first, the newest of them first: somebody who looks each morning has seen the others. The
/// findings of one counter stay as scheduling has found them: by yardstick, then by day, then by
/// code.
pub fn order_of_deviations<'a>(
    counter: &'a str,
    row: &DeviationRow,
) -> (bool, Reverse<Micros>, &'a str) {
    (row.uniform, Reverse(row.known), counter)
}

/// Findings of some counters, in the order of the counters.
#[derive(Clone, Debug, Default)]
pub struct CounterFindings {
    /// Every finding that is kept of the shown counters.
    pub deviations: Vec<DeviationReport>,
    /// Counters with a finding, shown or not.
    pub counters: usize,
    /// How many of them are shown.
    pub shown: usize,
    /// Findings of the shown counters that are not kept.
    pub left_out: u32,
}

impl CounterFindings {
    /// Shows the first `most` of some counters, or fewer if they would take more than
    /// [`FINDINGS_BYTES`].
    pub fn first(nation: &Nation, counters: &[(&String, &DeviationRow)], most: usize) -> Self {
        let mut found = Self { counters: counters.len(), ..Self::default() };
        let mut bytes = 0;
        for (name, row) in counters.iter().take(most) {
            let findings: Vec<_> = each(nation, name, row).collect();
            bytes += findings.iter().map(Message::encoded_len).sum::<usize>();
            if bytes > FINDINGS_BYTES {
                break;
            }
            found.deviations.extend(findings);
            found.shown += 1;
            found.left_out += row.left_out;
        }
        found
    }
}

fn each<'a>(
    nation: &Nation,
    counter: &'a str,
    row: &'a DeviationRow,
) -> impl Iterator<Item = DeviationReport> + 'a {
    let counter_name = nation.counters.get(counter).map(|row| LocalizedText::from(&row.title));
    let mall_name = nation.malls.get(&row.mall).map(|row| LocalizedText::from(&row.title));
    row.findings.iter().map(move |finding| DeviationReport {
        counter: counter.to_owned(),
        mall: row.mall.clone(),
        text: Some((&finding.text).into()),
        code: finding.code,
        week: row.week.clone(),
        yardstick: finding.yardstick,
        dates: finding.dates.clone(),
        implied: finding.implied,
        counter_name: counter_name.clone(),
        mall_name: mall_name.clone(),
        uniform: row.uniform,
        known_time: Some(timestamp(row.known)),
    })
}

/// True if a counter stood at a time, as far as was known then.
pub fn stands(nation: &Nation, counter: &str, known: Micros) -> bool {
    let row = nation.counters.get(counter);
    row.is_some_and(|row| row.spans.iter().any(|span| span.holds(known)))
}
