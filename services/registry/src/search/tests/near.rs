//! Answers that are near by their words and that the question does not ask for.

use super::*;

fn office() -> Vec<Update> {
    vec![
        kept("pse", "Pendaftaran sistem elektronik lingkup publik", "pse publik"),
        kept("isp", "Izin jasa internet", "izin isp, rt rw net"),
        kept("pindah", "Surat keterangan pindah", "surat pindah, pindah domisili"),
        kept("skck", "Penerbitan surat keterangan catatan kepolisian", "skck, syarat kerja"),
        kept("skhpn", "Surat keterangan hasil pemeriksaan narkotika", "surat bebas narkoba"),
        kept("nib", "Penerbitan NIB usaha kecil", "nib, izin usaha kecil, surat izin usaha"),
        kept("restoran", "Perizinan berusaha restoran", "izin restoran, izin rumah makan"),
        kept("kelontong", "Perizinan berusaha toko kelontong", "izin toko"),
        kept("paspor", "Penerbitan paspor", "paspor, bikin paspor"),
        kept("habis", "Penggantian paspor habis", "perpanjang paspor"),
        kept("edar", "Pendaftaran izin edar pangan olahan", "izin edar, izin makanan"),
        kept("jht", "Klaim jaminan hari tua", "bpjs tk, klaim bpjs"),
        kept("bpu", "Pendaftaran pekerja mandiri", "bpjs ojol, bpjs petani"),
        kept("ktp", "Penerbitan KTP baru", "ktp baru, bikin ktp"),
        kept("kk", "Penerbitan Kartu Keluarga baru", "kk baru, bikin kk"),
        kept("akta", "Pencatatan kematian", "akta kematian, keluarga meninggal"),
        kept("gelar", "Pencantuman gelar", "gelar akademik"),
    ]
}

async fn assert_near(texts: &[&str]) {
    let engine = engine(office()).await;
    for text in texts {
        let found = ask(&engine, text).await;
        assert!(found.weak, "{text}: {:?}", found.hits.first().map(|hit| &hit.service));
    }
}

async fn assert_first(questions: &[(&str, &str)]) {
    let engine = engine(office()).await;
    for (text, service) in questions {
        let found = ask(&engine, text).await;
        assert_eq!((services(&found).first(), found.weak), (Some(service), false), "{text}");
    }
}

#[tokio::test]
async fn the_mall_itself_is_no_service_that_has_a_word_of_its_name() {
    assert_near(&[
        "mal pelayanan publik",
        "alamat mal pelayanan publik",
        "pelayanan publik terdekat",
        "public service mall",
    ])
    .await;
    assert_first(&[("pse publik", "pse"), ("sistem elektronik lingkup publik", "pse")]).await;
}

#[tokio::test]
async fn a_paper_is_not_put_together_from_two_names() {
    assert_near(&[
        "surat keterangan domisili",
        "surat domisili",
        "surat keterangan kerja",
        "surat pengantar rt rw",
    ])
    .await;
    assert_first(&[
        ("surat keterangan pindah", "pindah"),
        ("surat pindah domisili", "pindah"),
        ("surat keterangan bebas narkoba", "skhpn"),
        ("rt rw net", "isp"),
    ])
    .await;
}

#[tokio::test]
async fn behind_a_name_with_which_several_titles_begin_the_next_word_decides() {
    assert_near(&["izin usaha pertambangan", "izin usaha salon", "izin usaha ternak ayam"]).await;
    assert_first(&[
        ("izin usaha kecil", "nib"),
        ("izin usaha restoran", "restoran"),
        ("izin usaha toko kelontong", "kelontong"),
    ])
    .await;
}

#[tokio::test]
async fn a_word_that_is_rightly_formed_is_no_slip_of_another() {
    let sea = ServiceDoc {
        name: "sea".into(),
        title_id: "Persetujuan ruang laut".into(),
        body: vec!["Kementerian Kelautan dan Perikanan".into()],
        ..ServiceDoc::default()
    };
    let sea = Update::PutService(Box::new(sea));
    let engine = engine(office().into_iter().chain([sea]).collect()).await;
    for text in ["izin usaha perikanan", "izin usaha perhutanan", "izin usaha perkebunan"] {
        assert!(ask(&engine, text).await.weak, "{text}");
    }
}

#[tokio::test]
async fn an_office_word_that_ends_the_name_of_a_document_tells_another() {
    assert_near(&["paspor dinas", "bikin paspor dinas", "perpanjang paspor dinas"]).await;
    assert_first(&[("bikin ktp dinas dukcapil", "ktp"), ("perpanjang paspor", "habis")]).await;
}

#[tokio::test]
async fn what_tells_another_service_is_not_left_open() {
    assert_near(&[
        "bpjs tk ojol",
        "bpjs tk untuk ojol",
        "bpjs tk untuk petani",
        "gelar di ktp",
        "kakek saya meninggal, kk nya gimana",
    ])
    .await;
    assert_first(&[("bpjs ojol", "bpu"), ("izin edar makanan rumahan", "edar")]).await;
}

#[tokio::test]
async fn a_document_behind_an_e_is_that_document() {
    assert_first(&[("epaspor berapa", "paspor"), ("eskck", "skck"), ("enib", "nib")]).await;
    assert_near(&["emas", "ekspor"]).await;
}

#[tokio::test]
async fn a_title_that_is_said_but_for_acts_and_people_is_an_answer() {
    let engine = engine(vec![
        named("ambulans", "Sewa ambulans jenazah"),
        named("gudang", "Rekomendasi gudang"),
        named("konseling", "Konseling remaja"),
        named("hospital", "Izin operasional rumah sakit"),
    ])
    .await;
    for (text, service) in
        [("sewa ambulans", "ambulans"), ("gudang", "gudang"), ("konseling", "konseling")]
    {
        let found = ask(&engine, text).await;
        assert_eq!((services(&found), found.weak), (vec![service], false), "{text}");
    }
    for text in ["rumah", "jenazah"] {
        assert!(ask(&engine, text).await.weak, "one word of a longer title: {text}");
    }
}

/// Which services have been deleted and are not merged away differs from replica to replica.
#[tokio::test]
async fn replicas_answer_alike_whatever_has_been_deleted_in_them() {
    let fresh = engine(office()).await;
    let others = ["Izin usaha salon", "Izin usaha ternak", "Izin usaha bengkel", "Kartu kuning"];
    let gone = |at: usize| format!("gone-{at}");
    let more =
        others.iter().enumerate().map(|(at, title)| kept(&gone(at), title, "kuning, paspor"));
    let worn = engine(office().into_iter().chain(more).collect()).await;
    let deleted = (0..others.len()).map(|at| Update::DeleteService(gone(at)));
    worn.apply(deleted.chain([Update::Revision(2)]).collect()).await.unwrap();
    worn.search(Query { min_revision: 2, ..Query::default() }).await.unwrap();
    for text in [
        "izin usaha kecil murah",
        "surat izin usaha laundry",
        "izin usaha restoran",
        "paspor",
        "paspor kuning",
        "kartu kunig",
        "bengkel",
    ] {
        let told = |found: &Results| {
            let hits = found.hits.iter().map(|hit| (hit.service.clone(), hit.score.to_bits()));
            (
                hits.collect::<Vec<_>>(),
                found.weak,
                found.unanswered.clone(),
                found.uncovered.clone(),
            )
        };
        let (one, other) = (ask(&fresh, text).await, ask(&worn, text).await);
        assert_eq!(told(&one), told(&other), "{text}");
    }
}
