//! Words of the language that the catalog lacks: each is a word until its letters say otherwise.

use super::*;
use crate::search::words::analyze;

/// Roots that a catalog of services may lack, as people use them; many are one letter from a word
/// that asks how or from the name of a region.
const ROOTS: &str = "
    sampah daging kontrak sidang langkah lembaga barang pantai kurang sumber banding bintang sanggar tebang terapi
    pelayaran pengurukan patent pelayan sabtu bawang kacang jagung kentang ketan singkong pisang mangga jeruk durian
    nangka rambutan salak kelapa kopi cengkeh lada pala vanili kakao karet sawit tembakau tebu padi gabah beras
    gandum kedelai ayam bebek kambing sapi kerbau kuda domba kelinci kucing anjing burung merpati ikan udang kepiting
    kerang cumi lele gurami bandeng tambak kolam sungai danau gunung bukit lembah hutan sawah kebun ladang taman
    lapangan jembatan terowongan dermaga bandara terminal halte trotoar gorong selokan irigasi bendungan waduk sumur
    pompa pipa kabel tiang lampu genset turbin panel baterai mesin bengkel ban velg rem kopling knalpot helm sepeda
    becak angkot bus truk kereta kapal perahu pesawat balon layang roket komputer laptop ponsel kamera printer kertas
    pensil buku kamus majalah koran novel puisi drama film musik gitar piano gamelan angklung wayang tari batik tenun
    songket ukiran patung lukisan keramik anyaman rotan bambu kayu besi baja tembaga emas perak intan mutiara permata
    cincin kalung gelang anting baju celana rok kemeja sarung kebaya sepatu sandal topi payung tas dompet lemari meja
    kursi kasur bantal selimut gorden karpet piring gelas sendok garpu pisau panci wajan kompor kulkas setrika sapu
    sabun sampo odol handuk bedak parfum dokter perawat bidan apoteker pasien klinik jantung paru ginjal hati lambung
    tulang sendi kulit mata telinga hidung mulut gigi rambut tangan kaki demam batuk pilek diare malaria campak kusta
    rabies kanker tumor stroke diabet hamil hakim jaksa pengacara tersangka terdakwa saksi vonis banding kasasi penjara
    denda sengketa gugatan warisan hibah wasiat gereja masjid pura vihara kelenteng puasa zakat sedekah kurban haji
    gempa banjir longsor tsunami kebakaran kekeringan angin petir hujan kabut salju panas dingin gelap cerah mendung
    timbang pindang kedondong kemiri kendali kandang kelambu lombok malas palung sarang tanding bareng gelap banting
    sarung karang bangkai baling betung kuncup kering kapur lahan magang siang tegang tepung merang";

/// Whether an answer hides nothing about a word: it was found, or is named as not found, or the
/// answer tells how it was read.
fn is_told(found: &Results, word: &str) -> bool {
    found.unanswered.iter().any(|one| one == word)
        || found.hits.iter().flat_map(|hit| &hit.matches).any(|one| one.word == word)
}

#[tokio::test]
async fn a_word_that_the_catalog_lacks_is_never_dropped_nor_taken_for_a_place_in_silence() {
    let engine = engine(judged_services()).await;
    let mut wrong = String::new();
    for root in ROOTS.split_whitespace().filter(|root| !analyze::tokens(root).is_empty()) {
        for text in [format!("izin {root}"), format!("{root} kerja"), format!("urus {root} baru")] {
            let found = ask(&engine, &text).await;
            let asks_how = analyze::tokens(root).iter().all(|token| analyze::is_faint(&token.term));
            let certain = found.places.iter().any(|place| place.text == root && !place.guessed);
            if certain || !(asks_how || is_told(&found, root)) {
                wrong += &format!("{text}: {:?}, {:?}\n", found.unanswered, found.places);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[tokio::test]
async fn a_licence_for_what_nobody_licenses_is_no_answer() {
    let engine = engine(vec![
        service(&["apotek", "Izin apotek", "", "", "buka apotek"]),
        service(&["kafe", "Izin restoran", "", "", ""]),
    ])
    .await;
    for word in ["sampah", "daging", "sidang", "pelayaran", "terapi", "sda", "barang", "pkl", "smp"]
    {
        let found = ask(&engine, &format!("izin {word}")).await;
        assert!(found.weak, "{word}: {:?}", found.hits);
        assert_eq!(found.unanswered, [word]);
    }
}

#[tokio::test]
async fn a_slip_of_a_question_word_plays_no_part_and_is_named() {
    let engine = engine(judged_services()).await;
    for slip in ["persyaratn", "prosedru", "alamtnya", "gimanaaa"] {
        let found = ask(&engine, &format!("{slip} paspor")).await;
        assert_eq!(services(&found)[0], "paspor-baru", "{slip}");
        assert!(!found.weak && found.unanswered == [slip], "{slip}: {:?}", found.unanswered);
    }
}

#[tokio::test]
async fn what_happened_to_a_document_is_near_by_its_meaning_and_no_other_spelling() {
    let engine = engine(vec![
        named("ktp", "Penggantian KTP rusak"),
        named("api", "Rekomendasi proteksi kebakaran"),
    ])
    .await;
    let fire = ask(&engine, "rekomendasi proteksi kebakaran").await;
    assert_eq!(services(&fire)[0], "api");
    assert!(fire.hits.iter().skip(1).all(|hit| hit.matches.iter().all(|one| one.via != Via::Word)));
    assert_eq!(services(&ask(&engine, "ktp kebakar").await)[0], "ktp");
}
