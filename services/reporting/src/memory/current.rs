//! The present report with its messages to watchers, each encoded once for all of them.

use std::{collections::VecDeque, sync::OnceLock};

use mpp_api::{
    report::{WatchReportResponse, difference, head},
    reporting::{Report, ReportChange, report_change::Removed},
};

/// The report at a moment, and how it came about.
#[derive(Debug, Default)]
pub struct Current {
    /// The report as it stands.
    pub report: Report,
    /// Counts the reports of this replica.
    pub step: usize,
    /// The whole report as a message; encoded when the first watcher comes.
    whole: OnceLock<WatchReportResponse>,
    /// The changes of the last steps, the newest last.
    changes: VecDeque<WatchReportResponse>,
}

impl Current {
    /// The report that follows this one, with the last `held` changes; `None` if nothing differs
    /// but the time.
    pub fn next(&self, report: Report, held: usize) -> Option<Self> {
        let change = difference(&self.report, &report);
        if !is_news(&self.report, &change) {
            return None;
        }
        let skipped = (self.changes.len() + 1).saturating_sub(held);
        let mut changes: VecDeque<_> = self.changes.iter().skip(skipped).cloned().collect();
        changes.push_back(WatchReportResponse::change(&change));
        let step = self.step + 1;
        Some(Self { report, step, changes, ..Self::default() })
    }

    /// The messages that bring a listener up to date: the changes since its step, or the whole
    /// report if it has none yet or is too far behind.
    pub fn messages_since(&self, step: Option<usize>) -> Vec<WatchReportResponse> {
        let behind = step.map(|step| self.step.saturating_sub(step));
        match behind.and_then(|behind| self.changes.len().checked_sub(behind)) {
            Some(known) => self.changes.iter().skip(known).cloned().collect(),
            None => vec![self.whole().clone()],
        }
    }

    fn whole(&self) -> &WatchReportResponse {
        self.whole.get_or_init(|| WatchReportResponse::whole(&self.report))
    }
}

/// True if more than the time has changed.
fn is_news(before: &Report, change: &ReportChange) -> bool {
    let same_rows = change.removed.as_ref() == Some(&Removed::default());
    let after = change.report.as_ref().map(timeless);
    !same_rows || after != Some(timeless(&head(before)))
}

/// The report without the values that change from moment to moment: times, and the head of an
/// upstream that is ahead only by changes on their way.
fn timeless(report: &Report) -> Report {
    let mut report = Report { known_on: None, ..report.clone() };
    for feed in &mut report.freshness {
        feed.seen_time = None;
        if feed.behind_since.is_none() {
            feed.head_revision = 0;
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(day: u8) -> Report {
        Report { as_of: format!("2026-11-{day:02}"), ..Report::default() }
    }

    fn after(steps: u8) -> Current {
        (1..=steps).fold(Current::default(), |current, day| {
            current.next(report(day), 8).expect("another day")
        })
    }

    /// The report that a listener with `step` has after it was told.
    fn after_messages(current: &Current, step: Option<usize>, mut held: Report) -> (usize, Report) {
        let messages = current.messages_since(step);
        let count = messages.len();
        messages.into_iter().for_each(|message| message.apply_to(&mut held).expect("readable"));
        (count, held)
    }

    #[test]
    fn a_listener_hears_of_every_step_that_it_lacks() {
        let current = after(5);
        assert_eq!(after_messages(&current, Some(4), report(4)), (1, report(5)));
        assert_eq!(after_messages(&current, Some(2), report(2)), (3, report(5)));
        assert_eq!(after_messages(&current, Some(5), report(5)), (0, report(5)));
    }

    #[test]
    fn a_new_or_slow_listener_gets_the_whole_report() {
        let current = after(12);
        assert_eq!(after_messages(&current, None, Report::default()), (1, report(12)));
        assert_eq!(after_messages(&current, Some(4), report(4)), (8, report(12)));
        assert_eq!(after_messages(&current, Some(3), report(3)), (1, report(12)));
    }

    #[test]
    fn time_alone_is_no_news() {
        let first = after(1);
        let known_on = Some(prost_types::Timestamp { seconds: 1, nanos: 0 });
        assert!(first.next(Report { known_on, ..report(1) }, 8).is_none());
        assert!(first.next(Report { sample_data: true, ..report(1) }, 8).is_some());
    }
}
