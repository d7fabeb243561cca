//! Records by their names alone: which kinds there are, and calls that are made by the contract's
//! descriptors, so that `get`, `list`, `apply` and `delete` are written once for all kinds.
//!
//! A new kind costs a line in [`KINDS`]; its methods are found by their names, as AIP has them.

mod cell;
mod client;

use mpp_api::{
    Document as _, json,
    registry::{
        Counter, LifeEvent, Mall, Offering, Region, Service, Standard, StandardLink, Unit, Window,
    },
    scheduling::{Appointment, HoursRule},
    sync::Source,
};
use mpp_core::{Error, FieldCode, Reason, Result, Role};
use mpp_rpc::authz::Scope;
use prost_reflect::{MessageDescriptor, MethodDescriptor};

pub use cell::cell;
pub use client::Records;

use crate::service;

/// A kind of record, as commands know it.
#[derive(Debug)]
pub struct Kind {
    /// Its word in the contract.
    pub word: &'static str,
    /// The collections of its names: a counter's are malls and counters.
    pub collections: &'static [&'static str],
    /// Fields that a list shows beside the name.
    pub columns: &'static [&'static str],
    /// How such a record ends, if the contract has no method to delete it.
    pub end: &'static str,
}

/// All kinds that have a name of their own, in the order in which they need each other.
pub const KINDS: &[Kind] = &[
    kind::<Region>(
        &["display_name", "kind", "time_zone"],
        "regions come with the registry's own data",
    ),
    kind::<Unit>(
        &["display_name", "kind", "parent"],
        "give it the first day on which it is no more (validTo)",
    ),
    kind::<Source>(
        &[
            "rejected_now",
            "waiting_now",
            "unread_now",
            "accounting.received",
            "accounting.applied",
            "accounting.unchanged",
            "accounting.rejected",
            "accounting.quarantined",
            "accounting.redriven",
            "accounting.redrive_rejected",
            "incomplete.reason",
            "last_success_time",
        ],
        "",
    ),
    kind::<Mall>(
        &["display_name", "region", "stage", "time_zone"],
        "add the stage STAGE_CLOSED with its date",
    ),
    kind::<Counter>(
        &["display_name", "unit", "regime"],
        "let its agreement end (agreement.expireDate) and delete its offerings",
    ),
    kind::<Window>(&["display_name", "accessible"], "a window stays with its counter"),
    kind::<Service>(&["title", "state", "fees"], ""),
    kind::<Standard>(&["title", "version", "unit", "example"], ""),
    kind::<StandardLink>(
        &["state", "service_title", "standard_title", "reason"],
        "`mpp link --reject` says that the service is not of the standard",
    ),
    kind::<LifeEvent>(&["title", "unit", "example", "leads_nowhere"], ""),
    kind::<Offering>(&["service_title", "state", "effective_fees"], ""),
    kind::<HoursRule>(&["target", "season", "valid_from", "valid_through", "basis"], ""),
    Kind {
        word: Appointment::KIND,
        collections: &["malls", "appointments"],
        columns: &[],
        end: "`mpp cancel` gives its place back",
    },
];

const fn kind<K: mpp_resource::Kind>(columns: &'static [&'static str], end: &'static str) -> Kind {
    Kind { word: K::KIND, collections: K::COLLECTIONS, columns, end }
}

impl Kind {
    /// The kind that a name is of.
    ///
    /// # Errors
    /// Shows the forms that names have.
    pub fn of(name: &str) -> Result<&'static Self> {
        let parts: Vec<&str> = name.split('/').collect();
        let whole = parts.len().is_multiple_of(2) && parts.iter().all(|part| !part.is_empty());
        let collections = || parts.iter().copied().step_by(2);
        let found = KINDS.iter().find(|kind| collections().eq(kind.collections.iter().copied()));
        found.filter(|_| whole).ok_or_else(|| {
            let forms: Vec<_> = KINDS.iter().map(Self::form).collect();
            let text = format!("'{name}' is not a name; names are {}", forms.join(", "));
            Error::field("name", FieldCode::Name, text)
        })
    }

    /// The form of its names: "malls/ID/counters/ID".
    pub fn form(&self) -> String {
        let pairs: Vec<_> = self.collections.iter().map(|name| format!("{name}/ID")).collect();
        pairs.join("/")
    }

    /// All records that those of this kind can lie below: "malls/-/counters/-" for windows; `None`
    /// at the top.
    pub fn above(&self) -> Option<String> {
        let (_, above) = self.collections.split_last()?;
        let pairs: Vec<_> = above.iter().map(|name| format!("{name}/-")).collect();
        (!pairs.is_empty()).then(|| pairs.join("/"))
    }

    /// True if an update may say why, and the record keeps it.
    pub fn keeps_reason(&self) -> bool {
        let method = self.method("Update");
        method.is_ok_and(|method| method.input().get_field_by_name("reason").is_some())
    }

    /// Its name for `mpp list`: "counters".
    pub fn plural(&self) -> &'static str {
        self.collections.last().copied().unwrap_or_default()
    }

    /// The contract's description of its message.
    pub fn descriptor(&self) -> Result<MessageDescriptor> {
        json::descriptor(self.word)
    }

    /// The service that keeps it.
    pub fn service(&self) -> Result<service::Service> {
        Ok(match self.descriptor()?.package_name() {
            "mpp.scheduling.v1" => service::Service::Scheduling,
            _ => service::Service::Registry,
        })
    }

    /// The method that does this to it: Get, List, Create, Update or Delete.
    ///
    /// # Errors
    /// The contract has no such method; the message names another way if there is one.
    pub fn method(&self, verb: &str) -> Result<MethodDescriptor> {
        let message = self.descriptor()?;
        let plural = if verb == "List" { "s" } else { "" };
        let name = format!("{verb}{}{plural}", message.name());
        let mut methods: Vec<_> = Vec::new();
        for service in message.parent_pool().services() {
            methods.extend(service.methods().filter(|method| method.name() == name));
        }
        methods.pop().ok_or_else(|| {
            let way_out = match (verb, self.end) {
                ("Delete", end) if !end.is_empty() => format!("; {end}"),
                _ => String::new(),
            };
            let text = format!("the contract has no {name}{way_out}");
            Error::new(Reason::Unimplemented, text)
        })
    }

    /// The roles that may call it, in words: "organiser whose namespace it is or administrator".
    pub fn needs(&self, verb: &str) -> String {
        let in_words = |(role, scope): &(Role, Scope)| match scope {
            Scope::Own => format!("{} whose namespace it is", role.as_str()),
            Scope::Any => role.as_str().to_owned(),
        };
        let others = self.roles(verb).iter().map(in_words);
        let all: Vec<_> = others.chain([Role::Administrator.as_str().to_owned()]).collect();
        all.join(" or ")
    }

    /// The role with the least rights that may call it.
    pub fn role(&self, verb: &str) -> Role {
        self.roles(verb).first().map_or(Role::Administrator, |(role, _)| *role)
    }

    /// The method's line in the authorization table; the administrator may call every method.
    fn roles(&self, verb: &str) -> &'static [(Role, Scope)] {
        self.method(verb).map_or(&[], |method| mpp_rpc::authz::roles(&path(&method)))
    }
}

/// A method as a call names it: "/mpp.registry.v1.DirectoryService/GetMall".
fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_which_kind_it_is_of() {
        let word = |name: &str| Kind::of(name).map(|kind| kind.word);
        assert_eq!(word("malls/a/counters/b/offerings/c").expect("a name"), "offering");
        assert_eq!(word("units/a/services/b").expect("a name"), "service");
        for wrong in ["", "malls", "malls/", "offices/1", "malls/a/counters", "units/a/counters/b"]
        {
            let error = word(wrong).expect_err(wrong);
            assert!(error.message().contains("malls/ID/counters/ID"), "{error}");
        }
    }

    #[test]
    fn every_kind_that_can_be_made_is_known() {
        for word in mpp_api::document::KINDS {
            let message = json::descriptor(word).expect("in the contract");
            let create = format!("Create{}", message.name());
            let mut services = message.parent_pool().services();
            let can_be_made = services.any(|s| s.methods().any(|method| method.name() == create));
            let known = KINDS.iter().any(|kind| kind.word == *word);
            assert!(known || !can_be_made, "{word} needs a line in KINDS");
        }
    }

    #[test]
    fn every_kind_can_be_got_and_its_columns_are_fields() {
        for kind in KINDS {
            let message = kind.descriptor().expect("in the contract");
            kind.method("Get").expect("every record can be got");
            for column in kind.columns {
                let first = column.split('.').next().expect("a field");
                assert!(message.get_field_by_name(first).is_some(), "{}.{column}", kind.word);
            }
            if kind.method("Delete").is_err() {
                assert!(!kind.end.is_empty(), "{} needs a way out", kind.word);
            }
        }
    }
}
