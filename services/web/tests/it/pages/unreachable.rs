//! While the service that would know whether a page's subject exists is silent, no page says that
//! it does not: only the owner's word counts as not found.

use super::{says, says_not};
use crate::{
    browser::{Events, open},
    world::{MALL, World, nation},
};

/// Every method of the registry.
const REGISTRY: [&str; 9] = [
    "GetMall",
    "GetUnit",
    "GetRegion",
    "GetService",
    "ListCounters",
    "ListWindows",
    "ListOfferings",
    "ListServices",
    "SearchServices",
];

async fn silent() -> World {
    let world = World::start(nation()).await;
    *world.answers.silent.lock().expect("no panic") = REGISTRY.to_vec();
    world
}

#[tokio::test]
async fn what_only_the_registry_knows_is_unreachable_while_it_is_silent() {
    let world = silent().await;
    for path in [
        "/units/polri/services/skck",
        "/units/polri/services/none",
        "/malls/nowhere",
        "/malls/nowhere/layar",
        "/malls/nowhere/layanan",
        "/malls/nowhere/tiket/A-018",
        "/malls/satu/layar",
        "/malls/satu/layanan",
        "/malls/satu/tiket/A-018",
        "/regions/99.99",
        "/layanan?cari=ktp",
    ] {
        for (prefix, words) in [("", "Sedang tidak terjangkau"), ("/en", "Currently unreachable")] {
            let shown = open(&world.pages, &format!("{prefix}{path}")).await;
            assert_eq!(shown.status, 503, "{prefix}{path}");
            assert_eq!(shown.headers["retry-after"], "5", "{path}");
            assert!(shown.html.contains(words), "{prefix}{path}");
        }
    }
}

#[tokio::test]
async fn what_another_service_knows_of_a_mall_is_shown_all_the_same() {
    let world = silent().await;
    for path in ["/", "/malls", "/regions/35", "/regions/35.10", "/malls/satu", "/layanan"] {
        assert_eq!(open(&world.pages, path).await.status, 200, "{path}");
    }
    says(&world, "/malls/satu", &["Mal Pelayanan Publik Kabupaten Banyuwangi"]).await;
    says_not(&world, "/malls/satu", &["Belum ada layanan yang tercatat"]).await;
    let heard = Events::listen(&world.pages, "/events?of=/malls/satu/layar").await;
    assert_eq!(heard.status, 503);
}

#[tokio::test]
async fn what_its_owner_does_not_know_is_not_found() {
    let world = World::start(nation()).await;
    for path in [
        "/units/polri/services/none",
        "/malls/nowhere",
        "/malls/nowhere/layar",
        "/malls/nowhere/layanan",
        "/regions/99.99",
    ] {
        assert_eq!(open(&world.pages, path).await.status, 404, "{path}");
    }
    assert!(world.answers.called("GetRegion") > 0, "the registry has been asked");
}

#[tokio::test]
async fn a_region_that_the_report_does_not_hold_yet_is_not_said_to_be_none() {
    let mut all = nation();
    all.regions.insert("regions/92.01".into());
    let world = World::start(all).await;
    assert_eq!(open(&world.pages, "/regions/92.01").await.status, 503);
    assert_eq!(open(&world.pages, "/regions/92.02").await.status, 404);
}

#[tokio::test]
async fn a_mall_of_which_only_the_list_of_services_is_missing_has_no_list_and_says_so() {
    let world = World::start(nation()).await;
    *world.answers.silent.lock().expect("no panic") = vec!["ListOfferings"];
    assert_eq!(open(&world.pages, "/malls/satu/layanan").await.status, 503);
    says(&world, &format!("/{MALL}"), &["Layanan di mal ini", "belum diketahui"]).await;
}
