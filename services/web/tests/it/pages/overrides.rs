//! The list of what curators have set over the sources of services.

use mpp_api::registry::service::Requirement;

use super::{says, says_not};
use crate::{
    browser::open,
    world::{World, nation},
};

const PATH: &str = "/overrides";
const SKCK: &str = "units/polri/services/skck";

#[tokio::test]
async fn what_the_keepers_have_set_is_listed_with_what_its_sources_have_changed_first() {
    let mut all = nation();
    let mut settled = all.services[SKCK].clone();
    settled.name = "units/polri/services/sim".into();
    settled.title.as_mut().expect("a title").id = "Surat izin mengemudi".into();
    let kept = &mut settled.overrides[0];
    (kept.field, kept.drift_time) = ("requirements".into(), None);
    let asked = Requirement { text: "Kartu tanda penduduk".into(), ..Requirement::default() };
    kept.source_value.as_mut().expect("its value").title = None;
    kept.source_value.as_mut().expect("its value").requirements = vec![asked];
    all.services.insert(settled.name.clone(), settled);
    let world = World::start(all).await;
    let told = [
        "1 layanan perlu dilihat",
        "Sumber berubah sejak itu",
        "salah ketik",
        "Persyaratan",
        "Kartu tanda penduduk",
        "Semua isian yang ditetapkan",
        "Yang berlaku di sini",
        "Surat keterangan catatan kepolisian",
    ];
    says(&world, PATH, &told).await;
    says(&world, "/en/overrides", &["Services to look at: 1.", "All fields that are set"]).await;
    says_not(&world, PATH, &["users/", "units/", "{", "requirements"]).await;
    let html = open(&world.pages, PATH).await.html;
    let before = html.find("id=\"overrides\"").expect("the second list");
    let sim = html.find("Surat izin mengemudi").expect("listed");
    assert!(before < sim, "what its source has not changed stands in the list of all only");
    let sources = open(&world.pages, "/sources").await.html;
    assert!(sources.contains("href=\"/overrides\""), "it is found from the sources");
    let own = open(&world.pages, &format!("/{SKCK}")).await.html;
    assert!(own.contains("href=\"/overrides\""), "and from a service with such a field");
}

#[tokio::test]
async fn where_nothing_is_set_the_list_says_so() {
    let mut all = nation();
    all.services.values_mut().for_each(|service| service.overrides.clear());
    let world = World::start(all).await;
    let told = [
        "Tidak ada sumber yang mengubah isian yang ditetapkan di sini.",
        "Tidak ada: semua layanan menampilkan isian sumbernya.",
    ];
    says(&world, PATH, &told).await;
}
