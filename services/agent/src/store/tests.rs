use mpp_api::types::Warning;
use mpp_core::FieldCode;
use mpp_form::reconcile::AnswerState;

use super::*;
use crate::model::problem::Problem;

fn answer(source_id: &str, outcome: Outcome) -> RecordResult {
    RecordResult { source_id: source_id.into(), outcome: outcome.into(), ..Default::default() }
}

fn sent(id: &str, byte: u8) -> Answered {
    let name = Some(format!("units/a/services/{id}"));
    Answered { id: id.into(), digest: [byte; 16], name }
}

fn at(sequence: i64) -> Checkpoint {
    Checkpoint { sequence, position: format!("run:{sequence}"), mark: -sequence }
}

#[tokio::test]
async fn a_registry_that_was_restored_gets_what_it_lost_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("state.db")).await.expect("opens");
    store.record(&[answer("a", Outcome::Applied)], &[sent("a", 1)], &at(1)).await.expect("stores");
    store.record(&[answer("b", Outcome::Applied)], &[sent("b", 2)], &at(2)).await.expect("stores");

    store.resume(&at(1), false).await.expect("resumes");
    let known = store.answered().await.expect("reads");
    assert_eq!(known.keys().collect::<Vec<_>>(), ["a"]);
    assert_eq!(store.checkpoint().await.expect("reads"), Some(at(1)));
}

#[tokio::test]
async fn what_went_out_without_an_answer_is_sent_again_also_where_the_source_returns_to_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    let store = Store::open(&path).await.expect("opens");
    store.record(&[answer("a", Outcome::Applied)], &[sent("a", 1)], &at(1)).await.expect("stores");
    store.note("run:2", &[sent("a", 2), sent("b", 1)]).await.expect("notes");
    drop(store);

    let store = Store::open(&path).await.expect("opens again after its death");
    assert_eq!(store.under_way().await.expect("reads"), ["run:2"]);
    store.resume(&at(1), false).await.expect("resumes");
    let known = store.answered().await.expect("reads");
    assert_ne!(known.get("a"), Some(&[1; 16]), "the registry may hold the other one");
    let held = store.held().await.expect("reads");
    assert_eq!(held, HashSet::from(["a".to_owned(), "b".to_owned()]), "it may hold both");
    store.end_run(&["b"], &[]).await.expect("ended");
    let told = store.problems(10).await.expect("reads");
    assert!(told[0].message.contains("units/a/services/b"), "added and gone again: {told:?}");

    store.note("run:3", &[sent("a", 1)]).await.expect("notes");
    store.record(&[answer("a", Outcome::Applied)], &[sent("a", 1)], &at(3)).await.expect("stores");
    assert!(store.under_way().await.expect("reads").is_empty(), "what was left behind goes, too");
    assert_eq!(store.answered().await.expect("reads")["a"], [1; 16]);
}

#[tokio::test]
async fn what_was_rejected_is_sent_again_once_where_the_registrys_rules_have_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("state.db")).await.expect("opens");
    store.follow_rules(1).await.expect("followed");
    let answers = [answer("a", Outcome::Rejected), answer("b", Outcome::Applied)];
    store.record(&answers, &[sent("a", 1), sent("b", 2)], &at(1)).await.expect("stores");
    let known = async || store.answered().await.expect("reads");
    for rules in [1, 0] {
        store.follow_rules(rules).await.expect("followed");
        assert_eq!(known().await["a"], [1; 16], "the same answer stands");
    }
    store.follow_rules(2).await.expect("followed");
    assert_eq!((known().await["a"], known().await["b"]), ([0; 16], [2; 16]));
    store.record(&answers[..1], &[sent("a", 1)], &at(2)).await.expect("stores");
    store.follow_rules(2).await.expect("followed");
    assert_eq!(known().await["a"], [1; 16], "it was asked once");
}

#[tokio::test]
async fn what_only_waits_for_the_registry_is_sent_again_in_each_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("state.db")).await.expect("opens");
    let waits = RecordResult { send_again: true, ..answer("a", Outcome::Rejected) };
    let stands = answer("b", Outcome::Rejected);
    let records = [sent("a", 1), sent("b", 2)];
    store.record(&[waits, stands], &records, &at(1)).await.expect("stores");
    let known = store.answered().await.expect("reads");
    assert_ne!(known["a"], [1; 16]);
    assert_eq!(known["b"], [2; 16]);
}

#[tokio::test]
async fn what_has_gone_counts_until_a_complete_run_and_is_told_until_it_is_withdrawn() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("state.db")).await.expect("opens");
    let answers = ["a", "b", "c"].map(|id| answer(id, Outcome::Applied));
    let records = ["a", "b", "c"].map(|id| sent(id, 1));
    store.record(&answers, &records, &at(1)).await.expect("stores");
    // Another mapping: everything is sent again, and what the registry holds stays known.
    store.resume(&at(1), true).await.expect("resumes");
    assert!(store.answered().await.expect("reads").is_empty());
    assert_eq!(store.held().await.expect("reads").len(), 3);

    store.end_run(&["b"], &[]).await.expect("ended");
    let told = store.problems(10).await.expect("reads");
    assert!(told[0].message.contains("units/a/services/b"), "{told:?}");
    assert_eq!(store.held().await.expect("reads").len(), 2, "it is no news any more");
    assert_eq!(store.told_gone().await.expect("reads"), HashSet::from(["b".to_owned()]));
    store.accept_gone().await.expect("accepts");
    assert!(store.told_gone().await.expect("reads").is_empty(), "it stops counting");
    assert_eq!(store.refused().await.expect("reads"), 0, "a remark");
    store.end_run(&[], &[]).await.expect("ended");
    assert_eq!(store.problems(10).await.expect("reads").len(), 1, "told in each run");

    let delete = |id| Answered { name: None, ..sent(id, 2) };
    let answers = ["b", "c"].map(|id| answer(id, Outcome::Applied));
    store.record(&answers, &["b", "c"].map(delete), &at(2)).await.expect("stores");
    assert_eq!(store.held().await.expect("reads").into_iter().collect::<Vec<_>>(), ["a"]);
    assert!(store.problems(10).await.expect("reads").is_empty());
}

#[tokio::test]
async fn a_refusal_is_told_no_more_once_its_record_has_left_the_source() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("state.db")).await.expect("opens");
    let answers = ["akta", "kk"].map(|id| answer(id, Outcome::Rejected));
    store.record(&answers, &["akta", "kk"].map(|id| sent(id, 1)), &at(1)).await.expect("stores");
    assert_eq!(store.refused().await.expect("reads"), 2);
    store.end_run(&[], &["akta"]).await.expect("ended");
    let told = store.problems(10).await.expect("reads");
    assert_eq!(told.iter().map(|one| one.record.as_str()).collect::<Vec<_>>(), ["kk"]);
}

#[tokio::test]
async fn what_both_sides_have_found_takes_the_place_of_all_that_was_known() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    let store = Store::open(&path).await.expect("opens");
    let answers = [
        answer("a", Outcome::Applied),
        answer("b", Outcome::Applied),
        answer("c", Outcome::Rejected),
        answer("w", Outcome::Quarantined),
    ];
    let all = ["a", "b", "c", "w"].map(|id| sent(id, 1));
    store.record(&answers, &all, &at(1)).await.expect("stores");
    let named = |id: &str| format!("units/a/services/{id}");
    store.note("run:2", &[sent("d", 1)]).await.expect("notes");
    let beliefs = store.beliefs().await.expect("reads");
    assert_eq!(beliefs.standing("a", &named("a")), AnswerState::Taken);
    assert_eq!(beliefs.standing("c", &named("c")), AnswerState::Rejected(false));
    assert_eq!(beliefs.standing("w", &named("w")), AnswerState::Taken, "or it is sent again");
    assert_eq!(beliefs.standing("new", &named("new")), AnswerState::Taken, "the best is believed");

    // a and c stand as they were sent; b was deleted there, w was taken since, z is of an older
    // state.
    let adopted = |id: &str, is_rejected| Adopted { id: id.into(), digest: [2; 16], is_rejected };
    let compared = Compared {
        confirmed: vec![adopted("a", false), adopted("c", true), adopted("w", false)],
        held: ["a", "z"].map(|id| (id.to_owned(), named(id))).into(),
        ..Compared::default()
    };
    store.note("run:3", &[]).await.expect("notes");
    let reached = Checkpoint { position: "run:3".into(), ..at(3) };
    store.adopt(&compared, &reached).await.expect("adopts");
    let known = store.answered().await.expect("reads");
    assert_eq!(known, ["a", "c", "w"].map(|id| (id.to_owned(), [2; 16])).into());
    assert_eq!(store.waiting().await.expect("reads"), 0, "of what was taken nothing is told");
    let names = store.names().await.expect("reads");
    assert_eq!(names.into_keys().collect::<Vec<_>>(), ["a", "z"]);
    assert_eq!(store.held().await.expect("reads").len(), 2, "nothing is in doubt any more");
    assert_eq!(store.rejected().await.expect("reads"), ["c"], "why is still known");
    assert_eq!(store.checkpoint().await.expect("reads"), Some(reached));
    assert!(store.under_way().await.expect("reads").is_empty());
}

#[tokio::test]
async fn refused_records_stay_visible_and_a_second_agent_is_kept_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    let store = Store::open(&path).await.expect("opens");
    store.record(&[answer("a", Outcome::Rejected)], &[sent("a", 1)], &at(1)).await.expect("stores");
    let torn =
        Problem::unsent("row at line 7", "", &Error::field("row", FieldCode::Unreadable, "torn"));
    store.keep_unsent(&[torn]).await.expect("stores");
    let problems = store.problems(10).await.expect("reads");
    assert_eq!(
        problems.iter().map(|p| p.record.as_str()).collect::<Vec<_>>(),
        ["a", "row at line 7"]
    );
    assert!(Store::open(&path).await.is_err());
}

#[tokio::test]
async fn what_the_registry_remarks_on_a_record_that_it_took_is_told_and_refuses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("state.db")).await.expect("opens");
    let warning = Warning {
        field: "service.requirements[0].satisfied_by".into(),
        code: FieldCode::NotThereYet.to_string(),
        message: "units/a/services/kk does not exist yet".into(),
    };
    let warned = RecordResult { warnings: vec![warning], ..answer("akta", Outcome::Applied) };
    store.record(&[warned], &[sent("akta", 1)], &at(1)).await.expect("stores");
    assert_ne!(store.answered().await.expect("reads")["akta"], [1; 16], "asked for anew");
    let told = store.problems(10).await.expect("reads");
    assert_eq!((told[0].record.as_str(), told[0].code.as_str()), ("akta", "NOT_THERE_YET"));
    assert_eq!(store.refused().await.expect("reads"), 0, "the record is in the index");
    let clear = [answer("akta", Outcome::Applied)];
    store.record(&clear, &[sent("akta", 2)], &at(2)).await.expect("stores");
    assert!(store.problems(10).await.expect("reads").is_empty());
}

#[tokio::test]
async fn each_remark_on_a_record_is_told_with_the_row_where_it_stands() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("state.db")).await.expect("opens");
    let warning = |field: &str| Warning {
        field: field.into(),
        code: FieldCode::Overridden.as_str().into(),
        message: "the source has said something else since".into(),
    };
    let drifts = RecordResult {
        warnings: vec![warning("service.fees"), warning("service.title")],
        ..answer("legalisir", Outcome::Applied)
    };
    let unnamed = RecordResult { code: "REQUIRED".into(), ..answer("", Outcome::Rejected) };
    let both = [drifts, unnamed];
    let went = [sent("legalisir", 1), sent("", 2)];
    store.record(&both, &went, &at(1)).await.expect("stores");
    let place = |id: &str| Some(if id.is_empty() { "row at line 12" } else { "row at line 3" });
    store.place(place).await.expect("notes");
    let told = store.problems(10).await.expect("reads");
    let mut told: Vec<_> =
        told.iter().map(|one| (one.record.as_str(), one.field.as_str())).collect();
    told.sort_unstable();
    let row = "row at line 3 (legalisir)";
    assert_eq!(told, [("row at line 12", ""), (row, "service.fees"), (row, "service.title")]);

    let settled = answer("legalisir", Outcome::Applied);
    store.record(&[settled], &[sent("legalisir", 1)], &at(2)).await.expect("stores");
    let told = store.problems(10).await.expect("reads");
    assert_eq!(told.len(), 1, "what was looked at is told no more: {told:?}");
}

#[tokio::test]
async fn a_full_disk_is_told_as_one_and_nothing_is_noted_by_halves() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("state.db")).await.expect("opens");
    store.record(&[answer("a", Outcome::Applied)], &[sent("a", 1)], &at(1)).await.expect("stores");
    sqlx::raw_sql("PRAGMA max_page_count = 1").execute(&store.pool).await.expect("no room");
    let many: Vec<_> = (0..2_000).map(|number| sent(&format!("b{number}"), 1)).collect();
    let error = store.note("run:2", &many).await.expect_err("there is no room");
    assert_eq!(error.reason(), Reason::Unavailable);
    assert!(error.message().contains("disk that holds the agent's state is full"), "{error}");
    assert!(store.under_way().await.expect("reads").is_empty(), "nothing of it is there");
    assert_eq!(store.checkpoint().await.expect("reads"), Some(at(1)));

    sqlx::raw_sql("PRAGMA query_only = on").execute(&store.pool).await.expect("read-only");
    let error = store.note("run:2", &many[..1]).await.expect_err("it may not be written");
    assert!(error.message().contains("may not be written"), "{error}");
}

#[tokio::test]
async fn a_record_is_absent_since_the_first_complete_run_without_it_until_it_is_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("state.db")).await.expect("opens");
    let both = ["a", "b"].map(|id| answer(id, Outcome::Applied));
    store.record(&both, &["a", "b"].map(|id| sent(id, 1)), &at(1)).await.expect("stores");
    store.end_run(&["a", "b"], &[]).await.expect("ended");
    let due = |_: &str, since| Some(since + 1_000_000);
    store.note_absent(&["a", "b"].into(), 1, |_, _| None).await.expect("noted");
    assert!(store.absent().await.expect("reads").is_empty(), "nobody was told that they go");
    store.note_absent(&["a", "b"].into(), 5, due).await.expect("noted");
    store.note_absent(&["a", "b"].into(), 9, due).await.expect("noted");
    let since = async || -> Vec<_> {
        let absent = store.absent().await.expect("reads");
        absent.into_values().map(|one| one.since).collect()
    };
    assert_eq!(since().await, [5, 5], "since the first that told");
    let told = store.problems(10).await.expect("reads");
    let overdue = |why: &'static str| {
        move |one: &Problem| one.message.contains("after 1970-01-01") && one.message.contains(why)
    };
    assert!(told.iter().all(overdue("no run has come to its end")), "{told:?}");
    store.note_kept_back(Some("2 rows were not read")).await.expect("noted");
    let told = store.problems(10).await.expect("reads");
    assert!(told.iter().all(overdue("still stands: 2 rows were not read")), "{told:?}");
    store.note_kept_back(None).await.expect("noted");
    store.is_back(|id| id == "a").await.expect("cleared");
    store.note_absent(&["a", "b"].into(), 20, due).await.expect("noted");
    assert_eq!(since().await, [20, 5], "its time begins anew");
    store.note_absent(&["b"].into(), 30, |_, _| None).await.expect("noted");
    let told = store.problems(10).await.expect("reads");
    assert!(!told.iter().any(|one| one.message.contains("after")), "no more by itself: {told:?}");
}
