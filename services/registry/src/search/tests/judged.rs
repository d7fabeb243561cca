//! The judged set: questions as citizens type them, and the service that must come first.
//!
//! `judged_services.tsv` holds a small catalog (id, title, English title, category, keywords),
//! `judged.tsv` the questions (text, id, note). Questions marked `held-out` were written before
//! their first run, and no word list was changed because of one; new questions for tuning belong to
//! the other part.

use super::*;

pub const SERVICES: &str = include_str!("../judged_services.tsv");
const JUDGED: &str = include_str!("../judged.tsv");

/// Judges the queries that are (not) held out: how many find their service first, how many there
/// are, and the misses.
async fn judge(held_out: bool) -> (usize, usize, String) {
    let engine = engine(judged_services()).await;
    let (mut first, mut all, mut misses) = (0, 0, String::new());
    for line in JUDGED.lines().filter(|line| line.ends_with("held-out") == held_out) {
        let columns: Vec<&str> = line.split('\t').collect();
        let results = ask(&engine, columns[0]).await;
        let found = services(&results);
        all += 1;
        if found.first() == Some(&columns[1]) {
            first += 1;
        } else {
            misses += &format!(
                "{:?} wants {}, finds {:?}\n",
                columns[0],
                columns[1],
                &found[..found.len().min(3)]
            );
        }
    }
    (first, all, misses)
}

#[tokio::test]
async fn questions_find_their_service_first() {
    let (first, all, misses) = judge(false).await;
    println!("hits@1 {first} of {all}\n{misses}");
    assert!(all >= 60 && first * 100 >= all * 85, "{first} of {all}\n{misses}");
}

#[tokio::test]
async fn questions_that_nothing_was_tuned_on_find_theirs_too() {
    let (first, all, misses) = judge(true).await;
    println!("held out: hits@1 {first} of {all}\n{misses}");
    assert!(all >= 15 && first * 100 >= all * 85, "{first} of {all}\n{misses}");
}

#[test]
fn every_judged_query_names_a_service() {
    let known: Vec<&str> = SERVICES.lines().filter_map(|line| line.split('\t').next()).collect();
    for line in JUDGED.lines() {
        assert!(line.split('\t').nth(1).is_some_and(|name| known.contains(&name)), "{line}");
    }
}
