//! The stance to a place in a question: wanted, avoided, left, headed for, or not understood.

use super::*;

async fn stances(engine: &Engine, text: &str) -> Vec<(String, Stance)> {
    let places = ask(engine, text).await.places.into_iter();
    places.map(|place| (place.text, place.stance)).collect()
}

#[tokio::test]
async fn a_place_that_is_refused_in_whatever_words_is_avoided() {
    let there = offering("o", "paspor-baru", "malls/surabaya", "35.78", (-7.2, 112.7));
    let engine = engine(judged_services().into_iter().chain([there]).collect()).await;
    for text in [
        "paspor jauh dari surabaya",
        "paspor di luar surabaya",
        "paspor diluar kota surabaya",
        "gak mau ke surabaya, bikin paspor",
        "bikin paspor gamau ke surabaya",
        "paspor bukan di kantor imigrasi surabaya",
        "paspor jangan surabaya",
        "ogah ke surabaya bikin paspor",
        "ke surabaya kejauhan, bikin paspor",
        "bikin paspor tanpa harus ke surabaya",
        "saya tidak mau bikin paspor di surabaya",
        "passport, not in surabaya",
        "passport anywhere but surabaya",
        "passport outside surabaya",
        "i don't want to go to surabaya for a passport",
        "new passport far from surabaya",
    ] {
        let found = ask(&engine, text).await;
        let place = &found.places[0];
        assert_eq!(place.stance, Stance::Avoided, "{text}");
        let told = (services(&found)[0], found.weak, found.hits[0].offered_there);
        assert_eq!(told, ("paspor-baru", false, 0), "{text}: {:?}", found.unanswered);
    }
}

#[tokio::test]
async fn two_refusals_or_a_question_whether_refuse_nothing() {
    let engine = engine(judged_services()).await;
    for text in [
        "bikin paspor yang ga jauh dari surabaya",
        "passport not far from surabaya",
        "jangan di luar surabaya bikin paspor",
        "bisa bikin paspor ga di surabaya",
        "bisa ga di surabaya bikin paspor",
        "bikin paspor di surabaya bisa atau tidak",
        "paspor hilang tidak sengaja di surabaya",
        "bikin paspor di surabaya ga mau nunggu lama",
    ] {
        let found = stances(&engine, text).await;
        assert_eq!(found, [("surabaya".to_owned(), Stance::Wanted)], "{text}");
    }
}

#[tokio::test]
async fn what_is_refused_beside_a_place_makes_it_no_preference_and_is_told() {
    let there = offering("o", "paspor-baru", "malls/surabaya", "35.78", (-7.2, 112.7));
    let engine = engine(judged_services().into_iter().chain([there]).collect()).await;
    for text in ["males antri di surabaya bikin paspor", "jangan lupa bawa paspor ke surabaya"] {
        let found = ask(&engine, text).await;
        assert_eq!(found.places[0].stance, Stance::Unclear, "{text}");
        assert_eq!(found.hits[0].offered_there, 0, "{text}");
    }
}

#[tokio::test]
async fn each_place_of_a_question_has_a_stance_of_its_own() {
    use Stance::{Avoided, Destination, Origin, Wanted};
    let engine = engine(judged_services()).await;
    for (text, expected) in [
        ("paspor di surabaya bukan di malang", vec![Wanted, Avoided]),
        ("paspor jangan di surabaya di malang", vec![Avoided, Wanted]),
        ("paspor selain surabaya dan malang", vec![Avoided, Avoided]),
        ("ga mau ke jakarta tapi ke bogor bikin paspor", vec![Avoided, Wanted]),
        ("pindah dari surabaya ke malang", vec![Wanted, Destination]),
        ("pindah domisili surabaya ke sidoarjo", vec![Wanted, Destination]),
        ("sudah pindah dari surabaya ke malang", vec![Origin, Wanted]),
        ("pindah datang dari surabaya ke malang", vec![Origin, Wanted]),
        ("saya dari kediri bikin paspor di madiun", vec![Origin, Wanted]),
        ("saya dari kediri mau bikin paspor", vec![Wanted]),
    ] {
        let found: Vec<Stance> =
            stances(&engine, text).await.into_iter().map(|(_, stance)| stance).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[tokio::test]
async fn what_is_offered_elsewhere_comes_before_what_is_offered_where_one_does_not_want_to_ask() {
    let at = |number: f64| (-7.0 - number, 112.0);
    let engine = engine(vec![
        named("a", "Penerbitan paspor"),
        named("b", "Penerbitan paspor"),
        offering("o1", "a", "malls/surabaya", "35.78", at(0.0)),
        offering("o2", "b", "malls/a-surabaya", "35.78", at(0.1)),
        offering("o3", "b", "malls/malang", "35.73", at(0.2)),
    ])
    .await;
    let found = ask(&engine, "paspor selain surabaya").await;
    assert_eq!(services(&found), ["b", "a"]);
    let malls: Vec<&str> = found.hits[0].offerings.iter().map(|one| one.mall.as_str()).collect();
    assert_eq!(malls, ["malls/malang", "malls/a-surabaya"]);
}
