//! Questions as citizens type them, asked of the demo's catalog as the ministries' agents map it.
//!
//! `demo/questions.tsv` says which service has to come first, and which questions nothing answers.

use std::{collections::HashSet, fs};

use mpp_api::sync::{Record, record::Body};
use mpp_registry::{
    Policy,
    memory::service_doc,
    search::{Engine, Query, Results, Stance, Update},
};
use tokio_util::sync::CancellationToken;

use super::{Tokens, lay_out};

const QUESTIONS: &str = include_str!("../../demo/questions.tsv");

/// Every service that the agents read and map, the first of each name: what the registry would have
/// after their runs.
async fn catalog() -> Vec<Update> {
    let (folder, shutdown) = (tempfile::tempdir().expect("a folder"), CancellationToken::new());
    let path = folder.path().join("token");
    fs::write(&path, "none is asked for").expect("writes");
    let mint = |_: &str, _| Ok(path.clone());
    let tokens = Tokens { registry: "http://127.0.0.1:1".into(), mint: &mint };
    let ministries = lay_out(folder.path(), &tokens, 0, &shutdown).await.expect("laid out");
    let (mut updates, mut names) = (Vec::new(), HashSet::new());
    for ministry in &ministries {
        let run = &ministry.run;
        let before = Default::default();
        let mut items =
            mpp_agent::source::read(run.input.clone(), run.way.clone(), before, &run.policy);
        while let Some(found) = items.recv().await {
            let mpp_agent::source::Yielded::Record(item) = found else { continue };
            let update = item.record.ok().and_then(|record| as_update(record, &mut names));
            updates.extend(update);
        }
    }
    shutdown.cancel();
    updates
}

/// Records without id or title, which the registry would refuse.
fn as_update(record: Record, names: &mut HashSet<String>) -> Option<Update> {
    let Some(Body::Service(mut service)) = record.body else { return None };
    service.name = format!("{}/services/{}", record.unit, record.source_id);
    let titled = service.title.as_ref().is_some_and(|title| !title.id.is_empty());
    let whole = titled && !record.source_id.is_empty() && names.insert(service.name.clone());
    let doc = || service_doc(service, record.unit.clone(), record.unit.clone());
    whole.then(|| Update::PutService(Box::new(doc())))
}

async fn engine() -> Engine {
    let engine = Engine::start(4, (&Policy::default()).into()).expect("an engine");
    let mut updates = catalog().await;
    assert!(updates.len() > 85, "{} services", updates.len());
    updates.push(Update::Revision(1));
    engine.apply(updates).await.expect("applied");
    engine
}

async fn ask(engine: &Engine, text: &str) -> Results {
    let query = Query { text: text.into(), min_revision: 1, ..Query::default() };
    engine.search(query).await.expect("an answer")
}

/// How well questions of one kind were answered.
#[derive(Default)]
struct Score {
    answerable: usize,
    first: usize,
    among_three: usize,
    ndcg: f64,
    unanswerable: usize,
    said_so: usize,
    /// Of those whose service came first, how many were still called weak.
    modest: usize,
    called_weak: String,
    /// Questions that some service comes near and none answers, and how many of them were told so.
    near: usize,
    near_told: usize,
    /// Questions of all kinds whose first hit was wrong and not called weak.
    sure_and_wrong: usize,
    /// Places whose part in the question was judged, and how many of them were read so.
    places: usize,
    places_right: usize,
    misses: String,
}

impl Score {
    fn count_places(&mut self, text: &str, parts: &str, found: &Results) {
        for (part, place) in parts.split(';').filter_map(|one| one.split_once('=')) {
            let read = found.places.iter().find(|one| one.text.to_lowercase().contains(place));
            let right = read.is_some_and(|one| stance_word(one.stance) == part);
            self.places += 1;
            self.places_right += usize::from(right);
            if !right {
                let read = read.map(|one| one.stance);
                self.misses += &format!("  {text:?} {part} {place}, read as {read:?}\n");
            }
        }
    }

    fn count(&mut self, text: &str, expected: &str, found: &Results) {
        let first = found.hits.first().map(|hit| short(&hit.service)).unwrap_or_default();
        let right = expected.split('|').any(|one| one == first);
        self.sure_and_wrong += usize::from(!found.weak && !right);
        if expected == "NONE" {
            self.unanswerable += 1;
            self.said_so += usize::from(found.weak);
            self.miss(found.weak, text, expected, found);
            return;
        }
        if let Some(near) = expected.strip_prefix("near:") {
            let told =
                found.weak && found.hits.first().is_some_and(|hit| short(&hit.service) == near);
            self.near += 1;
            self.near_told += usize::from(told);
            self.miss(told, text, expected, found);
            return;
        }
        let wanted = |name: &str| expected.split('|').any(|one| short(name) == one);
        let rank = found.hits.iter().position(|hit| wanted(&hit.service));
        self.answerable += 1;
        self.first += usize::from(rank == Some(0));
        self.modest += usize::from(rank == Some(0) && found.weak);
        if rank == Some(0) && found.weak {
            self.called_weak += &format!("  {text:?} is answered and called weak\n");
        }
        self.among_three += usize::from(rank.is_some_and(|rank| rank < 3));
        let gain = |rank: usize| if rank < 5 { 1.0 / (rank as f64 + 2.0).log2() } else { 0.0 };
        self.ndcg += rank.map_or(0.0, gain);
        self.miss(rank == Some(0), text, expected, found);
    }

    fn miss(&mut self, right: bool, text: &str, expected: &str, found: &Results) {
        if !right {
            let first: Vec<String> =
                found.hits.iter().take(3).map(|hit| short(&hit.service)).collect();
            self.misses += &format!("  {text:?} wants {expected}, finds {first:?}\n");
        }
    }

    /// The share of all questions that are right at once: the service first, or said to be none.
    fn right(&self) -> f64 {
        let all = self.answerable + self.unanswerable + self.near;
        (self.first + self.said_so + self.near_told) as f64 / all as f64
    }

    fn score_text(&self, kind: &str) -> String {
        let of = |count: usize| count as f64 / self.answerable as f64;
        format!(
            "{kind}: success@1 {:.3}, success@3 {:.3}, NDCG@5 {:.3} of {}, {} of those first \
             called weak; {} of {} without an answer said so, {} of {} with one near; {} wrong and \
             sure; {} of {} places read as meant\n{}{}",
            of(self.first),
            of(self.among_three),
            self.ndcg / self.answerable as f64,
            self.answerable,
            self.modest,
            self.said_so,
            self.unanswerable,
            self.near_told,
            self.near,
            self.sure_and_wrong,
            self.places_right,
            self.places,
            self.misses,
            self.called_weak
        )
    }
}

/// The word of the judged questions for a stance.
fn stance_word(stance: Stance) -> &'static str {
    match stance {
        Stance::Wanted => "wants",
        Stance::Origin => "from",
        Stance::Destination => "goes",
        Stance::Avoided => "avoids",
        Stance::Unclear => "unclear",
    }
}

fn short(service: &str) -> String {
    service.trim_start_matches("units/").replace("/services/", "/")
}

/// The kinds of questions, each with the least share that has to be right at once, and how many
/// percent of right answers may be called weak at the most.
const KINDS: [(&str, f64, usize); 5] = [
    ("case", 0.97, 5),
    ("tuned", 0.93, 10),
    ("unseen", 0.9, 15),
    ("head", 0.9, 20),
    ("head-unseen", 0.9, 35),
];

#[tokio::test]
async fn questions_find_their_service_first_or_are_told_that_there_is_none() {
    let engine = engine().await;
    for (kind, least, modest) in KINDS {
        let mut score = Score::default();
        for line in QUESTIONS.lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<&str> = line.split('\t').collect();
            if columns[2] == kind {
                let found = ask(&engine, columns[0]).await;
                score.count(columns[0], columns[1], &found);
                score.count_places(columns[0], columns.get(3).unwrap_or(&""), &found);
            }
        }
        say!("{}", score.score_text(kind));
        assert!(score.right() >= least, "{}", score.score_text(kind));
        assert!(score.modest * 100 <= score.first * modest, "{}", score.score_text(kind));
        assert!(score.said_so * 100 >= score.unanswerable * 85, "{}", score.score_text(kind));
        assert!(score.among_three * 100 >= score.answerable * 96, "{}", score.score_text(kind));
    }
}

/// Questions near to what the ministries offer that none of their services answers.
const NEAR_BY: &[&str] = &[
    "listrik mati",
    "air mati",
    "pln mati",
    "kuda",
    "kuda lumping",
    "kuda nil",
    "kartu atm hilang",
    "tanah longsor",
    "wifi mati",
    "kartu kredit",
    "surat sakit",
    "surat izin orang tua",
    "mutasi kendaraan",
    "toko obat",
    "habis kecopetan",
    "pindah luar negeri",
    "mau ke luar negeri",
    "rumah",
    "lapor jalan rusak",
    "rumah sakit terdekat",
    "pecah kongsi perusahaan",
];

#[tokio::test]
async fn questions_that_only_share_words_with_a_service_are_told_so() {
    let engine = engine().await;
    let mut sure = String::new();
    for text in NEAR_BY {
        let found = ask(&engine, text).await;
        if !found.weak {
            sure += &format!("  {text:?} finds {}\n", short(&found.hits[0].service));
        }
    }
    assert!(sure.is_empty(), "{sure}");
}

#[test]
fn every_question_has_its_kind_and_an_answer_that_can_be_judged() {
    for line in QUESTIONS.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let kind = columns.get(2).copied().unwrap_or_default();
        assert!(KINDS.iter().any(|(known, ..)| *known == kind) && columns.len() <= 4, "{line}");
        assert!(columns[1] == "NONE" || columns[1].contains('/'), "{line}");
    }
}
