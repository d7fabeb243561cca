//! A regency keeps its opening hours in a sheet, and its agent feeds them to scheduling, by the
//! very files that the guide shows (`services/agent/samples/hours`).

use std::{fs, path::PathBuf};

use mpp_testkit::Backend;
use mpp_tests::{
    PATIENCE, Service, Suite, eventually, http,
    keys::{ADMINISTRATOR, MALL_SYSTEM},
    program::Said,
    town,
    wait::that,
};
use serde_json::Value;

use crate::hours::{SOURCE, create_counter, create_source};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../services/agent/samples/hours");

#[tokio::test]
async fn a_regencys_sheet_of_hours_is_fed_by_its_agent_on_sqlite() {
    tell(Backend::Sqlite).await;
}

#[tokio::test]
async fn a_regencys_sheet_of_hours_is_fed_by_its_agent_on_postgres() {
    tell(Backend::Postgres).await;
}

async fn tell(backend: Backend) {
    let suite = Suite::start(backend).await;
    town::found(&suite).await;
    create_source(&suite, "units/dpmptsp-banyuwangi").await;
    let office = Office::new(&suite);
    let checked = office.agent("check", &[]).await.succeeded();
    assert!(checked.contains("read 3 = good 3") && checked.contains("malls and counters"));
    let shown = office.agent("preview", &[]).await.succeeded();
    assert!(shown.contains("+ new: hoursRules/mal-banyuwangi_jam-mal"), "{shown}");
    let ran = office.agent("run", &[]).await.succeeded();
    assert!(ran.contains("sent 3 = applied 3"), "{ran}");
    let rule = office.rule("renovasi").await.succeeded();
    assert!(rule.contains("Perbaikan ruang layanan") && rule.contains(SOURCE), "{rule}");
    assert!(office.agent("run", &[]).await.succeeded().contains("sent 0 + known 3"));
    it_is_fresh_where_it_sends(&suite).await;
    rows_that_wait_or_are_not_read(&suite, &office).await;
    a_rule_that_has_left_the_sheet(&office).await;
    a_state_that_is_lost(&office).await;
    the_wrong_service(&office).await;
}

/// It has no session at the registry, and is not waited for there.
async fn it_is_fresh_where_it_sends(suite: &Suite) {
    eventually(PATIENCE, "the report knows where it sends", async || {
        let report = suite.run(ADMINISTRATOR, &["report", "-o", "json"]).await.out;
        let report: Value = serde_json::from_str(&report).map_err(|error| error.to_string())?;
        let sources = report["sources"].as_array().cloned().unwrap_or_default();
        let own = sources.into_iter().find(|one| one["source"] == SOURCE).unwrap_or_default();
        let at = &own["services"];
        let is_known = at[0]["service"] == "SERVICE_SCHEDULING" && at[1] == Value::Null;
        that(is_known && own.get("late").is_none(), own.to_string())
    })
    .await;
    let late = async |service: Service, at: &str| {
        let (_, text) = http::get(&suite.health(service, "metrics")).await.expect("metrics");
        let own = ["mpp_source_late_seconds{", SOURCE, &format!("service=\"{at}\"")];
        let line = text.lines().find(|line| own.iter().all(|part| line.contains(part)));
        line.and_then(|line| line.rsplit(' ').next()).map(str::to_owned)
    };
    assert_eq!(late(Service::Scheduling, "scheduling").await.as_deref(), Some("0"));
    assert_eq!(late(Service::Registry, "registry").await, None);
    assert!(late(Service::Registry, "elsewhere").await.is_some(), "it cannot tell");
}

/// One row is for a counter that comes later, one has hours that nobody can read.
async fn rows_that_wait_or_are_not_read(suite: &Suite, office: &Office<'_>) {
    let day = "08.00 - 12.00";
    let row = |id: &str, target: &str, hours: &str| {
        format!("{id};{target};2026-01-01;;{hours};{hours};tutup;tutup;;;SE 1/2026\n")
    };
    let kua = row("JAM-KUA", "Gerai kua", day);
    office.add(&(kua.clone() + &row("JAM-BPN", "Gerai dukcapil", "08.00 - selesai")));
    let ran = office.agent("run", &[]).await;
    assert_eq!(ran.code, 9, "{ran:?}");
    let told = office.agent("problems", &[]).await.succeeded();
    for words in ["08.00 - selesai", "is not read", "TARGET_NOT_FOUND", "counters/kua"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let redrive = ["quarantine", "redrive", SOURCE, "--service", "scheduling"];
    let redriven = suite.run(ADMINISTRATOR, &redrive).await;
    assert!(redriven.out.contains("counters/kua"), "it waits on: {redriven:?}");
    create_counter(suite).await;
    eventually(PATIENCE, "the counter's hours are applied by themselves", async || {
        let rule = office.rule("jam-kua").await;
        that(rule.code == 0, format!("{rule:?}"))
    })
    .await;
    office.lay_out();
    office.add(&kua);
    let ran = office.agent("run", &[]).await.succeeded();
    assert!(ran.contains("waiting 0"), "its agent hears of it: {ran}");
}

async fn a_rule_that_has_left_the_sheet(office: &Office<'_>) {
    office.lay_out();
    let ran = office.agent("run", &[]).await.succeeded();
    assert!(ran.contains("1 record is no longer in the source"), "{ran}");
    let would = office.agent("withdraw", &["jam-kua"]).await;
    let name = "hoursRules/mal-banyuwangi_jam-kua; what held before it holds again";
    assert!(would.code != 0 && would.out.contains(name), "{would:?}");
    let withdrawn = office.agent("withdraw", &["jam-kua", "--yes"]).await.succeeded();
    assert!(withdrawn.contains("1 record was withdrawn: jam-kua"), "{withdrawn}");
    assert_eq!(office.rule("jam-kua").await.code, 3, "there is no such rule");
}

async fn a_state_that_is_lost(office: &Office<'_>) {
    office.forgets();
    let ran = office.agent("run", &[]).await;
    assert!(ran.err.contains("\"records\":3") && ran.err.contains("\"differ\":0"), "{ran:?}");
    assert!(ran.succeeded().contains("sent 0 + known 3"));
}

/// The line that says where its records go is missing.
async fn the_wrong_service(office: &Office<'_>) {
    office.names_no_service();
    let kept = office.agent("run", &[]).await;
    assert!(kept.code == 7 && kept.err.contains("holds answers of scheduling"), "{kept:?}");
    office.forgets();
    let told = office.agent("check", &[]).await;
    let way_out = "set service = \"scheduling\" above [input]";
    assert!(told.code == 8 && told.out.contains(way_out), "{told:?}");
}

/// The office's folder, with the sheet and the agent's files.
struct Office<'a> {
    suite: &'a Suite,
    folder: PathBuf,
}

impl<'a> Office<'a> {
    fn new(suite: &'a Suite) -> Self {
        let office = Self { suite, folder: suite.home().join("hours") };
        fs::create_dir_all(&office.folder).expect("a folder");
        office.lay_out();
        office
    }

    /// Its files as the guide shows them.
    fn lay_out(&self) {
        for file in ["hours.toml", "hours.jq", "hours.csv"] {
            let text = fs::read(PathBuf::from(SAMPLE).join(file)).expect("a sample");
            fs::write(self.folder.join(file), text).expect("a file");
        }
    }

    fn add(&self, rows: &str) {
        self.edit("hours.csv", |text| text + rows);
    }

    fn names_no_service(&self) {
        self.edit("hours.toml", |text| text.replace("service = \"scheduling\"", ""));
    }

    fn edit(&self, file: &str, edit: impl Fn(String) -> String) {
        let path = self.folder.join(file);
        let text = fs::read_to_string(&path).expect("a file");
        fs::write(path, edit(text)).expect("a file");
    }

    fn forgets(&self) {
        for end in ["", "-wal", "-shm"] {
            let file = self.folder.join(format!("hours.state.db{end}"));
            if file.exists() {
                fs::remove_file(file).expect("a file");
            }
        }
    }

    async fn agent(&self, command: &str, more: &[&str]) -> Said {
        let config = self.folder.join("hours.toml").display().to_string();
        let args = [&["agent", command, &config], more].concat();
        self.suite.run(MALL_SYSTEM, &args).await
    }

    async fn rule(&self, id: &str) -> Said {
        let name = format!("hoursRules/mal-banyuwangi_{id}");
        self.suite.run(ADMINISTRATOR, &["get", &name]).await
    }
}
