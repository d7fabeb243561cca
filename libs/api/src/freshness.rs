//! Where a source has to be fresh: the one rule of metrics, report and alert.
//!
//! A source feeds the registry, scheduling, or both, and each service knows of its own sessions
//! only. So it is judged at each by itself: where its record says that it feeds it, and, of one
//! that says nothing, where a session of it has ended.

use mpp_core::Micros;

use crate::sync::{Source, source::Service};

/// Whether a source has to be fresh at a service, at which a session of it `has_ended`, or not.
pub fn is_judged(feeds: &[i32], service: Service, has_ended: bool) -> bool {
    if feeds.is_empty() { has_ended } else { feeds.contains(&service.into()) }
}

/// Whether a source has to be fresh elsewhere, as far as this service can tell: it says so, or says
/// nothing and no session of it has ended here.
pub fn is_judged_elsewhere(feeds: &[i32], here: Service, has_ended: bool) -> bool {
    if feeds.is_empty() { !has_ended } else { feeds.iter().any(|other| *other != i32::from(here)) }
}

/// Whether a session of a source has ended, completely or not, by a service's own record of it.
pub fn has_ended(source: &Source) -> bool {
    source.last_end_time.is_some() || source.last_success_time.is_some()
}

/// Since when a source is whole, or is waited for to be: from when it became known where no session
/// of it has ended completely, and from when a client came that never has.
pub fn whole_since(
    last_success: Option<Micros>,
    unheard_since: Option<Micros>,
    known_since: Micros,
) -> Micros {
    last_success.map_or(known_since, |last| last.min(unheard_since.unwrap_or(last)))
}

/// Whether it is not known how fresh a source is: it, or a client of it that is waited for, has
/// never ended completely. That is not on time, whether it is late by now or not.
pub fn is_unheard(last_success: Option<Micros>, unheard_since: Option<Micros>) -> bool {
    last_success.is_none() || unheard_since.is_some()
}

/// How late a source is by its target, of which the last success was then; 0 while it is in time.
pub fn late_by(last: Micros, target_seconds: i64, now: Micros) -> Micros {
    now.saturating_sub(last).saturating_sub(target_seconds.saturating_mul(1_000_000)).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTRY: i32 = Service::Registry as i32;
    const SCHEDULING: i32 = Service::Scheduling as i32;

    #[test]
    fn a_source_is_judged_where_it_says_so_or_else_where_it_has_come() {
        let both = [REGISTRY, SCHEDULING];
        let cases: [(&[i32], bool, bool, bool); 7] = [
            // What it feeds, whether a session has ended at the registry; judged there, elsewhere.
            (&[], true, true, false),
            (&[], false, false, true),
            (&[REGISTRY], false, true, false),
            (&[SCHEDULING], false, false, true),
            // It once sent services, and says that it no longer does.
            (&[SCHEDULING], true, false, true),
            (&both, false, true, true),
            (&both, true, true, true),
        ];
        for (feeds, has_ended, here, elsewhere) in cases {
            let (at, case) = (Service::Registry, format!("{feeds:?} {has_ended}"));
            assert_eq!(is_judged(feeds, at, has_ended), here, "{case}");
            assert_eq!(is_judged_elsewhere(feeds, at, has_ended), elsewhere, "{case}");
        }
    }

    #[test]
    fn what_never_ended_completely_is_waited_for_from_when_it_came_and_is_not_on_time() {
        assert_eq!(whole_since(None, None, 3), 3);
        assert_eq!(whole_since(None, Some(7), 3), 3, "the source itself was known before");
        assert_eq!(whole_since(Some(9), None, 3), 9);
        assert_eq!(whole_since(Some(9), Some(7), 3), 7, "a second client came, and is not whole");
        assert_eq!(whole_since(Some(9), Some(11), 3), 9);
        assert!(is_unheard(None, None) && is_unheard(Some(9), Some(7)));
        assert!(!is_unheard(Some(9), None));
    }

    #[test]
    fn it_is_late_once_its_target_has_passed() {
        assert_eq!(late_by(5_000_000, 60, 65_000_000), 0);
        assert_eq!(late_by(5_000_000, 60, 65_000_001), 1);
    }
}
