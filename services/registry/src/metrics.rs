//! Metrics of the registry, beside those of every service.

use std::sync::Arc;

use mpp_core::{Decision, Overridden};

use crate::{app::Registry, model::process::broken::Fault};

mpp_telemetry::metrics! {
    /// Services with fields that a curator has set over their source's, by what the source has done
    /// since: left the fields as they were (`settled`), or changed one (`drifting`).
    OVERRIDDEN: Gauge = "mpp.catalog.overridden" in "{service}" by ["source"];
    /// Links of services to standards, by what a person has found: that it is one of the standard's
    /// (`confirmed`), or that it is not (`rejected`).
    LINKS: Gauge = "mpp.catalog.links" in "{link}" by ["state"];
    /// Requirements of all services, by whether they name the service whose product satisfies them
    /// (`linked`) or not (`open`). Not each of the latter can: a form that is filled in is no
    /// product.
    REQUIREMENTS: Gauge = "mpp.catalog.requirements" in "{requirement}" by ["state"];
    /// Requirements of services that are served which name a service and lead nowhere, by why: it
    /// is not there (`missing`), its owner does not serve it now (`inactive`), or it needs what
    /// asks for it (`circle`). Looked at once in a while; there is none before the first look.
    BROKEN: Gauge = "mpp.catalog.broken_requirements" in "{requirement}" by ["fault"];
    /// Goals of all life events, by whether they lead to a service that is served (`led`) or not
    /// (`nowhere`): none is confirmed to be of the standard, or what the goal names is not there.
    /// Looked at once in a while; there is none before the first look.
    GOALS: Gauge = "mpp.catalog.life_event_goals" in "{goal}" by ["state"];
    /// Services that are confirmed to be of a standard and served, by how they stand to it: they
    /// say the same (`follows`), say otherwise without saying why (`differs`, or
    /// `differs_in_words` where only words were compared) or with (`explained`), or do not say all
    /// that it does (`unknown`). Looked at once in a while, of what has changed; there is none
    /// before the first look.
    ADOPTION: Gauge = "mpp.catalog.adoption" in "{service}" by ["state"];
    /// Revisions that reads of this replica show and its search does not yet.
    SEARCH_LAG: Gauge = "mpp.search.lag" in "{revision}" by [];
}

/// How goals stand, in the order of `Faults::goals`.
const GOAL_STATES: [&str; 2] = ["led", "nowhere"];

/// Tells of `registry` as long as it is there.
pub fn begin(registry: &Arc<Registry>) {
    for state in [Overridden::Settled, Overridden::Drifting] {
        OVERRIDDEN.observe(registry, [state.as_str()], move |own| own.overridden(state) as f64);
    }
    for state in Decision::ALL {
        LINKS.observe(registry, [state.as_str()], move |own| own.linked(*state) as f64);
    }
    REQUIREMENTS.observe(registry, ["linked"], |own| own.memory.read().needs().linked as f64);
    REQUIREMENTS.observe(registry, ["open"], |own| own.memory.read().needs().open as f64);
    BROKEN.observe_each(registry, |own| {
        let counts =
            own.faults.counts().into_iter().flat_map(|counts| Fault::WORDS.into_iter().zip(counts));
        counts.map(|(word, many)| (vec![word.to_owned()], many as f64)).collect()
    });
    GOALS.observe_each(registry, |own| {
        let counts =
            own.faults.goals().into_iter().flat_map(|counts| GOAL_STATES.into_iter().zip(counts));
        counts.map(|(word, many)| (vec![word.to_owned()], many as f64)).collect()
    });
    ADOPTION.observe_each(registry, |own| {
        let counts = own.measured.counts().into_iter().flatten();
        counts.map(|(state, many)| (vec![state.as_str().to_owned()], many as f64)).collect()
    });
    SEARCH_LAG.observe(registry, [""; 0], |own| {
        (own.memory.revision() - own.search.revision()).max(0) as f64
    });
}
