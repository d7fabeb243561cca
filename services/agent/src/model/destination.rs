//! The service that a source's records go to, and what follows from it.

use mpp_api::{
    Document as _, document,
    scheduling::HoursRule,
    sync::{Form, Record, record::Body},
};
use mpp_core::{Error, FieldCode, FieldViolation, Result};
use mpp_form::record::{self, hours};

/// The service that a source's records go to. Each keeps kinds of its own; the source itself is the
/// registry's, wherever they go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Destination {
    /// Units, malls, counters and services.
    #[default]
    Registry,
    /// Rules of working hours.
    Scheduling,
}

impl Destination {
    /// All services that records can go to.
    pub const ALL: [Self; 2] = [Self::Registry, Self::Scheduling];

    /// As the configuration and the command line name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Scheduling => "scheduling",
        }
    }

    /// The records that it keeps, in words.
    const fn keeps(self) -> &'static str {
        match self {
            Self::Registry => "units, malls, counters or services",
            Self::Scheduling => "hours rules",
        }
    }

    /// The forms of the records that this agent sends there.
    pub fn forms(self) -> Vec<Form> {
        let kinds = match self {
            Self::Registry => record::KINDS,
            Self::Scheduling => &[HoursRule::KIND],
        };
        let form =
            |kind: &&str| Form { kind: (*kind).to_owned(), number: document::form_number(kind) };
        kinds.iter().map(form).collect()
    }

    /// The name that a record of a source asks for.
    pub fn name_of(self, source: &str, record: &Record) -> String {
        match self {
            Self::Registry => record::asked(record),
            Self::Scheduling => hours::name(source, &record.source_id),
        }
    }

    /// The id by which the record of this name is known at its source.
    pub fn source_id(self, name: &str) -> &str {
        match self {
            Self::Registry => record::source_id(name),
            Self::Scheduling => hours::source_id(name),
        }
    }

    /// Judges a record by the service's own rules of its form; answers remarks on one that is good.
    ///
    /// # Errors
    /// What the service would reject it for.
    pub fn judge(self, record: Record, source: &str) -> Result<Vec<FieldViolation>> {
        match self {
            Self::Registry => record::check(record, source).map(|checked| checked.remarks()),
            Self::Scheduling => hours::check(record, source).map(|_| Vec::new()),
        }
    }

    /// Succeeds unless the record is of a kind that another service keeps.
    ///
    /// # Errors
    /// Names the line of the configuration that sends it there.
    pub fn check_kind(self, record: &Record) -> Result<()> {
        let keeper = match &record.body {
            Some(Body::Service(_) | Body::UnitRecord(_) | Body::Mall(_) | Body::Counter(_)) => {
                Self::Registry
            }
            Some(Body::HoursRule(_)) => Self::Scheduling,
            Some(Body::Delete(_)) | None => return Ok(()),
        };
        if keeper == self {
            return Ok(());
        }
        let text = format!(
            "the mapping yields {}, which {} keeps, and this source goes to {}: where that is \
             meant, set service = \"{}\" above [input]; a source of both has a configuration, with \
             a state, for each",
            keeper.keeps(),
            keeper.name(),
            self.setting_text(),
            keeper.name()
        );
        Err(Error::field("service", FieldCode::Mapping, text))
    }

    const fn setting_text(self) -> &'static str {
        match self {
            Self::Registry => "the registry (service = \"registry\", or none)",
            Self::Scheduling => "scheduling (service = \"scheduling\")",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "sources/mal-banyuwangi";

    fn record(body: Body) -> Record {
        let (source_id, unit) = ("libur".into(), "units/a".into());
        Record { source_id, unit, body: Some(body), ..Record::default() }
    }

    #[test]
    fn a_record_is_named_as_its_service_names_it() {
        let rule = record(Body::HoursRule(HoursRule::default()));
        let name = Destination::Scheduling.name_of(SOURCE, &rule);
        assert_eq!(name, "hoursRules/mal-banyuwangi_libur");
        assert_eq!(Destination::Scheduling.source_id(&name), "libur");
        let name =
            Destination::Registry.name_of(SOURCE, &record(Body::Service(Default::default())));
        assert_eq!(
            (name.as_str(), Destination::Registry.source_id(&name)),
            ("units/a/services/libur", "libur")
        );
    }

    #[test]
    fn a_record_of_another_services_kind_names_the_line_that_sends_it_there() {
        let rule = record(Body::HoursRule(HoursRule::default()));
        let error = Destination::Registry.check_kind(&rule).expect_err("scheduling keeps it");
        assert!(error.message().contains("set service = \"scheduling\""), "{error}");
        assert_eq!(error.violations()[0].code, FieldCode::Mapping);
        Destination::Scheduling.check_kind(&rule).expect("its own kind");
        let service = record(Body::Service(Default::default()));
        let error = Destination::Scheduling.check_kind(&service).expect_err("the registry's");
        assert!(error.message().contains("set service = \"registry\""), "{error}");
    }

    #[test]
    fn each_keeps_kinds_of_its_own() {
        let [registry, scheduling] = Destination::ALL.map(Destination::forms);
        assert!(registry.iter().all(|one| scheduling.iter().all(|other| one.kind != other.kind)));
        assert!(registry.iter().chain(&scheduling).all(|form| form.number > 0));
    }
}
