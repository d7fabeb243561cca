//! Metrics of the registry, beside those of every service.

use std::sync::Arc;

use mpp_api::sync::Source;
use mpp_api::time::from_timestamp;
use mpp_core::{Decision, Micros, Overridden};
use mpp_resource::memory::Row;
use mpp_telemetry::Point;
use prost::Message as _;

use crate::app::Registry;

mpp_telemetry::metrics! {
    /// Services with fields that a curator has set over their source's, by what the source has done
    /// since: left the fields as they were (`settled`), or changed one (`drifting`).
    OVERRIDDEN: Gauge = "mpp.catalog.overridden" in "{service}" by ["source"];
    /// Links of services to standards, by what a person has found: that it is one of the standard's
    /// (`confirmed`), or that it is not (`rejected`).
    LINKS: Gauge = "mpp.catalog.links" in "{link}" by ["state"];
    /// The age of a source's data: since the last session that saw the whole source, or since the
    /// source was created if there was none.
    SOURCE_AGE: Gauge = "mpp.source.age" in "s" by ["source"];
    /// How long a source is late by its own target (`freshness_target_seconds`): 0 while that has
    /// not passed.
    SOURCE_LATE: Gauge = "mpp.source.late" in "s" by ["source"];
    /// Revisions that reads of this replica show and its search does not yet.
    SEARCH_LAG: Gauge = "mpp.search.lag" in "{revision}" by [];
}

/// Tells of `registry` as long as it is there.
pub fn begin(registry: &Arc<Registry>) {
    for state in [Overridden::Settled, Overridden::Drifting] {
        OVERRIDDEN.observe(registry, [state.as_str()], move |own| own.overridden(state) as f64);
    }
    for state in Decision::ALL {
        LINKS.observe(registry, [state.as_str()], move |own| own.linked(*state) as f64);
    }
    SOURCE_AGE.observe_each(registry, ages);
    SOURCE_LATE.observe_each(registry, lateness);
    SEARCH_LAG.observe(registry, [""; 0], |own| {
        (own.memory.revision() - own.search.revision()).max(0) as f64
    });
}

fn ages(registry: &Registry) -> Vec<Point> {
    of_sources(registry, |_, age| age)
}

fn lateness(registry: &Registry) -> Vec<Point> {
    of_sources(registry, |source, age| (age - source.freshness_target_seconds as f64).max(0.0))
}

/// A figure of each source, from its record and the age of what is known of it.
fn of_sources(registry: &Registry, figure: impl Fn(&Source, f64) -> f64) -> Vec<Point> {
    let (state, now) = (registry.memory.read(), registry.now());
    let sources = state.records.rows::<Source>("");
    let point = |(name, row): (&Arc<str>, &Row)| {
        let source = Source::decode(row.doc.clone()).unwrap_or_default();
        let age = now.saturating_sub(last_success(&source, row)).max(0) as f64 / 1e6;
        (vec![name.to_string()], figure(&source, age))
    };
    sources.map(point).collect()
}

fn last_success(source: &Source, row: &Row) -> Micros {
    let time = source.last_success_time.as_ref();
    let time = time.and_then(|time| from_timestamp(time, "last_success_time").ok());
    time.unwrap_or(row.stamp.create_time)
}
