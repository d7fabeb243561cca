//! Many services beside one standard: how each stands to it.

use bytes::Bytes;
use jiff::civil::Date;
use mpp_api::registry::{
    Service, Standard, StandardLink, adoption::State, service::State as Served,
};
use mpp_form::standard::as_service;
use prost::Message as _;

use crate::{
    memory::sayings::{self, PARTS, Part},
    model::{
        adoption::{self, Adoption, Standing, adoption, explanation, standing, turns_on},
        divergence::Saying,
    },
};

/// A service and its link, as memory has them.
pub struct Linked {
    /// The standard.
    pub standard: String,
    /// The service.
    pub service: Bytes,
    /// The link.
    pub link: Bytes,
}

/// What a standard says, ready to be compared with many services.
pub struct Judge<'a> {
    standard: &'a Standard,
    sayings: [Saying; PARTS.len()],
    day: Date,
    today: String,
}

/// How a service stands, and whether it has adopted the present version and says nothing else of
/// that since; `None` where it is not served now.
pub type Stands = Option<(Adoption, bool)>;

impl<'a> Judge<'a> {
    /// Reads the standard, for this day.
    pub fn new(standard: &'a Standard, day: Date) -> Self {
        let said = as_service(standard);
        let sayings = PARTS.map(|part| sayings::of(&said, part));
        Self { standard, sayings, day, today: day.to_string() }
    }

    /// How a service stands, and the first day on which that may be otherwise though nobody writes.
    pub fn read(&self, given: Linked) -> (Stands, Option<Date>) {
        let (service, link) = (Service::decode(given.service), StandardLink::decode(given.link));
        let (Ok(service), Ok(link)) = (service, link) else { return (None, None) };
        if service.state() == Served::Inactive {
            return (None, None);
        }
        (Some(self.stands(&service, &link)), turns_on(&link, self.standard, self.day))
    }

    fn stands(&self, service: &Service, link: &StandardLink) -> (Adoption, bool) {
        let has_adopted =
            link.adopt_time.is_some() && link.adopted_version == self.standard.version;
        if !adoption::holds(self.standard, &self.today) {
            return (Adoption::Unknown, has_adopted);
        }
        let stands = PARTS.iter().zip(&self.sayings).map(|(part, own)| {
            let is_explained = explanation(link, part.component(), self.standard, &self.today);
            (standing(own, &sayings::of(service, *part)), is_explained.is_some())
        });
        let stands: Vec<(Standing, bool)> = stands.collect();
        let still = |(part, (standing, _)): (&Part, &(Standing, bool))| {
            *standing != Standing::Differs
                || !link.adopted_components.contains(&part.component().into())
        };
        let is_adopted = has_adopted && PARTS.iter().zip(&stands).all(still);
        (adoption(&stands), is_adopted)
    }
}

/// Its word in the contract.
pub fn state_word(state: Adoption) -> State {
    match state {
        Adoption::Follows => State::Follows,
        Adoption::Differs => State::Differs,
        Adoption::Explained => State::Explained,
        Adoption::Unknown => State::Unknown,
    }
}
