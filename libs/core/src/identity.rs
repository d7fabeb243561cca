//! Callers, their roles and namespaces. Proving who calls is the transport's matter (`mpp-rpc`);
//! which units a publisher's namespace holds is `services/registry/src/model/source.rs`.

use std::str::FromStr;

use crate::{Error, FieldCode};

/// Stands for any person, whose name is not shown.
pub const A_PERSON: &str = "users/-";

/// An author's name as everyone may see it: sources, units and services by name, persons as
/// [`A_PERSON`]. Only the feed names persons, for auditors.
pub fn as_told(subject: &str) -> &str {
    if subject.starts_with("users/") { A_PERSON } else { subject }
}

/// The roles of callers; a token names some of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Reads.
    Reader,
    /// A source: syncs its unit's catalog.
    Publisher,
    /// Writes its unit's subtree: services, offerings.
    UnitOfficer,
    /// Works at a counter: tickets, hours of that counter.
    CounterOfficer,
    /// Runs a mall (today the DPMPTSP): that mall, its counters, hours, acceptance.
    Organiser,
    /// Reads what a province's malls report.
    ProvincialObserver,
    /// Confirms stages and links.
    Verifier,
    /// Reads the feed and its history.
    Auditor,
    /// A service of the suite: watches the others.
    Service,
    /// May do everything.
    Administrator,
}

impl Role {
    /// Every role, in the order of the authorization table.
    pub const ALL: [Role; 10] = [
        Role::Reader,
        Role::Publisher,
        Role::UnitOfficer,
        Role::CounterOfficer,
        Role::Organiser,
        Role::ProvincialObserver,
        Role::Verifier,
        Role::Auditor,
        Role::Service,
        Role::Administrator,
    ];

    /// The text that tokens carry.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Reader => "reader",
            Role::Publisher => "publisher",
            Role::UnitOfficer => "unit-officer",
            Role::CounterOfficer => "counter-officer",
            Role::Organiser => "organiser",
            Role::ProvincialObserver => "provincial-observer",
            Role::Verifier => "verifier",
            Role::Auditor => "auditor",
            Role::Service => "service",
            Role::Administrator => "administrator",
        }
    }
}

impl FromStr for Role {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Role::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| {
            let known: Vec<_> = Role::ALL.iter().map(|role| role.as_str()).collect();
            Error::field(
                "role",
                FieldCode::UnknownValue,
                format!("'{text}' is not a role; known are {}", known.join(", ")),
            )
        })
    }
}

/// An identified caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The caller's name, for the feed's `actor`: "units/bkpm", "services/scheduling", "users/…".
    pub subject: String,
    /// Its roles.
    pub roles: Vec<Role>,
    /// Names whose subtree it may write: "units/bkpm", "malls/banyuwangi", "sources/bkpm".
    pub namespaces: Vec<String>,
}

impl Caller {
    /// True if it has the role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// True if `name` is one of its namespaces or lies below one by its name.
    pub fn holds(&self, name: &str) -> bool {
        self.namespaces.iter().any(|own| {
            name.strip_prefix(own.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_holds_its_subtree_and_not_its_namesakes() {
        let caller = Caller {
            subject: "units/bkpm".into(),
            roles: vec![Role::UnitOfficer],
            namespaces: vec!["units/bkpm".into()],
        };
        assert!(caller.holds("units/bkpm"));
        assert!(caller.holds("units/bkpm/services/nib"));
        assert!(!caller.holds("units/bkpm-palsu"));
    }

    #[test]
    fn roles_are_read_back_from_their_texts() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse::<Role>().expect("own text"), role);
        }
    }
}
