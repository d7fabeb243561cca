//! The commands that the program and the READMEs print must run as printed.

use std::collections::{BTreeMap, BTreeSet};

use mpp_tests::program::{Said, path, shell};

use super::Up;

/// The table in the demo's README: source, then read, duplicate, unread, received, applied,
/// unchanged, rejected, quarantined.
fn promised_accounting() -> BTreeMap<String, Vec<i64>> {
    let text = include_str!("../../../services/mpp/demo/README.md");
    let (_, table) = text.split_once("## Accounting of the first sync").expect("the chapter");
    let rows = table.lines().filter(|line| line.starts_with("| ")).skip(2);
    rows.map(|line| {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let source = cells.next().expect("a name").to_owned();
        (source, cells.map(|cell| cell.parse().expect("a number")).collect())
    })
    .collect()
}

pub async fn every_record_is_accounted_for(up: &Up) {
    let promised = promised_accounting();
    let sources = up.json(&["list", "sources"]).await;
    assert_eq!(sources.len() + 1, promised.len(), "all sources, and the row of sums");
    for source in &sources {
        let name = source["name"].as_str().expect("a name").trim_start_matches("sources/");
        let sum = |field: &str| {
            source["accounting"][field].as_str().map_or(0, |n| n.parse().expect("a number"))
        };
        let sums = ["received", "applied", "unchanged", "rejected", "quarantined"].map(sum);
        assert_eq!(sums.as_slice(), &promised[name][3..], "{name}");
        assert_eq!(
            sums[0],
            sums[1..].iter().sum::<i64>(),
            "{name}: what was received is accounted for"
        );
        // One of them is read four times: two years, a withdrawal, and by an agent that has lost
        // its state.
        let runs = if name == "madiun" { 4 } else { 1 };
        let [read, duplicate, unread] = [0, 1, 2].map(|at| promised[name][at]);
        // Its duplicate says something else than the first, and is not published either.
        let differing = if name == "madiun" { duplicate } else { 0 };
        let told = sum("unread");
        assert_eq!(told, (unread + differing) * runs, "{name}: what is not published is counted");
        let (invalid, suspicious) = (unread / 2, unread - unread / 2);
        let trials =
            if suspicious > 0 { format!(" + suspicious {suspicious}") } else { String::new() };
        let said = format!(
            "sources/{name}: read {read} = sent {} + known 0 + invalid {invalid} + duplicate \
             {duplicate}{trials}",
            read - duplicate - unread
        );
        assert!(up.process.log().contains(&said), "it prints: {said}");
    }
}

/// The list of Madiun shows each outcome, and each has its way out.
pub async fn each_outcome_says_what_to_do(up: &Up) {
    let said = up.run(&["agent", "problems", "mpp-data/demo/madiun.toml"]).await.succeeded();
    for code in [
        "UNIT_NOT_FOUND",
        "OVERRIDDEN",
        "DUPLICATE",
        "ERROR_VALUE",
        "SUSPICIOUS",
        "KEY_MISSING",
        "NOT_READ",
        "BUNDLE",
    ] {
        assert!(said.contains(&format!("[{code}]")), "{code} is shown:\n{said}");
    }
    assert!(said.contains("the source has said something else since"), "drift is told:\n{said}");
    let problems = said.lines().filter(|line| line.starts_with("  ! ")).count();
    let several =
        |line: &str| line.strip_prefix("  for each of these ")?.split(',').next()?.parse().ok();
    let told = said.lines().filter(|line| line.contains("what to do: "));
    let told: usize = told.map(|line| several(line).unwrap_or(1)).sum();
    assert_eq!(told, problems, "{said}");
    let withdrawn = up.run(&["get", "units/madiun/services/karcis"]).await;
    assert_ne!(withdrawn.code, 0, "it was withdrawn: {}", withdrawn.out);
    let sources = up.json(&["list", "sources"]).await;
    let madiun = sources.iter().find(|one| one["name"] == "sources/madiun").expect("the source");
    assert_eq!((&madiun["waitingNow"], &madiun["unreadNow"]), (&"1".into(), &"3".into()));
}

/// Every command that the program and the README print, each once: an appointment is made once.
pub async fn what_is_printed_runs(up: &Up) {
    let log = up.process.log();
    let (_, next) = log.split_once("Next, in another terminal:").expect("the next steps");
    let printed = next.lines().filter_map(|line| line.strip_prefix("  "));
    let printed: Vec<_> = printed.map(str::to_owned).collect();
    assert!(printed.len() >= 5, "{next}");
    let program = path().display().to_string();
    let readme = readme_commands(&tour(include_str!("../../../README.md"))).into_iter();
    let readme: Vec<_> = readme.map(|line| line.replace("target/release/mpp", &program)).collect();
    assert!(readme.len() >= 10, "{readme:?}");
    let mut done = BTreeSet::new();
    for line in printed.iter().chain(&readme) {
        if done.insert(line.split_whitespace().collect::<Vec<_>>()) {
            run_as_printed(up, line).await;
        }
    }
}

/// The README without the chapter that needs files of its own; that has a story of its own.
fn tour(readme: &str) -> String {
    let (before, rest) = readme.split_once("## Your own catalog").expect("the chapter");
    let (_, after) = rest.split_once("\n## ").expect("a chapter after it");
    format!("{before}## {after}")
}

/// Commands in shell blocks and in the text that begin with the built program.
fn readme_commands(readme: &str) -> Vec<String> {
    let mut commands = Vec::new();
    for (number, part) in readme.split("```").enumerate() {
        let is_block = number % 2 == 1;
        let found: Vec<&str> = match part.strip_prefix("sh\n") {
            Some(block) if is_block => block.lines().collect(),
            _ if is_block => continue,
            _ => part.split('`').skip(1).step_by(2).collect(),
        };
        let own = found.into_iter().filter(|text| text.starts_with("target/release/mpp "));
        let command = |text: &str| text.split(" #").next().unwrap_or(text).trim().to_owned();
        commands.extend(own.map(command));
    }
    commands
}

async fn run_as_printed(up: &Up, line: &str) {
    let said = Said::by(shell(up.home.path(), line)).await;
    // The demo's sources hold blemishes on purpose: 9 says that some records were refused.
    let fine: &[i32] = if line.contains(" agent run ") { &[0, 9] } else { &[0] };
    assert!(fine.contains(&said.code), "as printed: {line}\n{}{}", said.out, said.err);
    assert!(!said.out.trim().is_empty(), "{line} says nothing");
}
