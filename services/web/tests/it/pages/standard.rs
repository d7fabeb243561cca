//! A standard service, and where the services that are of it differ.

use mpp_api::registry::standard::Text;

use super::says;
use crate::{
    browser::open,
    world::{World, nation},
};

#[tokio::test]
async fn a_standard_shows_each_components_variants_in_their_own_words_and_who_says_so() {
    let world = World::start(nation()).await;
    says(
        &world,
        "/standards/skck",
        &[
            "Layanan yang dinyatakan termasuk standar ini: 3.",
            "Jangka waktu: apa yang disebut, dan oleh siapa",
            "1 hari",
            "15 menit",
            "Baris standar yang tidak ditemukan dalam kata-kata ini: Kartu Keluarga",
            "dibandingkan menurut kata-katanya; maksudnya mungkin sama",
            "SKCK baru, Kabupaten Banyuwangi",
            "“KK dan KTP”",
            "dan 4 layanan lain",
            "Hanya di loket",
            "Di loket",
            "Contoh: teks ini belum diterbitkan oleh siapa pun.",
            "Dikelola oleh DPMPTSP Banyuwangi",
        ],
    )
    .await;
    says(&world, "/en/standards/skck", &["Where it differs", "Said by", "the standard"]).await;
    let html = open(&world.pages, "/standards/skck").await.html;
    assert!(html.contains("href=\"/units/polda/services/skck\""), "whose words, one click away");
    assert_eq!(open(&world.pages, "/standards/lain").await.status, 404);
}

#[tokio::test]
async fn a_standard_is_two_clicks_from_the_nation_and_one_from_its_service() {
    let world = World::start(nation()).await;
    let leads = async |from: &str, to: &str| {
        let html = open(&world.pages, from).await.html;
        assert!(html.contains(&format!("href=\"{to}\"")), "{from} leads to {to}");
    };
    leads("/", "/standards").await;
    leads("/standards", "/standards/skck").await;
    leads("/units/polri/services/skck", "/standards/skck").await;
    says(&world, "/standards", &["contoh", "3 dari 4"]).await;
}

#[tokio::test]
async fn what_the_registry_does_not_say_just_now_is_not_taken_for_agreement() {
    let world = World::start(nation()).await;
    world.answers.silent.lock().expect("no panic").push("ListDivergences");
    says(&world, "/standards/skck", &["Di mana isinya berbeda", "belum diketahui"]).await;
    let alone = ["Surat keterangan catatan kepolisian", "belum dibandingkan", "belum diketahui"];
    says(&world, "/standards", &alone).await;
    world.answers.silent.lock().expect("no panic").push("ListStandards");
    assert_eq!(open(&world.pages, "/standards").await.status, 503);
}

#[tokio::test]
async fn a_standard_shows_how_far_it_is_followed_by_province_and_body() {
    let world = World::start(nation()).await;
    let said = "3 layanan dibandingkan dengan standar: 1 mengikuti, 1 berbeda, 0 berbeda \
                kata-katanya, 1 berbeda dengan penjelasan, 0 belum diketahui.";
    says(&world, "/standards/skck", &["Menurut provinsi", "Jawa Timur", "Polri", said]).await;
    world.answers.silent.lock().expect("no panic").push("CountAdoption");
    says(&world, "/standards/skck", &["Sejauh mana standar diikuti", "belum diketahui"]).await;
}

#[tokio::test]
async fn until_its_first_day_an_announced_text_stands_below_the_one_that_holds() {
    let mut nation = nation();
    let standard = nation.standards.get_mut("standards/skck").expect("a standard");
    let text = Text { version: "lama".into(), product: "SKCK lama".into(), ..Text::default() };
    standard.text_before = Some(text);
    (standard.version, standard.valid_from) = ("baru".into(), "2027-01-01".into());
    let world = World::start(nation).await;
    let told = ["Versi lama", "SKCK lama", "Teks yang diumumkan", "1 Januari 2027", "Versi baru"];
    says(&world, "/standards/skck", &told).await;
}

#[tokio::test]
async fn a_service_shows_where_it_differs_from_its_standard_and_why() {
    let world = World::start(nation()).await;
    let page = "/units/polri/services/skck";
    says(
        &world,
        page,
        &[
            "Dibandingkan dengan standar",
            "Layanan ini berbeda dari standar, dan pemiliknya menjelaskan mengapa.",
            "Gratis",
            "Rp30.000",
            "Alasan: Tarif PNBP Dasar hukum: PP 76/2020",
            "berlaku sampai 31 Desember 2026",
            "tidak disebut layanan",
            "Teks standar versi 1 terakhir diambil",
            "Dinyatakan termasuk standar versi 2: Petugas yang berwenang, 1 Jan",
            "Alasan: Judul dan produknya sama",
            "Dijelaskan: units/polri, 1 Jan",
        ],
    )
    .await;
    world.answers.silent.lock().expect("no panic").push("CompareWithStandard");
    says(&world, page, &["Dibandingkan dengan standar", "belum diketahui"]).await;
}
