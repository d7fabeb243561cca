//! Stories of the whole engine.

mod acts;
mod judged;
mod language;
mod meanings;
mod near;
mod offerings;
mod offices;
mod places;
mod properties;
mod questions;
mod stances;
mod titles;
mod turned;
mod words;

use std::collections::BTreeSet;

use mpp_form::limits::QUESTION;

use super::*;
use crate::Policy;

fn judged_services() -> Vec<Update> {
    judged::SERVICES.lines().map(|line| service(&line.split('\t').collect::<Vec<_>>())).collect()
}

fn service(columns: &[&str]) -> Update {
    Update::PutService(Box::new(ServiceDoc {
        name: columns[0].into(),
        title_id: columns[1].into(),
        title_en: columns[2].into(),
        category: columns[3].into(),
        agency: format!("units/{}", columns[3]),
        unit: format!("units/{}-local", columns[3]),
        keywords: columns[4]
            .split(", ")
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect(),
        ..ServiceDoc::default()
    }))
}

fn category_of(update: &Update) -> Option<String> {
    match update {
        Update::PutService(service) => Some(service.category.clone()),
        _ => None,
    }
}

fn named(name: &str, title: &str) -> Update {
    service(&[name, title, "", "population", ""])
}

/// A service that its owner keeps with keywords.
fn kept(name: &str, title: &str, keywords: &str) -> Update {
    service(&[name, title, "", "population", keywords])
}

fn offering(name: &str, service: &str, mall: &str, region: &str, location: (f64, f64)) -> Update {
    Update::PutOffering(Box::new(OfferingDoc {
        name: name.into(),
        service: service.into(),
        mall: mall.into(),
        region_code: region.into(),
        location: Some(location),
    }))
}

/// An engine that has published `updates` as revision 1.
async fn engine(mut updates: Vec<Update>) -> Engine {
    let engine = Engine::start(4, (&Policy::default()).into()).unwrap();
    updates.push(Update::Revision(1));
    engine.apply(updates).await.unwrap();
    engine.search(Query { min_revision: 1, ..Query::default() }).await.unwrap();
    engine
}

async fn ask(engine: &Engine, text: &str) -> Results {
    engine.search(Query { text: text.into(), of_age: Some(17), ..Query::default() }).await.unwrap()
}

fn services(results: &Results) -> Vec<&str> {
    results.hits.iter().map(|hit| hit.service.as_str()).collect()
}

#[tokio::test]
async fn an_abbreviation_finds_what_it_stands_for_and_the_other_way_round() {
    let engine = engine(vec![
        named("a", "Penerbitan SKCK"),
        named("b", "Surat Keterangan Catatan Kepolisian"),
    ])
    .await;
    for text in ["skck", "surat keterangan catatan kepolisian", "skkc"] {
        let results = ask(&engine, text).await;
        assert_eq!(results.total, 2, "{text}");
        assert_eq!(results.hits[0].matches[0].term, "skck");
    }
    assert_eq!(ask(&engine, "skkc").await.hits[0].matches[0].via, Via::Typo);
}

#[tokio::test]
async fn title_comes_before_keywords_before_body_and_the_exact_word_before_a_slip() {
    let with = |name: &str, title: &str, keyword: &str, body: &str| {
        let doc = ServiceDoc {
            name: name.into(),
            title_id: title.into(),
            keywords: vec![keyword.into()],
            body: vec![body.into()],
            ..ServiceDoc::default()
        };
        Update::PutService(Box::new(doc))
    };
    let engine = engine(vec![
        with("in-body", "Layanan", "x1", "reklame"),
        with("in-keywords", "Layanan", "reklame", ""),
        with("in-title", "Reklame", "x2", ""),
        with("misprint", "Rekleme", "x3", ""),
    ])
    .await;
    assert_eq!(services(&ask(&engine, "reklame").await), ["in-title", "in-keywords", "in-body"]);
    let slip = ask(&engine, "reklme").await;
    assert!(
        services(&slip).contains(&"in-title")
            && slip.hits.iter().all(|hit| matches!(hit.matches[0].via, Via::Typo | Via::Clipped))
    );
}

#[tokio::test]
async fn a_hit_shows_what_answered() {
    let engine = engine(judged_services()).await;
    let hit = ask(&engine, "kalau ktp ilang gimana").await.hits.remove(0);
    let hilang = Match { word: "ilang".into(), term: "hilang".into(), via: Via::Word };
    assert!(hit.matches.contains(&hilang), "{:?}", hit.matches);
}

#[tokio::test]
async fn what_is_deleted_is_never_found_again() {
    let engine = engine(judged_services()).await;
    let gone = vec![Update::DeleteService("skck-baru".into()), Update::Revision(2)];
    engine.apply(gone).await.unwrap();
    let query = Query { text: "skck".into(), min_revision: 2, ..Query::default() };
    let results = engine.search(query).await.unwrap();
    assert!(!services(&results).contains(&"skck-baru"));
    assert_eq!(results.revision, 2);
}

#[tokio::test]
async fn a_service_that_changes_is_found_by_its_new_words_only() {
    let engine = engine(vec![named("a", "Izin reklame")]).await;
    engine.apply(vec![named("a", "Izin apotek"), Update::Revision(2)]).await.unwrap();
    let query = Query { text: "apotek".into(), min_revision: 2, ..Query::default() };
    assert_eq!(services(&engine.search(query).await.unwrap()), ["a"]);
    assert_eq!(ask(&engine, "reklame").await.total, 0);
}

#[tokio::test]
async fn of_several_versions_in_one_batch_only_the_last_is_found() {
    let versions =
        ["Izin reklame", "Izin apotek", "Izin reklame tetap"].map(|title| named("a", title));
    let back = [Update::DeleteService("b".into()), named("b", "Paspor")];
    let engine =
        engine([named("b", "Paspor lama")].into_iter().chain(versions).chain(back).collect()).await;
    assert_eq!(ask(&engine, "reklame").await.total, 1);
    assert_eq!(ask(&engine, "apotek").await.total, 0);
    assert_eq!(services(&ask(&engine, "paspor").await), ["b"]);
}

#[tokio::test]
async fn filters_leave_what_they_name() {
    let judged = judged_services();
    let categories: BTreeSet<String> = judged.iter().filter_map(category_of).collect();
    let engine = engine(judged).await;
    let all = engine.search(Query { text: "hilang".into(), ..Query::default() }).await.unwrap();
    let mut found = 0;
    for category in categories {
        let of_it = Query { text: "hilang".into(), category: Some(category), ..Query::default() };
        found += engine.search(of_it).await.unwrap().total;
    }
    assert_eq!((found, all.total > 5), (all.total, true), "each stands in its category");
    let by_unit = |unit: &str| Query { agency: Some(unit.into()), ..Query::default() };
    let police = engine.search(by_unit("units/police")).await.unwrap();
    assert_eq!(police.total, engine.search(by_unit("units/police-local")).await.unwrap().total);
    assert!(police.total > 5);
    assert_eq!(engine.search(by_unit("units/unheard-of")).await.unwrap().total, 0);
    assert_eq!(
        engine.search(Query { only_free: true, ..Query::default() }).await.unwrap().total,
        0
    );
}

#[tokio::test]
async fn pages_hold_every_service_once_and_in_order() {
    let engine = engine(judged_services()).await;
    let whole = engine
        .search(Query { text: "hilang baru".into(), page_size: 100, ..Query::default() })
        .await
        .unwrap();
    let (mut paged, mut after) = (Vec::new(), None);
    loop {
        let query = Query { text: "hilang baru".into(), page_size: 4, after, ..Query::default() };
        let page = engine.search(query).await.unwrap();
        paged.extend(page.hits.iter().map(|hit| hit.service.clone()));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(paged, services(&whole));
    assert!(whole.hits.is_sorted_by(|a, b| a.score > b.score || (a.score == b.score && a.service < b.service)));
}

#[tokio::test]
async fn a_reader_that_waits_is_answered_once_its_revision_arrives() {
    let engine = engine(Vec::new()).await;
    let query = Query { min_revision: 2, ..Query::default() };
    let reader = tokio::spawn({
        let engine = engine.clone();
        async move { engine.search(query).await }
    });
    let arrives = vec![named("a", "Paspor"), Update::Revision(2)];
    engine.apply(arrives).await.unwrap();
    let results = reader.await.unwrap().unwrap();
    assert_eq!((services(&results), results.revision), (vec!["a"], 2));
}

#[tokio::test]
async fn a_query_that_cannot_be_answered_names_its_field() {
    let engine = engine(Vec::new()).await;
    let bad = [
        ("text", Query { text: "a".repeat(QUESTION + 1), ..Query::default() }),
        ("page_size", Query { page_size: 0, ..Query::default() }),
        ("near", Query { near: Some((91.0, 0.0)), ..Query::default() }),
        ("region", Query { region: Some("jatim".into()), ..Query::default() }),
        ("after", Query { after: Some((f32::NAN, String::new())), ..Query::default() }),
    ];
    for (field, query) in bad {
        let error = engine.search(query).await.unwrap_err();
        assert!(matches!(error, Error::Invalid { field: named, .. } if named == field), "{error}");
    }
}

#[tokio::test]
async fn unknown_words_hide_nothing_and_only_fillers_find_nothing() {
    let engine = engine(judged_services()).await;
    let results = ask(&engine, "paspor hilang zzzqqqxx").await;
    assert_eq!(services(&results)[0], "paspor-hilang");
    assert_eq!(ask(&engine, "gimana dong kak?").await.total, 0);
}
