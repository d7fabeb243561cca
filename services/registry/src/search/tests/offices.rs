//! The region of the office that serves: whose service is asked for where a place is named.

use super::*;

fn of(unit: &str, id: &str, title: &str, keywords: &str) -> Update {
    Update::PutService(Box::new(ServiceDoc {
        name: format!("units/{unit}/services/{id}"),
        title_id: title.into(),
        unit: format!("units/{unit}"),
        agency: format!("units/{unit}"),
        keywords: keywords.split(", ").map(str::to_owned).collect(),
        ..ServiceDoc::default()
    }))
}

fn unit(name: &str, parent: &str, region: &str) -> Update {
    let (name, parent) = (format!("units/{name}"), parent.to_owned());
    Update::PutUnit(Box::new(UnitDoc { name, parent, region_code: region.into() }))
}

/// Labour offices of two regencies, of which one keeps keywords, and a ministry.
fn directory() -> Vec<Update> {
    vec![
        unit("lamongan", "", "35.24"),
        unit("disnaker-lamongan", "units/lamongan", ""),
        unit("disnaker-banyuwangi", "", "35.10"),
        unit("dukcapil-surabaya", "", "35.78"),
        unit("kemendagri", "", ""),
        of("disnaker-lamongan", "ak1", "Pelayanan pembuatan AK1 / kartu pencari kerja", ""),
        of("disnaker-banyuwangi", "ak1", "Kartu pencari kerja (AK-1)", "kartu kuning, ak1"),
        of("dukcapil-surabaya", "wna", "Penerbitan KTP orang asing", "ktp wna"),
        of("dukcapil-surabaya", "kia", "Kartu Identitas Anak (KIA)", ""),
        of("kemendagri", "ktp", "Penerbitan KTP baru", "ktp, bikin ktp, ktp baru"),
        of("kemendagri", "kia", "Penerbitan KIA", "kia, bikin kia"),
    ]
}

async fn first(engine: &Engine, text: &str) -> String {
    let found = ask(engine, text).await;
    found.hits.first().map(|hit| hit.service.replace("/services", "")).unwrap_or_default()
}

#[tokio::test]
async fn a_region_that_is_named_leads_to_its_own_office() {
    let engine = engine(directory()).await;
    for (text, service) in [
        ("kartu kuning lamongan", "units/disnaker-lamongan/ak1"),
        ("ak1 kab. lamongan", "units/disnaker-lamongan/ak1"),
        ("kartu kuning banyuwangi", "units/disnaker-banyuwangi/ak1"),
        ("kartu kuning selain lamongan", "units/disnaker-banyuwangi/ak1"),
        // No office of the place has it: the preference hides nothing.
        ("kartu kuning tuban", "units/disnaker-banyuwangi/ak1"),
        ("bikin kia surabaya", "units/dukcapil-surabaya/kia"),
        // An office elsewhere is not asked where one serves the whole country.
        ("kia tuban", "units/kemendagri/kia"),
        // A service for others is no answer, whoever gives it.
        ("bikin ktp surabaya", "units/kemendagri/ktp"),
    ] {
        assert_eq!(first(&engine, text).await, service, "{text}");
    }
}

#[tokio::test]
async fn what_is_offered_in_the_place_stays_before_its_office() {
    let there = offering("o", "units/kemendagri/services/kia", "malls/s", "35.78", (-7.2, 112.7));
    let engine = engine(directory().into_iter().chain([there]).collect()).await;
    assert_eq!(first(&engine, "bikin kia surabaya").await, "units/kemendagri/kia");
}

#[tokio::test]
async fn an_office_that_moves_to_another_region_answers_for_that_one() {
    let engine = engine(directory()).await;
    let moved = vec![unit("lamongan", "", "35.23"), Update::Revision(2)];
    engine.apply(moved).await.unwrap();
    let text = "kartu kuning tuban".to_owned();
    let asked = Query { text, min_revision: 2, ..Query::default() };
    let tuban = engine.search(asked).await.unwrap();
    assert_eq!(tuban.hits[0].service, "units/disnaker-lamongan/services/ak1");
}

#[tokio::test]
async fn of_an_offices_services_the_one_of_the_period_is_asked_for() {
    let engine = engine(vec![
        of("samsat-ngawi", "yearly", "Pengesahan STNK tahunan", "samsat, pajak motor, pajak mobil"),
        of("samsat-ngawi", "five", "Penggantian STNK lima tahunan", "ganti plat, pajak 5 tahun"),
        of("korlantas", "sim", "Perpanjangan SIM", "perpanjang sim, sim mati"),
        of("dukcapil", "kia", "Penerbitan KIA", "kia, kartu anak"),
        of("bpom", "halal", "Sertifikat lima tahunan", "sertifikat"),
    ])
    .await;
    for (text, service) in [
        ("samsat", "units/samsat-ngawi/yearly"),
        ("samsat tahunan", "units/samsat-ngawi/yearly"),
        ("samsat 5 tahunan", "units/samsat-ngawi/five"),
        ("samsat lima taun", "units/samsat-ngawi/five"),
        ("samsat 5thnan", "units/samsat-ngawi/five"),
        ("samsat ganti plat", "units/samsat-ngawi/five"),
        ("pajak motor 5 tahunan", "units/samsat-ngawi/five"),
        ("pajak motor telat 5 tahun", "units/samsat-ngawi/yearly"),
        ("perpanjang sim 5thn", "units/korlantas/sim"),
        ("kia anak umur 5 tahun", "units/dukcapil/kia"),
    ] {
        assert_eq!(first(&engine, text).await, service, "{text}");
    }
    assert!(!ask(&engine, "samsat 5 tahunan").await.weak);
}

#[tokio::test]
async fn an_office_is_known_whether_it_or_its_service_comes_first() {
    let mut later = directory();
    later.rotate_left(5);
    let engine = engine(later).await;
    assert_eq!(first(&engine, "kartu kuning lamongan").await, "units/disnaker-lamongan/ak1");
    let gone = vec![Update::DeleteUnit("units/disnaker-lamongan".into()), Update::Revision(2)];
    engine.apply(gone).await.unwrap();
    let text = "kartu kuning lamongan".to_owned();
    let asked = Query { text, min_revision: 2, ..Query::default() };
    let found = engine.search(asked).await.unwrap();
    assert_eq!(found.hits.len(), 2, "an office that is no more serves everybody");
}
