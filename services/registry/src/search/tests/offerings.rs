//! Offerings: nearness, regions, and offerings that change.

use super::*;

#[tokio::test]
async fn of_equal_services_the_nearest_comes_first_and_its_malls_are_ordered() {
    let (surabaya, malang, medan) = ((-7.26, 112.75), (-7.97, 112.63), (3.59, 98.67));
    let engine = engine(vec![
        offering("o1", "far", "malls/medan", "12.71", medan),
        named("far", "Penerbitan KTP"),
        named("near", "Penerbitan KTP"),
        offering("o2", "near", "malls/malang", "35.73", malang),
        offering("o3", "near", "malls/surabaya", "35.78", surabaya),
    ])
    .await;
    let query = Query { text: "ktp".into(), near: Some(surabaya), ..Query::default() };
    let results = engine.search(query.clone()).await.unwrap();
    assert_eq!(services(&results), ["near", "far"]);
    let malls: Vec<&str> =
        results.hits[0].offerings.iter().map(|offering| offering.mall.as_str()).collect();
    assert_eq!(malls, ["malls/surabaya", "malls/malang"]);

    let medan_only =
        engine.search(Query { region: Some("12".into()), ..query.clone() }).await.unwrap();
    assert_eq!(services(&medan_only), ["far"]);
    let malang_only = engine.search(Query { region: Some("35.73".into()), ..query }).await.unwrap();
    assert_eq!((malang_only.hits[0].offering_count, malang_only.hits[0].offerings.len()), (1, 1));
}

#[tokio::test]
async fn an_offering_moves_and_ends() {
    let at = (-7.26, 112.75);
    let engine = engine(vec![
        named("a", "Paspor"),
        named("b", "Paspor"),
        offering("o", "a", "malls/m", "35.78", at),
    ])
    .await;
    engine
        .apply(vec![offering("o", "b", "malls/m", "35.78", at), Update::Revision(2)])
        .await
        .unwrap();
    let in_region =
        |min_revision| Query { region: Some("35".into()), min_revision, ..Query::default() };
    assert_eq!(services(&engine.search(in_region(2)).await.unwrap()), ["b"]);
    engine.apply(vec![Update::DeleteOffering("o".into()), Update::Revision(3)]).await.unwrap();
    assert_eq!(engine.search(in_region(3)).await.unwrap().total, 0);
}
