//! An office's own database as its agent reads it.

use mpp_agent::{Access, Ask, Checked, Database, Input, Noticed, Secret, Server, Setting, Tls};
use mpp_testkit::{Backend, TestDatabase, database, execute, on_both};
use sqlx::{Connection as _, PgConnection};

use crate::office::{MAPPING, counts, lack, mapped, places, until_read_slowly};

pub const CATALOG: &str = "
    CREATE TABLE layanan (kode TEXT, nama TEXT, syarat TEXT);
    INSERT INTO layanan VALUES
        ('KTP', 'KTP elektronik', 'Kartu keluarga'), ('KK', 'Kartu keluarga', NULL),
        ('AKTA', 'Akta kelahiran', '');";

/// How an office's database is reached.
pub fn access(database: &TestDatabase) -> Access {
    match database.backend() {
        Backend::Sqlite => {
            let folder = database.folder().expect("a folder");
            Access::Sqlite { path: folder.join("test.db"), immutable: false }
        }
        Backend::Postgres => {
            let url = url::Url::parse(database.url()).expect("an address");
            Access::Postgres(Server {
                host: url.host_str().expect("a host").to_owned(),
                port: url.port(),
                socket: None,
                user: url.username().to_owned(),
                password: url.password().map(Secret::of),
                database: url.path().trim_start_matches('/').to_owned(),
                tls: Tls::Off,
                tls_ca: None,
            })
        }
    }
}

/// A table's name or a query, as the agent's file sets it.
pub fn asked(text: &str, is_table: bool) -> Ask {
    let text = Setting { text: text.into(), place: "dinas.toml, line 4".into() };
    Ask { text, is_table, is_whole: false }
}

/// Reads and maps rows of a database as an agent does.
pub async fn read(access: Access, ask: Ask, program: &str) -> Checked {
    mapped(Input::Sql(Database { access, ask, noticed: Noticed::default() }), program, false).await
}

/// Reads the whole table of a database.
pub async fn table(database: &TestDatabase) -> Checked {
    read(access(database), asked("layanan", true), MAPPING).await
}

/// Reads a query's rows.
pub async fn query(database: &TestDatabase, text: &str) -> Checked {
    read(access(database), asked(text, false), MAPPING).await
}

/// The first row, as the mapping sees it, as JSON text.
pub async fn seen(database: &TestDatabase, text: &str) -> String {
    let program = r#"{source_id: "x", unit: "units/x", service: {title: {id: "Akta kelahiran"},
        product: tojson}}"#;
    let said = read(access(database), asked(text, false), program).await;
    let record =
        said.first.unwrap_or_else(|| panic!("{text}: {:?} {:?}", said.problems, said.lack));
    let record = mpp_api::json::write(&record).expect("JSON");
    let record: serde_json::Value = serde_json::from_str(&record).expect("JSON");
    record["service"]["product"].as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn a_table_and_a_query_are_read_to_their_end() {
    on_both(async |database| {
        execute(database.url(), CATALOG).await;
        let said = table(&database).await;
        assert_eq!(counts(&said), (3, 0, true), "{:?} {:?}", said.problems, said.lack);
        let said = query(&database, "SELECT * FROM layanan WHERE kode <> 'KK'; \n").await;
        assert_eq!(counts(&said), (2, 0, true), "{:?}", said.lack);
        let said = query(&database, "SELECT * FROM layanan -- all of it").await;
        assert_eq!(counts(&said), (3, 0, true), "{:?}", said.lack);
        let said = query(&database, "WITH a AS (SELECT * FROM layanan) SELECT * FROM a").await;
        assert_eq!(counts(&said), (3, 0, true), "{:?}", said.lack);
    })
    .await;
}

#[tokio::test]
async fn many_rows_are_read_in_little_memory_and_each_of_them() {
    on_both(async |database| {
        let many = "
            CREATE TABLE layanan (kode TEXT, nama TEXT, syarat TEXT);
            INSERT INTO layanan WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
                WHERE i < 5000) SELECT 'K-' || i, 'Izin usaha ' || i, 'KTP' FROM n;";
        execute(database.url(), many).await;
        assert_eq!(counts(&table(&database).await), (5_000, 0, true));
    })
    .await;
}

#[tokio::test]
async fn a_long_code_that_sqlite_keeps_rounded_refuses_its_row() {
    let database = database(Backend::Sqlite).await;
    let text = "CREATE TABLE layanan (kode NUMERIC, nama TEXT, syarat TEXT);
        INSERT INTO layanan VALUES ('12345678901234567890', 'Akta', ''), ('1234567890123456789', 'KK', '');";
    execute(database.url(), text).await;
    let said = table(&database).await;
    assert_eq!(counts(&said), (2, 1, true), "{:?}", said.problems);
    assert!(said.problems[0].message.contains("make the column TEXT"), "{:?}", said.problems);
    assert_eq!(said.first.expect("the other").source_id, "1234567890123456789");
}

#[tokio::test]
async fn nothing_that_writes_is_carried_out() {
    on_both(async |database| {
        execute(database.url(), CATALOG).await;
        for text in [
            "DELETE FROM layanan",
            "DELETE FROM layanan RETURNING *",
            "SELECT * FROM layanan; DELETE FROM layanan",
            "SELECT * FROM layanan; COMMIT; DELETE FROM layanan",
            "SELECT 1) AS x; COMMIT; DELETE FROM layanan; SELECT * FROM (SELECT 1",
            "WITH gone AS (DELETE FROM layanan RETURNING *) SELECT * FROM gone",
        ] {
            let said = query(&database, text).await;
            assert!(said.lack.is_some(), "{text}");
        }
        let left = table(&database).await;
        assert_eq!(counts(&left), (3, 0, true));
    })
    .await;
}

#[tokio::test]
async fn a_function_that_writes_is_refused_and_told_as_the_configurations_fault() {
    let database = database(Backend::Postgres).await;
    let writes = format!(
        "{CATALOG} CREATE FUNCTION layanan_semua() RETURNS SETOF layanan LANGUAGE sql AS
         'DELETE FROM layanan RETURNING *'"
    );
    execute(database.url(), &writes).await;
    let said = query(&database, "SELECT * FROM layanan_semua()").await;
    assert!(lack(&said).starts_with("dinas.toml, line 4: postgres://"), "{}", lack(&said));
    assert!(lack(&said).contains("read-only") && lack(&said).contains("only read"));
    assert_eq!(counts(&table(&database).await), (3, 0, true));
}

#[tokio::test]
async fn all_rows_are_of_one_moment_however_long_it_takes() {
    let database = database(Backend::Postgres).await;
    execute(database.url(), CATALOG).await;
    // Each row takes its time, and after the first ones another hand deletes the rest.
    let slow = "SELECT l.kode || '-' || n AS kode, nama, syarat, pg_sleep(0.05)::text AS jeda
        FROM layanan l, generate_series(1, 5) n";
    let reading = read(access(&database), asked(slow, false), MAPPING);
    let deleting = async {
        until_read_slowly(database.url()).await;
        execute(database.url(), "DELETE FROM layanan").await;
    };
    let (said, ()) = tokio::join!(reading, deleting);
    assert_eq!(said.tally.read, 15, "{:?}", said.lack);
    assert!(said.lack.is_none(), "{}", lack(&said));
}

#[tokio::test]
async fn a_query_that_yields_other_rows_each_time_is_no_whole() {
    let database = database(Backend::Postgres).await;
    execute(database.url(), CATALOG).await;
    // One row more each time that it is asked.
    let odd = "SELECT l.* FROM layanan l, generate_series(1, (SELECT set_config('tes.n',
        (coalesce(nullif(current_setting('tes.n', true), ''), '0')::int + 1)::text, false)::int))";
    let said = query(&database, odd).await;
    assert!(lack(&said).contains("the database counts"), "{}", lack(&said));
}

#[tokio::test]
async fn a_query_with_a_limit_that_is_reached_is_no_whole() {
    on_both(async |database| {
        execute(database.url(), CATALOG).await;
        let said = query(&database, "SELECT * FROM layanan LIMIT 2").await;
        assert!(lack(&said).contains("take the limit out"), "{}", lack(&said));
        let said = query(&database, "SELECT * FROM layanan LIMIT (100 - 98)").await;
        assert!(lack(&said).contains("by a plain number"), "{}", lack(&said));
        let said = query(&database, "SELECT * FROM layanan LIMIT 200").await;
        assert!(said.lack.is_none(), "{:?}", said.lack);
    })
    .await;
}

#[tokio::test]
async fn an_operator_of_postgres_hides_no_limit() {
    let database = database(Backend::Postgres).await;
    execute(database.url(), CATALOG).await;
    let select = "SELECT kode, to_jsonb(layanan) #>> '{nama}' AS nama, syarat FROM layanan";
    for end in ["LIMIT 2", "FETCH FIRST ROW ONLY"] {
        let said = query(&database, &format!("{select} {end}")).await;
        assert!(lack(&said).contains("take the limit out"), "{end}: {}", lack(&said));
    }
    let said = query(&database, select).await;
    assert_eq!(counts(&said), (3, 0, true), "{:?}", said.lack);
}

#[tokio::test]
async fn postgres_tells_its_types_as_it_writes_them_itself() {
    let database = database(Backend::Postgres).await;
    let row = "SELECT 123456789012345678901::numeric AS nomor, 50000.00::numeric(12,2) AS biaya,
        true AS aktif, NULL::text AS kosong, ''::text AS hampa, '2026-03-01'::date AS mulai,
        '2026-03-01 08:30'::timestamp AS jam, '2026-03-01 08:30+07'::timestamptz AS saat,
        '{\"a\": [1, null]}'::jsonb AS rinci, ARRAY['KTP', 'KK'] AS syarat, 0.1::float8 AS desimal";
    assert_eq!(
        seen(&database, row).await,
        r#"{"nomor":123456789012345678901,"biaya":50000.00,"aktif":true,"kosong":null,"hampa":"","mulai":"2026-03-01","jam":"2026-03-01T08:30:00","saat":"2026-03-01T01:30:00+00:00","rinci":{"a":[1,null]},"syarat":["KTP","KK"],"desimal":0.1}"#
    );
    let said = query(&database, "SELECT 'x' AS kode, 'y'::bytea AS gambar").await;
    assert!(lack(&said).contains("column gambar holds bytes (BYTEA)"), "{}", lack(&said));
}

#[tokio::test]
async fn sqlite_tells_each_value_by_its_own_type() {
    let database = database(Backend::Sqlite).await;
    let mixed = "CREATE TABLE layanan (kode, nama, syarat);
        INSERT INTO layanan VALUES (1, 'Akta', 'KTP'), ('B-2', 'KK', x'00ff'),
            (3, 'KIA', CAST(x'ff' AS TEXT))";
    execute(database.url(), mixed).await;
    let row = "SELECT 9007199254740993 AS nomor, 50000.0 AS biaya, NULL AS kosong, '' AS hampa,
        '007' AS kode";
    assert_eq!(
        seen(&database, row).await,
        r#"{"nomor":9007199254740993,"biaya":50000.0,"kosong":null,"hampa":"","kode":"007"}"#
    );
    let said = table(&database).await;
    assert_eq!(counts(&said), (3, 2, true), "{:?}", said.problems);
    let told: Vec<&str> = said.problems.iter().map(|one| one.message.as_str()).collect();
    assert!(told.iter().any(|text| text.contains("column syarat: it holds bytes")), "{told:?}");
    assert!(told.iter().any(|text| text.contains("no UTF-8")), "{told:?}");
}

#[tokio::test]
async fn a_row_is_found_again_by_its_key_and_judged_as_in_any_source() {
    on_both(async |database| {
        let rows = "
            CREATE TABLE layanan (kode TEXT, nama TEXT, syarat TEXT);
            INSERT INTO layanan VALUES ('A', 'Akta', 'KTP'), ('B', 'tes', 'KTP'),
                ('C', '#REF!', 'KTP'), ('D', 'Izin', '1. KTP 2. KK'), ('E/1', 'Izin', 'KTP')";
        execute(database.url(), rows).await;
        let said = table(&database).await;
        assert_eq!(counts(&said), (5, 2, true), "{:?}", said.problems);
        assert_eq!(said.tally.suspicious, 1);
        let found = places(&said);
        assert!(
            found.contains(&"row 2, kode B (b)") && found.contains(&"row 3, kode C"),
            "{found:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_row_that_is_too_large_is_refused_and_the_others_are_read() {
    on_both(async |database| {
        let large = "x".repeat(5_000_000);
        let rows = format!("{CATALOG} INSERT INTO layanan VALUES ('BESAR', '{large}', '')");
        execute(database.url(), &rows).await;
        let said = table(&database).await;
        assert_eq!(counts(&said), (4, 1, true), "{:?}", said.lack);
        assert!(said.problems.iter().any(|one| one.message.contains("max_row_bytes")));
    })
    .await;
}

#[tokio::test]
async fn two_columns_of_one_name_and_a_missing_one_are_named() {
    on_both(async |database| {
        execute(database.url(), CATALOG).await;
        let said = query(&database, "SELECT kode, nama AS kode FROM layanan").await;
        assert!(lack(&said).contains("two columns are called kode"), "{}", lack(&said));
        let said = query(&database, "SELECT kode, nama, biaya FROM layanan").await;
        assert!(lack(&said).contains("biaya") && lack(&said).contains("line 4"), "{}", lack(&said));
        let said = read(access(&database), asked("pelayanan", true), MAPPING).await;
        assert!(lack(&said).contains("pelayanan"), "{}", lack(&said));
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_database_is_told_with_its_way_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let sqlite = |path: std::path::PathBuf| Access::Sqlite { path, immutable: false };
    let missing = sqlite(folder.path().join("tidak-ada.db"));
    let said = read(missing, asked("layanan", true), MAPPING).await;
    assert!(lack(&said).contains("see path"), "{}", lack(&said));
    let text = folder.path().join("katalog.db");
    std::fs::write(&text, "kode,nama\n".repeat(100)).expect("a file");
    let said = read(sqlite(text), asked("layanan", true), MAPPING).await;
    assert!(lack(&said).contains("no SQLite file"), "{}", lack(&said));
    let database = database(Backend::Postgres).await;
    execute(database.url(), CATALOG).await;
    let Access::Postgres(server) = access(&database) else { panic!("no server") };
    let nowhere = Server { port: Some(1), ..server.clone() };
    let said = read(Access::Postgres(nowhere), asked("layanan", true), MAPPING).await;
    assert!(lack(&said).contains("does the database run"), "{}", lack(&said));
    let other = Server { database: "tidak_ada".into(), ..server.clone() };
    let said = read(Access::Postgres(other), asked("layanan", true), MAPPING).await;
    assert!(lack(&said).contains("see the database's name"), "{}", lack(&said));
    assert!(!lack(&said).contains("password_file"), "{}", lack(&said));
    let secret = Server { password: Some(Secret::of("RAHASIA")), tls: Tls::Verified, ..server };
    let said = read(Access::Postgres(secret), asked("layanan", true), MAPPING).await;
    assert!(lack(&said).contains("see tls"), "{}", lack(&said));
    assert!(!format!("{said:?}").contains("RAHASIA"));
}

#[tokio::test]
async fn what_an_account_may_not_read_is_said() {
    let database = database(Backend::Postgres).await;
    let account = format!("baca_{}", uuid(database.url()));
    let setup = format!("{CATALOG} CREATE ROLE {account} LOGIN PASSWORD 'x'");
    execute(database.url(), &setup).await;
    let Access::Postgres(server) = access(&database) else { panic!("no server") };
    let reader = Access::Postgres(Server { user: account.clone(), ..server });
    let said = read(reader, asked("layanan", true), MAPPING).await;
    assert!(lack(&said).contains("GRANT SELECT"), "{}", lack(&said));
    execute(database.url(), &format!("DROP ROLE {account}")).await;
}

/// The part of a test database's address that no other has.
fn uuid(url: &str) -> &str {
    url.rsplit_once('_').map_or(url, |(_, own)| own)
}

#[tokio::test]
async fn a_reader_keeps_no_writer_waiting() {
    let database = database(Backend::Postgres).await;
    execute(database.url(), CATALOG).await;
    let slow = "SELECT l.*, pg_sleep(0.3)::text AS jeda FROM layanan l";
    let mut conn = PgConnection::connect(database.url()).await.expect("a connection");
    let writing = async {
        until_read_slowly(database.url()).await;
        let text = "SET lock_timeout = '50ms'; UPDATE layanan SET nama = 'x'";
        sqlx::raw_sql(text).execute(&mut conn).await
    };
    let (said, written) = tokio::join!(query(&database, slow), writing);
    assert!(written.is_ok() && said.lack.is_none(), "{written:?} {:?}", said.lack);
}
