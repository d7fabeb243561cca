//! How many requirements name the service that satisfies them, counted as services come and go. Of
//! a record only that is read: the memory of the nation is filled at every start.

use bytes::Bytes;
use prost::Message;

/// Requirements by whether they name a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Those that do.
    pub linked: usize,
    /// Those that do not.
    pub open: usize,
}

/// What is read of a service; a test holds it against the contract.
#[derive(Clone, PartialEq, Message)]
struct Asking {
    #[prost(message, repeated, tag = "5")]
    requirements: Vec<Asked>,
}

#[derive(Clone, PartialEq, Message)]
struct Asked {
    #[prost(string, tag = "3")]
    satisfied_by: String,
}

impl Needs {
    /// Those of a service's record; none of one that cannot be read.
    pub fn of(doc: &Bytes) -> Self {
        let all = Asking::decode(doc.clone()).map(|read| read.requirements).unwrap_or_default();
        let open = all.iter().filter(|asked| asked.satisfied_by.is_empty()).count();
        Self { linked: all.len() - open, open }
    }

    /// Counts those of one more record.
    pub fn add(&mut self, more: Self) {
        self.linked += more.linked;
        self.open += more.open;
    }

    /// Counts those of a record no more.
    pub fn take(&mut self, gone: Self) {
        self.linked -= gone.linked;
        self.open -= gone.open;
    }
}

#[cfg(test)]
mod tests {
    use mpp_api::registry::{Service, service::Requirement};

    use super::*;

    #[test]
    fn requirements_are_counted_as_the_contract_has_them() {
        let asks = |satisfied_by: &str| Requirement {
            text: "KK".into(),
            satisfied_by: satisfied_by.into(),
            condition: "WNI".into(),
            ..Requirement::default()
        };
        let service = Service {
            name: "units/a/services/b".into(),
            requirements: vec![asks("units/a/services/kk"), asks(""), asks("")],
            product: "KTP".into(),
            ..Service::default()
        };
        let mut all = Needs::of(&service.encode_to_vec().into());
        assert_eq!(all, Needs { linked: 1, open: 2 });
        all.add(all);
        all.take(Needs { linked: 2, open: 4 });
        assert_eq!(all, Needs::default());
        assert_eq!(Needs::of(&Bytes::from_static(&[0xff])), Needs::default());
    }
}
