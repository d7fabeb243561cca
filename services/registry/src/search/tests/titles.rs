//! Short questions that a title or a form's number answers, and those that only share a word with
//! one.

use super::*;

fn with_body(name: &str, title: &str, body: &str) -> Update {
    Update::PutService(Box::new(ServiceDoc {
        name: name.into(),
        title_id: title.into(),
        body: vec![body.into()],
        ..ServiceDoc::default()
    }))
}

fn office() -> Vec<Update> {
    vec![
        named("midwife", "Surat Izin Praktik Bidan (SIPB)"),
        named("banner", "Izin penyelenggaraan reklame"),
        named("scales", "Tera dan tera ulang timbangan"),
        named("hall", "Sewa gedung olahraga milik daerah"),
        named("hospital", "Izin operasional rumah sakit swasta"),
        named("property", "Pajak bumi dan bangunan"),
        named("drugs", "Izin edar obat dan kosmetik"),
        named("restaurant", "Izin usaha restoran"),
        with_body("leaving", "Surat keterangan pindah", "Isi formulir F-1.03"),
        with_body("birth", "Pencatatan kelahiran", "Isi formulir F-2.01"),
        with_body("death", "Pencatatan kematian", "Isi formulir F-2.01"),
    ]
}

#[tokio::test]
async fn a_word_that_is_all_of_a_title_beside_what_is_done_is_answered() {
    let engine = engine(office()).await;
    for (text, service) in [
        ("bidan", "midwife"),
        ("reklame", "banner"),
        ("timbangan", "scales"),
        ("gor", "hall"),
        ("sewa gor", "hall"),
        ("tera timbangan pasar", "scales"),
        ("timbangan di pasar mau ditera", "scales"),
        ("sewa gedung olahraga buat badminton", "hall"),
        ("f-1.03", "leaving"),
        ("formulir F1.03", "leaving"),
    ] {
        let found = ask(&engine, text).await;
        assert_eq!(services(&found).first(), Some(&service), "{text}");
        assert!(!found.weak, "{text}: weak");
    }
}

#[tokio::test]
async fn a_word_of_a_longer_name_and_a_form_of_several_are_told_as_weak() {
    let engine = engine(office()).await;
    for text in [
        "rumah",
        "surat sakit",
        "izin usaha perhotelan",
        "f-2.01",
        "f-1.99",
        "praktik",
        "bangunan",
        "kosmetik",
    ] {
        let found = ask(&engine, text).await;
        assert!(found.weak, "{text}: {:?}", found.hits.first());
    }
}
