//! How fresh sources are at a service, for its metrics; the rule is `mpp_api::freshness`.

use mpp_api::{
    freshness::{has_ended, is_judged, is_judged_elsewhere, late_by},
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
    points(service, |_, last, now| now.saturating_sub(last).max(0))
}

/// How late each is by its own target.
pub fn lateness<S: Syncs>(service: &S) -> Vec<Point> {
    points(service, |source, last, now| late_by(last, source.freshness_target_seconds, now))
}

fn points<S: Syncs>(service: &S, figure: impl Fn(&Source, Micros, Micros) -> Micros) -> Vec<Point> {
    let now = service.time();
    let all = service.known_sources();
    let judged = all.iter().flat_map(|known| judged::<S>(known).map(move |one| (known, one)));
    let point = |(known, (at, last)): (&KnownSource, (&str, Micros))| {
        let labels = vec![known.source.name.clone(), at.to_owned()];
        (labels, figure(&known.source, last, now) as f64 / 1e6)
    };
    judged.map(point).collect()
}

/// Where a source is judged by this service, and since when. Only the registry knows a source of
/// which no service has heard; what it cannot judge is marked as such, for whoever hears both.
fn judged<S: Syncs>(known: &KnownSource) -> impl Iterator<Item = (&'static str, Micros)> {
    let KnownSource { source, since } = known;
    let (feeds, has_come) = (&source.feeds, has_ended(source));
    let last = source.last_success_time.as_ref().map_or(*since, micros);
    let keeps_sources = S::SERVICE == Service::Registry;
    let here = is_judged(feeds, S::SERVICE, has_come) && (has_come || keeps_sources);
    let elsewhere = keeps_sources && is_judged_elsewhere(feeds, S::SERVICE, has_come);
    let here = here.then_some((S::NAME, last));
    here.into_iter().chain(elsewhere.then_some((ELSEWHERE, *since)))
}
