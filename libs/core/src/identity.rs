//! Callers, their roles and namespaces. Proving who calls is up to the transport (`mpp-rpc`); which
//! units a publisher's namespace holds is `services/registry/src/model/source.rs`.

use std::str::FromStr;

use crate::{Error, FieldCode};

/// Stands for any person, whose name is not shown.
pub const A_PERSON: &str = "users/-";

/// Stands for an author who may or may not be a person, which nobody here knows: its issuer has a
/// collection of its own, as in "pegawai/siti" or "robots/7". Nothing of the name is shown.
pub const SOMEBODY: &str = "-";

/// Starts of subjects that name a body or a program.
const NO_PERSONS: [&str; 4] = ["units/", "malls/", "sources/", "services/"];
/// The start of subjects that name a person.
const PERSONS: &str = "users/";
/// Subjects under which the suite itself writes.
const OWN: [&str; 5] = ["registry", "scheduling", "reporting", "anonymous", ""];

/// An author's name as everyone may see it: sources, units and services by name, persons as
/// [`A_PERSON`], and whoever may be a person as [`SOMEBODY`]. A name without a collection, such as
/// an address or a staff number, is a person's. [`Caller::author_shown`] names persons to some
/// callers.
pub fn as_told(subject: &str) -> &str {
    if OWN.contains(&subject) || NO_PERSONS.iter().any(|start| subject.starts_with(start)) {
        subject
    } else if subject.contains('/') && !subject.starts_with(PERSONS) || subject == SOMEBODY {
        SOMEBODY
    } else {
        A_PERSON
    }
}

/// The same within a sentence.
pub fn in_words(subject: &str) -> &str {
    match as_told(subject) {
        A_PERSON => "a person",
        SOMEBODY => "somebody",
        name => name,
    }
}

/// The roles of callers; a token names some of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Reads, and changes nothing.
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
    /// Reads the feed and its history, with the names of persons.
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
    /// The roles that the caller has.
    pub roles: Vec<Role>,
    /// Names whose subtree it may write: "units/bkpm", "malls/banyuwangi", "sources/bkpm".
    pub namespaces: Vec<String>,
}

impl Caller {
    /// True if it has the role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// True if the caller may know the name of the person who has changed a record: administrators
    /// and auditors, services of the suite, which keep the name for those, the person itself, and
    /// the officers of a body that the record belongs to, one of `keepers`.
    pub fn may_name<'a>(&self, person: &str, keepers: impl IntoIterator<Item = &'a str>) -> bool {
        let is_any = |roles: &[Role]| roles.iter().any(|role| self.is(*role));
        let officer = is_any(&[Role::UnitOfficer, Role::CounterOfficer, Role::Organiser]);
        self.subject == person
            || is_any(&[Role::Administrator, Role::Auditor, Role::Service])
            || (officer && keepers.into_iter().any(|keeper| self.holds(keeper)))
    }

    /// The author of a record, as this caller may know it.
    pub fn author_shown<'a, 'b>(
        &self,
        author: &'a str,
        keepers: impl IntoIterator<Item = &'b str>,
    ) -> &'a str {
        let told = as_told(author);
        if told == author || self.may_name(author, keepers) { author } else { told }
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

    fn caller(role: Role, namespace: &str) -> Caller {
        let namespaces = vec![namespace.to_owned()];
        Caller { subject: "users/budi".into(), roles: vec![Role::Reader, role], namespaces }
    }

    #[test]
    fn everyone_is_told_what_did_it_and_that_a_person_did() {
        for (subject, told) in [
            ("units/bkpm", "units/bkpm"),
            ("sources/bkpm", "sources/bkpm"),
            ("services/scheduling", "services/scheduling"),
            ("registry", "registry"),
            ("", ""),
            ("users/siti", A_PERSON),
            // Another issuer's forms of a name.
            ("siti@bkpm.go.id", A_PERSON),
            ("198001012005012001", A_PERSON),
            // Another issuer's collections, of persons or of programs.
            ("pegawai/siti", SOMEBODY),
            ("robots/7", SOMEBODY),
            (SOMEBODY, SOMEBODY),
            (A_PERSON, A_PERSON),
        ] {
            assert_eq!(as_told(subject), told, "{subject}");
        }
    }

    #[test]
    fn a_person_is_named_to_whoever_answers_for_the_record() {
        let keepers = ["malls/pacitan/counters/ktp", "units/disdukcapil", "malls/pacitan"];
        for (role, namespace, named) in [
            (Role::Administrator, "", true),
            (Role::Auditor, "", true),
            (Role::Service, "", true),
            (Role::UnitOfficer, "units/disdukcapil", true),
            (Role::Organiser, "malls/pacitan", true),
            (Role::CounterOfficer, "malls/pacitan/counters/ktp", true),
            (Role::UnitOfficer, "units/bkpm", false),
            (Role::Organiser, "malls/banyuwangi", false),
            // A source is a program, and a reader's namespace makes no officer.
            (Role::Publisher, "units/disdukcapil", false),
            (Role::Reader, "units/disdukcapil", false),
            (Role::Verifier, "malls/pacitan", false),
        ] {
            let caller = caller(role, namespace);
            assert_eq!(caller.may_name("users/siti", keepers), named, "{role:?} {namespace}");
            assert!(caller.may_name("users/budi", keepers), "itself");
        }
    }

    #[test]
    fn an_author_is_told_by_name_where_it_may_be_named() {
        let officer = caller(Role::UnitOfficer, "units/disdukcapil");
        for (author, own, elsewhere) in [
            ("users/siti", "users/siti", A_PERSON),
            ("pegawai/siti", "pegawai/siti", SOMEBODY),
            ("units/bkpm", "units/bkpm", "units/bkpm"),
        ] {
            assert_eq!(officer.author_shown(author, ["units/disdukcapil"]), own);
            assert_eq!(officer.author_shown(author, ["units/bkpm"]), elsewhere);
        }
        assert_eq!((in_words("users/siti"), in_words("robots/7")), ("a person", "somebody"));
        assert_eq!(in_words("sources/bkpm"), "sources/bkpm");
    }

    #[test]
    fn roles_are_read_back_from_their_texts() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse::<Role>().expect("own text"), role);
        }
    }
}
