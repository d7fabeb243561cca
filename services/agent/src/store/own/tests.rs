//! What a state knows of having sent, and of what others may feed.

use std::path::Path;

use mpp_api::sync::{Checkpoint, Outcome, RecordResult};

use super::*;
use crate::store::{Adopted, Answered, Compared};

async fn opened(folder: &Path) -> Store {
    Store::open(&folder.join("state.db")).await.expect("opens")
}

fn sent(id: &str) -> Answered {
    Answered { id: id.into(), digest: [1; 16], name: Some(name(id)) }
}

fn name(id: &str) -> String {
    format!("units/a/services/{id}")
}

fn at(sequence: i64) -> Checkpoint {
    Checkpoint { sequence, position: format!("run:{sequence}"), mark: -sequence }
}

async fn answered(store: &Store, sent: Answered, sequence: i64) {
    let outcome = Outcome::Applied.into();
    let answer = RecordResult { source_id: sent.id.clone(), outcome, ..Default::default() };
    store.record(&[answer], &[sent], &at(sequence)).await.expect("stores");
}

/// The registry holds these; `same` are in the source just so.
async fn compared(store: &Store, held: &[&str], same: &[&str]) {
    let confirmed = same.iter().map(|id| {
        let id = Box::from(*id);
        Adopted { id, digest: [1; 16], is_rejected: false }
    });
    let held = held.iter().map(|id| ((*id).to_owned(), name(id))).collect();
    let compared = Compared { confirmed: confirmed.collect(), held, ..Compared::default() };
    store.adopt(&compared, &at(9)).await.expect("stores");
}

/// What was sent, and what of it by nobody else.
async fn own(store: &Store) -> (Vec<String>, Vec<String>) {
    let SentIds { sent, alone } = store.own().await.expect("reads");
    let sorted = |ids: HashSet<String>| {
        let mut ids: Vec<String> = ids.into_iter().collect();
        ids.sort_unstable();
        ids
    };
    (sorted(sent), sorted(alone))
}

fn ids(all: &[&str]) -> Vec<String> {
    all.iter().map(|id| (*id).to_owned()).collect()
}

#[tokio::test]
async fn what_the_registry_held_before_it_was_sent_is_anothers_as_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = opened(folder.path()).await;
    compared(&store, &["theirs", "taken-over", "found"], &["found"]).await;
    answered(&store, sent("mine"), 10).await;
    answered(&store, sent("taken-over"), 11).await;
    let (sent_all, alone) = own(&store).await;
    assert_eq!((sent_all, alone), (ids(&["found", "mine", "taken-over"]), ids(&["mine"])));
    answered(&store, Answered { name: None, ..sent("taken-over") }, 12).await;
    assert_eq!(own(&store).await.0, ids(&["found", "mine"]), "it was taken out");
}

#[tokio::test]
async fn once_others_have_written_nothing_of_before_goes_unnamed() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = opened(folder.path()).await;
    answered(&store, sent("early"), 1).await;
    store.share(false).await.expect("notes");
    assert_eq!(own(&store).await.1, ids(&["early"]));
    store.share(true).await.expect("notes");
    answered(&store, sent("torn"), 3).await;
    // The run broke off before its end: what the registry held was not looked at.
    store.share(false).await.expect("notes");
    assert_eq!(own(&store).await.1, ids(&[]));
    store.know_others().await.expect("notes");
    answered(&store, sent("late"), 4).await;
    store.share(false).await.expect("notes");
    assert_eq!(own(&store).await, (ids(&["early", "late", "torn"]), ids(&["late"])));
}

#[tokio::test]
async fn what_went_out_without_an_answer_was_sent_from_here() {
    for ends in [true, false] {
        let folder = tempfile::tempdir().expect("a folder");
        let store = opened(folder.path()).await;
        store.note("run:1", &[sent("torn")]).await.expect("notes");
        assert_eq!(own(&store).await.0, ids(&["torn"]), "also before a run has ended");
        match ends {
            true => store.end_run(&["torn"], &[]).await.expect("ends"),
            false => compared(&store, &["torn", "theirs"], &[]).await,
        }
        assert_eq!(own(&store).await.0, ids(&["torn"]), "and after it: {ends}");
    }
}

#[tokio::test]
async fn all_that_an_upload_finds_is_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = opened(folder.path()).await;
    compared(&store, &["a", "b"], &["a"]).await;
    assert_eq!(own(&store).await.0, ids(&["a"]));
    store.own_all().await.expect("notes");
    assert_eq!(own(&store).await.0, ids(&["a", "b"]));
}

#[tokio::test]
async fn a_state_from_before_knows_what_it_has_sent_also_where_it_had_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = opened(folder.path()).await;
    answered(&store, sent("there"), 1).await;
    answered(&store, sent("gone"), 2).await;
    compared(&store, &["there", "gone", "theirs"], &["there"]).await;
    store.note_absent(&["gone"].into(), 1, |_, since| Some(since + 1)).await.expect("notes");
    let before = "DROP TABLE own; DROP TABLE shared; DELETE FROM setting WHERE name = 'own'";
    sqlx::raw_sql(before).execute(&store.pool).await.expect("as it was");
    drop(store);

    let store = opened(folder.path()).await;
    let known = (ids(&["gone", "there"]), ids(&["there"]));
    assert_eq!(own(&store).await, known, "what had gone was noted whoever had sent it");
    sqlx::raw_sql("DELETE FROM own").execute(&store.pool).await.expect("all withdrawn");
    drop(store);
    assert_eq!(own(&opened(folder.path()).await).await.0, ids(&[]), "it is known once");
}
