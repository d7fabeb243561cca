//! The sources that the registry knows, and what each may write in scheduling.

use std::time::Duration;

use mpp_api::sync::Source;
use mpp_core::{Error, Reason, Result};
use mpp_form::hours_rule::Target;

use super::{Directory, Touched};

/// When a caller that could not be answered may ask again.
const COME_AGAIN: Duration = Duration::from_secs(1);

impl Directory {
    /// Takes over a source, without the registry's own accounting of it, which changes with every
    /// session there.
    pub(super) fn put_source(&mut self, name: &str, source: Source) -> Result<Touched> {
        let known = Source {
            name: name.to_owned(),
            display_name: source.display_name,
            unit: source.unit,
            freshness_target_seconds: source.freshness_target_seconds,
            also_writes: source.also_writes,
            feeds: source.feeds,
            ..Source::default()
        };
        self.sources.insert(name.to_owned(), known);
        Ok(Touched::Nothing)
    }

    /// A source, as the registry has it.
    ///
    /// # Errors
    /// `NOT_FOUND`; `UNAVAILABLE` while it is not known which sources there are.
    pub fn source(&self, name: &str) -> Result<&Source> {
        if let Some(source) = self.sources.get(name) {
            return Ok(source);
        }
        self.require_sources()?;
        let text =
            format!("{name} is not known to scheduling; an administrator makes it in the registry");
        Err(Error::new(Reason::NotFound, text))
    }

    /// Succeeds once it is known which sources there are. A copy without any may be that of a
    /// program that did not follow sources, until the registry is heard.
    ///
    /// # Errors
    /// `UNAVAILABLE` before.
    pub fn require_sources(&self) -> Result<()> {
        if self.is_heard || !self.sources.is_empty() {
            return Ok(());
        }
        let text = "scheduling has not heard from the registry yet which sources there are; try \
                    again shortly";
        Err(Error::new(Reason::Unavailable, text).with_retry_after(COME_AGAIN))
    }

    /// All sources, by name.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.values()
    }

    /// Whether a source may write the rules of a target: its unit, or one that it also writes, runs
    /// the target's mall or lies above the unit that does; the same goes for the unit whose counter
    /// it is.
    pub fn may_write(&self, source: &Source, target: &Target) -> bool {
        let mall = target.mall().and_then(|name| self.malls.get(name));
        let counter = target.counter().and_then(|name| self.counters.get(name));
        let organiser = mall.map(|mall| mall.organiser.as_str());
        let units = organiser.into_iter().chain(counter.map(|counter| counter.unit.as_str()));
        let mut above = units.flat_map(|unit| self.lineage(unit));
        above.any(|unit| unit == source.unit || source.also_writes.contains(&unit))
    }
}

#[cfg(test)]
mod tests {
    use mpp_api::registry::{Counter, Mall, Unit};

    use super::*;

    fn directory() -> Directory {
        let mut known = Directory::default();
        let unit = |parent: &str| Unit { parent: parent.into(), ..Unit::default() };
        for (name, parent) in [
            ("units/dpmptsp", "units/pemkab"),
            ("units/skck", "units/polres"),
            ("units/kecamatan", "units/pemkab"),
        ] {
            known.put_unit(name, unit(parent)).expect("a unit");
        }
        let organiser = "units/dpmptsp".to_owned();
        let mall = Mall { region: "regions/35.10".into(), organiser, ..Mall::default() };
        known.put_mall("malls/banyuwangi", &mall).expect("a mall");
        let counter = Counter { unit: "units/skck".into(), ..Counter::default() };
        known.put_counter("malls/banyuwangi/counters/polri", &counter).expect("a counter");
        known
    }

    fn writes(unit: &str, also: &[&str], target: &str) -> bool {
        let also_writes = also.iter().map(|name| (*name).to_owned()).collect();
        let source = Source { unit: unit.into(), also_writes, ..Source::default() };
        directory().may_write(&source, &Target::parse(target, "target").expect("a target"))
    }

    #[test]
    fn a_source_writes_malls_that_its_unit_runs_and_counters_that_are_its_units() {
        let (mall, counter) = ("malls/banyuwangi", "malls/banyuwangi/counters/polri");
        assert!(writes("units/dpmptsp", &[], mall) && writes("units/dpmptsp", &[], counter));
        assert!(writes("units/pemkab", &[], mall), "the body above");
        assert!(!writes("units/kecamatan", &[], mall), "another of its offices");
        assert!(writes("units/kecamatan", &["units/dpmptsp"], mall));
        assert!(writes("units/polres", &[], counter) && !writes("units/polres", &[], mall));
        assert!(writes("units/skck", &[], "malls/banyuwangi/counters/polri/offerings/skck"));
    }

    #[test]
    fn the_nations_rules_are_no_sources() {
        assert!(!writes("units/pemkab", &[], "national"));
        assert!(!writes("", &[], "national"));
        assert!(!writes("units/pemkab", &[], "malls/unknown"));
    }
}
