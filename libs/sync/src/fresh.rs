//! How fresh sources are at a service, for its metrics; the rule is `mpp_api::freshness`.

use mpp_api::{
    freshness::{has_ended, is_judged, is_judged_elsewhere, is_unheard, late_by, whole_since},
    sync::{Source, source::Service},
    time::micros,
};
use mpp_core::Micros;
use mpp_telemetry::Point;

use crate::{known::KnownSource, syncs::Syncs};

/// The value of the label `service` for a source that this service cannot judge, but another may.
const ELSEWHERE: &str = "elsewhere";

/// The age of what is known of each source, in seconds, by where it is judged.
pub fn ages<S: Syncs>(service: &S) -> Vec<Point> {
    points(service, |one, now| seconds(now.saturating_sub(one.since).max(0)))
}

/// How late each is by its own target.
pub fn lateness<S: Syncs>(service: &S) -> Vec<Point> {
    points(service, |one, now| {
        seconds(late_by(one.since, one.source.freshness_target_seconds, now))
    })
}

/// Whether it is not known how fresh each is.
pub fn unheard<S: Syncs>(service: &S) -> Vec<Point> {
    points(service, |one, _| if one.is_unheard { 1.0 } else { 0.0 })
}

fn seconds(micros: Micros) -> f64 {
    micros as f64 / 1e6
}

fn points<S: Syncs>(service: &S, figure: impl Fn(&Judged<'_>, Micros) -> f64) -> Vec<Point> {
    let now = service.time();
    let all = service.known_sources();
    let judged = all.iter().flat_map(judged::<S>);
    let point =
        |one: Judged<'_>| (vec![one.source.name.clone(), one.at.to_owned()], figure(&one, now));
    judged.map(point).collect()
}

/// A source where it is judged.
struct Judged<'a> {
    source: &'a Source,
    at: &'static str,
    /// Since when it is whole there, or waited for to be.
    since: Micros,
    is_unheard: bool,
}

/// Where a source is judged by this service. Only the registry knows a source of which no service
/// has heard; what it cannot judge is marked as such, for whoever hears both.
fn judged<S: Syncs>(known: &KnownSource) -> impl Iterator<Item = Judged<'_>> + use<'_, S> {
    let KnownSource { source, since } = known;
    let (feeds, has_come) = (&source.feeds, has_ended(source));
    let last = source.last_success_time.as_ref().map(micros);
    let unheard = source.unheard_since.as_ref().map(micros);
    let keeps_sources = S::SERVICE == Service::Registry;
    let here = is_judged(feeds, S::SERVICE, has_come) && (has_come || keeps_sources);
    let elsewhere = keeps_sources && is_judged_elsewhere(feeds, S::SERVICE, has_come);
    let here = here.then(|| {
        let is_unheard = is_unheard(last, unheard);
        Judged { source, at: S::NAME, since: whole_since(last, unheard, *since), is_unheard }
    });
    let elsewhere =
        elsewhere.then_some(Judged { source, at: ELSEWHERE, since: *since, is_unheard: true });
    here.into_iter().chain(elsewhere)
}
