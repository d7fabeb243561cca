//! Records as the upstreams hold them.

use mpp_api::{
    registry::{
        Counter, Mall, Offering, Region, Service, Unit,
        mall::{Stage, StageEntry},
        offering,
    },
    scheduling::{
        Appointment, Deviation, Ticket, appointment,
        deviation::{Finding, finding::Code},
        ticket,
    },
    sync::{Accounting, Source},
    types::{Fee, LocalizedText, fee},
};
use mpp_core::Micros;

use crate::world::World;

pub fn text(id: &str) -> Option<LocalizedText> {
    Some(LocalizedText { id: id.to_owned(), en: String::new() })
}

pub fn unit(title: &str) -> Unit {
    Unit { display_name: text(title), ..Unit::default() }
}

pub fn region(name: &str, title: &str, zone: &str, autonomous: bool) -> (String, Region) {
    let parent = name.split_once('.').map_or(String::new(), |(province, _)| province.to_owned());
    let region = Region {
        name: name.to_owned(),
        display_name: title.to_owned(),
        parent,
        time_zone: zone.to_owned(),
        autonomous,
        ..Region::default()
    };
    (name.to_owned(), region)
}

/// Three provinces, four autonomous regions, one administrative unit; and the code that Merauke
/// bore until 2022.
pub async fn regions(world: &World) -> i64 {
    let (wib, wit) = ("Asia/Jakarta", "Asia/Jayapura");
    let mut regions = vec![
        region("regions/31", "DKI Jakarta", wib, false),
        region("regions/31.71", "Kota Jakarta Pusat", wib, false),
        region("regions/35", "Jawa Timur", wib, false),
        region("regions/35.10", "Kabupaten Banyuwangi", wib, true),
        region("regions/35.78", "Kota Surabaya", wib, true),
        region("regions/91", "Papua", wit, false),
        region("regions/91.71", "Kota Jayapura", wit, true),
    ];
    let (name, mut old) = region("regions/91.01", "Kabupaten Merauke", wit, true);
    old.valid_to = "2022-07-25".into();
    regions.push((name, old));
    let (name, mut province) = region("regions/93", "Papua Selatan", wit, false);
    province.valid_from = "2022-07-25".into();
    regions.push((name, province));
    let (name, mut new) = region("regions/93.01", "Kabupaten Merauke", wit, true);
    new.valid_from = "2022-07-25".into();
    new.predecessor = "regions/91.01".into();
    regions.push((name, new));
    let mut revision = 0;
    for (name, region) in &regions {
        revision = world.registry.put(name, region).await;
    }
    revision
}

pub fn mall(name: &str, region: &str, stages: &[(Stage, &str)]) -> Mall {
    let stages = stages.iter().map(|(stage, date)| StageEntry {
        stage: *stage as i32,
        date: (*date).to_owned(),
        evidence: "Keputusan Bupati".to_owned(),
    });
    Mall {
        name: format!("malls/{name}"),
        display_name: text(&format!("MPP {name}")),
        region: region.to_owned(),
        stages: stages.collect(),
        ..Mall::default()
    }
}

pub fn counter(title: &str) -> Counter {
    Counter { display_name: text(title), ..Counter::default() }
}

pub fn offering(state: offering::State) -> Offering {
    Offering { state: state as i32, ..Offering::default() }
}

pub fn service(title: &str, rupiah: i64) -> Service {
    let mut fee = Fee { amount_rupiah: rupiah, ..Fee::default() };
    fee.set_kind(fee::Kind::Fixed);
    Service { title: text(title), fees: vec![fee], ..Service::default() }
}

pub fn source(title: &str, target_seconds: i64, last_success: Micros) -> Source {
    Source {
        display_name: text(title),
        freshness_target_seconds: target_seconds,
        last_success_time: Some(mpp_api::time::to_timestamp(last_success)),
        accounting: Some(Accounting {
            received: 10,
            applied: 6,
            unchanged: 2,
            rejected: 1,
            quarantined: 1,
            ..Accounting::default()
        }),
        ..Source::default()
    }
}

pub fn deviation(codes: &[Code]) -> Deviation {
    let findings = codes.iter().map(|code| Finding {
        code: i32::from(*code),
        text: text("Tutup pukul 13.00, dua jam lebih awal daripada mal."),
        ..Finding::default()
    });
    Deviation {
        week: "2026-11-23".into(),
        uniform: codes.is_empty(),
        findings: findings.collect(),
        ..Deviation::default()
    }
}

pub fn ticket(date: &str, state: ticket::State) -> Ticket {
    Ticket { date: date.to_owned(), state: state as i32, ..Ticket::default() }
}

pub fn appointment(date: &str, state: appointment::State) -> Appointment {
    Appointment { date: date.to_owned(), state: state as i32, ..Appointment::default() }
}
