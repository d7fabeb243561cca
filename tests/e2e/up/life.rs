//! Life events of the demo: one path in two malls, with what is missing in one of them.

use mpp_tests::http;

use super::Up;

const BIRTH: &str = "lifeEvents/kelahiran";

/// Banyuwangi gives all of it, Kupang not the child's card.
pub async fn the_path_of_a_birth_is_told_in_two_malls(up: &Up) {
    let events = up.json(&["list", "lifeEvents"]).await;
    assert!(events.len() >= 8, "{events:?}");
    assert!(events.iter().all(|event| event["example"] == true), "no invented law");
    let path = async |mall: &str| up.json(&["steps", BIRTH, "--mall", mall]).await.remove(0);
    let there = path("malls/banyuwangi").await;
    let states = |answer: &serde_json::Value| {
        let goals = answer["goals"].as_array().cloned().unwrap_or_default();
        goals.iter().map(|goal| goal["state"].as_str().unwrap_or("").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(states(&there), ["STATE_HERE"; 4], "{there}");
    assert!(there["stops"].as_array().is_some_and(|stops| !stops.is_empty()), "{there}");
    assert!(there["documents"].as_array().is_some_and(|all| !all.is_empty()), "{there}");
    let kupang = path("malls/kupang").await;
    let card = &kupang["goals"][2];
    assert_eq!(card["state"], "STATE_ELSEWHERE", "{card}");
    assert_eq!(card["ways"][0]["place"]["mall"], "malls/denpasar", "the nearest: {card}");

    let said = up.run(&["steps", BIRTH, "--mall", "malls/kupang"]).await.succeeded();
    for text in ["not here", "Steps, those of one number in any order:", "Counters:", "Bring:"] {
        assert!(said.contains(text), "'{text}' is told: {said}");
    }
    let heirs = up.run(&["steps", "lifeEvents/kematian"]).await.succeeded();
    assert!(heirs.contains("not recorded yet"), "{heirs}");
    let found = up.run(&["search", "anak baru lahir"]).await.succeeded();
    assert!(found.contains("mpp steps lifeEvents/kelahiran"), "{found}");
    let doctor = up.run(&["doctor"]).await.succeeded();
    assert!(doctor.contains("2 lead nowhere"), "{doctor}");

    let page = |path: &str| format!("http://127.0.0.1:{}{path}", up.port);
    let (status, html) =
        http::get(&page("/lifeEvents/kelahiran?mal=kupang")).await.expect("a page");
    assert_eq!(status, 200);
    assert!(html.contains("terdekat"), "{html}");

    // Whoever has the cards does not begin a business with a marriage and a birth.
    let business = "/lifeEvents/usaha-kecil?mal=banyuwangi";
    let cards =
        ["kk-baru", "ktp-el-baru"].map(|id| format!("&punya=units/kemendagri/services/{id}"));
    let (_, all) = http::get(&page(business)).await.expect("a page");
    assert!(
        all.contains("saling meminta"),
        "the civil register's papers ask for each other: {all}"
    );
    let (_, less) =
        http::get(&page(&format!("{business}{}", cards.concat()))).await.expect("a page");
    assert!(!less.contains("saling meminta"), "{less}");
}
