//! From text to terms.

use proptest::prelude::*;

use super::{ask, engine, named, services};
use crate::search::{
    asking::asked::{MAX_TERMS, query_terms},
    words::analyze::{QueryTerm, index_terms, tokens},
};

fn looked_up(text: &str) -> Vec<QueryTerm> {
    let terms = query_terms(text, &tokens(text), &|_| true);
    terms.into_iter().map(|(_, term)| term).collect()
}

fn looked_for(text: &str) -> Vec<String> {
    looked_up(text).into_iter().map(|term| term.alternatives[0].term.clone()).collect()
}

#[test]
fn a_citizens_question_leaves_the_words_that_count() {
    assert_eq!(looked_for("Kalau KTP ilang gimana ya kak?"), ["ktp", "hilang"]);
    assert_eq!(looked_for("brp biaya perpanjangan SIM C"), ["biaya", "panjang", "sim", "c"]);
    assert_eq!(looked_for("ngurus e-KTP"), ["urus", "ktp"]);
}

#[test]
fn an_abbreviation_and_its_phrase_are_one_term() {
    assert_eq!(looked_for("kartu tanda penduduk hilang"), ["ktp", "hilang"]);
    assert_eq!(looked_for("Kartu Kuning"), ["ak1"]);
    assert_eq!(looked_for("AK-1"), ["ak1"]);
    let document = index_terms("Penerbitan Surat Keterangan Catatan Kepolisian");
    assert!(document.contains("skck") && document.contains("catat"));
    let document = index_terms("Penerbitan SKCK");
    assert!(document.contains("skck") && document.contains("polisi"));
}

#[test]
fn faint_words_never_decide() {
    let decides = |text| looked_up(text).iter().map(|term| term.decides).collect::<Vec<_>>();
    assert_eq!(decides("biaya paspor"), [false, true]);
    assert_eq!(decides("biaya"), [false]);
}

#[test]
fn words_past_the_limit_play_no_part() {
    let long = looked_up(
        "satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas belas puluh ratus",
    );
    assert_eq!(long.len(), MAX_TERMS);
    assert_eq!(long[MAX_TERMS - 1].word, "belas");
}

proptest! {
    #[test]
    fn tokens_lie_in_their_text(text in "\\PC{0,80}") {
        for token in tokens(&text) {
            prop_assert!(!text[token.at.clone()].is_empty() && !token.term.is_empty());
        }
        prop_assert!(looked_up(&text).len() <= MAX_TERMS);
    }
}

#[test]
fn dots_doubling_and_accents_are_no_part_of_a_word() {
    assert_eq!(looked_for("K.T.P. hilang"), ["ktp", "hilang"]);
    assert_eq!(looked_for("syarat2 ktp2 é-ktp"), ["syarat", "ktp"]);
    assert_eq!(looked_for("AK1 SIM A"), ["ak1", "sim", "a"]);
    assert!(tokens("\u{ff9e}").is_empty(), "a mark without a letter is no word");
}

#[tokio::test]
async fn a_title_is_found_however_it_and_the_question_were_typed() {
    for title in ["Bimbingan pra-nikah", "BIMBINGAN PRANIKAH", "Bimbingan pra\u{2011}nikah"] {
        let engine = engine(vec![named("a", title), named("b", "Izin reklame")]).await;
        for text in [
            "bimbingan pranikah",
            "pra-nikah",
            "pra\u{ad}nikah",
            "PRA\u{200b}NIKAH",
            "bimbingan\u{a0}\u{a0}pra\u{2011}nikah",
            "bimbingan  pra nikah",
        ] {
            let found = ask(&engine, text).await;
            assert_eq!(services(&found).first(), Some(&"a"), "{title}: {text:?}");
        }
    }
}
