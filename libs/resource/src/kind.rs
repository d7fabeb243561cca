//! The fields that records have in common, and each kind's own line.
//!
//! A line of [`resources`] says which fields a client sets for good, which it may change, and which
//! only the service knows. All else about writing a record is written once, over these traits.

use mpp_api::time::to_timestamp;
use mpp_api::{
    Document, mask,
    registry::{
        Counter, LifeEvent, Mall, Offering, Region, Service, Standard, StandardLink, Unit, Window,
    },
    scheduling::HoursRule,
    sync::Source,
};
use mpp_core::{Error, FieldCode, Micros, Result};

/// Version and times of a record, which the store knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Counts the record's changes from 1.
    pub version: i64,
    /// When it was made.
    pub create_time: Micros,
    /// When it was last changed.
    pub update_time: Micros,
}

/// A kind of record that readers get by its name.
pub trait Kind: Document {
    /// Sets etag and times as the store knows them, where the record has such fields.
    fn stamp(&mut self, etag: String, stamp: &Stamp);
}

/// A kind of record that clients write.
pub trait Resource: Kind {
    /// The field of requests that holds it, such as `mall`.
    const FIELD: &'static str;
    /// Fields that an update may change.
    const PATHS: &'static [&'static str];

    /// Its name.
    fn name(&self) -> &str;
    /// Names it.
    fn set_name(&mut self, name: String);
    /// The etag that the client sent.
    fn etag(&self) -> &str;
    /// Clears the fields that clients do not decide.
    fn clear_output(&mut self);
    /// The paths among [`Resource::PATHS`] that are set.
    fn set_paths(&self) -> Vec<&'static str>;
    /// Copies one field from `given`.
    fn copy_field(&mut self, path: &str, given: &Self);
    /// A field that is set for good and that `given` would change.
    fn fixed_difference(&self, given: &Self) -> Option<&'static str>;
}

/// The record after an update of `before` with these paths; no path means every field that is set.
/// No path, or `*`, means the whole record.
///
/// # Errors
/// Names a field that is set for good and would change.
pub fn merged<R: Resource>(before: &R, given: &R, paths: &[String]) -> Result<R> {
    let named = |own: &&str| paths.iter().any(|path| path == own);
    let whole = paths.is_empty() || R::PATHS.iter().all(named);
    if whole && let Some(field) = before.fixed_difference(given) {
        let path = format!("{}.{field}", R::FIELD);
        return Err(Error::field(
            path,
            FieldCode::Immutable,
            "is set for good when the record is made",
        ));
    }
    let mut after = before.clone();
    if paths.is_empty() {
        given.set_paths().iter().for_each(|path| after.copy_field(path, given));
    } else {
        for path in paths {
            match path.contains('.') {
                true => after = mask::copy(&after, given, path)?,
                false => after.copy_field(path, given),
            }
        }
    }
    Ok(after)
}

impl Kind for Region {
    /// Regions are reference data, which no client changes: they have neither etag nor times.
    fn stamp(&mut self, _etag: String, _stamp: &Stamp) {}
}

macro_rules! resources {
    ($(
        $message:ident $field:literal,
        fixed [$($fixed:ident),*], changes [$($path:ident),*],
        clears [$($output:ident),*], times [$($created:ident, $updated:ident)?];
    )*) => {$(
        impl Kind for $message {
            #[allow(unused_variables)]
            fn stamp(&mut self, etag: String, stamp: &Stamp) {
                self.etag = etag;
                $(
                    self.$created = Some(to_timestamp(stamp.create_time));
                    self.$updated = Some(to_timestamp(stamp.update_time));
                )?
            }
        }

        impl Resource for $message {
            const FIELD: &'static str = $field;
            const PATHS: &'static [&'static str] = &[$(stringify!($path)),*];

            fn name(&self) -> &str {
                &self.name
            }

            fn set_name(&mut self, name: String) {
                self.name = name;
            }

            fn etag(&self) -> &str {
                &self.etag
            }

            fn clear_output(&mut self) {
                self.etag.clear();
                $(self.$created = None; self.$updated = None;)?
                $(self.$output = Default::default();)*
            }

            fn set_paths(&self) -> Vec<&'static str> {
                let unset = Self::default();
                let mut paths = Vec::new();
                $(if self.$path != unset.$path { paths.push(stringify!($path)); })*
                paths
            }

            fn copy_field(&mut self, path: &str, given: &Self) {
                match path {
                    $(stringify!($path) => self.$path.clone_from(&given.$path),)*
                    _ => {}
                }
            }

            #[allow(unused_variables)]
            fn fixed_difference(&self, given: &Self) -> Option<&'static str> {
                $(if !given.$fixed.is_empty() && given.$fixed != self.$fixed {
                    return Some(stringify!($fixed));
                })*
                None
            }
        }
    )*};
}

resources! {
    Unit "unit",
    fixed [],
    changes [
        display_name, kind, parent, region, valid_from, valid_to, predecessor, former_names,
        contacts, level, source
    ],
    clears [], times [create_time, update_time];

    Mall "mall",
    fixed [],
    changes [
        display_name, region, serves_regions, organiser, organiser_since, sites, stages, contacts,
        facilities, source
    ],
    clears [stage, time_zone], times [create_time, update_time];

    Counter "counter",
    fixed [unit],
    changes [display_name, agreement, regime, ticket_prefix, floor, zone, source],
    clears [], times [create_time, update_time];

    Window "window",
    fixed [],
    changes [display_name, accessible],
    clears [], times [create_time, update_time];

    Service "service",
    fixed [],
    changes [
        title, category, keywords, requirements, procedure, time, fees, product, complaints,
        legal_basis, facilities, competence, supervision, staff, service_guarantee,
        safety_guarantee, evaluation, licence, source_id, state, channels, forms, product_validity,
        produced_documents, service_pledge, notes
    ],
    clears [source, overrides], times [create_time, update_time];

    Offering "offering",
    fixed [service],
    changes [fees, quota_per_day, slot_minutes, slot_capacity],
    clears [state, effective_fees, service_title, service_state], times [create_time, update_time];

    Standard "standard",
    fixed [],
    changes [
        title, description, category, keywords, requirements, procedure, time, fees, product,
        channels, legal_basis, unit, version, valid_from, origin, example
    ],
    clears [text_before], times [create_time, update_time];

    StandardLink "standard_link",
    fixed [standard],
    changes [state, reason, explanations],
    clears [
        decided_by, decide_time, decided_version, service_title, standard_title, standard_example,
        adopted_version, adopt_time, adopted_components
    ],
    times [create_time, update_time];

    LifeEvent "life_event",
    fixed [],
    changes [title, keywords, description, goals, unit, origin, example],
    clears [leads_nowhere], times [create_time, update_time];

    Source "source",
    fixed [],
    changes [display_name, unit, freshness_target_seconds, also_writes, feeds],
    clears [
        accounting, last_success_time, last_session, checkpoint, incomplete, last_end_time,
        rejected_now, unread_now, waiting_now, counted, clients, client_count, unheard_since
    ],
    times [];

    HoursRule "hours_rule",
    fixed [target],
    changes [
        season, valid_from, valid_through, weekly, closure, works_national_holidays,
        works_collective_leave, basis
    ],
    clears [source], times [create_time, update_time];
}

#[cfg(test)]
mod tests {
    use mpp_api::types::LocalizedText;

    use super::*;

    fn window(id: &str, accessible: bool) -> Window {
        let display_name = Some(LocalizedText { id: id.into(), en: String::new() });
        Window { display_name, accessible, etag: "3".into(), ..Window::default() }
    }

    #[test]
    fn without_a_mask_what_is_set_changes_and_what_is_not_stays() {
        let before = window("Loket 1", true);
        let given = Window { accessible: false, ..window("Loket 2", false) };
        let after = merged(&before, &given, &[]).expect("no fixed field");
        assert_eq!(after, window("Loket 2", true));
    }

    #[test]
    fn with_a_mask_a_field_can_be_set_to_nothing() {
        let after =
            merged(&window("Loket 1", true), &window("Loket 2", false), &["accessible".into()]);
        assert_eq!(after.expect("no fixed field"), window("Loket 1", false));
    }

    #[test]
    fn with_a_path_below_a_field_the_rest_of_it_stays() {
        let english = LocalizedText { id: "x".into(), en: "Window 1".into() };
        let given = Window { display_name: Some(english), ..Window::default() };
        let after = merged(&window("Loket 1", true), &given, &["display_name.en".into()]);
        let name = after.expect("no fixed field").display_name.expect("a name");
        assert_eq!((name.id.as_str(), name.en.as_str()), ("Loket 1", "Window 1"));
    }

    #[test]
    fn a_field_that_is_set_for_good_is_not_changed_in_silence() {
        let before = Counter { unit: "units/a".into(), ..Counter::default() };
        let given = Counter { unit: "units/b".into(), ..Counter::default() };
        let error = merged(&before, &given, &[]).expect_err("another unit");
        assert_eq!(error.violations()[0].field, "counter.unit");
        assert!(merged(&before, &before.clone(), &[]).is_ok());
        let star = Counter::PATHS.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
        let error = merged(&before, &given, &star).expect_err("another unit");
        assert_eq!(error.violations()[0].field, "counter.unit");
        assert!(merged(&before, &given, &star[..1]).is_ok(), "a mask without it leaves it alone");
    }

    #[test]
    fn clients_do_not_decide_what_only_the_registry_knows() {
        let mut service =
            Service { source: "sources/bkpm".into(), etag: "9".into(), ..Service::default() };
        service.clear_output();
        assert_eq!(service, Service::default());
        service.stamp("4.ab".into(), &Stamp { version: 4, create_time: 0, update_time: 1 });
        assert_eq!(service.etag, "4.ab");
    }
}
