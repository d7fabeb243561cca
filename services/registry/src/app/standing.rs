//! Many services beside one standard: how each stands to it.

use bytes::Bytes;
use jiff::civil::Date;
use mpp_api::registry::{
    Service, Standard, StandardLink, adoption::State, service::State as Served,
};
use mpp_form::{
    announced::{holds, text_on},
    standard::as_service,
};
use prost::Message as _;

use crate::{
    memory::sayings::{self, ComparedPart, PARTS, is_explained},
    model::{
        adoption::{Adoption, ComponentStanding, adoption, explanation, standing, turns_on},
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

/// What a standard says of each component.
type Sayings = [Saying; PARTS.len()];

/// What a standard says, ready to be compared with many services.
pub struct Judge<'a> {
    standard: &'a Standard,
    /// With the text that holds, or else the announced one.
    now: Standard,
    sayings: Sayings,
    /// The text that begins later.
    announced: Option<Sayings>,
    day: Date,
    today: String,
}

/// How a service stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stood {
    /// As a whole.
    pub state: Adoption,
    /// It has adopted the present version, and says nothing else of that since.
    pub is_adopted: bool,
    /// It says what the announced text does.
    pub is_ahead: bool,
}

/// How a service stands; `None` where it is not served now.
pub type Stands = Option<Stood>;

impl<'a> Judge<'a> {
    /// Reads the standard, for this day.
    pub fn new(standard: &'a Standard, day: Date) -> Self {
        let today = day.to_string();
        let now = text_on(standard, &today);
        let announced = (!holds(standard, &today)).then(|| said(standard));
        Self { standard, sayings: said(&now), now, announced, day, today }
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

    fn stands(&self, service: &Service, link: &StandardLink) -> Stood {
        let has_adopted = link.adopt_time.is_some() && link.adopted_version == self.now.version;
        let own = PARTS.map(|part| sayings::of(service, part));
        let ahead = self.announced.as_ref().map(|announced| standings(announced, &own));
        let is_ahead = ahead.is_some_and(|all| {
            adoption(&all.map(|standing| (standing, false))) == Adoption::Follows
        });
        if !holds(&self.now, &self.today) {
            return Stood { state: Adoption::Unknown, is_adopted: has_adopted, is_ahead };
        }
        let stands = standings(&self.sayings, &own);
        let judged = |place: usize| {
            let part = PARTS[place];
            let said_why = explanation(link, part.component(), &self.now, &self.today)
                .is_some_and(|one| is_explained(one, part, &own[place]));
            (stands[place], said_why || ahead.is_some_and(|all| all[place].follows()))
        };
        let still = |(part, standing): (&ComparedPart, &ComponentStanding)| {
            !standing.differs() || !link.adopted_components.contains(&part.component().into())
        };
        Stood {
            state: adoption(&std::array::from_fn::<_, { PARTS.len() }, _>(judged)),
            is_adopted: has_adopted && PARTS.iter().zip(&stands).all(still),
            is_ahead,
        }
    }
}

fn said(standard: &Standard) -> Sayings {
    let text = as_service(standard);
    PARTS.map(|part| sayings::of(&text, part))
}

fn standings(standard: &Sayings, service: &Sayings) -> [ComponentStanding; PARTS.len()] {
    std::array::from_fn(|place| standing(&standard[place], &service[place]))
}

/// Its word in the contract.
pub fn state_word(state: Adoption) -> State {
    match state {
        Adoption::Follows => State::Follows,
        Adoption::Differs | Adoption::DiffersInWords => State::Differs,
        Adoption::Explained => State::Explained,
        Adoption::Unknown => State::Unknown,
    }
}
