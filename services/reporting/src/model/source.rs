//! Sources in a report, and which of them are late, and where.

use mpp_api::{
    freshness::{is_judged, is_unheard, late_by, whole_since},
    reporting::{SourceReport, source_report::AtService},
    sync::{Incomplete, source::Service},
};
use mpp_core::Micros;

use super::{facts::SourceRow, message::timestamp};

/// A source as the registry knows it, and as scheduling does, if it was heard of there.
type SourceRows<'a> = (&'a SourceRow, Option<&'a SourceRow>);

/// A source with its accounting, summed over the services that have heard of it; whether it is late
/// is taken from those where it is judged, or from the registry while it is not known where.
pub fn source(name: &str, known: SourceRows<'_>, now: Micros) -> SourceReport {
    let (row, _) = known;
    let at: Vec<_> = judged(known).collect();
    let services: Vec<AtService> = at
        .iter()
        .map(|(service, own)| at_service(*service, own, row.target_seconds, now))
        .collect();
    let rows: Vec<&SourceRow> =
        if at.is_empty() { vec![row] } else { at.iter().map(|(_, own)| own).collect() };
    // What it has ever sent counts, even where nobody waits for it any more.
    let heard = || std::iter::once(row).chain(known.1);
    let sum = |of: fn(&SourceRow) -> i64| heard().map(of).sum();
    let oldest = rows.iter().map(|own| own.last_success).min().flatten();
    SourceReport {
        source: name.to_owned(),
        display_name: Some((&row.title).into()),
        last_success_time: oldest.map(timestamp),
        freshness_target_seconds: row.target_seconds,
        late: rows.iter().any(|own| is_late(own, row.target_seconds, now)),
        received: sum(|own| own.accounting[0]),
        applied: sum(|own| own.accounting[1]),
        unchanged: sum(|own| own.accounting[2]),
        rejected: sum(|own| own.accounting[3]),
        quarantined: sum(|own| own.accounting[4]),
        unread_now: sum(|own| own.unread),
        rejected_now: sum(|own| own.rejected_now),
        waiting_now: sum(|own| own.waiting_now),
        counted: rows.iter().all(|own| own.counted),
        incomplete: rows.iter().find_map(|own| incomplete(own)),
        services,
        unheard: rows.iter().any(|own| is_unheard(own.last_success, own.unheard_since)),
    }
}

/// The services where it has to be fresh, each with what is known of it there. One that it says to
/// feed, and that has not heard of it, is waited for from when the source became known.
fn judged<'a>((row, fed): SourceRows<'a>) -> impl Iterator<Item = (Service, SourceRow)> + use<'a> {
    let unheard = || SourceRow { since: row.since, ..SourceRow::default() };
    let is_fed = fed.is_some_and(|fed| fed.ended);
    let here = is_judged(&row.feeds, Service::Registry, row.ended);
    let there = is_judged(&row.feeds, Service::Scheduling, is_fed);
    let here = here.then(|| (Service::Registry, row.clone()));
    let there = there.then(|| (Service::Scheduling, fed.cloned().unwrap_or_else(unheard)));
    here.into_iter().chain(there)
}

fn at_service(service: Service, own: &SourceRow, target_seconds: i64, now: Micros) -> AtService {
    AtService {
        service: service.into(),
        last_success_time: own.last_success.map(timestamp),
        late: is_late(own, target_seconds, now),
        incomplete: incomplete(own),
        rejected_now: own.rejected_now,
        waiting_now: own.waiting_now,
        unread_now: own.unread,
        counted: own.counted,
        clients: own.clients.iter().map(|client| client.to_client(target_seconds, now)).collect(),
        unheard: is_unheard(own.last_success, own.unheard_since),
    }
}

fn incomplete(row: &SourceRow) -> Option<Incomplete> {
    row.incomplete.clone().map(|(reason, text)| Incomplete { reason, text })
}

/// True if the last success is longer ago than the source's own target; a source that never
/// succeeded is late from when it became known, and a client of it from when it came.
fn is_late(row: &SourceRow, target_seconds: i64, now: Micros) -> bool {
    let since = whole_since(row.last_success, row.unheard_since, row.since);
    late_by(since, target_seconds, now) > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Micros = 3_600_000_000;

    /// Known since 0, with an hour's target.
    fn row(last_success: Option<Micros>) -> SourceRow {
        let ended = last_success.is_some();
        SourceRow { target_seconds: 3_600, last_success, ended, ..SourceRow::default() }
    }

    fn feeding(services: &[Service], row: SourceRow) -> SourceRow {
        SourceRow { feeds: services.iter().map(|service| *service as i32).collect(), ..row }
    }

    fn late(known: SourceRows<'_>, now: Micros) -> Vec<(Service, bool)> {
        let told = source("sources/bkpm", known, now);
        let at: Vec<_> = told.services.iter().map(|one| (one.service(), one.late)).collect();
        assert!(at.is_empty() || told.late == at.iter().any(|(_, late)| *late), "{told:?}");
        at
    }

    #[test]
    fn a_source_is_late_once_its_target_has_passed() {
        let own = row(Some(HOUR));
        assert!(!source("sources/bkpm", (&own, None), 2 * HOUR).late);
        assert!(source("sources/bkpm", (&own, None), 2 * HOUR + 1).late);
    }

    #[test]
    fn a_source_that_sends_only_hours_is_judged_by_scheduling_alone() {
        let (nothing, fresh, old) = (row(None), row(Some(9 * HOUR)), row(Some(HOUR)));
        let now = 10 * HOUR;
        assert_eq!(late((&nothing, Some(&fresh)), now), [(Service::Scheduling, false)]);
        assert_eq!(late((&nothing, Some(&old)), now), [(Service::Scheduling, true)]);
        let both = [(Service::Registry, true), (Service::Scheduling, false)];
        assert_eq!(late((&old, Some(&fresh)), now), both, "one hides nothing of the other");
    }

    #[test]
    fn what_a_source_says_that_it_feeds_counts() {
        let (old, now) = (row(Some(HOUR)), 10 * HOUR);
        let no_more = feeding(&[Service::Scheduling], old.clone());
        let fresh = row(Some(now));
        assert_eq!(late((&no_more, Some(&fresh)), now), [(Service::Scheduling, false)]);
        let unheard = feeding(&[Service::Registry, Service::Scheduling], row(Some(now)));
        let told = [(Service::Registry, false), (Service::Scheduling, true)];
        assert_eq!(late((&unheard, None), now), told, "nothing has come there");
    }

    #[test]
    fn where_no_session_has_ended_it_is_not_known_and_late_from_when_it_became_known() {
        let own = SourceRow { since: HOUR, ..row(None) };
        let told = source("sources/bkpm", (&own, None), 2 * HOUR + 1);
        assert!(told.services.is_empty() && told.late && told.last_success_time.is_none());
        let told = source("sources/bkpm", (&own, None), 2 * HOUR);
        assert!(!told.late && told.unheard, "not late yet, and not on time");
    }

    #[test]
    fn a_source_of_which_one_client_was_never_whole_is_not_known_to_be_on_time() {
        let own = SourceRow { unheard_since: Some(10 * HOUR), ..row(Some(9 * HOUR)) };
        let told = |now| source("sources/bkpm", (&own, None), now);
        let at = told(10 * HOUR);
        assert!(at.unheard && at.services[0].unheard && !at.late, "{at:?}");
        assert_eq!(at.last_success_time, Some(timestamp(9 * HOUR)), "the others were whole then");
        let whole = row(Some(9 * HOUR));
        assert!(!source("sources/bkpm", (&whole, None), 10 * HOUR).unheard);
        let new = SourceRow { unheard_since: Some(HOUR), ..row(Some(9 * HOUR)) };
        assert!(source("sources/bkpm", (&new, None), 9 * HOUR).late, "it was waited for too long");
    }

    #[test]
    fn what_is_told_is_summed_over_its_services() {
        let lacks = Some((3, "a quote is left open".to_owned()));
        let own =
            SourceRow { unread: 4, counted: true, accounting: [5, 4, 0, 1, 0], ..row(Some(9)) };
        let fed = SourceRow { incomplete: lacks, accounting: [2, 2, 0, 0, 0], ..row(Some(7)) };
        let told = source("sources/bkpm", (&own, Some(&fed)), 10);
        assert_eq!((told.received, told.applied, told.unread_now, told.counted), (7, 6, 4, false));
        assert_eq!(told.last_success_time, Some(timestamp(7)), "the one that is longest ago");
        let incomplete = told.incomplete.expect("told");
        assert_eq!(incomplete.reason(), mpp_api::sync::incomplete::Reason::Torn);
        assert_eq!(told.services[0].incomplete, None);
    }
}
