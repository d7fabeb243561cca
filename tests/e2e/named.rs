//! An office's database that names the rows which have changed: its agent reads only those, and a
//! part never counts as the whole.

use std::fs;

use mpp_api::sync::{GetSourceRequest, Source, sync_service_client::SyncServiceClient};
use mpp_testkit::{Backend, TestDatabase, database, execute};
use mpp_tests::{
    PATIENCE, Service, Suite, eventually,
    keys::{APP, PUBLISHER},
    process::{Process, Signal},
    town::{self, Ministry, SOURCE},
    wait::that,
};
use serde_json::Value;

/// As services/agent/README.md has it.
const TRIGGER: &str = "
    CREATE FUNCTION katalog_berubah() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF TG_OP IN ('UPDATE', 'DELETE') THEN
        PERFORM pg_notify('katalog', left(OLD.kode::text, 250)); END IF;
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        PERFORM pg_notify('katalog', left(NEW.kode::text, 250)); END IF;
      IF TG_OP = 'TRUNCATE' THEN NOTIFY katalog; END IF;
      RETURN NULL; END $$;
    CREATE TRIGGER katalog_berubah AFTER INSERT OR UPDATE OR DELETE ON layanan
      FOR EACH ROW EXECUTE FUNCTION katalog_berubah();
    CREATE TRIGGER katalog_kosong AFTER TRUNCATE ON layanan
      FOR EACH STATEMENT EXECUTE FUNCTION katalog_berubah();";

const TABLE: &str = "
    CREATE TABLE layanan (kode TEXT, nama TEXT, biaya TEXT, waktu TEXT, aktif BOOLEAN DEFAULT true);
    INSERT INTO layanan SELECT 'L-' || n, 'Layanan nomor ' || n, 'Gratis', '1 jam'
    FROM generate_series(1, 100) AS n";

#[tokio::test]
async fn an_edit_that_the_database_names_is_read_alone_and_all_else_by_the_whole() {
    let suite = Suite::start(Backend::Sqlite).await;
    town::found(&suite).await;
    let office = database(Backend::Postgres).await;
    execute(office.url(), TABLE).await;
    execute(office.url(), TRIGGER).await;
    let mut agent = start(&suite, &office);
    let first = ran(&agent, 1).await;
    assert_eq!((&first["read"], &first["complete"]), (&100.into(), &true.into()));
    let fresh = source(&suite).await;

    let edits = async |statement: &str, runs: usize| {
        execute(office.url(), statement).await;
        ran(&agent, runs).await
    };
    // One row is read where one is named, and the source is as fresh as before.
    let done = edits("UPDATE layanan SET nama = 'Surat pindah' WHERE kode = 'L-7'", 2).await;
    assert_eq!((&done["read"], &done["applied"]), (&1.into(), &1.into()), "{done}");
    assert_eq!((&done["part"], &done["complete"]), (&true.into(), &false.into()), "{done}");
    let done = edits("INSERT INTO layanan VALUES ('L-101', 'Surat baru', 'Gratis', '1 jam')", 3);
    assert_eq!(done.await["applied"], 1);
    let now = source(&suite).await;
    assert_eq!(now.last_success_time, fresh.last_success_time, "a part is no success");
    assert_eq!(now.incomplete, None, "and no failure");

    // Many at once are read together.
    let many = "UPDATE layanan SET biaya = 'Rp 1.000' WHERE kode LIKE 'L-_'";
    let done = edits(many, 4).await;
    assert_eq!((&done["read"], &done["part"]), (&9.into(), &true.into()), "{done}");

    // What has gone, what the query leaves out, and a notice of unknown form: all is read.
    let done = edits("DELETE FROM layanan WHERE kode = 'L-9'", 5).await;
    assert_eq!((&done["read"], &done["complete"]), (&100.into(), &true.into()), "{done}");
    assert_eq!((&done["missing"], &done["withdrawn"]), (&1.into(), &0.into()), "as ever");
    let done = edits("UPDATE layanan SET aktif = false WHERE kode = 'L-8'", 6).await;
    assert_eq!((&done["read"], &done["missing"]), (&99.into(), &1.into()), "{done}");
    for (runs, notice) in [(7, "NOTIFY katalog"), (8, "NOTIFY katalog, 'L-8888'")] {
        let done = edits(notice, runs).await;
        assert_eq!((&done["read"], &done["part"]), (&99.into(), &false.into()), "{notice}");
    }
    assert_ne!(source(&suite).await.last_success_time, fresh.last_success_time);

    // A row whose record another row makes, too, is judged with all of them.
    let twin = "INSERT INTO layanan VALUES ('l-7', 'Layanan lain', 'Gratis', '1 jam')";
    let done = edits(twin, 9).await;
    assert_eq!((&done["part"], &done["duplicate"]), (&false.into(), &1.into()), "{done}");
    agent.signal(Signal::Terminate).await;
    assert!(agent.end_within(PATIENCE).await.success(), "{}", agent.log());
}

fn start(suite: &Suite, office: &TestDatabase) -> Process {
    let ministry = Ministry::new(suite);
    let config = format!(
        "source = \"{SOURCE}\"\nmapping = \"map.jq\"\nstate = \"state.db\"\n[input]\n\
         type = \"postgres\"\naddress = \"{}\"\nlisten = \"katalog\"\nlisten_key = \"kode\"\n\
         query = \"SELECT kode, nama, biaya, waktu FROM layanan WHERE aktif\"\n",
        office.url()
    );
    fs::write(suite.home().join("kemendagri/agent.toml"), config).expect("a file");
    let args = ministry.agent();
    let flags = ["--every", "3600", "-o", "json"];
    let args: Vec<&str> = args.iter().map(String::as_str).chain(flags).collect();
    let command = suite.command(PUBLISHER, &args);
    Process::start("the agent", command, &suite.home().join("agent.log"))
}

/// How its last run ended, once it has ended so many.
async fn ran(agent: &Process, runs: usize) -> Value {
    eventually(PATIENCE, "a run", async || {
        let log = agent.log();
        let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let done: Vec<Value> = lines.filter(|line| line["event"] == "done").collect();
        that(done.len() >= runs, log.clone())?;
        done.last().cloned().ok_or(log)
    })
    .await
}

async fn source(suite: &Suite) -> Source {
    let channel = suite.channel(Service::Registry, APP);
    let request = GetSourceRequest { name: SOURCE.into() };
    let answer = SyncServiceClient::new(channel).get_source(request).await.expect("a source");
    answer.into_inner().source.expect("a source")
}
