//! Life events, and the path through one.

use mpp_api::{
    registry::{SearchServicesResponse, mall::Stage, search_services_response::FoundLifeEvent},
    scheduling::{DayHours, day_hours::Status},
};

use super::{says, says_not};
use crate::{
    browser::open,
    world::{DUKCAPIL, World, nation, text},
};

const PATH: &str = "/lifeEvents/kelahiran";

#[tokio::test]
async fn a_life_event_shows_in_a_mall_what_is_there_what_is_missing_and_what_to_bring() {
    let world = World::start(nation()).await;
    let told = [
        "Dokumen anak sejak lahir.",
        "Contoh: belum diterbitkan oleh siapa pun.",
        "Jalur di Mal Pelayanan Publik Kabupaten Banyuwangi.",
        "Akta kelahiran",
        "ada di mal ini",
        "Kartu identitas anak contoh (hanya bila anak di bawah 17 tahun)",
        "belum ada di mal ini; terdekat Mal Kediri (212 km)",
        "Cukup salah satu, dari 4 layanan:",
        "KIA DPMPTSP Banyuwangi, Mal Kediri (212 km)",
        "Surat keterangan ahli waris",
        "belum tercatat layanan mana yang memberikannya",
        "Kartu keluarga hanya dalam keadaan tertentu",
        "1 sampai 3 hari kerja bila satu per satu",
        "Waktu dan biaya belum mencakup: Kartu identitas anak, Surat keterangan ahli waris.",
        "Gerai Dukcapil (lantai 2; loket: Loket 4, dan 2 lainnya)",
        "Buka sekarang sampai pukul 15.00 WIB",
        "Surat keterangan lahir hanya dalam keadaan tertentu",
        "bila lahir di rumah; untuk Akta kelahiran",
        "Selain itu 3 hal lain.",
        "Akta asliuntuk Kartu keluarga; dari langkah 1: Akta kelahiran",
    ];
    says(&world, &format!("{PATH}?mal=satu"), &told).await;
    let english = ["A child is born", "not at this mall; the nearest is Mal Kediri (212 km)"];
    says(&world, &format!("/en{PATH}?mal=satu"), &english).await;
    let codes = ["lifeEvents/", "units/", "standards/", "STATE_", "counters/"];
    says_not(&world, &format!("{PATH}?mal=satu"), &codes).await;
    assert_eq!(open(&world.pages, &format!("{PATH}?mal=lain")).await.status, 404);
    assert_eq!(open(&world.pages, "/lifeEvents/lain").await.status, 404);
    assert_eq!(open(&world.pages, "/lifeEvents/panen").await.status, 410, "it was there");
    says(&world, "/lifeEvents/panen", &["Tidak ada lagi"]).await;
}

#[tokio::test]
async fn whoever_has_something_already_says_so_in_the_form_and_the_address_bears_it() {
    let world = World::start(nation()).await;
    let birth = "units/dukcapil/services/akta";
    let html = open(&world.pages, &format!("{PATH}?mal=satu")).await.html;
    let boxes = html.matches("type=\"checkbox\"").count();
    assert_eq!(boxes, 2, "the goals and steps that some service gives: {html}");
    assert!(!html.contains(" checked"), "nobody has said yet");
    let asked = format!("{PATH}?mal=satu&punya={birth}&punya=units/lain/services/lain");
    says(&world, &asked, &["Akta kelahiransudah dimiliki", "Yang sudah dimiliki"]).await;
    let html = open(&world.pages, &asked).await.html;
    assert_eq!(html.matches(" checked").count(), 1, "it can be taken back: {html}");
    assert!(!html.contains("value=\"units/lain"), "what the path does not give is not asked for");
    says_not(&world, &asked, &["Akta kelahiranada di mal ini"]).await;
}

#[tokio::test]
async fn a_closed_counter_says_until_when_and_a_mall_that_does_not_serve_says_so() {
    let mut all = nation();
    for day in 24..=26 {
        let shut = DayHours { status: Status::Closed.into(), ..DayHours::default() };
        all.closed.insert((DUKCAPIL.into(), format!("2026-11-{day}")), shut);
    }
    let mall = all.malls.get_mut("malls/satu").expect("a mall");
    mall.stage = Stage::Suspended.into();
    let world = World::start(all).await;
    let told = [
        "ada di mal ini; Tutup, buka lagi Jumat pukul 08.00",
        "Akta kelahiranTutup, buka lagi Jumat pukul 08.00",
        "Tidak melayani",
    ];
    says(&world, &format!("{PATH}?mal=satu"), &told).await;
    world.answers.silent.lock().expect("no panic").push("GetHours");
    let unknown = ["ada di mal ini", "Jam hari ini belum diketahui"];
    says(&world, &format!("{PATH}?mal=satu"), &unknown).await;
}

#[tokio::test]
async fn without_a_mall_one_is_chosen_from_those_that_serve() {
    let mut all = nation();
    all.report.malls[0].operates = true;
    let world = World::start(all).await;
    let told = ["Mal yang didatangi", "Belum dipilih", "Pilih sebuah mal", "ada di mal"];
    says(&world, PATH, &told).await;
    says_not(&world, PATH, &["Gerai di mal ini", "belum ada di mal ini"]).await;
    let html = open(&world.pages, PATH).await.html;
    assert!(html.contains("<option value=\"satu\""), "a mall of the report");
}

#[tokio::test]
async fn a_life_event_is_two_clicks_from_the_nation_and_from_a_mall() {
    let world = World::start(nation()).await;
    let leads = async |from: &str, to: &str| {
        let html = open(&world.pages, from).await.html;
        assert!(html.contains(&format!("href=\"{to}\"")), "{from} leads to {to}");
    };
    leads("/", "/lifeEvents").await;
    leads("/lifeEvents", PATH).await;
    leads("/malls/satu", "/lifeEvents?mal=satu").await;
    leads("/lifeEvents?mal=satu", "/lifeEvents/kelahiran?mal=satu").await;
    leads("/en", "/en/lifeEvents").await;
    says(&world, "/lifeEvents", &["Anak lahir contoh", "Yang diurus: 3"]).await;
    world.answers.silent.lock().expect("no panic").push("ListLifeEvents");
    world.answers.silent.lock().expect("no panic").push("PlanLifeEvent");
    assert_eq!(open(&world.pages, "/lifeEvents").await.status, 503);
    assert_eq!(open(&world.pages, PATH).await.status, 503);
}

#[tokio::test]
async fn a_question_about_a_life_event_leads_to_it_beside_its_services() {
    let mut all = nation();
    let event = FoundLifeEvent {
        life_event: "lifeEvents/kelahiran".into(),
        title: text("Anak lahir", "A child is born"),
        ..FoundLifeEvent::default()
    };
    let answer = SearchServicesResponse { life_events: vec![event], ..Default::default() };
    all.questions.insert("anak baru lahir".into(), answer);
    let world = World::start(all).await;
    let asked = "/layanan?cari=anak+baru+lahir";
    let told = "Ini tentang peristiwa kehidupan: Anak lahir. Lihat semua yang diurus";
    says(&world, asked, &[told, "Tidak ada layanan yang cocok"]).await;
    let html = open(&world.pages, asked).await.html;
    assert!(html.contains("href=\"/lifeEvents/kelahiran\""), "one click away");
}
