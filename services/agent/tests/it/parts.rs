//! Databases of offices that hold rows back, or cannot tell whether they do: their rows never pass
//! for the whole.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use mpp_agent::{Access, Ask, Database, Input, Noticed, Policy, Server, Tls};
use mpp_testkit::{Backend, database, execute, on_both};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::time::timeout;

use crate::{
    databases::{CATALOG, access, asked, query, read, seen, table},
    office::{MAPPING, counts, lack, mapped_under},
};

#[tokio::test]
async fn what_is_no_file_is_no_database() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipa.db");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    let own = |path: &str| folder.path().join(path);
    for path in [pipe, own(""), own(":memory:"), ":memory:".into(), "".into(), "/dev/zero".into()] {
        for immutable in [false, true] {
            let access = Access::Sqlite { path: path.clone(), immutable };
            let said = read(access, asked("SELECT 'A' AS kode", false), MAPPING).await;
            assert!(lack(&said).contains("there is no database file ("), "{path:?}: {said:?}");
        }
    }
}

#[tokio::test]
async fn a_file_that_nobody_writes_is_read_with_all_of_it_or_told_as_a_part() {
    let database = database(Backend::Sqlite).await;
    execute(database.url(), CATALOG).await;
    let path = database.folder().expect("a folder").join("test.db");
    let still = || Access::Sqlite { path: path.clone(), immutable: true };
    let options = SqliteConnectOptions::new().filename(&path);
    let options = options.pragma("wal_autocheckpoint", "0");
    let mut writer = SqliteConnection::connect_with(&options).await.expect("a connection");
    let newer = "PRAGMA journal_mode = wal; UPDATE layanan SET nama = 'KTP baru'";
    sqlx::raw_sql(newer).execute(&mut writer).await.expect("a change");
    let said = read(still(), asked("layanan", true), MAPPING).await;
    assert!(lack(&said).contains("-wal") && lack(&said).contains("take immutable out"), "{said:?}");
    assert_eq!(counts(&table(&database).await), (3, 0, true));
    writer.close().await.expect("an end");
    // The last connection takes the log with it.
    let said = read(still(), asked("layanan", true), MAPPING).await;
    assert_eq!(counts(&said), (3, 0, true), "{:?}", said.lack);
    let journal = path.with_file_name("test.db-journal");
    std::fs::write(&journal, [0; 512]).expect("a journal that is done with");
    let said = read(still(), asked("layanan", true), MAPPING).await;
    assert_eq!(counts(&said), (3, 0, true), "{:?}", said.lack);
    std::fs::write(&journal, [0xd9; 512]).expect("a journal");
    let said = read(still(), asked("layanan", true), MAPPING).await;
    assert!(lack(&said).contains("-journal"), "{said:?}");
}

#[test]
fn a_run_that_ends_early_leaves_nothing_behind_that_breaks() {
    let broken = Arc::new(AtomicUsize::new(0));
    let (count, earlier) = (broken.clone(), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |panic| {
        count.fetch_add(usize::from(panic.to_string().contains("being shutdown")), Relaxed);
        earlier(panic);
    }));
    let runtime = || tokio::runtime::Runtime::new().expect("a runtime");
    let database = runtime().block_on(async {
        let database = database(Backend::Sqlite).await;
        execute(database.url(), CATALOG).await;
        database
    });
    for _ in 0..40 {
        let twice = "SELECT kode, nama AS kode FROM layanan";
        let said = runtime().block_on(query(&database, twice));
        assert!(lack(&said).contains("two columns are called kode"), "{}", lack(&said));
    }
    assert_eq!(broken.load(Relaxed), 0);
}

#[tokio::test]
async fn amounts_that_each_server_writes_in_its_own_way_are_refused() {
    let database = database(Backend::Postgres).await;
    let types = "CREATE DOMAIN tarif AS money; CREATE TYPE biaya AS (pokok money, nama text)";
    execute(database.url(), types).await;
    for value in ["5::money", "5::money::tarif", "ARRAY[5::money]", "ROW(5::money, 'x')::biaya"] {
        let said = query(&database, &format!("SELECT 'x' AS kode, {value} AS harga")).await;
        let said = lack(&said);
        assert!(
            said.contains("column harga") && said.contains("harga::numeric"),
            "{value}: {said}"
        );
    }
    let said = seen(&database, "SELECT 'x' AS kode, 5::money::numeric AS harga").await;
    assert_eq!(said, r#"{"kode":"x","harga":5.00}"#);
}

#[tokio::test]
async fn a_server_that_never_greets_is_waited_for_no_longer_than_the_policy_says() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let server = Server {
        host: "127.0.0.1".into(),
        port: Some(port),
        socket: None,
        user: "baca".into(),
        password: None,
        database: "katalog".into(),
        tls: Tls::Off,
        tls_ca: None,
    };
    let source = Database {
        access: Access::Postgres(server),
        ask: asked("layanan", true),
        noticed: Noticed::default(),
    };
    let policy = Policy {
        patience_seconds: 0,
        answer_timeout_seconds: 1,
        page_first_wait_millis: 10,
        ..Policy::default()
    };
    let said = mapped_under(policy, Input::Sql(source), MAPPING, false).await;
    assert!(lack(&said).contains("no answer in 1 s"), "{}", lack(&said));
    // One try only: the patience is 0 seconds. Whoever came has come, since the run has ended.
    let greeted = async || timeout(Duration::from_millis(100), silent.accept()).await.is_ok();
    assert!(greeted().await && !greeted().await);
}

#[tokio::test]
async fn what_is_not_surely_all_is_no_whole_but_where_it_is_meant() {
    on_both(async |database| {
        let views = format!(
            "{CATALOG} CREATE VIEW terbaru AS SELECT * FROM layanan ORDER BY kode LIMIT 2;
             CREATE VIEW beranda AS SELECT kode, nama, syarat FROM terbaru;
             CREATE VIEW semua AS SELECT *, 'limit 2' AS \"limit\" FROM layanan"
        );
        execute(database.url(), &views).await;
        for text in [
            "SELECT * FROM layanan LIMIT 1 + 1",
            "SELECT * FROM layanan LIMIT (SELECT 2)",
            "SELECT * FROM (SELECT * FROM layanan LIMIT 2) AS z",
            "WITH a AS (SELECT * FROM layanan LIMIT 2) SELECT * FROM a",
            "SELECT * FROM layanan LIMIT 100 OFFSET 2",
            "SELECT * FROM terbaru",
            "SELECT * FROM \"beranda\" WHERE kode <> 'x'",
        ] {
            let said = query(&database, text).await;
            let lacks = lack(&said);
            let is_told = lacks.contains("limits its rows") && lacks.contains("whole = true");
            assert!(is_told && lacks.starts_with("dinas.toml, line 4"), "{text}: {lacks}");
            let meant = Ask { is_whole: true, ..asked(text, false) };
            let said = read(access(&database), meant, MAPPING).await;
            assert!(said.lack.is_none() && said.tally.read > 0, "{text}: {:?}", said.lack);
        }
        let said = read(access(&database), asked("terbaru", true), MAPPING).await;
        assert!(lack(&said).contains("the view terbaru limits"), "{}", lack(&said));
        let said = read(access(&database), asked("semua", true), MAPPING).await;
        assert_eq!(counts(&said), (3, 0, true), "{:?}", said.lack);
    })
    .await;
}

#[tokio::test]
async fn rows_that_an_account_may_not_see_are_missed() {
    let database = database(Backend::Postgres).await;
    let account = format!("lihat_{}", database.url().rsplit('_').next().expect("its own part"));
    let setup = format!(
        "{CATALOG} CREATE ROLE {account} LOGIN PASSWORD 'x'; GRANT SELECT ON layanan TO {account};
         ALTER TABLE layanan ENABLE ROW LEVEL SECURITY;
         CREATE POLICY satu ON layanan TO {account} USING (kode = 'KTP')"
    );
    execute(database.url(), &setup).await;
    let Access::Postgres(server) = access(&database) else { panic!("no server") };
    let reader = || Access::Postgres(Server { user: account.clone(), ..server.clone() });
    let said = read(reader(), asked("layanan", true), MAPPING).await;
    let is_told = lack(&said).contains("BYPASSRLS") && lack(&said).contains("whole = true");
    assert!(is_told, "{}", lack(&said));
    let meant = Ask { is_whole: true, ..asked("layanan", true) };
    let said = read(reader(), meant, MAPPING).await;
    assert_eq!(counts(&said), (1, 0, true), "{:?}", said.lack);
    execute(database.url(), &format!("DROP OWNED BY {account}; DROP ROLE {account}")).await;
}
