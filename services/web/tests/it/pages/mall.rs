//! A mall: open or shut, its counters and services.

use mpp_api::{
    registry::{
        mall::{Facility, Stage, facility},
        service,
    },
    scheduling::{DayHours, Reason, day_hours::Status, reason},
    types::{Contact, contact},
};
use mpp_calendar::{Zone, local_to_utc_micros};

use super::{plain, says, says_not};
use crate::{
    browser::open,
    world::{DUKCAPIL, MALL, World, nation, text},
};

#[tokio::test]
async fn a_mall_says_how_it_is_reached_and_what_is_found_in_it() {
    let mut all = nation();
    let mall = all.malls.get_mut(MALL).expect("a mall");
    let contact = |kind: contact::Kind, value: &str, label: &str| Contact {
        kind: kind.into(),
        value: value.into(),
        label: label.into(),
    };
    mall.contacts = vec![
        contact(contact::Kind::Telephone, "(0333) 412345", "Pengaduan"),
        contact(contact::Kind::Website, "https://mpp.example.go.id", ""),
    ];
    mall.facilities = vec![
        Facility { kind: facility::Kind::StepFree.into(), note: String::new() },
        Facility { kind: facility::Kind::Other.into(), note: "Pojok baca".into() },
    ];
    let counter = all.counters.get_mut(DUKCAPIL).expect("a counter");
    (counter.floor, counter.zone) = ("2".into(), "Zona B".into());
    let offered = all.offerings.values_mut().find(|own| own.name.starts_with(DUKCAPIL));
    offered.expect("an offering").service_state = service::State::Inactive.into();
    let world = World::start(all).await;
    let path = "/malls/satu";
    let told = [
        "Telepon (Pengaduan)",
        "(0333) 412345",
        "Bebas anak tangga",
        "Pojok baca",
        "Lantai 2, Zona B",
        "tidak dilayani saat ini",
    ];
    says(&world, path, &told).await;
    says(&world, &format!("/en{path}"), &["No steps", "Floor 2", "not served now"]).await;
    let page = open(&world.pages, path).await.html;
    assert!(page.contains("href=\"tel:0333412345\""), "{page}");
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
