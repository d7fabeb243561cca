//! The nation and its regions.

use super::{plain, says, says_not};
use crate::{
    browser::open,
    document::elements,
    paths,
    world::{World, nation},
};

#[tokio::test]
async fn the_nation_says_how_far_it_is_and_how_much_of_it_the_index_holds() {
    let world = World::start(nation()).await;
    says(
        &world,
        "/",
        &[
            "Keadaan per Selasa, 24 November 2026, pukul 09.00 WIB",
            "1 dari 3 (33,3%)",
            "Indeks memuat 1 dari 305 mal",
            "belum tercatat",
            "Dari 2 daerah otonom",
            "Dari 3 (2017) menjadi 305 (2025)",
            "1 dari 2 gerai",
            "Jam 1 gerai belum diketahui.",
            "Tutup lebih awal (Jumat)",
            "SKCK: biaya berubah dari Rp30.000 menjadi Rp50.000.",
            "3 nomor antrean selesai dilayani dari 5 yang diambil; 2 janji temu.",
            "1 dari 1 sumber tepat waktu",
        ],
    )
    .await;
    says(
        &world,
        "/en",
        &[
            "As of Tuesday, 24 November 2026, 09:00 WIB",
            "1 of 3 (33.3%)",
            "The index holds 1 of 305 malls",
            "Closes earlier (Friday)",
            "SKCK: the fee changes from Rp30,000 to Rp50,000.",
        ],
    )
    .await;
}

#[tokio::test]
async fn what_is_not_known_is_never_zero() {
    let mut bare = nation();
    bare.report.extent = None;
    bare.report.published.clear();
    bare.report.uniformity = None;
    bare.report.deviations.clear();
    bare.report.counters_with_findings = 0;
    bare.report.sources.clear();
    bare.queues.clear();
    let world = World::start(bare).await;
    says(
        &world,
        "/",
        &[
            "Berapa mal yang beroperasi di seluruh Indonesia belum diketahui",
            "Jam gerai belum diketahui.",
            "Belum ada sumber katalog yang tercatat.",
        ],
    )
    .await;
    says(&world, "/regions/35.78", &["Tahap belum tercatat", "Itu tidak berarti bahwa belum ada."])
        .await;
    says_not(&world, "/", &[" 0%", "NaN", "305"]).await;
}

#[tokio::test]
async fn sample_data_say_so_at_the_top_at_the_title_and_at_each_section_of_figures() {
    let world = World::start(nation()).await;
    for path in paths() {
        let html = open(&world.pages, &path).await.html;
        assert!(
            plain(&html).contains(if path.starts_with("/en") {
                "Sample data"
            } else {
                "Data contoh"
            }),
            "{path}"
        );
    }
    let html = open(&world.pages, "/").await.html;
    let marks = elements(&html).iter().filter(|element| element.get("class") == "mark").count();
    assert!(marks >= 6, "{marks} marks");

    world.change(|nation| nation.report.sample_data = false);
    let html = world.until("/", "Kabupaten dan kota").await;
    assert!(world.until("/", "Indeks").await.contains("headline"), "{html}");
    loop {
        let html = open(&world.pages, "/").await.html;
        if !html.contains("contoh") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_region_shows_its_steps_and_what_is_not_recorded() {
    let world = World::start(nation()).await;
    says(
        &world,
        "/regions/35",
        &[
            "Jawa Timur",
            "1 dari 2 (50%)",
            "Kota Surabaya belum tercatat belum tercatat",
            "Diresmikan sejak 17 Agustus 2021",
        ],
    )
    .await;
    says(
        &world,
        "/regions/35.10",
        &[
            "Provinsi Jawa Timur.",
            "Tahap 8 dari 9: diresmikan",
            "Diusulkantidak tercatat",
            "Beroperasiselesai 3 Maret 2021",
            "Diresmikantahap terakhir yang dicapai, 17 Agustus 2021",
            "Dievaluasibelum",
            "Keputusan Bupati 12/2021",
        ],
    )
    .await;
    says(&world, "/en/regions/35.10", &["Stage 8 of 9: inaugurated", "done 3 March 2021"]).await;
}
