//! What the requirements of services ask for, and how many name the service that satisfies them,
//! counted as services come and go. Only that part of a record is read: the memory of the nation is
//! filled at every start.

use bytes::Bytes;
use mpp_api::registry::service::{State, requirement::Applicant};
use prost::Message;

use crate::model::process::certain;

/// Requirements by whether they name a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// How many name one.
    pub linked: usize,
    /// How many name none.
    pub open: usize,
}

/// What is read of a service; a test holds it against the contract.
#[derive(Clone, PartialEq, Message)]
pub struct Asking {
    #[prost(message, repeated, tag = "5")]
    requirements: Vec<AskedRequirement>,
    #[prost(enumeration = "State", tag = "26")]
    state: i32,
}

#[derive(Clone, PartialEq, Message)]
struct AskedRequirement {
    #[prost(string, tag = "1")]
    text: String,
    #[prost(enumeration = "Applicant", tag = "2")]
    applicant: i32,
    #[prost(string, tag = "3")]
    satisfied_by: String,
    #[prost(string, tag = "4")]
    condition: String,
}

impl Asking {
    /// What a service's record asks for; nothing if it cannot be read.
    pub fn of(doc: &Bytes) -> Self {
        Self::decode(doc.clone()).unwrap_or_default()
    }

    /// Whether its owner serves it.
    pub fn is_served(&self) -> bool {
        self.state() != State::Inactive
    }

    /// The requirements that name a service, by number from 1: which, and whether they hold for
    /// everybody.
    pub fn named(&self) -> impl Iterator<Item = (usize, &str, bool)> {
        let named = self.requirements.iter().enumerate();
        let named = named.filter(|(_, asked)| !asked.satisfied_by.is_empty());
        named.map(|(index, asked)| {
            let is_for_all = matches!(asked.applicant(), Applicant::Unspecified | Applicant::Any);
            let is_certain = is_for_all && certain::is_for_all(&asked.condition, &asked.text);
            (index + 1, asked.satisfied_by.as_str(), is_certain)
        })
    }

    /// How many there are.
    pub fn needs(&self) -> Needs {
        let is_linked = |asked: &&AskedRequirement| !asked.satisfied_by.is_empty();
        let linked = self.requirements.iter().filter(is_linked).count();
        Needs { linked, open: self.requirements.len() - linked }
    }
}

impl Needs {
    /// Counts those of one more record.
    pub fn add(&mut self, more: Self) {
        self.linked += more.linked;
        self.open += more.open;
    }

    /// Stops counting those of a record that is gone.
    pub fn subtract(&mut self, gone: Self) {
        self.linked -= gone.linked;
        self.open -= gone.open;
    }
}

#[cfg(test)]
mod tests {
    use mpp_api::registry::{Service, service::Requirement};

    use super::*;

    #[test]
    fn requirements_are_read_as_the_contract_has_them() {
        let asks = |satisfied_by: &str, applicant: Applicant, condition: &str| Requirement {
            text: "KK".into(),
            satisfied_by: satisfied_by.into(),
            applicant: applicant.into(),
            condition: condition.into(),
        };
        let kk = "units/a/services/kk";
        let service = Service {
            name: "units/a/services/b".into(),
            requirements: vec![
                asks("", Applicant::Any, ""),
                asks(kk, Applicant::Any, ""),
                asks(kk, Applicant::Body, ""),
                asks(kk, Applicant::Unspecified, "WNI"),
            ],
            product: "KTP".into(),
            state: State::Inactive.into(),
            ..Service::default()
        };
        let read = Asking::of(&service.encode_to_vec().into());
        let named: Vec<_> = read.named().collect();
        assert_eq!(named, [(2, kk, true), (3, kk, false), (4, kk, false)]);
        assert!(!read.is_served() && Asking::default().is_served());
        let mut all = read.needs();
        assert_eq!(all, Needs { linked: 3, open: 1 });
        all.add(all);
        all.subtract(Needs { linked: 6, open: 2 });
        assert_eq!(all, Needs::default());
        assert_eq!(Asking::of(&Bytes::from_static(&[0xff])), Asking::default());
    }
}
