//! From a service to those that its requirements name, level by level: the memory's lock is taken
//! once for each, and the records are read away from it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bytes::Bytes;
use mpp_api::registry::{
    Service,
    service::{Requirement, requirement::Applicant},
};
use mpp_core::Label;
use mpp_resource::memory::Memory;
use prost::Message as _;

use super::places::Offered;
use crate::{
    memory::RegistryView,
    model::process::{
        Graph, Need, Node,
        certain::is_for_all,
        reading::{cost, length},
    },
};

/// Bytes of records that one answer reads at the most: each call holds them at once, and 32 MiB are
/// sixteen thousand services of 2 KB.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// A service that a requirement names.
pub struct NamedService {
    /// Its name.
    pub name: String,
    /// The top of its unit's tree.
    pub agency: String,
    /// `None` where it is not there, or cannot be read. Its requirements name the services that
    /// are there, where those that they named have moved.
    pub service: Option<Service>,
    /// Numbers of requirements → the services that they named before.
    pub moved_from: BTreeMap<usize, String>,
}

/// What was found, the wanted service first.
pub struct Walk {
    pub found: Vec<NamedService>,
    /// Those for which there was no room, as far as they are known.
    pub left_out: BTreeSet<String>,
    /// Those of which it is not known whether they have moved.
    pub not_looked_up: BTreeSet<String>,
    applicant: Applicant,
    places: HashMap<String, usize>,
    room: Room,
    moved: HashMap<String, String>,
}

/// How much may still be read.
pub struct Room {
    services: usize,
    bytes: usize,
}

impl Room {
    /// Room for so many services.
    pub fn new(services: usize) -> Self {
        Self { services, bytes: MOST_BYTES }
    }

    fn take_room(&mut self, bytes: usize) -> bool {
        let left = (self.services.checked_sub(1), self.bytes.checked_sub(bytes));
        let (Some(services), Some(bytes)) = left else { return false };
        *self = Self { services, bytes };
        true
    }
}

/// A record as memory has it, with its agency.
type RawRecord = (String, String, Option<Bytes>);

/// What a walk begins with.
#[derive(Clone)]
pub enum Wanted {
    /// A service.
    Service(String),
    /// What asks for several services, as if it were one itself. It takes no room.
    Goals(Box<Service>),
}

/// All services that one leads to, the nearest first. `moved` says where services that are not
/// there are now.
pub fn walk(
    memory: &Memory<RegistryView>,
    wanted: Wanted,
    applicant: Applicant,
    (room, moved): (Room, HashMap<String, String>),
) -> Walk {
    let mut walk = Walk {
        found: Vec::new(),
        left_out: BTreeSet::new(),
        not_looked_up: BTreeSet::new(),
        places: HashMap::new(),
        applicant,
        room,
        moved,
    };
    let mut next = match wanted {
        Wanted::Service(name) => BTreeSet::from([name]),
        Wanted::Goals(goals) => {
            let name = goals.name.clone();
            walk.keep(name, String::new(), Some(*goals)).into_iter().collect()
        }
    };
    while !next.is_empty() {
        let given = walk.take_records(&memory.read(), next);
        next = given.into_iter().flat_map(|one| walk.put(one)).collect();
        next.retain(|name| !walk.places.contains_key(name) && !walk.left_out.contains(name));
    }
    walk
}

impl Walk {
    /// Takes the records that there is room for.
    fn take_records(&mut self, state: &RegistryView, names: BTreeSet<String>) -> Vec<RawRecord> {
        let mut given = Vec::new();
        for name in names {
            let row = state.records.row::<Service>(&name);
            if !self.room.take_room(row.map_or(0, |row| row.doc.len())) {
                self.left_out.insert(name);
                continue;
            }
            let agency = row.map_or("", |row| row.label(Label::Agency)).to_owned();
            given.push((name, agency, row.map(|row| row.doc.clone())));
        }
        given
    }

    /// Keeps a record; answers what it asks for.
    fn put(&mut self, (name, agency, doc): RawRecord) -> Vec<String> {
        let service = doc.and_then(|doc| Service::decode(doc).ok());
        self.keep(name, agency, service)
    }

    fn keep(&mut self, name: String, agency: String, mut service: Option<Service>) -> Vec<String> {
        let moved_from = service.as_mut().map(|service| self.lead(service)).unwrap_or_default();
        self.places.insert(name.clone(), self.found.len());
        self.found.push(NamedService { name, agency, service, moved_from });
        let found = &self.found[self.found.len() - 1];
        let asked = self.asked(found).map(|(_, requirement, _)| &requirement.satisfied_by);
        asked.filter(|by| !by.is_empty()).cloned().collect()
    }

    /// Has requirements name what has moved where it is now; answers what they named.
    fn lead(&self, service: &mut Service) -> BTreeMap<usize, String> {
        let mut moved_from = BTreeMap::new();
        for (index, requirement) in service.requirements.iter_mut().enumerate() {
            if let Some(to) = self.moved.get(&requirement.satisfied_by) {
                let before = std::mem::replace(&mut requirement.satisfied_by, to.clone());
                moved_from.insert(index + 1, before);
            }
        }
        moved_from
    }

    /// The name of a service, or where it has moved.
    pub fn led<'a>(&'a self, name: &'a str) -> &'a str {
        self.moved.get(name).map_or(name, String::as_str)
    }

    /// Those that are not there.
    pub fn missing(&self) -> impl Iterator<Item = &String> {
        self.found.iter().filter(|found| found.service.is_none()).map(|found| &found.name)
    }

    /// The place of a service among those found.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// The requirements of a service that hold for the applicant, with their numbers from 1, and
    /// whether they surely do.
    pub fn asked<'a>(
        &self,
        found: &'a NamedService,
    ) -> impl Iterator<Item = (usize, &'a Requirement, bool)> + use<'a> {
        let applicant = self.applicant;
        let all = found.service.iter().flat_map(|service| &service.requirements);
        all.enumerate().filter_map(move |(index, requirement)| {
            Some((index + 1, requirement, holds(requirement, applicant)?))
        })
    }

    /// The graph of what was found.
    pub fn graph(&self, offered: &[Offered]) -> Graph {
        let node = |(found, offered): (&NamedService, &Offered)| {
            let needs = self.asked(found).filter_map(|(_, requirement, is_certain)| {
                Some(Need { by: self.place(&requirement.satisfied_by)?, is_certain })
            });
            let service = found.service.as_ref();
            Node {
                needs: needs.collect(),
                length: service.and_then(|service| service.time.as_ref()).and_then(length),
                cost: service.and_then(|service| cost(offered.fees(service))),
            }
        };
        Graph(self.found.iter().zip(offered).map(node).collect())
    }
}

/// Whether a requirement surely holds for an applicant; `None` where it is for the other kind.
fn holds(requirement: &Requirement, applicant: Applicant) -> Option<bool> {
    let is_any = |kind| matches!(kind, Applicant::Any | Applicant::Unspecified);
    let own = requirement.applicant();
    let is_surely_for = is_any(own) || own == applicant;
    let is_for_all = is_for_all(&requirement.condition, &requirement.text);
    (is_surely_for || is_any(applicant)).then_some(is_surely_for && is_for_all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_holds_for_its_own_kind_of_applicant() {
        let asked = |applicant: Applicant, condition: &str| Requirement {
            applicant: applicant.into(),
            condition: condition.into(),
            ..Requirement::default()
        };
        let person = asked(Applicant::Person, "");
        assert_eq!(holds(&person, Applicant::Person), Some(true));
        assert_eq!(holds(&person, Applicant::Body), None);
        assert_eq!(holds(&person, Applicant::Unspecified), Some(false), "for whom is not said");
        let all = asked(Applicant::Any, "jika dikuasakan");
        assert_eq!(holds(&all, Applicant::Body), Some(false));
        assert_eq!(holds(&asked(Applicant::Unspecified, ""), Applicant::Any), Some(true));
        let text = |text: &str| Requirement { text: text.into(), ..Requirement::default() };
        for open in [
            "Buku nikah atau kutipan akta perkawinan",
            "Surat keterangan pindah bagi yang datang dari daerah lain",
            "KTP-el kedua orang tua",
            "SIUP/NIB",
        ] {
            assert_eq!(holds(&text(open), Applicant::Person), Some(false), "{open}");
        }
        for sure in ["Fotokopi KTP-el", "Pas foto 4 x 6, latar merah", "Ukuran 1/2 folio"] {
            assert_eq!(holds(&text(sure), Applicant::Person), Some(true), "{sure}");
        }
    }

    #[test]
    fn room_is_for_services_and_for_bytes() {
        let mut room = Room::new(2);
        assert!(!room.take_room(MOST_BYTES + 1), "one that is too large leaves room for others");
        assert!(room.take_room(MOST_BYTES) && room.take_room(0) && !room.take_room(0));
    }
}
