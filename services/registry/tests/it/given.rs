//! Records as they are given.

use mpp_api::{
    registry::{Counter, Mall, Service, Unit, counter::Regime, mall, mall::Stage, unit::Kind},
    types::{Fee, LocalizedText, Location, fee},
};

use crate::world::DPMPTSP;

pub fn text(id: &str) -> Option<LocalizedText> {
    Some(LocalizedText { id: id.into(), en: String::new() })
}

pub fn unit(id: &str, kind: Kind, parent: &str) -> Unit {
    Unit { display_name: text(id), kind: kind.into(), parent: parent.into(), ..Unit::default() }
}

pub fn mall() -> Mall {
    Mall {
        display_name: text("MPP Banyuwangi"),
        region: "regions/35.10".into(),
        organiser: DPMPTSP.into(),
        sites: vec![mall::Site {
            address: "Jl. Ahmad Yani 57".into(),
            location: Some(Location { latitude: -8.2192, longitude: 114.3691 }),
        }],
        stages: vec![
            mall::StageEntry {
                stage: Stage::Operating.into(),
                date: "2017-09-01".into(),
                ..Default::default()
            },
            mall::StageEntry {
                stage: Stage::Inaugurated.into(),
                date: "2017-10-06".into(),
                ..Default::default()
            },
        ],
        ..Mall::default()
    }
}

/// Like [`mall`], elsewhere and without coordinates.
pub fn mall_in(region: &str) -> Mall {
    let sites = vec![mall::Site { address: "Jl. Sudirman 1".into(), location: None }];
    Mall { region: region.into(), sites, ..mall() }
}

pub fn counter(unit: &str) -> Counter {
    Counter {
        display_name: text("Gerai Dukcapil"),
        unit: unit.into(),
        regime: Regime::CivilService.into(),
        ticket_prefix: "DC".into(),
        ..Counter::default()
    }
}

pub fn service(title: &str) -> Service {
    Service {
        title: text(title),
        category: "population".into(),
        fees: vec![Fee {
            kind: fee::Kind::Free.into(),
            source_text: "Gratis".into(),
            ..Fee::default()
        }],
        ..Service::default()
    }
}

pub fn fixed(amount_rupiah: i64) -> Fee {
    Fee { kind: fee::Kind::Fixed.into(), amount_rupiah, ..Fee::default() }
}
