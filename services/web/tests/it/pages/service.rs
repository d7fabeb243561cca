//! A service, with what a curator has set over its source.

use super::says;
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
            "Judul users/siti",
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
