//! Wrong input: an exit code that says what kind of fault it is, and words that say what to do.

use std::fs;

use mpp_tests::program::{Said, command};
use serde_json::json;

use super::{DUKCAPIL, Up};

const OFFERING: &str = "malls/banyuwangi/counters/dukcapil/offerings/ktp-el-hilang";

pub async fn wrong_input_is_told_by_exit_code_and_next_step(up: &Up) {
    for (args, code, words) in [
        (vec!["search"], 2, "Usage"),
        (vec!["get", "malls/nowhere"], 3, "next:"),
        (vec!["get", "offices/1"], 7, "offices/1"),
        (vec!["--as", "reader", "accept", OFFERING], 4, "next:"),
        (vec!["--as", "nobody", "report"], 7, "administrator"),
        (vec!["--as", "reader", "report", "--token-file", "a.jwt"], 2, "give one of them"),
        (vec!["hours", DUKCAPIL, "--date", "yesterday"], 7, "date"),
        (vec!["search", "ktp", "--near", "jakarta"], 7, "--near -6.2,106.8"),
        (vec!["book", OFFERING, "--nik", "123"], 7, "16 digits"),
        (vec!["book", OFFERING, "--nik", "3510011345900001"], 7, "date of birth"),
        (vec!["cancel", "malls/banyuwangi/appointments/nowhere"], 3, "code is wrong or missing"),
        (vec!["search", "ktp", "--region", "99.99"], 7, "no region has the code 99.99"),
        (vec!["watch", "--kind", "appointment"], 7, "mpp watch scheduling"),
        (vec!["repair", "registry", "nation"], 7, "records, memory"),
        (vec!["watch", "--region", "99.99"], 7, "no region has the code 99.99"),
        (vec!["search", "ktp", "--agency", "units/nowhere"], 7, "units/nowhere does not exist"),
        (vec!["token", "--role", "organiser", "--namespace", "banyuwangi"], 7, "malls/banyuwangi"),
        (vec!["--registry", "http://127.0.0.1:1", "search", "ktp"], 6, "next:"),
        (vec!["agent", "run", "nothing.toml"], 7, "nothing.toml"),
        (vec!["token", "--role", "king"], 7, "administrator"),
    ] {
        let said = up.run(&args).await;
        assert_eq!(said.code, code, "{args:?}: {}{}", said.out, said.err);
        assert!(said.err.contains(words), "{args:?} does not say '{words}': {}", said.err);
        assert!(!said.err.contains("panicked"), "{args:?}: {}", said.err);
    }
    a_rule_of_hours_that_is_wrong_is_refused_by_its_day(up).await;
    a_step_out_of_turn_is_a_conflict(up).await;
    a_flag_says_who_calls_whatever_the_environment_says(up).await;
    a_misspelt_setting_is_told_with_those_that_there_are(up).await;
}

async fn a_flag_says_who_calls_whatever_the_environment_says(up: &Up) {
    let mut report = command(up.home.path());
    report.env("MPP_TOKEN_FILE", "mpp-data/keys/administrator.jwt");
    report.args(["--as", "reader", "accept", OFFERING]);
    let said = Said::by(report).await;
    assert_eq!(said.code, 4, "it called as the administrator: {}{}", said.out, said.err);
}

async fn a_misspelt_setting_is_told_with_those_that_there_are(up: &Up) {
    let printed = up.run(&["policy"]).await.succeeded();
    let file = up.home.path().join("policy.toml");
    for (from, to, words) in [
        ("# days_ahead =", "day_ahead =", "days_ahead"),
        ("[scheduling]", "[booking]", "scheduling"),
        ("# days_ahead = 92", "days_ahead = 9999", "scheduling.days_ahead"),
    ] {
        fs::write(&file, printed.replace(from, to)).expect("a file");
        for args in [&["policy", "policy.toml"][..], &["up", "--policy", "policy.toml"]] {
            let said = up.run(args).await;
            assert_eq!(said.code, 7, "{args:?}: {}{}", said.out, said.err);
            assert!(said.err.contains(words), "{args:?} does not say '{words}': {}", said.err);
        }
    }
    fs::write(&file, printed.replace("# days_ahead = 92", "days_ahead = 31")).expect("a file");
    let shown = up.run(&["policy", "policy.toml"]).await.succeeded();
    assert!(shown.contains("\ndays_ahead = 31"), "{shown}");
    assert!(!shown.contains("[registry]"), "only what is set: {shown}");
}

async fn a_rule_of_hours_that_is_wrong_is_refused_by_its_day(up: &Up) {
    let backwards = json!({
        "name": "hoursRules/backwards", "target": DUKCAPIL, "season": "SEASON_ANY",
        "weekly": { "mon": [{ "open": "09:00", "close": "08:00" }] }, "basis": "SE 1/2026",
    });
    fs::write(up.home.path().join("hours.json"), backwards.to_string()).expect("a file");
    let said = up.run(&["apply", "hours.json"]).await;
    assert_eq!(said.code, 7, "{}{}", said.out, said.err);
    assert!(said.out.contains("mon"), "{}", said.out);
}

async fn a_step_out_of_turn_is_a_conflict(up: &Up) {
    let called = up.json(&["queue", "issue", DUKCAPIL]).await;
    let ticket = called[0]["name"].as_str().expect("a ticket").to_owned();
    let said = up.run(&["queue", "complete", &ticket]).await;
    assert_eq!(said.code, 5, "a ticket that nobody called: {}{}", said.out, said.err);
}
