//! The way to a service, on its page.

use super::{says, says_not};
use crate::{
    browser::open,
    world::{World, nation},
};

const PATH: &str = "/units/polri/services/skck";

#[tokio::test]
async fn a_service_shows_its_steps_what_they_take_and_what_is_not_known() {
    let world = World::start(nation()).await;
    let told = [
        "Langkah demi langkah",
        "Kartu keluarga saling meminta",
        "ktp tidak ada di indeks saling meminta",
        "2 sampai 3 hari kerja bila satu per satu",
        "Belum termasuk yang tidak diketahui: Surat keterangan catatan kepolisian",
        "Rp30.000",
        "Saling meminta, sehingga tidak ada yang dapat menjadi yang pertama: Kartu keluarga, ktp.",
        "Fotokopi akta kelahiran (menurut kata-katanya): Kartu keluarga, Surat keterangan",
        "Syarat yang tidak menyebut layanan: 4.",
    ];
    says(&world, PATH, &told).await;
    let english = ["Step by step", "1 to 3 working days where those", "Fees in all Rp30,000"];
    says(&world, &format!("/en{PATH}"), &english).await;
    let html = open(&world.pages, PATH).await.html;
    assert!(html.contains("href=\"/units/dukcapil/services/kk\""), "a step is one click away");
    assert!(
        !html.contains("href=\"/units/dukcapil/services/ktp\""),
        "of what is gone there is no page"
    );
}

#[tokio::test]
async fn a_service_that_asks_for_no_other_has_no_steps() {
    let mut all = nation();
    all.steps.clear();
    let world = World::start(all).await;
    says_not(&world, PATH, &["Langkah demi langkah"]).await;
}
