//! The directory's records, each made by a caller who may make it.

use mpp_api::{
    registry::{
        Counter, CreateCounterRequest, CreateMallRequest, CreateUnitRequest, CreateWindowRequest,
        Mall, Unit, Window,
        counter::Regime,
        mall::{Site, Stage, StageEntry},
        unit::Kind,
    },
    sync::{CreateSourceRequest, Source, sync_service_client::SyncServiceClient},
    types::Location,
};

use super::names::{DUKCAPIL, MALL, directory, request_id, text};
use crate::{
    Service, Suite,
    keys::{ADMINISTRATOR, ORGANISER},
};

/// A unit below `parent`, which is empty for none.
pub async fn create_unit(suite: &Suite, id: &str, kind: Kind, parent: &str, name: &str) {
    let mut directory = directory(suite, ADMINISTRATOR);
    let unit = Unit {
        display_name: text(name),
        kind: kind.into(),
        parent: parent.to_owned(),
        ..Default::default()
    };
    let request = CreateUnitRequest {
        unit_id: id.to_owned(),
        unit: Some(unit),
        request_id: request_id(),
        ..Default::default()
    };
    directory.create_unit(request).await.expect("a unit");
}

/// Creates the mall.
pub async fn create_mall(suite: &Suite) {
    let mall = Mall {
        display_name: text("Mal Pelayanan Publik Banyuwangi"),
        region: "regions/35.10".into(),
        organiser: "units/dpmptsp-banyuwangi".into(),
        sites: vec![Site {
            address: "Jalan Sritanjung, Banyuwangi".into(),
            location: Some(Location { latitude: -8.2113, longitude: 114.3753 }),
        }],
        stages: vec![StageEntry {
            stage: Stage::Operating.into(),
            date: "2017-10-06".into(),
            evidence: "Antara Jatim, 2018".into(),
        }],
        ..Default::default()
    };
    let request = CreateMallRequest {
        mall_id: "banyuwangi".into(),
        mall: Some(mall),
        request_id: request_id(),
        ..Default::default()
    };
    directory(suite, ADMINISTRATOR).create_mall(request).await.expect("a mall");
}

/// The ministry's source.
pub async fn create_source(suite: &Suite) {
    let source = Source {
        display_name: text("Katalog Kemendagri"),
        unit: "units/kemendagri".into(),
        freshness_target_seconds: 86_400,
        ..Default::default()
    };
    let request = CreateSourceRequest {
        source_id: "kemendagri".into(),
        source: Some(source),
        request_id: request_id(),
        ..Default::default()
    };
    let channel = suite.channel(Service::Registry, ADMINISTRATOR);
    SyncServiceClient::new(channel).create_source(request).await.expect("a source");
}

/// The counter and its windows.
pub async fn create_counter(suite: &Suite) {
    let mut directory = directory(suite, ORGANISER);
    let counter = Counter {
        display_name: text("Gerai Dukcapil"),
        unit: "units/disdukcapil-banyuwangi".into(),
        regime: Regime::CivilService.into(),
        ticket_prefix: "A".into(),
        ..Default::default()
    };
    let request = CreateCounterRequest {
        parent: MALL.into(),
        counter_id: "dukcapil".into(),
        counter: Some(counter),
        request_id: request_id(),
        ..Default::default()
    };
    directory.create_counter(request).await.expect("a counter");
    for id in ["1", "2"] {
        let window = Window { display_name: text(&format!("Loket {id}")), ..Default::default() };
        let request = CreateWindowRequest {
            parent: DUKCAPIL.into(),
            window_id: id.into(),
            window: Some(window),
            request_id: request_id(),
            ..Default::default()
        };
        directory.create_window(request).await.expect("a window");
    }
}
