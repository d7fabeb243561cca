//! The act that a question asks of a document: services do what their texts say, and nothing else.

use super::*;

/// An office that says what it does in titles and keywords.
fn office() -> Vec<Update> {
    vec![
        kept("ktp-baru", "Penerbitan KTP elektronik baru", "ktp baru, bikin ktp, ktp 17 tahun"),
        kept("ktp-hilang", "Penggantian KTP karena hilang", "ktp hilang, ganti ktp hilang"),
        kept("ktp-rusak", "Penggantian KTP karena rusak", "ktp rusak, ganti ktp"),
        kept(
            "ktp-data",
            "Perubahan data KTP (alamat, status, nama)",
            "ubah data ktp, ganti nama ktp",
        ),
        kept("kia", "Penerbitan Kartu Identitas Anak", "kia, ktp anak, bikin kia"),
        kept("kk", "Penerbitan Kartu Keluarga", "kk baru, bikin kk, kk setelah nikah"),
        kept(
            "legalisir",
            "Legalisasi dokumen kependudukan",
            "legalisir, legalisir ktp, legalisir kk",
        ),
        kept("nikah", "Pendaftaran nikah", "nikah, kua, buku nikah"),
        kept("nib", "Penerbitan NIB", "nib, bikin nib"),
        kept("paspor", "Penerbitan paspor", "paspor, bikin paspor"),
        kept("jkn", "Pendaftaran peserta JKN", "bpjs, bpjs kesehatan, daftar bpjs"),
        kept("listrik", "Penyambungan baru listrik", "pasang listrik, sambung listrik"),
        kept("tera", "Tera ulang timbangan dan anak timbangan", ""),
        kept(
            "units/disnaker-a/services/ak1",
            "Kartu pencari kerja (AK-1)",
            "kartu kuning, cari kerja",
        ),
    ]
}

/// The service that comes first, and whether it is called an answer.
async fn said(engine: &Engine, text: &str) -> (String, bool) {
    let found = ask(engine, text).await;
    (found.hits.first().map(|hit| hit.service.clone()).unwrap_or_default(), !found.weak)
}

#[tokio::test]
async fn what_no_service_does_to_the_document_is_near_and_no_answer() {
    let engine = engine(office()).await;
    for text in [
        "hapus ktp",
        "jual nib",
        "tutup nib",
        "nib mau dinonaktifkan",
        "foto ktp",
        "kirim paspor lewat pos",
        "legalisir buku nikah",
        "legalisir ijazah",
        "ganti kelamin di ktp",
        "putus sambungan listrik",
        "surat keterangan belum menikah",
        "bpjs operasi caesar ditanggung",
    ] {
        let (first, sure) = said(&engine, text).await;
        assert!(!sure, "{text}: {first}");
    }
}

#[tokio::test]
async fn what_a_service_says_that_it_does_is_an_answer() {
    let engine = engine(office()).await;
    for (text, service) in [
        ("legalisir ktp", "legalisir"),
        ("ganti nama di ktp", "ktp-data"),
        ("ganti ktp yang hilang", "ktp-hilang"),
        ("nib tutup jam berapa", "nib"),
        ("tera timbangan", "tera"),
        ("kartu kuning disnaker", "units/disnaker-a/services/ak1"),
    ] {
        assert_eq!(said(&engine, text).await, (service.into(), true), "{text}");
    }
}

#[tokio::test]
async fn a_mishap_says_what_has_become_of_the_document() {
    let engine = engine(office()).await;
    for (text, service) in [
        ("ktp keselip", "ktp-hilang"),
        ("ktp saya tercecer di angkot", "ktp-hilang"),
        ("ktp ketumpahan", "ktp-rusak"),
        ("ktp tergores", "ktp-rusak"),
    ] {
        assert_eq!(said(&engine, text).await, (service.into(), true), "{text}");
    }
}

#[tokio::test]
async fn what_one_means_to_do_to_a_document_is_no_mishap() {
    let engine = engine(office()).await;
    for text in [
        "bakar ktp",
        "membakar ktp",
        "nyobek ktp",
        "curi ktp",
        "nyuri ktp orang",
        "buang ktp lama",
        "ktp mau dibuang",
        "rusakin ktp",
        "cara menghilangkan ktp",
        "how to burn my id card",
        "destroy id card",
        "sell my id card",
    ] {
        let (first, sure) = said(&engine, text).await;
        assert!(!sure, "{text}: {first}");
    }
    for (text, service) in [
        ("ktp kebakar", "ktp-rusak"),
        ("ktp dibakar mantan", "ktp-rusak"),
        ("anak saya merobek ktp", "ktp-rusak"),
        ("ktp robek", "ktp-rusak"),
        ("ktp dicuri orang", "ktp-hilang"),
        ("ktp kebuang", "ktp-hilang"),
        ("ga sengaja buang ktp", "ktp-hilang"),
        ("my id card was stolen", "ktp-hilang"),
        ("someone stole my id card", "ktp-hilang"),
        ("my id card is torn", "ktp-rusak"),
    ] {
        assert_eq!(said(&engine, text).await, (service.into(), true), "{text}");
    }
}

#[tokio::test]
async fn who_is_seventeen_is_no_child_and_what_came_before_is_not_asked_for() {
    let engine = engine(office()).await;
    for (text, service) in [
        ("anakku umur 17 mau bikin ktp", "ktp-baru"),
        ("ktp anak umur 10", "kia"),
        ("habis nikah bikin kk", "kk"),
        ("setelah nikah mau bikin kk", "kk"),
        ("alamat ktp masih yang lama", "ktp-data"),
    ] {
        assert_eq!(said(&engine, text).await, (service.into(), true), "{text}");
    }
}

#[tokio::test]
async fn words_of_the_regions_and_letters_held_too_long_change_no_answer() {
    let engine = engine(office()).await;
    for (text, service) in [
        ("arep gawe ktp anyar piye carane", "ktp-baru"),
        ("syarate nib", "nib"),
        ("kumaha ngadamel kk", "kk"),
        ("sa mo bekeng paspor", "paspor"),
        ("ktpp ilng", "ktp-hilang"),
        ("bikin nibb", "nib"),
        ("surta nib", "nib"),
    ] {
        assert_eq!(said(&engine, text).await, (service.into(), true), "{text}");
    }
    let online = ask(&engine, "kode nib online").await;
    assert_eq!(online.unanswered, ["kode"], "a word that only ends like a Javanese one");
}
