//! A citizen's question.

use mpp_api::{
    registry::{
        SearchServicesResponse,
        mall::Stage,
        search_services_response::{Hit, NamedPlace, Place},
    },
    types::{Fee, ServiceTime, fee::Kind, service_time::Unit},
};

use super::{says, says_not};
use crate::{
    browser::open,
    world::{MALL, Nation, World, nation, text},
};

fn place(mall: &str, name: &str) -> Place {
    Place { mall: mall.into(), mall_name: text(name, ""), ..Place::default() }
}

fn hit() -> Hit {
    let mut time = ServiceTime { value: 3, ..ServiceTime::default() };
    time.set_unit(Unit::WorkingDays);
    Hit {
        service: "units/polri/services/skck".into(),
        title: text("Penerbitan SKCK", "Police certificate"),
        agency: "units/dpmptsp".into(),
        fees: vec![Fee { kind: Kind::Fixed.into(), amount_rupiah: 30_000, ..Fee::default() }],
        time: Some(time),
        places: vec![place(MALL, "Mal Banyuwangi")],
        place_count: 1,
        ..Hit::default()
    }
}

fn answer() -> SearchServicesResponse {
    SearchServicesResponse { hits: vec![hit()], total_size: 1, ..Default::default() }
}

fn asked(question: &str, answer: SearchServicesResponse) -> Nation {
    let mut all = nation();
    all.questions.insert(question.into(), answer);
    all
}

#[tokio::test]
async fn a_question_finds_services_with_fee_time_agency_and_where_they_are_offered() {
    let world = World::start(asked("bikin skck & sim", answer())).await;
    let path = "/layanan?cari=bikin+skck+%26+sim";
    says(
        &world,
        path,
        &[
            "Jawaban untuk “bikin skck &amp; sim”",
            "Penerbitan SKCK",
            "DPMPTSP Banyuwangi",
            "Rp30.000",
            "3 hari kerja",
            "Disediakan di: Mal Banyuwangi",
        ],
    )
    .await;
    says_not(&world, path, &["hanya mirip", "dikira", "units/"]).await;
    let english = format!("/en{path}");
    says(&world, &english, &["Answers to", "Police certificate", "Offered at:"]).await;
    let html = open(&world.pages, &english).await.html;
    assert!(html.contains("href=\"/en/units/polri/services/skck\""));
    assert!(html.contains("href=\"/en/malls/satu\""));
    assert!(html.contains("href=\"/layanan?cari=bikin+skck+%26+sim\""), "the other language");
    assert!(html.contains("value=\"bikin skck &amp; sim\""), "the question stays in its field");
    assert!(html.contains("name=\"robots\" content=\"noindex\""));
}

#[tokio::test]
async fn a_mall_that_is_suspended_is_named_as_such() {
    let mut suspended = place(MALL, "Mal Banyuwangi");
    suspended.set_not_serving(Stage::Suspended);
    let found = vec![Hit { places: vec![suspended], ..hit() }];
    let answer = SearchServicesResponse { hits: found, ..answer() };
    let world = World::start(asked("skck", answer)).await;
    says(&world, "/layanan?cari=skck", &["Mal Banyuwangi (Dihentikan sementara)"]).await;
    says(&world, "/en/layanan?cari=skck", &["(Suspended)"]).await;
}

#[tokio::test]
async fn what_only_shares_words_with_the_question_is_not_told_as_its_answer() {
    let weak = SearchServicesResponse {
        weak: true,
        unanswered: vec!["listrik".into(), "tetangga".into()],
        ..answer()
    };
    let world = World::start(asked("listrik tetangga mati", weak)).await;
    says(
        &world,
        "/layanan?cari=listrik+tetangga+mati",
        &[
            "Tidak ada layanan yang benar-benar menjawab",
            "Kata yang tidak ada pada layanan mana pun: listrik, tetangga.",
            "Penerbitan SKCK",
        ],
    )
    .await;
    says(&world, "/en/layanan?cari=listrik+tetangga+mati", &["No service really answers"]).await;
    says(&world, "/layanan?cari=lain", &["Tidak ada layanan yang cocok."]).await;
    says(&world, "/en/layanan?cari=lain", &["No service matches."]).await;
}

#[tokio::test]
async fn the_place_that_was_understood_is_named_and_whether_it_is_offered_there() {
    let named = |guessed| NamedPlace {
        text: "surabaya".into(),
        regions: vec!["regions/35.78".into(), "regions/35.10".into(), "regions/99.99".into()],
        guessed,
        ..NamedPlace::default()
    };
    let elsewhere = SearchServicesResponse { named: vec![named(false)], ..answer() };
    let there = SearchServicesResponse {
        hits: vec![Hit {
            places: vec![
                place(MALL, "Mal Banyuwangi"),
                place(MALL, "Mal Banyuwangi"),
                place("malls/jauh", "Mal Jauh"),
            ],
            offered_there: 2,
            place_count: 9,
            ..hit()
        }],
        named: vec![named(true)],
        ..answer()
    };
    let nowhere = SearchServicesResponse {
        hits: vec![Hit { places: vec![], place_count: 0, ..hit() }],
        ..answer()
    };
    let mut all = asked("sim surabaya", elsewhere);
    all.questions.insert("sim surbaya".into(), there);
    all.questions.insert("sim".into(), nowhere);
    let world = World::start(all).await;
    says(
        &world,
        "/layanan?cari=sim+surabaya",
        &[
            "Tempat yang dipahami: Kota Surabaya atau Kabupaten Banyuwangi (surabaya).",
            "Tidak disediakan di Kota Surabaya atau Kabupaten Banyuwangi; disediakan di:",
        ],
    )
    .await;
    says(
        &world,
        "/layanan?cari=sim+surbaya",
        &["Mungkin yang dimaksud Kota Surabaya", "dan 6 gerai lain, di mal ini atau di mal lain"],
    )
    .await;
    let html = open(&world.pages, "/layanan?cari=sim+surbaya").await.html;
    let (there, elsewhere) = html.split_once("Di tempat lain:").expect("two lists");
    assert!(there.contains(": 2 tempat."), "{there}");
    assert_eq!(there.matches("Mal Banyuwangi").count(), 1, "two counters of one mall: {there}");
    assert!(!there.contains("Mal Jauh") && elsewhere.contains("Mal Jauh"), "{html}");
    says(&world, "/layanan?cari=sim", &["Belum tercatat di mal mana pun."]).await;
    says_not(&world, "/layanan?cari=sim", &["Disediakan di:"]).await;
}

#[tokio::test]
async fn what_is_no_place_and_where_one_goes_are_told_and_nothing_is_said_of_offers_there() {
    let place = |text: &str, regions: &[&str], destination| NamedPlace {
        text: text.into(),
        regions: regions.iter().map(|one| (*one).to_owned()).collect(),
        destination,
        ..NamedPlace::default()
    };
    let answer = SearchServicesResponse {
        named: vec![
            place("mars", &[], false),
            place("bwi", &["regions/35.10"], true),
            NamedPlace { avoided: true, ..place("banyuwangi", &["regions/35.10"], false) },
            NamedPlace { origin: true, ..place("dari bwi", &["regions/35.10"], false) },
            NamedPlace { unclear: true, ..place("kota bwi", &["regions/35.10"], false) },
        ],
        uncovered: vec!["hilang".into()],
        ..answer()
    };
    let world = World::start(asked("skck hilang di mars", answer)).await;
    let path = "/layanan?cari=skck+hilang+di+mars";
    says(
        &world,
        path,
        &[
            "“mars” bukan tempat yang dikenal indeks ini",
            "Kabupaten Banyuwangi (“bwi”) dipahami sebagai tujuan",
            "Kabupaten Banyuwangi (“banyuwangi”) dipahami sebagai tempat yang tidak Anda inginkan",
            "Kabupaten Banyuwangi (“dari bwi”) dipahami sebagai tempat asal",
            "Belum jelas apakah Anda ingin mengurus di Kabupaten Banyuwangi (“kota bwi”)",
            "Tidak ada yang menyatakan bahwa jawaban pertama mencakup: hilang.",
            "Disediakan di:",
        ],
    )
    .await;
    says_not(&world, path, &["Tidak disediakan di"]).await;
    says(&world, &format!("/en{path}"), &["“mars” is no place that this index knows"]).await;
}

#[tokio::test]
async fn what_nobody_sees_in_a_question_is_not_shown() {
    let world = World::start(asked("ktp baru", answer())).await;
    let html = open(&world.pages, "/layanan?cari=%E2%80%AEktp%00%E2%80%8B++baru").await.html;
    assert!(html.contains("Jawaban untuk “ktp baru”"), "{html}");
    assert!(!html.contains(['\u{202e}', '\u{200b}', '\0']));
}

#[tokio::test]
async fn a_slip_that_was_guessed_is_told() {
    let matched = vec!["skkc ~ skck".into(), "bikin".into(), "kitas = izin tinggal".into()];
    let guess = SearchServicesResponse { hits: vec![Hit { matched, ..hit() }], ..answer() };
    let world = World::start(asked("bikin skkc", guess)).await;
    says(&world, "/layanan?cari=bikin+skkc", &["“skkc” dibaca sebagai “skck”"]).await;
    says_not(&world, "/layanan?cari=bikin+skkc", &["“bikin” dibaca", "“kitas"]).await;
    says(&world, "/en/layanan?cari=bikin+skkc", &["“skkc” was read as “skck”"]).await;
}

#[tokio::test]
async fn a_question_that_cannot_be_asked_is_told_as_that_and_not_as_nothing_found() {
    let world = World::start(nation()).await;
    let long = "a".repeat(201);
    for path in [format!("/layanan?cari={long}"), "/layanan?cari=ktp&halaman=x".into()] {
        let shown = open(&world.pages, &path).await;
        assert_eq!(shown.status, 400, "{path}");
        assert!(shown.html.contains("Pertanyaan ini tidak dapat dicari"), "{}", shown.html);
        assert!(shown.html.contains("id=\"tanya\""), "one can ask again");
    }
}

#[tokio::test]
async fn further_answers_stand_behind_a_link_that_keeps_the_question() {
    let long = SearchServicesResponse { next_page_token: "a b&c".into(), ..answer() };
    let world = World::start(asked("surat", long)).await;
    let html = open(&world.pages, "/layanan?cari=surat").await.html;
    assert!(html.contains("href=\"/layanan?cari=surat&amp;halaman=a+b%26c\""), "{html}");
}

#[tokio::test]
async fn one_can_ask_from_the_front_page_and_from_lists_of_services() {
    let world = World::start(nation()).await;
    for path in ["/", "/malls/satu/layanan", "/layanan", "/layanan?cari=", "/nowhere"] {
        for (prefix, action) in [("", "/layanan"), ("/en", "/en/layanan")] {
            let path = if path == "/" && prefix == "/en" { "" } else { path };
            let html = open(&world.pages, &format!("{prefix}{path}")).await.html;
            let form = format!("action=\"{action}\" method=\"get\"");
            assert!(html.contains(&form) && html.contains("name=\"cari\""), "{prefix}{path}");
        }
    }
    assert_eq!(world.answers.called("SearchServices"), 0, "nothing was asked");
    says(&world, "/layanan", &["Apa yang Anda perlukan?"]).await;
    says(&world, "/en/layanan", &["What do you need?"]).await;
}

#[tokio::test]
async fn a_question_that_is_given_twice_counts_as_given_first() {
    let world = World::start(asked("skck", answer())).await;
    for path in ["/layanan?cari=skck&cari=lain", "/services?q=skck", "/layanan?utm=1&cari=skck"] {
        says(&world, path, &["Penerbitan SKCK"]).await;
    }
}
