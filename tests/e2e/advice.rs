//! A program follows the ways out exactly as `mpp agent problems` prints them: each step works,
//! none leads back to an earlier one, and at the end nothing is left to do.

use std::collections::BTreeSet;

use mpp_testkit::Backend;
use mpp_tests::{
    Suite,
    keys::PUBLISHER,
    town::{self, Ministry, Row, row},
};

/// Rounds of run, look and follow after which the advice counts as endless.
const ROUNDS: usize = 6;

#[tokio::test]
async fn advice_that_is_followed_word_by_word_works_and_leads_in_no_circle() {
    let suite = Suite::start(Backend::Sqlite).await;
    let ministry = town::open(&suite).await;
    let mut rows: Vec<Row> = town::catalog();
    rows.extend((1..=10).map(|n| row(&format!("L-{n}"), &format!("Layanan nomor {n}"), "Gratis")));
    rows.push(row("KLINIK", "Contoh layanan", "Gratis"));
    rows.push(row("LEGALISIR", "Legalisasi akta", "12000"));
    ministry.publish(&rows);
    let done = follow(&suite, &ministry).await;
    for step in ["agent release", "units.biaya"] {
        assert!(done.iter().any(|one| one.contains(step)), "{step}: {done:?}");
    }

    rows.remove(3);
    ministry.publish(&rows);
    let done = follow(&suite, &ministry).await;
    assert!(done.iter().any(|one| one.contains("agent withdraw")), "{done:?}");

    // More than may go at once.
    rows.drain(3..8);
    ministry.publish(&rows);
    let done = follow(&suite, &ministry).await;
    assert!(done.iter().any(|one| one.contains("--accept-missing")), "{done:?}");
    assert_eq!(done.iter().filter(|one| one.contains("agent withdraw")).count(), 5, "{done:?}");
}

/// Runs the agent and follows the printed advice, until none is printed.
async fn follow(suite: &Suite, ministry: &Ministry) -> BTreeSet<String> {
    let mut done = BTreeSet::new();
    for _ in 0..ROUNDS {
        let said = ministry.sync(suite).await;
        assert!([0, 8, 9].contains(&said.code), "{}{}", said.out, said.err);
        let problems = ministry.problems(suite).await.succeeded();
        let steps: BTreeSet<String> = problems.lines().filter_map(step).collect();
        if steps.is_empty() {
            assert_eq!(
                said.code, 0,
                "nothing is left to do:\n{}{}\n{problems}",
                said.out, said.err
            );
            return done;
        }
        for step in steps {
            take(suite, ministry, &step).await;
            assert!(done.insert(step.clone()), "it leads in a circle: {step}\n{problems}");
        }
    }
    panic!("after {ROUNDS} rounds there is still something to do: {done:?}");
}

/// The command, or the line of a setting, that ends a line of the problems.
fn step(line: &str) -> Option<String> {
    let line = line
        .rsplit_once(" [")
        .filter(|(_, code)| code.ends_with(']'))
        .map_or(line, |(text, _)| text);
    let commands = ["agent release ", "agent withdraw ", "agent run ", "units."];
    let start = commands.iter().filter_map(|command| line.rfind(command)).max()?;
    Some(line[start..].to_owned())
}

async fn take(suite: &Suite, ministry: &Ministry, step: &str) {
    if step.starts_with("units.") {
        return ministry.configures(step);
    }
    let words: Vec<&str> = step.split_whitespace().map(|word| word.trim_matches('\'')).collect();
    let said = suite.run(PUBLISHER, &words).await;
    // Before it withdraws records for good, the command says which would go.
    let asks = said.err.contains("again with --yes");
    let said =
        if asks { suite.run(PUBLISHER, &[&words[..], &["--yes"]].concat()).await } else { said };
    assert!([0, 9].contains(&said.code), "as printed: {step}\n{}{}", said.out, said.err);
}
