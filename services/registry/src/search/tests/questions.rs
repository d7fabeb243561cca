//! How questions are read: what leads, what never decides, and what nothing answers.

use super::*;

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
