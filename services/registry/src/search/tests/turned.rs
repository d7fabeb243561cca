//! Questions in which a word does not mean what it says alone: denied, or said of a person.

use super::*;

fn office() -> Vec<Update> {
    vec![
        kept("nikah", "Pendaftaran nikah", "nikah, kawin"),
        kept("pindah", "Surat pindah", "pindah, pindah rumah"),
        kept("akta", "Pencatatan kelahiran", "akta lahir, anak lahir"),
        kept("ktp", "Penerbitan KTP elektronik", "ktp, bikin ktp"),
        kept("lost", "Laporan kehilangan", "hilang, lapor hilang"),
        kept("skck", "Penerbitan SKCK", "skck"),
    ]
}

#[tokio::test]
async fn a_word_that_is_denied_is_no_sure_answer() {
    let engine = engine(office()).await;
    for text in [
        "surat keterangan belum menikah",
        "belum pernah nikah",
        "bukan pindah rumah",
        "tanpa akta",
        "tidak punya ktp",
        "anak hilang",
        "suami saya hilang",
        "anak lahir mati",
    ] {
        let found = ask(&engine, text).await;
        assert!(found.weak, "{text}: {:?}", found.hits.first());
    }
}

#[tokio::test]
async fn what_one_does_not_have_yet_is_what_one_asks_for() {
    let engine = engine(office()).await;
    for (text, service) in [
        ("belum punya ktp", "ktp"),
        ("mau nikah", "nikah"),
        ("bisa ga nikah di sini", "nikah"),
        ("skck tanpa akta", "skck"),
        ("lapor hilang", "lost"),
    ] {
        let found = ask(&engine, text).await;
        assert_eq!((services(&found)[0], found.weak), (service, false), "{text}");
    }
}

#[tokio::test]
async fn a_title_that_turns_the_word_as_well_is_the_answer() {
    let turned = [
        kept("single", "Surat keterangan belum menikah", "belum menikah"),
        kept("person", "Laporan orang hilang", "orang hilang, anak hilang"),
        kept("stillborn", "Pencatatan lahir mati", "lahir mati"),
    ];
    let engine = engine(office().into_iter().chain(turned).collect()).await;
    for (text, service) in [
        ("surat keterangan belum menikah", "single"),
        ("anak hilang", "person"),
        ("anak lahir mati", "stillborn"),
    ] {
        let found = ask(&engine, text).await;
        assert_eq!((services(&found)[0], found.weak), (service, false), "{text}");
    }
}
