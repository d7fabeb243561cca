//! How questions are read: what leads, what never decides, and what nothing answers.

use super::*;
use crate::search::words::{analyze, vocabulary::ABBREVIATIONS};

fn with_keywords(name: &str, title: &str, english: &str, keywords: &str) -> Update {
    service(&[name, title, english, "population", keywords])
}

/// A small office: a bare document is the first of its services, by the owner's own keywords.
fn office() -> Vec<Update> {
    vec![
        with_keywords("ktp-baru", "Penerbitan KTP elektronik", "New identity card", "bikin ktp"),
        with_keywords("ktp-hilang", "Penggantian KTP hilang", "Lost identity card", "ktp hilang"),
        with_keywords("jkn", "Pendaftaran JKN", "Health insurance", "bpjs, faskes pertama"),
        with_keywords(
            "nib",
            "Penerbitan NIB",
            "Business identification number",
            "bikin nib, izin warung",
        ),
        with_keywords("skck", "Penerbitan SKCK", "Police record certificate", "skck"),
        with_keywords("sim", "Perpanjangan SIM", "Renewal of a driving licence", "perpanjang sim"),
        with_keywords("paspor", "Penerbitan paspor", "New passport", "paspor, bikin paspor"),
        with_keywords("akta", "Pencatatan kelahiran", "Birth registration", "akta lahir"),
        with_keywords("apotek", "Izin apotek", "Pharmacy licence", "buka apotek"),
    ]
}

async fn first(engine: &Engine, text: &str) -> String {
    let found = ask(engine, text).await;
    assert!(!found.weak, "{text}: weak");
    found.hits[0].service.clone()
}

#[tokio::test]
async fn the_document_leads_whatever_else_is_said_about_it() {
    let engine = engine(office()).await;
    for (text, service) in [
        ("ktp pertama kali", "ktp-baru"),
        ("k.t.p. jadinya brp lama", "ktp-baru"),
        ("syarat2 ktp2", "ktp-baru"),
        ("ktp blangkonya kosong ya min", "ktp-baru"),
        ("ktp ilang di faskes", "ktp-hilang"),
        ("skck lokasinya dimana, bayar berapa duit", "skck"),
        ("mau tanya syrat bikin nib dong kak", "nib"),
        ("paspr", "paspor"),
        ("aktelahir", "akta"),
    ] {
        assert_eq!(first(&engine, text).await, service, "{text}");
    }
}

#[tokio::test]
async fn how_long_it_takes_is_asked_of_no_old_document() {
    let old = with_keywords("renewal", "Perpanjangan SKCK", "", "perpanjang skck, skck lama");
    let engine = engine(office().into_iter().chain([old]).collect()).await;
    for text in ["berapa lama skck jadi", "skck brp lama", "lama pembuatan skck"] {
        assert_eq!(first(&engine, text).await, "skck", "{text}");
    }
    assert_eq!(first(&engine, "skck lama").await, "renewal");
}

#[tokio::test]
async fn people_of_another_nation_are_foreigners() {
    let foreign = with_keywords("foreign", "Penerbitan KTP orang asing", "", "ktp wna");
    let engine = engine(office().into_iter().chain([foreign]).collect()).await;
    for text in
        ["ktp orang belanda", "suami saya orang belanda mau punya ktp", "ktp warga negara jepang"]
    {
        assert_eq!(first(&engine, text).await, "foreign", "{text}");
    }
}

#[tokio::test]
async fn english_questions_find_indonesian_services() {
    let engine = engine(office()).await;
    for (text, service) in [
        ("how can i get a new id card", "ktp-baru"),
        ("i lost my id card", "ktp-hilang"),
        ("where do I renew my driver's license", "sim"),
        ("birth certificate", "akta"),
        ("police clearance", "skck"),
    ] {
        assert_eq!(first(&engine, text).await, service, "{text}");
    }
}

#[tokio::test]
async fn a_question_that_nothing_answers_is_weak_and_says_what_is_missing() {
    let engine = engine(office()).await;
    for text in [
        "resep rendang",
        "harga emas hari ini",
        "jam buka mal",
        "what time does the mall open",
        "berapa lama",
        "izin keramaian umum",
        "surat keterangan tidak mampu",
        "sertifikat laik sehat",
        "bpkb hilang",
    ] {
        let found = ask(&engine, text).await;
        assert!(found.weak, "{text}: {:?}", found.hits.first());
    }
    assert_eq!(ask(&engine, "resep rendang").await.unanswered, ["resep", "rendang"]);
    assert!(!ask(&engine, "").await.weak, "all services are asked for");
}

#[tokio::test]
async fn a_slip_weighs_less_than_a_true_word() {
    let engine = engine(vec![named("true", "Izin reklame"), named("slip", "Izin reklama")]).await;
    let found = ask(&engine, "reklame").await;
    assert_eq!(services(&found)[0], "true");
    let slip = ask(&engine, "reklane").await;
    assert!(slip.weak, "a guess alone is no answer");
    assert!(slip.hits[0].score < found.hits[0].score);
}

#[tokio::test]
async fn an_answer_is_sure_only_where_title_or_keywords_cover_what_was_asked() {
    let engine = engine(vec![
        with_keywords("nikah", "Pendaftaran nikah di KUA", "", "kua, nikah"),
        with_keywords("hospital", "Izin operasional rumah sakit", "", ""),
        with_keywords("grocery", "Izin toko kelontong", "", "toko kelontong"),
        with_keywords("death", "Pencatatan kematian", "", "akta mati"),
        with_keywords("paspor", "Penerbitan paspor", "", "paspor"),
    ])
    .await;
    for text in ["kuda", "kuda lumping", "rumah", "surat sakit", "toko obat", "pompa mati"] {
        let found = ask(&engine, text).await;
        assert!(found.weak, "{text}: {:?}", found.hits.first());
    }
    for text in ["kua", "kawin", "toko kelontong", "izin operasional rumah sakit", "paspr"] {
        assert!(!ask(&engine, text).await.weak, "{text}");
    }
    // Chats leave out vowels: such letters are no other word.
    for text in ["bikn paspr", "pspor", "byr paspr", "izin toko klontong", "toko kelontng"] {
        let found = ask(&engine, text).await;
        assert!(!found.weak, "{text}: {:?} {:?}", found.hits.first(), found.unanswered);
    }
}

#[tokio::test]
async fn no_owner_makes_a_document_of_what_happens_to_documents() {
    let forced = with_keywords("forced", "Konsultasi hukum", "", "hilang, rumah, baru, paspor");
    let titled = with_keywords("titled", "Hilang", "", "hilang");
    let more = |number: usize| {
        let title = format!("Laporan barang hilang {number}");
        with_keywords(&format!("more-{number}"), &title, "", "lapor hilang, rumah tinggal")
    };
    let others = (0..6).map(more).chain([forced, titled]);
    let engine = engine(office().into_iter().chain(others).collect()).await;
    for text in ["ktp hilang", "ktp baru", "paspor"] {
        let found = ask(&engine, text).await;
        let wanted = &text.replace(' ', "-")[..];
        assert_eq!(services(&found)[0], wanted, "{text}");
    }
    let skck = ask(&engine, "skck hilang").await;
    assert_eq!(services(&skck)[0], "skck");
}

#[tokio::test]
async fn what_owners_name_so_leads_without_an_abbreviation() {
    let engine = engine(office()).await;
    let found = ask(&engine, "paspor hilang").await;
    assert_eq!(services(&found)[0], "paspor");
}

#[tokio::test]
async fn a_title_of_words_that_ask_how_is_an_answer_where_it_is_asked_whole() {
    let kuasa = named("kuasa", "Surat Kuasa");
    let engine = engine(office().into_iter().chain([kuasa]).collect()).await;
    let found = ask(&engine, "surat kuasa").await;
    assert_eq!((services(&found)[0], found.weak), ("kuasa", false));
    assert!(ask(&engine, "surat").await.weak);
}

#[tokio::test]
async fn what_is_asked_of_a_document_and_no_service_of_it_does_is_near_and_no_answer() {
    let engine = engine(office()).await;
    for (text, near) in [
        ("nib hilang", "nib"),
        ("cabut nib", "nib"),
        ("paspor diplomatik", "paspor"),
        ("skck luar biasa", "skck"),
        ("bikin sim", "sim"),
        ("sim baru", "sim"),
        ("paspor saya kecuci", "paspor"),
    ] {
        let found = ask(&engine, text).await;
        assert_eq!((services(&found)[0], found.weak), (near, true), "{text}");
    }
    assert_eq!(ask(&engine, "nib hilang").await.uncovered, ["hilang"]);
    assert_eq!(ask(&engine, "cabut nib").await.unanswered, ["cabut"]);
    for text in [
        "ktp hilang",
        "bikin nib",
        "skck buat lamar kerja",
        "paspor untuk umrah",
        "ktp di pasar raya",
        "perpanjang sim",
    ] {
        assert!(!ask(&engine, text).await.weak, "{text}");
    }
}

#[tokio::test]
async fn what_one_does_not_ask_for_is_no_answer() {
    let engine = engine(office()).await;
    for text in ["bukan ktp", "selain ktp", "saya tidak mau bikin ktp", "ga jadi bikin paspor"] {
        assert!(ask(&engine, text).await.weak, "{text}");
    }
    let other = ask(&engine, "bukan ktp tapi skck").await;
    assert_eq!((services(&other)[0], other.weak), ("skck", false));
}

#[tokio::test]
async fn numbers_letters_and_code_name_nothing() {
    let kartu = with_keywords("ak1", "Kartu pencari kerja (AK-1)", "", "kartu kuning, ak-1");
    let engine = engine(office().into_iter().chain([kartu]).collect()).await;
    for text in ["1", "' or 1=1 --", "<script>alert(1)</script>", "{\"a\":1}", "08123456789", "?!"]
    {
        assert!(ask(&engine, text).await.weak, "{text}");
    }
    for text in ["ak-1", "ak 1", "AK1", "kartu kuning"] {
        assert_eq!(first(&engine, text).await, "ak1", "{text}");
    }
}

#[tokio::test]
async fn a_name_is_known_in_spite_of_a_slip_within_it_or_of_acts_beside_it() {
    let engine = engine(vec![
        with_keywords("kk", "Penerbitan Kartu Keluarga", "", "kartu keluarga, bikin kk"),
        with_keywords("jkn", "Perubahan data peserta JKN", "", "pindah faskes, ganti faskes"),
        with_keywords("nib", "Penerbitan NIB", "", "nib, nib umkm"),
        with_keywords("skck", "Penerbitan SKCK", "", "skck"),
    ])
    .await;
    for (text, service) in [
        ("kartu kelurga", "kk"),
        ("kartu keluaga", "kk"),
        ("faskes", "jkn"),
        ("ubah faskes", "jkn"),
        ("umkm", "nib"),
        ("skkc", "skck"),
        ("ｓｋｃｋ", "skck"),
    ] {
        assert_eq!(first(&engine, text).await, service, "{text}");
    }
}

#[test]
fn no_phrase_of_an_abbreviation_is_only_a_number() {
    for (short, phrases) in ABBREVIATIONS {
        for phrase in *phrases {
            let terms = analyze::terms(phrase);
            let said = terms.iter().any(|term| term.chars().any(char::is_alphabetic));
            assert!(said, "{short}: {phrase}");
        }
    }
}

#[tokio::test]
async fn words_behind_a_whole_name_leave_nothing_open_where_no_service_is_told_by_them() {
    let engine = engine(vec![
        with_keywords("stall", "Perizinan toko kelontong", "", "izin warung, izin toko"),
        with_keywords("nib", "Penerbitan NIB", "", "nib, surat izin usaha"),
        with_keywords("factory", "Izin industri farmasi", "", "izin pabrik obat"),
        with_keywords("car", "Pengesahan STNK", "", "pajak mobil, ganti plat"),
        with_keywords("domicile", "Surat keterangan domisili", "", "surat domisili"),
        with_keywords("paspor", "Penerbitan paspor", "", "paspor, bikin paspor"),
        with_keywords("hospital", "Izin rumah sakit swasta", "", "operasional rumah sakit"),
        service(&["power", "Penyambungan baru listrik", "", "utilities", "pasang listrik"]),
        service(&["water", "Sambungan baru air minum", "", "utilities", "pdam, air pdam"]),
        with_keywords("name", "Pencatatan perubahan nama", "", "ganti nama"),
        service(&["domain", "Pendaftaran nama domain", "", "business", "nama domain"]),
    ])
    .await;
    for (text, service) in [
        ("pasang listrik sawah", "power"),
        ("izin warung kopi", "stall"),
        ("syarat izin usaha ternak ayam", "nib"),
        ("pajak mobil bekas", "car"),
        ("urus surat domisili yayasan", "domicile"),
    ] {
        assert_eq!(first(&engine, text).await, service, "{text}");
    }
    for text in [
        // One word is no name, and an act before a thing makes none.
        "toko obat",
        "warung kopi",
        "paspor diplomatik",
        "bikin paspor diplomatik",
        // Another service is told by the word, or the words are too many, or come first.
        "pajak mobil obat",
        "pajak mobil obta",
        "gadai pajak mobil",
        "rumah sakit terdekat",
        // The thing alone asks for no act, and names are of many kinds.
        "air pdam keruh",
        "ganti nama merek",
    ] {
        assert!(ask(&engine, text).await.weak, "{text}");
    }
}

#[tokio::test]
async fn what_stands_before_the_making_of_a_document_tells_no_kind_of_it() {
    let engine = engine(office()).await;
    for (text, service) in [
        ("katanya bikin skck", "skck"),
        ("disuruh bikin paspor", "paspor"),
        ("min tny bikin ktp dl", "ktp-baru"),
        ("bikin nib brp hr lg", "nib"),
        ("bikin paspor jadi pelaut", "paspor"),
        ("perpanjang sim 5thn", "sim"),
    ] {
        assert_eq!(first(&engine, text).await, service, "{text}");
    }
    assert!(ask(&engine, "bikin skck kuda").await.weak, "behind the document it tells a kind");
}

#[tokio::test]
async fn people_who_have_come_arrive_however_long_ago_they_say_that_it_was() {
    let leaving = with_keywords("pindah", "Pindah keluar", "Moving away", "pindah, surat pindah");
    let coming = with_keywords("datang", "Pindah datang", "Moving in", "pindah datang");
    let engine = engine(vec![leaving, coming]).await;
    for text in [
        "baru pindah",
        "baru saja pindah ke malang",
        "baru kemarin pindah",
        "sudah 2 minggu pindah",
        "baru dua bulan tinggal di malang",
        "I just moved to Malang",
        "we have moved here",
    ] {
        assert_eq!(ask(&engine, text).await.hits[0].service, "datang", "{text}");
    }
    assert_eq!(ask(&engine, "mau pindah ke malang").await.hits[0].service, "pindah");
}
