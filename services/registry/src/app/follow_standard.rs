//! A service as it says what its standard does. What a standard cannot know of a place stays: the
//! address of a channel, the service whose product satisfies a requirement.

use std::collections::BTreeSet;

use mpp_api::registry::{
    Service,
    service::{Channel, Requirement},
};

use crate::memory::sayings::{ComparedPart, words_of};

/// The service with what its standard says of these components.
pub fn service(before: &Service, said: &Service, parts: &[ComparedPart]) -> Service {
    let mut after = before.clone();
    for part in parts {
        match part {
            ComparedPart::Fees => after.fees.clone_from(&said.fees),
            ComparedPart::Time => after.time.clone_from(&said.time),
            ComparedPart::Product => after.product.clone_from(&said.product),
            ComparedPart::Requirements => {
                after.requirements = requirements(&before.requirements, &said.requirements);
            }
            ComparedPart::Channels => after.channels = channels(&before.channels, &said.channels),
        }
    }
    after
}

/// The services that a requirement named before, and none names after.
pub fn unlinked(before: &Service, after: &Service) -> Vec<String> {
    let named = |service: &Service| -> BTreeSet<String> {
        let all = service.requirements.iter().map(|one| one.satisfied_by.clone());
        all.filter(|name| !name.is_empty()).collect()
    };
    named(before).difference(&named(after)).cloned().collect()
}

fn requirements(own: &[Requirement], said: &[Requirement]) -> Vec<Requirement> {
    let whole = |one: &Requirement| words_of(&format!("{} {}", one.text, one.condition));
    let satisfied_by = |one: &Requirement| {
        let words = whole(one);
        let known = own.iter().find(|known| whole(known) == words);
        known.map(|known| known.satisfied_by.clone()).unwrap_or_default()
    };
    said.iter().map(|one| Requirement { satisfied_by: satisfied_by(one), ..one.clone() }).collect()
}

fn channels(own: &[Channel], said: &[Channel]) -> Vec<Channel> {
    let known = |one: &Channel| {
        let same: Vec<Channel> =
            own.iter().filter(|known| known.kind == one.kind).cloned().collect();
        if same.is_empty() { vec![one.clone()] } else { same }
    };
    let mut taken: Vec<Channel> = Vec::new();
    for channel in said.iter().flat_map(known) {
        if !taken.contains(&channel) {
            taken.push(channel);
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use mpp_api::registry::service::channel::Kind;

    use super::*;

    #[test]
    fn what_only_the_place_knows_stays() {
        let asks = |text: &str, satisfied_by: &str| Requirement {
            text: text.into(),
            satisfied_by: satisfied_by.into(),
            ..Requirement::default()
        };
        let by = |kind: Kind, uri: &str| Channel {
            kind: kind.into(),
            uri: uri.into(),
            ..Channel::default()
        };
        let own = Service {
            requirements: vec![asks("KK", "units/a/services/kk"), asks("Pasfoto", "")],
            channels: vec![by(Kind::Online, "https://a.go.id"), by(Kind::Post, "")],
            product: "KTP".into(),
            ..Service::default()
        };
        let said = Service {
            requirements: vec![asks("Akta kelahiran", ""), asks("Kartu Keluarga", "")],
            channels: vec![by(Kind::Counter, ""), by(Kind::Online, "")],
            product: "KTP-el".into(),
            ..Service::default()
        };
        let after = service(&own, &said, &[ComparedPart::Requirements, ComparedPart::Channels]);
        let expected =
            vec![asks("Akta kelahiran", ""), asks("Kartu Keluarga", "units/a/services/kk")];
        assert_eq!(after.requirements, expected);
        assert_eq!(after.channels, [by(Kind::Counter, ""), by(Kind::Online, "https://a.go.id")]);
        assert_eq!(after.product, "KTP", "it was not named");
        assert!(unlinked(&own, &after).is_empty());
        let said = Service { requirements: vec![asks("Akta kelahiran", "")], ..said };
        let after = service(&own, &said, &[ComparedPart::Requirements]);
        assert_eq!(unlinked(&own, &after), ["units/a/services/kk"], "its words are gone");
    }
}
