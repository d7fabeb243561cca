//! Words that no service has: English ones by their family and meaning, by their Indonesian
//! spelling, and Indonesian ones as they are spoken.

use proptest::prelude::*;
use tokio::runtime::Builder;

use super::*;

async fn town() -> Engine {
    engine(vec![
        service(&["scales", "Tera timbangan", "Inspection of scales", "trade", ""]),
        service(&["shops", "Izin toko", "Licence of shops", "trade", ""]),
        service(&["advocates", "Pendaftaran advokat", "Register of attorneys", "law", ""]),
        service(&["power", "Pasang listrik", "New electricity connection", "power", "pln"]),
        service(&["tower", "Izin menara", "", "radio", ""]),
        service(&["waves", "Izin frekuensi", "", "radio", ""]),
    ])
    .await
}

fn read_as<'a>(results: &'a Results, word: &str) -> Option<(&'a str, Via)> {
    let matched = results.hits.first()?.matches.iter().find(|one| one.word == word)?;
    Some((&matched.term, matched.via))
}

#[tokio::test]
async fn an_english_word_finds_its_family_and_what_means_the_same() {
    let engine = town().await;
    let inspected = ask(&engine, "where can i have my beam balance inspected").await;
    assert_eq!(services(&inspected)[0], "scales", "{inspected:?}");
    assert_eq!(read_as(&inspected, "inspected"), Some(("inspection", Via::Meaning)));
    let lawyer = ask(&engine, "i want to be a lawyer").await;
    assert_eq!(services(&lawyer)[0], "advocates", "{lawyer:?}");
    assert_eq!(read_as(&lawyer, "lawyer"), Some(("attorneys", Via::Meaning)));
}

#[tokio::test]
async fn a_meaning_alone_makes_no_answer_sure_and_the_word_is_told_as_unanswered() {
    let engine = town().await;
    for (text, unanswered) in
        [("i want a lawyer", "lawyer"), ("how to inspect my licence", "inspect")]
    {
        let found = ask(&engine, text).await;
        assert!(found.weak, "{text}: {found:?}");
        assert!(found.unanswered.iter().any(|word| word == unanswered), "{text}: {found:?}");
    }
}

#[tokio::test]
async fn an_english_word_is_found_as_indonesian_spells_it() {
    let engine = town().await;
    let found = ask(&engine, "permit for a frequency").await;
    assert_eq!(services(&found)[0], "waves", "{found:?}");
    assert_eq!(read_as(&found, "frequency"), Some(("frekuensi", Via::Related)));
    assert!(found.unanswered.is_empty(), "{found:?}");
}

#[tokio::test]
async fn a_verb_is_found_as_it_is_spoken() {
    let engine = town().await;
    for text in ["masang listrik", "listriknya mau dipaseng", "masangin listrik"] {
        let found = ask(&engine, text).await;
        assert_eq!(services(&found)[0], "power", "{text}: {found:?}");
        assert!(!found.weak, "{text}: {found:?}");
    }
}

#[test]
fn words_that_services_have_are_never_read_by_their_meaning() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let engine = runtime.block_on(engine(judged_services()));
    let titles = judged::SERVICES.lines().flat_map(|line| line.split('\t').skip(1).take(2));
    let words: Vec<&str> = titles.flat_map(str::split_whitespace).collect();
    let question = prop::collection::vec(prop::sample::select(words), 1..6);
    proptest!(ProptestConfig::with_cases(100), |(words in question)| {
        let found = runtime.block_on(ask(&engine, &words.join(" ")));
        let matches = found.hits.iter().flat_map(|hit| &hit.matches);
        prop_assert!(matches.clone().all(|one| one.via != Via::Meaning), "{:?}", found.hits);
    });
}
