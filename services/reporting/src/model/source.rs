//! Sources in a report, and which of them are late.

use mpp_api::{reporting::SourceReport, sync::Incomplete};
use mpp_core::Micros;

use super::{facts::SourceRow, message::timestamp};

/// A source with its accounting.
pub fn source(name: &str, row: &SourceRow, now: Micros) -> SourceReport {
    let [received, applied, unchanged, rejected, quarantined] = row.accounting;
    SourceReport {
        source: name.to_owned(),
        display_name: Some((&row.title).into()),
        last_success_time: row.last_success.map(timestamp),
        freshness_target_seconds: row.target_seconds,
        late: is_late(row, now),
        received,
        applied,
        unchanged,
        rejected,
        quarantined,
        unread: row.unread,
        rejected_now: row.rejected_now,
        waiting_now: row.waiting_now,
        counted: row.counted,
        incomplete: row.incomplete.clone().map(|(reason, text)| Incomplete { reason, text }),
    }
}

/// True if the last success is longer ago than the source's own target; a source that never
/// succeeded is late from when it became known.
fn is_late(row: &SourceRow, now: Micros) -> bool {
    let last = row.last_success.unwrap_or(row.since);
    last.saturating_add(row.target_seconds.saturating_mul(1_000_000)) < now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_late_once_its_target_has_passed() {
        let row =
            SourceRow { target_seconds: 60, last_success: Some(5_000_000), ..SourceRow::default() };
        assert!(!is_late(&row, 65_000_000));
        assert!(is_late(&row, 65_000_001));
    }

    #[test]
    fn what_the_last_run_lacked_is_told() {
        let incomplete = Some((3, "a quote is left open".to_owned()));
        let row = SourceRow { unread: 4, incomplete, ..SourceRow::default() };
        let told = source("sources/bkpm", &row, 0);
        let incomplete = told.incomplete.expect("told");
        assert_eq!(
            (told.unread, incomplete.reason(), incomplete.text.as_str()),
            (4, mpp_api::sync::incomplete::Reason::Torn, "a quote is left open")
        );
    }

    #[test]
    fn a_source_that_never_succeeded_is_late_from_when_it_became_known() {
        let row = SourceRow { target_seconds: 60, since: 10_000_000, ..SourceRow::default() };
        assert!(!is_late(&row, 70_000_000));
        assert!(is_late(&row, 70_000_001));
    }
}
