//! A regency keeps its offices, its mall and the counters there in lists of its own, and its agent
//! feeds them to the registry, by the very files that the guide shows
//! (`services/agent/samples/places`). No source deletes any of them.

use std::{fs, path::PathBuf};

use mpp_api::registry::unit::Kind;
use mpp_testkit::Backend;
use mpp_tests::{
    PATIENCE, Suite, eventually,
    keys::{ADMINISTRATOR, MALL_SYSTEM},
    program::Said,
    town,
    wait::that,
};

use crate::hours::create_source;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../services/agent/samples/places");
const SOURCE: &str = "sources/mal-banyuwangi";
const MALL: &str = "malls/banyuwangi";
const SOSIAL: &str = "malls/banyuwangi/counters/sosial";

#[tokio::test]
async fn a_regencys_lists_of_places_are_fed_by_its_agent_on_sqlite() {
    tell(Backend::Sqlite).await;
}

#[tokio::test]
async fn a_regencys_lists_of_places_are_fed_by_its_agent_on_postgres() {
    tell(Backend::Postgres).await;
}

async fn tell(backend: Backend) {
    let suite = Suite::start(backend).await;
    town::found(&suite).await;
    create_source(&suite, "units/pemkab-banyuwangi").await;
    let lists = Lists::new(&suite);
    let checked = lists.agent("check", &[]).await.succeeded();
    assert!(checked.contains("read 6 = good 6") && !checked.contains("KEY_MISSING"), "{checked}");
    let ran = lists.agent("run", &[]).await;
    assert!(ran.out.contains("applied 4 + unchanged 0 + rejected 0 + waiting 2"), "{ran:?}");
    what_waits_says_what_for(&suite, &lists).await;
    a_row_that_is_no_place(&lists).await;
    a_counter_that_leaves_its_list_stays(&suite, &lists).await;
    a_counter_that_comes_back_is_its_sources_again(&suite, &lists).await;
    a_second_configuration_of_the_source_is_told_to_be_joined(&lists).await;
}

/// A mall is made by an administrator and handed over; an office elsewhere is made by its own.
async fn what_waits_says_what_for(suite: &Suite, lists: &Lists<'_>) {
    let told = lists.agent("problems", &[]).await.succeeded();
    let command = format!("hand-back {MALL} --to {SOURCE}");
    assert!(told.contains(&command) && told.contains("UNIT_NOT_FOUND"), "{told}");
    let refused = suite.run(ADMINISTRATOR, &["hand-back", MALL]).await;
    assert!(refused.code == 7 && refused.err.contains("--to sources/"), "{refused:?}");
    let checked = suite.run(ADMINISTRATOR, &["hand-back", MALL, "--to", SOURCE, "--dry-run"]).await;
    assert!(checked.succeeded().contains("would be handed over"));
    let handed = suite.run(ADMINISTRATOR, &["hand-back", MALL, "--to", SOURCE]).await.succeeded();
    assert!(handed.contains(&format!("handed over  {MALL} to {SOURCE}")), "{handed}");
    town::create_unit(suite, "bpjs-kesehatan-banyuwangi", Kind::PublicBody, "", "BPJS Kesehatan")
        .await;
    eventually(PATIENCE, "what waited is applied by itself", async || {
        let waiting = suite.run(ADMINISTRATOR, &["quarantine", "list", SOURCE]).await.out;
        that(!waiting.contains(MALL), waiting)
    })
    .await;
    let ran = lists.agent("run", &[]).await.succeeded();
    assert!(ran.contains("waiting 0"), "its agent hears of it: {ran}");
}

async fn a_row_that_is_no_place(lists: &Lists<'_>) {
    lists.edit("gerai.csv", |text| text + "banyuwangi;TES;tes;dinsos-banyuwangi;ASN;T;1;;\n");
    let ran = lists.agent("run", &[]).await;
    assert!(ran.code == 9 && ran.out.contains("suspicious 1"), "{ran:?}");
    let name = "malls/banyuwangi/counters/tes";
    let told = lists.agent("release", &[name]).await.succeeded();
    assert!(told.contains(&format!("{name} (\"tes\") is released")), "{told}");
    lists.lay_out();
    assert_eq!(lists.agent("run", &[]).await.code, 0, "it was never sent");
}

async fn a_counter_that_leaves_its_list_stays(suite: &Suite, lists: &Lists<'_>) {
    lists.edit("gerai.csv", |text| {
        text.lines()
            .filter(|row| !row.contains("SOSIAL"))
            .fold(String::new(), |all, row| all + row + "\n")
    });
    lists.withdraws_after_hours(1);
    let seen = lists.agent("preview", &[]).await.succeeded();
    assert!(
        seen.contains(&format!("{SOSIAL} is not in the source, and stays in the index")),
        "{seen}"
    );
    let ran = lists.agent("run", &[]).await.succeeded();
    assert!(ran.contains("1 unit, mall or counter of this source is not in it; it stays"), "{ran}");
    let told = lists.agent("problems", &[]).await.succeeded();
    assert!(told.contains("No source deletes a unit, a mall or a counter"), "{told}");
    assert!(!told.contains("by the first complete run after"), "none goes by hours: {told}");
    for asked in [SOSIAL, "--all-gone"] {
        let would = lists.agent("withdraw", &[asked]).await;
        assert_eq!(would.code, 5, "{would:?}");
        assert!(
            would.out.contains(&format!("{SOSIAL}: ")) && would.out.contains("hand-back"),
            "{would:?}"
        );
        assert!(would.err.contains("nothing would go, and 1 would be given back"), "{would:?}");
    }
    let given = lists.agent("withdraw", &[SOSIAL, "--yes"]).await.succeeded();
    assert!(given.contains("1 unit, mall or counter was given back"), "{given}");
    assert!(!given.contains("offerings"), "{given}");
    let stands = suite.run(ADMINISTRATOR, &["get", SOSIAL]).await.succeeded();
    assert!(stands.contains("Gerai Sosial") && !stands.contains(SOURCE), "{stands}");
}

async fn a_counter_that_comes_back_is_its_sources_again(suite: &Suite, lists: &Lists<'_>) {
    lists.lay_out();
    let ran = lists.agent("run", &[]).await.succeeded();
    assert!(ran.contains("sent 1 = applied 1"), "nobody has written it since: {ran}");
    let stands = suite.run(ADMINISTRATOR, &["get", SOSIAL]).await.succeeded();
    assert!(stands.contains(SOURCE), "{stands}");
    let back = suite.run(ADMINISTRATOR, &["hand-back", SOSIAL, "--to", "none"]).await.succeeded();
    assert!(back.contains("to whoever may write it by calls"), "{back}");
}

/// It would take the places for gone, and the first would do so with its services.
async fn a_second_configuration_of_the_source_is_told_to_be_joined(lists: &Lists<'_>) {
    let catalog =
        "kode,nama,syarat,biaya\nKTP,KTP elektronik,KK,Gratis\nKIA,Kartu anak,KK,Gratis\n";
    let path = |file: &str| lists.folder.join(file).display().to_string();
    fs::write(path("layanan.csv"), catalog).expect("a file");
    let (from, into) = (path("layanan.csv"), path("layanan.toml"));
    let unit = "units/dinsos-banyuwangi";
    let args = ["agent", "init", &from, "--source", SOURCE, "--unit", unit, "--into", &into];
    let begun = lists.suite.run(MALL_SYSTEM, &args).await.succeeded();
    assert!(begun.contains(&format!("places.toml feeds {SOURCE} already")), "{begun}");
    let ran = lists.suite.run(MALL_SYSTEM, &["agent", "run", &into]).await;
    let said = format!("{}{}", ran.out, ran.err);
    assert!(ran.code == 0 && said.contains("another configuration feeds this source"), "{said}");
    assert!(!said.contains("--all-gone") && !said.contains("--accept-missing"), "{said}");
    assert!(said.contains("join them in one"), "{said}");
    let told = lists.suite.run(MALL_SYSTEM, &["agent", "problems", &into]).await.out;
    assert!(!told.contains("--all-gone") && !told.contains("--accept-missing"), "{told}");
}

/// The regency's folder, with its lists and the agent's files.
struct Lists<'a> {
    suite: &'a Suite,
    folder: PathBuf,
}

impl<'a> Lists<'a> {
    fn new(suite: &'a Suite) -> Self {
        let lists = Self { suite, folder: suite.home().join("places") };
        fs::create_dir_all(lists.folder.join("files")).expect("a folder");
        lists.lay_out();
        lists
    }

    /// Its files as the guide shows them.
    fn lay_out(&self) {
        for file in
            ["places.toml", "places.jq", "files/kantor.csv", "files/mal.csv", "files/gerai.csv"]
        {
            let text = fs::read(PathBuf::from(SAMPLE).join(file)).expect("a sample");
            fs::write(self.folder.join(file), text).expect("a file");
        }
    }

    fn edit(&self, file: &str, edit: impl Fn(String) -> String) {
        let path = self.folder.join("files").join(file);
        let text = fs::read_to_string(&path).expect("a file");
        fs::write(path, edit(text)).expect("a file");
    }

    fn withdraws_after_hours(&self, hours: u32) {
        let path = self.folder.join("places.toml");
        let text = fs::read_to_string(&path).expect("a file");
        fs::write(path, format!("{text}\n[policy]\nwithdraw_absent_hours = {hours}\n"))
            .expect("a file");
    }

    async fn agent(&self, command: &str, more: &[&str]) -> Said {
        let config = self.folder.join("places.toml").display().to_string();
        let args = [&["agent", command, &config], more].concat();
        self.suite.run(MALL_SYSTEM, &args).await
    }
}
