//! What each page answers, in both languages.

use mpp_api::{
    registry::mall::Stage,
    scheduling::{DayHours, Reason, day_hours::Status, reason},
};
use mpp_calendar::{Zone, local_to_utc_micros};

use crate::{
    browser::open,
    document::elements,
    paths,
    world::{DUKCAPIL, MALL, MORNING, POLRI, SECOND, World, nation, text},
};

/// The page says all of it.
async fn says(world: &World, path: &str, texts: &[&str]) {
    let html = plain(&open(&world.pages, path).await.html);
    for text in texts {
        assert!(html.contains(text), "{path} lacks '{text}':\n{html}");
    }
}

async fn says_not(world: &World, path: &str, texts: &[&str]) {
    let html = plain(&open(&world.pages, path).await.html);
    for text in texts {
        assert!(!html.contains(text), "{path} says '{text}'");
    }
}

/// The words of a page.
fn plain(html: &str) -> String {
    let body = elements(html).into_iter().find(|element| element.name == "body");
    let text = body.expect("a body").text;
    text.replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

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
            "SKCK: the fee changes from Rp30.000 to Rp50.000.",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_service_says_who_has_set_what_over_its_source_and_what_the_source_says() {
    let world = World::start(nation()).await;
    says(
        &world,
        "/units/polri/services/skck",
        &[
            "Surat keterangan catatan kepolisian",
            "sources/polri",
            "Ditetapkan kurator",
            "Judul users/siti",
            "salah ketik",
            "SKCK Onlin",
            "Sumber berubah sejak itu",
        ],
    )
    .await;
    says(&world, "/en/units/polri/services/skck", &["Set by a curator", "The source says"]).await;
    assert_eq!(open(&world.pages, "/units/polri/services/lain").await.status, 404);
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

#[tokio::test]
async fn a_mall_says_whether_it_is_open_and_until_when() {
    let world = World::start(nation()).await;
    says(
        &world,
        "/malls/satu",
        &[
            "Buka sekarang sampai pukul 15.00 WIB, istirahat pukul 12.00–13.00",
            "2 dari 2 gerai buka.",
            "Jalan Sritanjung 1",
            "DPMPTSP Banyuwangi",
            "Dipanggil A-017 ke Loket A3",
            "Selasa, hari ini 08.00–12.00 dan 13.00–15.00",
            "Sabtu tutup",
            "Pekan ini 1 dari 2 gerai mengikuti jam mal",
            "Jumat: Tutup pukul 11:00, 240 menit lebih awal. dibandingkan dengan jam mal",
            "Dukcapil (2)",
            "gratis",
            "Rp30.000",
        ],
    )
    .await;
    for (time, words) in [
        ("12:30", "Istirahat, buka lagi pukul 13.00"),
        ("07:00", "Belum buka, buka hari ini pukul 08.00"),
        ("15:00", "Tutup, buka lagi Rabu pukul 08.00"),
    ] {
        world.clock.set(at(time));
        says(&world, "/malls/satu", &[words]).await;
    }
    says(&world, "/en/malls/satu", &["Closed, open again on Wednesday at 08:00"]).await;
}

fn at(time: &str) -> i64 {
    let (hour, minute) = time.split_once(':').expect("a time");
    let minute = hour.parse::<u16>().expect("hours") * 60 + minute.parse::<u16>().expect("minutes");
    local_to_utc_micros("2026-11-24".parse().expect("a date"), minute, Zone::Wib).expect("a time")
}

#[tokio::test]
async fn a_holiday_and_a_year_without_a_decree_are_said() {
    let mut all = nation();
    let day = |status: Status, code: reason::Code, why: &str| DayHours {
        status: status.into(),
        why: vec![Reason { code: code.into(), text: text(why, ""), ..Reason::default() }],
        ..DayHours::default()
    };
    let holiday = day(Status::Closed, reason::Code::NationalHoliday, "Hari Guru");
    all.closed.insert((MALL.into(), "2026-11-25".into()), holiday);
    let unknown = day(Status::Unknown, reason::Code::YearNotDecreed, "Belum ada keputusan");
    all.closed.insert((MALL.into(), "2026-11-24".into()), unknown);
    let world = World::start(all).await;
    says(
        &world,
        "/malls/satu",
        &[
            "Jam hari ini belum diketahui",
            "Selasa, hari ini belum diketahuiBelum ada keputusan",
            "Rabu tutupHari Guru",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_mall_that_does_not_serve_yet_is_not_open() {
    let mut all = nation();
    all.malls.get_mut(MALL).expect("the mall").stage = Stage::Preparing.into();
    let world = World::start(all).await;
    says(&world, "/malls/satu", &["Belum melayani"]).await;
    says_not(&world, "/malls/satu", &["Buka sekarang", "gerai buka"]).await;
}

#[tokio::test]
async fn a_mall_without_a_stage_is_not_said_to_be_open() {
    let mut all = nation();
    all.malls.get_mut(MALL).expect("the mall").stage = Stage::Unspecified.into();
    let world = World::start(all).await;
    says(&world, "/malls/satu", &["Tahap belum tercatat"]).await;
    says_not(&world, "/malls/satu", &["Buka sekarang", "gerai buka"]).await;
}

#[tokio::test]
async fn a_service_that_does_not_answer_leaves_the_rest_and_is_said() {
    let world = World::start(nation()).await;
    *world.answers.silent.lock().expect("no panic") = vec!["GetQueue", "GetHours"];
    says(
        &world,
        "/malls/satu",
        &[
            "Antrean belum diketahui: penjadwalan tidak menjawab.",
            "Jam hari ini belum diketahui",
            "Jalan Sritanjung 1",
        ],
    )
    .await;
    *world.answers.silent.lock().expect("no panic") =
        vec!["GetMall", "ListCounters", "ListOfferings", "GetMallReport"];
    says(&world, "/malls/satu", &["Mal Pelayanan Publik Kabupaten Banyuwangi", "belum diketahui"])
        .await;
}

#[tokio::test]
async fn services_are_found_by_their_words() {
    let world = World::start(nation()).await;
    says(&world, "/malls/satu?cari=ktp+hilang", &["1 layanan cocok dengan “ktp hilang”."]).await;
    says_not(&world, "/malls/satu?cari=ktp+hilang", &["Kartu keluarga"]).await;
    let html = plain(&open(&world.pages, "/malls/satu/layanan").await.html);
    let places = ["Kartu keluarga", "KTP elektronik", "SKCK"].map(|text| html.rfind(text));
    assert!(places.iter().all(Option::is_some), "{html}");
}

#[tokio::test]
async fn the_hall_shows_the_latest_call_for_a_while() {
    let world = World::start(nation()).await;
    says(
        &world,
        "/malls/satu/layar",
        &[
            "A-017 Loket A3 Dukcapil",
            "A-016 Loket A3",
            "berikutnya A-018",
            "2 orang menunggu",
            "langsung",
        ],
    )
    .await;
    world.change(|nation| {
        let queue = nation.queues.get_mut(DUKCAPIL).expect("a queue");
        queue.called.push(crate::world::ticket("A-018", DUKCAPIL, Some(MORNING)));
        let other = crate::world::ticket("B-001", POLRI, Some(MORNING + SECOND));
        nation.queues.entry(POLRI.into()).or_default().called.push(other);
    });
    world.clock.set(MORNING + 2 * SECOND);
    says(&world, "/malls/satu/layar", &["Sedang dipanggil A-018 Loket A3"]).await;
    world.clock.set(MORNING + 9 * SECOND);
    says(&world, "/malls/satu/layar", &["Sedang dipanggil B-001 Loket B3 Polri"]).await;
    says(&world, "/en/malls/satu/layar", &["Now calling B-001 Window B3"]).await;
}

#[tokio::test]
async fn a_ticket_knows_its_number_alone() {
    let world = World::start(nation()).await;
    says(
        &world,
        "/malls/satu/tiket/A-019",
        &[
            "Nomor antrean Anda A-019",
            "orang sebelum Anda 1",
            "dipanggil A-017",
            "tidak menyimpan nama atau NIK",
        ],
    )
    .await;
    says(&world, "/malls/satu/tiket/a-017", &["Giliran Anda. Silakan ke Loket A3."]).await;
    says(&world, "/malls/satu/tiket/A-999", &["tidak sedang menunggu"]).await;
    let html = open(&world.pages, "/malls/satu/tiket/A-019").await.html;
    assert!(html.contains("name=\"robots\" content=\"noindex\""));
}

#[tokio::test]
async fn whole_tables_come_fifty_rows_at_a_time() {
    let mut all = nation();
    let first = all.report.regions[0].clone();
    let more = (10..90).map(|number| mpp_api::reporting::RegionReport {
        region: format!("regions/31.{number}"),
        display_name: format!("Kota {number}"),
        ..first.clone()
    });
    all.report.regions.splice(0..1, more);
    let world = World::start(all).await;
    says(&world, "/regions", &["Baris 1 sampai 50 dari 82", "Kota 10", "Berikutnya"]).await;
    says_not(&world, "/regions", &["Kota 60"]).await;
    says(&world, "/regions?halaman=2", &["Baris 51 sampai 82 dari 82", "Kota 60"]).await;
    says_not(&world, "/regions?provinsi=35", &["Kota 10"]).await;
    says(&world, "/regions?provinsi=35", &["Kabupaten Banyuwangi"]).await;
}

#[tokio::test]
async fn the_hours_of_one_province_stand_alone() {
    let world = World::start(nation()).await;
    says(&world, "/hours?provinsi=35", &["Semua provinsi", "Tutup pukul 11:00"]).await;
    says_not(&world, "/hours?provinsi=11", &["Tutup pukul 11:00"]).await;
}
