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

/// Offices that keep no keywords, and of which each speaks of other things.
fn offices() -> Vec<Update> {
    let of = |columns: [&str; 3]| service(&[columns[0], columns[1], "", columns[2], ""]);
    [
        ["bus", "Uji KIR angkutan umum", "transport"],
        ["dogs", "Vaksinasi campak hewan peliharaan", "livestock"],
        ["guardian", "Penetapan perwalian anak", "court"],
        ["quarrel", "Mediasi sengketa lahan", "land"],
        ["well", "Rekomendasi pengambilan solar bersubsidi", "energy"],
        ["death", "Akta kematian", "civil"],
        ["adoption", "Pencatatan kelahiran dan penerbitan akta kelahiran", "civil"],
        ["lab", "Pemeriksaan laboratorium: darah, urine", "health"],
        ["cold", "Fasilitas gudang beku (coldroom)", "sea"],
        ["hotel", "Izin usaha hotel berbintang", "trade"],
        ["transfer", "Mutasi retribusi kios", "tax"],
        ["stage", "Sewa panggung untuk nelayan", "culture"],
        ["other-stage", "Perawatan lahan makam", "burial"],
    ]
    .map(of)
    .into()
}

#[tokio::test]
async fn what_a_title_is_about_is_answered_without_what_tells_it_closer() {
    let engine = engine(offices()).await;
    for (text, service) in [
        ("kir", "bus"),
        ("campak", "dogs"),
        ("vaksin campak", "dogs"),
        ("perwalian", "guardian"),
        ("sengketa", "quarrel"),
        ("solar subsidi", "well"),
        ("kematian", "death"),
        ("kelahiran", "adoption"),
        ("urine", "lab"),
        ("coldroom", "cold"),
        ("panggung nelayan", "stage"),
    ] {
        let found = ask(&engine, text).await;
        assert_eq!(services(&found).first(), Some(&service), "{text}");
        assert!(!found.weak, "{text}: weak");
    }
}

#[tokio::test]
async fn a_licensed_thing_a_word_of_several_offices_and_another_act_are_told_as_weak() {
    let engine = engine(offices()).await;
    for text in ["hotel", "lahan", "peliharaan", "mati", "bayar retribusi kios"] {
        let found = ask(&engine, text).await;
        assert!(found.weak, "{text}: {:?}", found.hits.first());
    }
    assert!(!ask(&engine, "mutasi retribusi kios").await.weak);
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
