//! A service on its way into the database: what is known of it, how it is published, and what its
//! publisher is told.

use std::collections::HashMap;

use mpp_api::{
    forms,
    registry::{Service, StandardLink},
    types::Warning,
};
use mpp_core::{FieldCode, FieldViolation, Micros, Result, id_of, in_words};
use mpp_resource::handler;
use mpp_store::Label;
use mpp_sync::{Writer, warning};

use crate::{app::Registry, model::provenance};

/// A service on its way, and what its write must find.
pub(super) struct Sent {
    pub(super) name: String,
    /// The version that memory knew; 0 for none.
    pub(super) version: i64,
    /// The record as it was, if a curator has overridden fields of it.
    pub(super) before: Option<Service>,
    /// The record as it was, if the client does not know all its fields.
    pub(super) known: Option<Service>,
    /// Records of the same source and id elsewhere, which have moved here.
    pub(super) moved: Vec<Left>,
    pub(super) warnings: Vec<Warning>,
}

/// A record that stands elsewhere, and has moved.
pub(super) struct Left {
    pub(super) name: String,
    pub(super) version: i64,
    /// How many offerings go with it.
    pub(super) offered: usize,
}

/// A record as this replica's memory shows it.
pub(super) struct FoundRecord {
    pub(super) version: i64,
    pub(super) owner: String,
    /// The service, only if a curator has overridden fields.
    pub(super) overridden: Option<Service>,
    /// The service, only if the session's client does not know all its fields.
    pub(super) known: Option<Service>,
}

impl FoundRecord {
    /// The record of a name, for a client that writes services in this form.
    pub(super) fn of(registry: &Registry, name: &str, form: i64) -> Option<Self> {
        let state = registry.memory.read();
        let row = state.records.row::<Service>(name)?;
        let overridden = !row.label(Label::Overridden).is_empty();
        let knows_less = forms::has_newer::<Service>(form);
        let stored = |wanted: bool| wanted.then(|| state.records.get::<Service>(name)).flatten();
        Some(Self {
            version: row.stamp.version,
            owner: row.label(Label::Source).to_owned(),
            overridden: stored(overridden).map(|kept| kept.doc),
            known: stored(knows_less).map(|kept| kept.doc),
        })
    }
}

/// The last part of a name, and the names that end in it.
pub(super) type Ids = HashMap<String, Vec<String>>;

/// The names of a batch's puts, by their ids.
pub(super) fn ids_of<'a>(names: impl Iterator<Item = &'a str>) -> Ids {
    let mut ids = Ids::new();
    for name in names {
        ids.entry(id_of(name).to_owned()).or_default().push(name.to_owned());
    }
    ids
}

impl Sent {
    /// The service as it is published, over what curators have overridden of it.
    pub(super) fn publish(
        &mut self,
        given: &Service,
        writer: Writer<'_>,
        now: Micros,
    ) -> Result<Service> {
        let mut service = writer.whole(given, self.known.as_ref())?;
        if let Some(before) = &self.before {
            service = provenance::published(service, before, now);
        }
        self.warnings.extend(provenance::override_warnings(&service).map(handler::warning));
        self.warn_of_moves();
        Ok(service)
    }

    /// Leaves records that may not move now where they are: a record that is new here is refused,
    /// one that stood here already is taken and warned.
    ///
    /// # Errors
    /// Why it is refused.
    pub(super) fn keep_moves(
        &mut self,
        too_many: Option<&FieldViolation>,
    ) -> Result<(), FieldViolation> {
        let Some(fault) = too_many.filter(|_| !self.moved.is_empty()) else { return Ok(()) };
        if self.version == 0 {
            return Err(fault.clone());
        }
        for left in std::mem::take(&mut self.moved) {
            let text = format!("{} still stands: {}", left.name, fault.description);
            self.warnings.push(warning("unit", FieldCode::AlsoElsewhere, &text));
        }
        Ok(())
    }

    /// What a person has said of the service where it was, and that does not hold here.
    pub(super) fn warn_of_links(&mut self, left: &[StandardLink]) {
        self.warnings.extend(left.iter().map(|link| {
            let text = format!(
                "what was said of {} before the move does not hold here, where something else is said; \
                 look which is right: mpp list links --parent {}",
                link.standard, self.name
            );
            warning("unit", FieldCode::Moved, &text)
        }));
    }

    fn warn_of_moves(&mut self) {
        self.warnings.extend(self.moved.iter().map(|left| {
            let offered = match left.offered {
                0 => String::new(),
                count => format!("; {count} offerings of it are withdrawn"),
            };
            let text = format!("{} is gone and points to {}{offered}", left.name, self.name);
            warning("unit", FieldCode::Moved, &text)
        }));
    }

    /// Records of the same id under other units in the same batch.
    pub(super) fn warn_of_twins(&mut self, ids: &Ids) {
        let twins = ids.get(id_of(&self.name)).into_iter().flatten();
        let others: Vec<_> = twins.filter(|other| **other != self.name).cloned().collect();
        for other in others {
            self.warn_of(&other, true);
        }
    }

    pub(super) fn warn_of(&mut self, other: &str, may: bool) {
        let way_out = if may {
            "if it is the same record, delete that one as moved, or say unique_ids in the hello"
        } else {
            "the source may not write there any more; if it is the same record, have it deleted"
        };
        let text = format!("the source also publishes {other}, of the same id; {way_out}");
        let warning = warning("source_id", FieldCode::AlsoElsewhere, &text);
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// It stands here already, and there as well.
    pub(super) fn warn_of_other(&mut self, fault: &FieldViolation) {
        self.warnings.push(warning(&fault.field, fault.code, &fault.description));
    }

    pub(super) fn warn_of_lost(&mut self, name: &str, service: &Service) {
        self.warnings.extend(service.overrides.iter().map(|kept| {
            let who = in_words(&kept.subject);
            let text = format!("what {who} had set of {name} is gone with it");
            warning(&format!("service.{}", kept.field), FieldCode::Overridden, &text)
        }));
    }
}
