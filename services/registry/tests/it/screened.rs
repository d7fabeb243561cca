//! Records that are no services, from clients that screen nothing themselves: trials, error values
//! of spreadsheets, markup, whichever way they come.

use mpp_api::{
    registry::{CreateServiceRequest, Service, UpdateServiceRequest, service::Requirement},
    sync::{Outcome, Record, record::Body},
};
use mpp_testkit::on_both;

use crate::{
    given::service,
    publisher::{codes, outcomes, record},
    pusher::Push,
    world::{BKPM, World, reason},
};

/// A record as a client sends it that does not know of `confirmed`.
fn bare(id: &str, title: &str) -> Record {
    Record { confirmed: false, ..record(id, title) }
}

fn requiring(text: &str) -> Record {
    let mut record = record("syarat", "Penerbitan kartu keluarga");
    if let Some(Body::Service(service)) = &mut record.body {
        service.requirements = vec![Requirement { text: text.into(), ..Requirement::default() }];
    }
    record
}

#[tokio::test]
async fn a_pushed_trial_is_refused_until_somebody_confirms_it() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut push = Push::open(&world).await;
        let trials = [
            "tes",
            "xxx",
            "Layanan 1",
            "N/A",
            "Jumlah",
            "ｔｅｓｔ",
            "Menampilkan 3 dari 42",
            "Data belum lengkap",
        ];
        let named = |confirmed| {
            let records = trials
                .iter()
                .enumerate()
                .map(move |(at, title)| Record { confirmed, ..record(&format!("t{at}"), title) });
            records.collect::<Vec<_>>()
        };
        let result = push.send(named(false)).await;
        assert_eq!(codes(&result), ["SUSPICIOUS"; 8]);
        let first = &result.results[0];
        assert_eq!(
            (first.field.as_str(), first.outcome()),
            ("service.title.id", Outcome::Rejected)
        );
        assert!(first.message.contains("\"tes\"") && first.message.contains("confirmed"));

        let result = push.send(named(true)).await;
        assert_eq!(outcomes(&result), [Outcome::Applied; 8], "{:?}", codes(&result));
        let counted = push.end().await.expect("a summary").session.expect("counted");
        assert_eq!((counted.received, counted.applied, counted.rejected), (16, 8, 8));
    })
    .await;
}

#[tokio::test]
async fn what_no_person_has_written_is_refused_also_where_it_is_confirmed() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut push = Push::open(&world).await;
        for (wrong, code) in [
            ("#N/A", "ERROR_VALUE"),
            ("Surat undefined", "ERROR_VALUE"),
            ("=VLOOKUP(A2;B:C;2)", "ERROR_VALUE"),
            ("<p>KTP asli</p>", "MARKUP"),
            ("KTP &ndash; asli", "MARKUP"),
        ] {
            let result = push.send(vec![requiring(wrong)]).await;
            assert_eq!(codes(&result), [code], "{wrong}");
            assert_eq!(result.results[0].field, "service.requirements[0].text", "{wrong}");
        }
        let result = push.send(vec![bare("kk", "#REF!"), bare("ktp", "<b>KTP</b> baru")]).await;
        assert_eq!(codes(&result), ["ERROR_VALUE", "MARKUP"]);
        let fine = ["KTP & KK", "Usia < 17 tahun", "<nama pemohon>"];
        for text in fine {
            assert_eq!(codes(&push.send(vec![requiring(text)]).await), [""], "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_person_who_writes_one_service_may_call_it_as_they_like_but_not_as_a_program_would() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut admin = world.admin();
        for wrong in ["undefined", "#REF!", "<b>Gerak cepat</b>"] {
            let refused = admin.create_service(BKPM, "gerak-cepat", service(wrong)).await;
            assert_eq!(reason(refused), "INVALID_FIELD", "{wrong}");
        }
        let made = admin.create_service(BKPM, "gerak-cepat", service("Coba dulu")).await;
        let made = made.expect("a person's own words");
        let renamed = Service { name: made.name, ..service("Layanan &amp; gerai") };
        let update = UpdateServiceRequest { service: Some(renamed), ..Default::default() };
        assert_eq!(reason(admin.catalog.update_service(update).await), "INVALID_FIELD");
    })
    .await;
}

#[tokio::test]
async fn a_list_that_says_that_it_is_cut_is_taken_and_its_author_told_whichever_way_it_came() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut push = Push::open(&world).await;
        for text in ["... dan 12 syarat lainnya", "Selengkapnya di lampiran", "Halaman 1 dari 2"] {
            let result = push.send(vec![requiring(text)]).await;
            assert_eq!(outcomes(&result), [Outcome::Applied], "{text}");
            let told = &result.results[0].warnings[0];
            let place = "service.requirements[0].text";
            assert_eq!((told.code.as_str(), told.field.as_str()), ("CUT", place), "{text}");
        }
        assert!(
            push.send(vec![requiring("Formulir (2 lembar)")]).await.results[0].warnings.is_empty()
        );
        let mut admin = world.admin();
        let steps = vec!["Datang ke gerai".to_owned(), "dst.".to_owned()];
        let request = CreateServiceRequest {
            parent: BKPM.into(),
            service_id: "langkah".into(),
            service: Some(Service { procedure: steps, ..service("Izin reklame") }),
            ..Default::default()
        };
        let made = admin.catalog.create_service(request).await.expect("taken").into_inner();
        let told = &made.warnings[0];
        assert_eq!((told.code.as_str(), told.field.as_str()), ("CUT", "service.procedure[1]"));
    })
    .await;
}
