//! `mpp up --demo`, as somebody meets it who has just built it: printed commands run, promises are
//! kept, and mistakes are told.

mod backup;
mod catalog;
mod held_up;
mod life;
mod manuals;
mod measured;
mod printed;
mod refused;

use std::{fs, path::Path};

use mpp_testkit::free_ports;
use mpp_tests::{
    PATIENCE, eventually, http,
    process::{Process, Signal},
    program::{Said, command, shell},
    wait::that,
};
use serde_json::Value;
use tempfile::TempDir;

const DUKCAPIL: &str = "malls/banyuwangi/counters/dukcapil";

/// `mpp up`, running in a folder of its own.
struct Up {
    home: TempDir,
    process: Process,
    port: u16,
    lives: usize,
}

impl Up {
    async fn start(args: &[&str]) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let port = free_ports(14);
        let process = launch(home.path(), port, args, 1);
        let mut up = Self { home, process, port, lives: 1 };
        up.is_up().await;
        up
    }

    async fn again(&mut self, args: &[&str]) {
        self.lives += 1;
        self.process = launch(self.home.path(), self.port, args, self.lives);
        self.is_up().await;
    }

    async fn is_up(&mut self) {
        let process = &mut self.process;
        eventually(PATIENCE, "the next steps are printed", async || {
            let log = process.log();
            assert!(process.ended().is_none(), "it ended:\n{log}");
            that(log.contains("Ctrl-C ends"), log)
        })
        .await;
        if let Some(line) =
            self.process.log().lines().find(|line| line.starts_with("Serving after"))
        {
            println!("    {line}");
        }
    }

    /// Runs a client command as somebody would in the same folder.
    async fn run(&self, args: &[&str]) -> Said {
        let mut mpp = command(self.home.path());
        mpp.args(args);
        Said::by(mpp).await
    }

    async fn json(&self, args: &[&str]) -> Vec<Value> {
        let all = [args, &["--output", "json"]].concat();
        let out = self.run(&all).await.succeeded();
        let lines: Vec<Value> = out
            .lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|e| panic!("{args:?}: {e}: {line}"))
            })
            .collect();
        assert!(!lines.is_empty(), "{args:?} prints nothing");
        lines
    }

    /// Ctrl-C, which drains.
    async fn interrupt(&mut self) {
        self.process.signal(Signal::Interrupt).await;
        let status = self.process.end_within(PATIENCE).await;
        assert!(status.success(), "Ctrl-C ends with {status}");
        assert!(self.process.log().contains("Draining"));
    }
}

/// The blocks of a guide that are for a shell.
fn sh_blocks(text: &str) -> Vec<&str> {
    text.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix("sh\n")).collect()
}

fn launch(home: &Path, port: u16, args: &[&str], life: usize) -> Process {
    let mut up = command(home);
    up.arg("up").args(args).args(["--port", &port.to_string()]);
    Process::start("mpp up", up, &home.join(format!("up-{life}.log")))
}

#[tokio::test]
async fn whoever_starts_the_demo_can_run_all_that_is_printed() {
    let mut up = Up::start(&["--demo"]).await;
    printed::every_record_is_accounted_for(&up).await;
    printed::each_outcome_says_what_to_do(&up).await;
    printed::what_is_printed_runs(&up).await;
    searches_find_the_right_service_and_where_it_is(&up).await;
    a_search_says_what_it_does_not_know(&up).await;
    a_search_says_how_it_read_the_question(&up).await;
    life::the_path_of_a_birth_is_told_in_two_malls(&up).await;
    a_closed_day_is_told_alike_by_hours_and_slots(&up).await;
    every_answer_is_json_where_it_is_asked_for(&up).await;
    refused::wrong_input_is_told_by_exit_code_and_next_step(&up).await;
    the_page_is_there_in_both_languages(&up).await;
    a_second_one_on_the_same_data_is_refused(&up).await;
    a_restart_keeps_everything(&mut up).await;
}

#[tokio::test]
async fn a_second_one_leaves_the_firsts_context_and_prints_what_reaches_its_own() {
    let first = Up::start(&["--data", "mal 'satu'"]).await;
    let place = first.home.path().join("state/mpp/context.json");
    let before = fs::read_to_string(&place).expect("the first one's context");
    assert!(!first.process.log().contains("MPP_CONTEXT"), "{}", first.process.log());

    let home = first.home.path();
    let process = launch(home, free_ports(14), &["--data", "mal \"dua\" $HOME"], 2);
    eventually(PATIENCE, "its next steps", async || {
        that(process.log().contains("Ctrl-C ends"), process.log())
    })
    .await;
    assert_eq!(fs::read_to_string(&place).expect("still there"), before);
    // All that it prints, pasted as it is into another terminal.
    let log = process.log();
    let (_, next) = log.split_once("Next, in another terminal:").expect("the next steps");
    let steps: Vec<&str> = next.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    let said = Said::by(shell(home, &format!("set -e\n{}", steps.join("\n")))).await.succeeded();
    assert!(said.contains("mal \"dua\" $HOME/context.json"), "doctor says which: {said}");
    let said = first.run(&["doctor"]).await.succeeded();
    assert!(said.contains("state/mpp/context.json"), "without it the first is reached: {said}");
}

#[tokio::test]
async fn every_metric_of_the_reference_is_told_and_no_other() {
    let mut up = Up::start(&["--demo"]).await;
    up.run(&["search", "ktp"]).await.succeeded();
    measured::the_scrape_is_what_the_reference_says(&up).await;
    up.interrupt().await;
}

#[tokio::test]
async fn at_shows_ramadan_a_holiday_and_what_nobody_knows_yet() {
    // Outside Ramadan the mall closes at 14:00; in it the national template holds.
    for (at, expected) in [
        ("2026-03-02", vec!["2026-03-02 Monday", "08:00-12:00, 12:30-15:00", "Ramadan"]),
        ("2026-08-17", vec!["2026-08-17 Monday", "closed", "SKB 1497/2025"]),
        ("2028-03-01", vec!["2028-03-01 Wednesday", "unknown"]),
    ] {
        let mut up = Up::start(&["--demo", "--at", at]).await;
        let said = up.run(&["hours", "malls/banyuwangi", "--days", "1"]).await.succeeded();
        for words in expected {
            assert!(said.contains(words), "--at {at}: '{words}' is missing:\n{said}");
        }
        up.interrupt().await;
    }
}

async fn searches_find_the_right_service_and_where_it_is(up: &Up) {
    for (args, service) in [
        (vec!["search", "kalau ktp hilang gimana"], "ktp-el-hilang"),
        (vec!["search", "biaya paspor", "--near", "-6.2,106.8"], "paspor"),
        (vec!["search", "skkc"], "skck"),
    ] {
        let answer = &up.json(&args).await[0];
        let best = &answer["hits"][0];
        let name = best["service"].as_str().unwrap_or_default();
        assert!(name.contains(service), "{args:?}: {name} is first");
        let places = best["places"].as_array().expect("malls that offer it");
        assert!(places.iter().all(|place| {
            place["mall"].as_str().is_some_and(|mall| mall.starts_with("malls/"))
        }));
        let distances: Vec<f64> =
            places.iter().filter_map(|place| place["distanceKm"].as_f64()).collect();
        assert!(distances.is_sorted(), "{args:?}: nearest first: {distances:?}");
    }
}

/// A search without an answer says so in words and in JSON, and a place in the question hides
/// nothing.
async fn a_search_says_what_it_does_not_know(up: &Up) {
    let said = up.run(&["search", "resep rendang"]).await.succeeded();
    assert!(said.contains("No service"), "{said}");
    let said = up.run(&["search", "sertifikat laik sehat depot"]).await.succeeded();
    assert!(
        said.contains("No service really answers") || said.contains("No service answers"),
        "{said}"
    );
    let answer = &up.json(&["search", "lowongan kerja"]).await[0];
    assert_eq!(answer["weak"].as_bool(), Some(true), "{answer}");
    assert_eq!(answer["unanswered"][0].as_str(), Some("lowongan"), "{answer}");

    let answer = &up.json(&["search", "skck di kab. lima puluh kota"]).await[0];
    assert_eq!(answer["named"][0]["regions"][0].as_str(), Some("regions/13.07"), "{answer}");
    assert!(answer["weak"].is_null() && answer["hits"][0]["offeredThere"].is_null(), "{answer}");
    let said = up.run(&["search", "skck di kab. lima puluh kota"]).await.succeeded();
    assert!(said.contains("not offered in kab. lima puluh kota"), "{said}");
}

/// A slip is found and told, as is what the first hit lacks, what is no place, and where one goes.
async fn a_search_says_how_it_read_the_question(up: &Up) {
    for (question, said_of_it) in [
        ("skkc", "Read as a slip of the pen: skkc ~ skck"),
        ("nib hilang", "Nothing says that the first covers: hilang"),
        ("ktp hilang internasional", "No service has: internasional"),
        ("ktp di mars", "\"mars\" is no place that the index knows"),
        ("pindah ke bali", "\"bali\" is where one goes (Bali)"),
        ("paspor di kab sleman", "\"kab sleman\" is taken for a place: Kabupaten Sleman"),
        (
            "paspor selain surabaya",
            "\"surabaya\" is where one does not want to ask (Kota Surabaya)",
        ),
    ] {
        let said = up.run(&["search", question]).await.succeeded();
        assert!(said.contains(said_of_it), "{question}: {said}");
    }
    let slip = up.run(&["search", "skkc"]).await.succeeded();
    assert!(!slip.contains("No service really answers"), "{slip}");
}

/// Any week has a Sunday.
async fn a_closed_day_is_told_alike_by_hours_and_slots(up: &Up) {
    let offering = "malls/banyuwangi/counters/dukcapil/offerings/ktp-el-hilang";
    let hours = up.run(&["hours", offering]).await.succeeded();
    let slots = up.run(&["slots", offering]).await.succeeded();
    let (_, closed) = hours.split_once("closed\n").unwrap_or_else(|| panic!("no Sunday: {hours}"));
    let why: Vec<&str> = closed.lines().take_while(|line| line.starts_with("    ")).collect();
    assert!(!why.is_empty() && slots.contains(&why.join("\n")), "{hours}\n{slots}");
}

async fn every_answer_is_json_where_it_is_asked_for(up: &Up) {
    for args in [
        vec!["get", "malls/banyuwangi"],
        vec!["list", "malls"],
        vec!["hours", DUKCAPIL],
        vec!["deviations", "malls/banyuwangi", "--all"],
        vec!["slots", "malls/banyuwangi/counters/dukcapil/offerings/ktp-el-hilang"],
        vec!["queue", "show", DUKCAPIL],
        vec!["report"],
        vec!["doctor"],
        vec!["watch", "--initial-state", "--kind", "mall", "--count", "2"],
        // There are not so many: it ends where the state does.
        vec!["watch", "--initial-state", "--kind", "mall", "--count", "100000"],
        vec!["--as", "auditor", "report", "--verify"],
    ] {
        up.json(&args).await;
    }
}

async fn the_page_is_there_in_both_languages(up: &Up) {
    for (path, words) in
        [("/", "lang=\"id\""), ("/en", "lang=\"en\""), ("/malls/banyuwangi", "Banyuwangi")]
    {
        let (status, body) =
            http::get(&format!("http://127.0.0.1:{}{path}", up.port)).await.expect("the page");
        assert_eq!(status, 200, "{path}");
        assert!(body.contains(words), "{path} lacks {words}");
        assert!(
            !body.contains("src=\"http") && !body.contains("@import"),
            "{path} needs no other host"
        );
    }
}

async fn a_second_one_on_the_same_data_is_refused(up: &Up) {
    for (port, words) in [(free_ports(14), "registry.db"), (up.port, "listened on")] {
        let mut second = command(up.home.path());
        second.args(["up", "--port", &port.to_string()]);
        let said = Said::by(second).await;
        assert_ne!(said.code, 0, "{}", said.out);
        assert!(said.err.contains(words), "it says why: {}", said.err);
    }
    up.run(&["doctor"]).await.succeeded();
}

async fn a_restart_keeps_everything(up: &mut Up) {
    let booked = up.run(&[
        "book",
        "malls/banyuwangi/counters/dukcapil/offerings/ktp-el-baru",
        "--nik",
        "3510014107909999",
    ]);
    let booked = booked.await.succeeded();
    let appointment = booked.lines().last().expect("its name").to_owned();
    let csv = up.home.path().join("mpp-data/demo/kemendagri/services.csv");
    let edited =
        fs::read_to_string(&csv).expect("the ministry's file").replacen("Gratis", "Rp 12.345", 1);
    fs::write(&csv, edited).expect("a file");
    let before = up.json(&["get", "sources/bkpm"]).await;
    up.interrupt().await;

    up.again(&["--demo"]).await;
    up.run(&["get", &appointment]).await.succeeded();
    let cancel = booked.lines().find(|line| line.contains(" cancel "));
    let cancel = shell(up.home.path(), cancel.expect("how to cancel"));
    let cancelled = Said::by(cancel).await.succeeded();
    assert!(cancelled.starts_with("cancelled"), "{cancelled}");
    // Records with a remark of the registry's are sent again, and turn out unchanged.
    let written = |source: &[Value]| source[0]["accounting"]["applied"].clone();
    assert_eq!(written(&up.json(&["get", "sources/bkpm"]).await), written(&before));
    let services = up
        .run(&["list", "services", "--parent", "units/kemendagri", "--limit", "0"])
        .await
        .succeeded();
    assert!(services.contains("Rp12,345"), "the edited file was kept, and synced:\n{services}");
    up.interrupt().await;
}
