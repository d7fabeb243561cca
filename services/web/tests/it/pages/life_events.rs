//! Life events, and the path through one.

use mpp_api::registry::{SearchServicesResponse, search_services_response::FoundLifeEvent};

use super::{says, says_not};
use crate::{
    browser::open,
    world::{World, nation, text},
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
        "Gerai Dukcapil (lantai 2; loket: Loket 4)",
        "Surat keterangan lahir hanya dalam keadaan tertentu",
        "bila lahir di rumah; untuk Akta kelahiran",
    ];
    says(&world, &format!("{PATH}?mal=satu"), &told).await;
    let english = ["A child is born", "not at this mall; the nearest is Mal Kediri (212 km)"];
    says(&world, &format!("/en{PATH}?mal=satu"), &english).await;
    let codes = ["lifeEvents/", "units/", "standards/", "STATE_", "counters/"];
    says_not(&world, &format!("{PATH}?mal=satu"), &codes).await;
    assert_eq!(open(&world.pages, &format!("{PATH}?mal=lain")).await.status, 404);
    assert_eq!(open(&world.pages, "/lifeEvents/lain").await.status, 404);
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
