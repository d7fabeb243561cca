//! Properties that hold for every text and every order of updates.

use std::collections::{BTreeMap, BTreeSet};

use mpp_form::limits::QUESTION;
use proptest::prelude::*;
use tokio::runtime::{Builder, Runtime};

use super::*;
use crate::search::asking::{asked::MAX_TERMS, reading::read};

fn runtime() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

#[test]
fn no_text_breaks_a_search_and_results_are_in_order() {
    let runtime = runtime();
    let engine = runtime.block_on(engine(judged_services()));
    let texts = "\\PC{0,200}|([a-z]{1,9} ){1,15}|(ktp|sim|hilang|baru|izin|akta| |x){1,20}";
    proptest!(ProptestConfig::with_cases(200), |(text in texts)| {
        let query = Query { text: text.clone(), ..Query::default() };
        match runtime.block_on(engine.search(query)) {
            Ok(results) => prop_assert!(results.hits.is_sorted_by(in_order)),
            Err(error) => prop_assert!(text.chars().count() > QUESTION, "{error}"),
        }
    });
}

#[test]
fn any_bytes_are_read_as_a_question() {
    bolero::check!().with_iterations(2_000).for_each(|bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        for known in [true, false] {
            let reading = read(&text, &|_| known, &|_| !known, &|_| !known, Some(17));
            assert!(reading.terms.len() <= MAX_TERMS);
            for term in &reading.terms {
                assert!(text.contains(&term.word) && !term.alternatives.is_empty());
            }
            for place in &reading.places {
                assert!(text.contains(place.text.as_str()) && !place.codes.is_empty());
            }
        }
    });
}

/// Words that people put around a question.
const AROUND: [&str; 12] = [
    "berapa lama",
    "kak",
    "syaratnya apa aja",
    "di mana ya",
    "online bisa ga",
    "gratis gak sih",
    "jam berapa",
    "mau tanya min",
    "bayarnya brp",
    "caranya gimana",
    "how much",
    "bawa apa aja",
];

#[test]
fn words_that_ask_how_never_decide() {
    let runtime = runtime();
    let engine = runtime.block_on(engine(judged_services()));
    let asked = prop::sample::select(vec![
        "ktp hilang",
        "paspor baru",
        "perpanjang sim",
        "skck",
        "kk hilang",
    ]);
    let around = || prop::sample::select(AROUND.to_vec());
    proptest!(ProptestConfig::with_cases(60), |(asked in asked, before in around(), after in around())| {
        let bare = runtime.block_on(ask(&engine, asked));
        let chatty = runtime.block_on(ask(&engine, &format!("{before} {asked} {after}?")));
        prop_assert_eq!(services(&bare)[0], services(&chatty)[0]);
        prop_assert_eq!(bare.weak, chatty.weak);
    });
}

#[test]
fn a_word_that_no_service_has_never_makes_an_answer_surer() {
    let runtime = runtime();
    let engine = runtime.block_on(engine(judged_services()));
    let asked = "(izin|kartu|surat|cek|anak|usaha|pajak) (motor|rumah|kerja|radio)";
    proptest!(ProptestConfig::with_cases(60), |(asked in asked, unknown in "[qxz]{6,9}")| {
        let known = runtime.block_on(ask(&engine, &asked));
        let more = runtime.block_on(ask(&engine, &format!("{asked} {unknown}")));
        prop_assert!(more.weak || !known.weak);
        prop_assert_eq!(more.unanswered.last(), Some(&unknown));
    });
}

fn in_order(first: &Hit, second: &Hit) -> bool {
    first.score > second.score || (first.score == second.score && first.service < second.service)
}

/// A step of a feed over a few services and offerings.
#[derive(Debug, Clone)]
enum Step {
    Put(u8),
    Delete(u8),
    Offer(u8, u8),
    Withdraw(u8),
    Wait,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..4u8).prop_map(Step::Put),
        (0..4u8).prop_map(Step::Delete),
        (0..3u8, 0..4u8).prop_map(|(offering, service)| Step::Offer(offering, service)),
        (0..3u8).prop_map(Step::Withdraw),
        Just(Step::Wait),
    ]
}

/// The state that a feed leaves: the services, and the service of each offering.
#[derive(Default)]
struct Left {
    services: BTreeSet<u8>,
    offerings: BTreeMap<u8, u8>,
}

impl Left {
    fn follow(&mut self, step: &Step) -> Option<Update> {
        match *step {
            Step::Put(service) => {
                self.services.insert(service);
                Some(named(&format!("s{service}"), "Paspor"))
            }
            Step::Delete(service) => {
                self.services.remove(&service);
                Some(Update::DeleteService(format!("s{service}")))
            }
            Step::Offer(name, service) => {
                self.offerings.insert(name, service);
                let (name, service) = (format!("o{name}"), format!("s{service}"));
                Some(offering(&name, &service, "malls/m", "35.78", (-7.26, 112.75)))
            }
            Step::Withdraw(name) => {
                self.offerings.remove(&name);
                Some(Update::DeleteOffering(format!("o{name}")))
            }
            Step::Wait => None,
        }
    }

    fn offered(&self) -> BTreeMap<String, u64> {
        let count = |service| self.offerings.values().filter(|offers| **offers == service).count();
        let all = self.services.iter();
        all.map(|service| (format!("s{service}"), count(*service) as u64)).collect()
    }
}

#[test]
fn whatever_the_order_of_updates_only_what_is_left_is_found() {
    let runtime = runtime();
    proptest!(ProptestConfig::with_cases(40), |(steps in prop::collection::vec(step(), 0..25))| {
        let found = runtime.block_on(fed(&steps));
        let mut left = Left::default();
        steps.iter().for_each(|step| drop(left.follow(step)));
        prop_assert_eq!(found, left.offered());
    });
}

/// Feeds the steps, publishing at each wait, and finds every passport service with its number of
/// offerings.
async fn fed(steps: &[Step]) -> BTreeMap<String, u64> {
    let engine = engine(Vec::new()).await;
    let mut left = Left::default();
    let mut revision = 1;
    for step in steps.iter().chain([&Step::Wait]) {
        match left.follow(step) {
            Some(update) => engine.apply(vec![update]).await.unwrap(),
            None => {
                revision += 1;
                engine.apply(vec![Update::Revision(revision)]).await.unwrap();
                passports(&engine, revision).await;
            }
        }
    }
    passports(&engine, revision).await
}

async fn passports(engine: &Engine, min_revision: i64) -> BTreeMap<String, u64> {
    let text = "paspor".into();
    let query = Query { text, min_revision, ..Query::default() };
    let hits = engine.search(query).await.unwrap().hits;
    hits.into_iter().map(|hit| (hit.service, hit.offering_count)).collect()
}
