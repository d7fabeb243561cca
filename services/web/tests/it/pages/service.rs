//! A service, with what a curator has set over its source.

use mpp_api::{
    registry::{
        GetWithdrawnServiceResponse, Service,
        offering::State,
        service::{self, Channel, Form, Requirement, channel},
    },
    reporting::source_report::{AtService, Client},
    sync::{Incomplete, incomplete, source},
    types::{LocalizedText, ServiceTime, Tombstone, service_time::Unit, tombstone::Reason},
};

use super::{plain, says, says_not};
use crate::{
    browser::open,
    world::{World, nation},
};

#[tokio::test]
async fn a_service_says_who_has_set_what_over_its_source_and_what_the_source_says() {
    let world = World::start(nation()).await;
    says(
        &world,
        "/units/polri/services/skck",
        &[
            "Surat keterangan catatan kepolisian",
            "Diterbitkan oleh polri",
            "Ditetapkan pengelola indeks",
            "Judul Petugas yang berwenang",
            "salah ketik",
            "SKCK Onlin",
            "Sumber berubah sejak itu",
        ],
    )
    .await;
    says(
        &world,
        "/en/units/polri/services/skck",
        &["Set by the keepers of the index", "The source says"],
    )
    .await;
    assert_eq!(open(&world.pages, "/units/polri/services/lain").await.status, 404);
}

#[tokio::test]
async fn a_service_says_by_which_ways_it_is_had_and_links_to_pages_of_the_web_only() {
    let mut all = nation();
    let service = all.services.get_mut("units/polri/services/skck").expect("a service");
    service.state = service::State::Inactive.into();
    let online = |uri: &str| Channel {
        kind: channel::Kind::Online.into(),
        uri: uri.into(),
        note: "aplikasi".into(),
    };
    service.channels = vec![online("https://skck.polri.go.id"), online("javascript:alert(1)")];
    service.forms = vec![Form { title: "Formulir".into(), uri: "data:text/html,x".into() }];
    service.requirements = vec![Requirement {
        text: "Surat kuasa".into(),
        condition: "jika dikuasakan".into(),
        ..Requirement::default()
    }];
    service.product_validity = "6 bulan".into();
    let world = World::start(all).await;
    let path = "/units/polri/services/skck";
    let told = [
        "sedang tidak dilayani",
        "Daring https://skck.polri.go.id (aplikasi)",
        "hanya jika dikuasakan",
        "6 bulan",
        "Formulir: data:text/html,x",
    ];
    says(&world, path, &told).await;
    says(&world, &format!("/en{path}"), &["not served now", "Online", "only: jika dikuasakan"])
        .await;
    let page = open(&world.pages, path).await.html;
    assert!(page.contains("href=\"https://skck.polri.go.id\""), "{page}");
    assert!(!page.contains("href=\"javascript") && !page.contains("href=\"data"), "{page}");
}

#[tokio::test]
async fn a_service_says_in_the_readers_language_how_long_it_takes_and_where_it_is_offered() {
    let mut all = nation();
    let service = all.services.get_mut("units/polri/services/skck").expect("a service");
    service.overrides.clear();
    service.time = Some(ServiceTime {
        value: 1,
        unit: Unit::WorkingDays.into(),
        at_most: true,
        source_text: "Maks. 1 HK".into(),
        ..ServiceTime::default()
    });
    let nowhere = Service { name: "units/polri/services/lain".into(), ..Service::default() };
    all.services.insert(nowhere.name.clone(), nowhere);
    let world = World::start(all).await;
    let path = "/units/polri/services/skck";
    says(&world, path, &["paling lama 1 hari kerja", "Disediakan di", "Jumlah mal: 1."]).await;
    says_not(&world, path, &["Ditetapkan pengelola indeks"]).await;
    let english = format!("/en{path}");
    says(&world, &english, &["at most 1 working day", "Maks. 1 HK", "Offered at", "Malls: 1."])
        .await;
    says_not(&world, &english, &["paling lama", "belum tercatat"]).await;
    let html = open(&world.pages, &english).await.html;
    assert!(html.contains("href=\"/en/malls/satu\""), "{html}");
    assert!(html.contains("href=\"/en/regions/35.10\""), "{html}");
    says(&world, "/units/polri/services/lain", &["Belum tercatat di mal mana pun."]).await;

    let proposed = |all: &mut crate::world::Nation| {
        all.offerings.values_mut().for_each(|own| own.set_state(State::Proposed));
    };
    world.change(proposed);
    says(&world, path, &["Belum tercatat di mal mana pun."]).await;
    world.answers.silent.lock().expect("no panic").push("ListOfferings");
    says_not(&world, path, &["Belum tercatat di mal mana pun.", "Jumlah mal"]).await;
}

#[tokio::test]
async fn a_service_that_was_withdrawn_says_since_when_by_whom_and_what_takes_its_place() {
    let mut all = nation();
    let successor = "units/polri/services/skck";
    let gone = GetWithdrawnServiceResponse {
        title: Some(LocalizedText { id: "SKCK lama".into(), en: String::new() }),
        tombstone: Some(Tombstone {
            reason: Reason::Superseded.into(),
            successor: successor.into(),
        }),
        withdraw_time: Some(prost_types::Timestamp { seconds: 1_790_000_000, nanos: 0 }),
        actor: "users/siti".into(),
        ..GetWithdrawnServiceResponse::default()
    };
    all.withdrawn.insert("units/polri/services/skck-lama".into(), gone);
    let world = World::start(all).await;
    let page = open(&world.pages, "/units/polri/services/skck-lama").await;
    assert_eq!(page.status, 410);
    assert!(page.html.contains("href=\"/units/polri/services/skck\""), "{}", page.html);
    assert!(page.html.contains("Layanan ini telah diganti"), "{}", page.html);
    for words in ["SKCK lama", "Petugas yang berwenang", "2026"] {
        assert!(page.html.contains(words), "{words}: {}", page.html);
    }
    assert!(!page.html.contains("siti"), "no person is named to everyone");
    let english = open(&world.pages, "/en/units/polri/services/skck-lama").await;
    assert_eq!(english.status, 410);
    assert!(english.html.contains("Another service has taken the place"), "{}", english.html);
    assert_eq!(open(&world.pages, "/units/polri/services/lain").await.status, 404);
}

#[tokio::test]
async fn a_source_says_what_its_last_run_lacked_and_what_its_keeper_has_to_do() {
    let mut all = nation();
    let source = all.report.sources.first_mut().expect("a source");
    source.incomplete =
        Some(Incomplete { reason: incomplete::Reason::Torn.into(), ..Incomplete::default() });
    (source.rejected_now, source.unread_now) = (2, 3);
    let world = World::start(all).await;
    let path = "/sources/kemendagri";
    says(&world, path, &["Katalog Kemendagri", "Ekspor ulang seluruhnya", "yang ditolak: 2"]).await;
    says(&world, &format!("/en{path}"), &["The last run was not whole", "Export it whole"]).await;
    let listed = open(&world.pages, "/sources").await.html;
    assert!(listed.contains("href=\"/sources/kemendagri\""), "{listed}");
    assert_eq!(open(&world.pages, "/sources/lain").await.status, 404);
    world.change(|all| {
        let source = all.report.sources.first_mut().expect("a source");
        source.incomplete = None;
        (source.rejected_now, source.unread_now) = (0, 0);
        source.counted = false;
    });
    world.until(path, "Berapa catatan yang ditolak belum diketahui").await;
    says(&world, &format!("/en{path}"), &["is not known yet"]).await;
    says(&world, path, &["belum diketahui"]).await;
    world.change(|all| all.report.sources.iter_mut().for_each(|source| source.counted = true));
    world.until(path, "Tidak ada: pembacaan terakhir lengkap").await;
    says_not(&world, path, &["belum diketahui"]).await;
}

#[tokio::test]
async fn a_source_of_both_services_says_at_which_it_is_late() {
    let mut all = nation();
    let at = |service: source::Service, late: bool| {
        let last_success_time = all.report.sources[0].last_success_time.filter(|_| !late);
        AtService { service: service.into(), late, last_success_time, ..AtService::default() }
    };
    let services =
        vec![at(source::Service::Registry, false), at(source::Service::Scheduling, true)];
    let source = &mut all.report.sources[0];
    (source.services, source.late, source.last_success_time) = (services, true, None);
    let world = World::start(all).await;
    let path = "/en/sources/kemendagri";
    let shown = plain(&open(&world.pages, path).await.html);
    assert!(shown.contains("registry: on time"), "{shown}");
    assert!(shown.contains("scheduling: source late, Last success never yet"), "{shown}");
    let listed = plain(&open(&world.pages, "/en/sources").await.html);
    assert!(listed.contains("source late (scheduling)"), "{listed}");
    world.change(|all| all.report.sources.iter_mut().for_each(|source| source.services.clear()));
    world.until(path, "Which services this source feeds is not known").await;
}

#[tokio::test]
async fn a_source_of_several_clients_says_which_of_them_fails() {
    let mut all = nation();
    let torn = Incomplete { reason: incomplete::Reason::Torn.into(), ..Incomplete::default() };
    let client = |name: &str| Client { name: name.into(), ..Client::default() };
    let source = &mut all.report.sources[0];
    let fails = Client { incomplete: Some(torn), ..client("timur-<b>") };
    let clients = vec![fails, Client { away: true, ..client("") }];
    let service = source::Service::Registry.into();
    source.services = vec![AtService { service, clients, ..AtService::default() }];
    let world = World::start(all).await;
    let page = open(&world.pages, "/en/sources/kemendagri").await.html;
    assert!(page.contains("<code>timur-&lt;b&gt;</code>"), "{page}");
    let shown = plain(&page);
    assert!(shown.contains("as fresh, as the worst of them"), "{shown}");
    assert!(shown.contains("without a name: comes no more"), "{shown}");
    says(&world, "/sources/kemendagri", &["tidak dihitung lagi", "terburuk di antaranya"]).await;
}
