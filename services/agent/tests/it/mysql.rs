//! An office's MySQL database (MariaDB) as its agent reads it.

use std::time::Duration;

use mpp_agent::{Access, Ask, Database, Input, Noticed, Policy, Secret, Server, Tls, Watch};
use sqlx::Connection as _;
use tokio::time::timeout;

use crate::{
    mariadb::{MariaDb, asked, read, read_under, until_read_slowly},
    office::{MAPPING, counts, lack},
    watched::{AT_LAST, falls_silent_at, impatient},
};

#[tokio::test]
async fn a_table_and_a_query_are_read_to_their_end() {
    let office = MariaDb::with_catalog().await;
    let said = office.table().await;
    assert_eq!(counts(&said), (3, 0, true), "{:?} {:?}", said.problems, said.lack);
    for (text, rows) in [
        ("SELECT * FROM layanan WHERE kode <> 'KK'; \n", 2),
        ("SELECT * FROM layanan -- all of it", 3),
        ("SELECT * FROM layanan # all of it", 3),
        ("WITH a AS (SELECT * FROM layanan) SELECT * FROM a", 3),
        ("SELECT * FROM layanan WHERE nama <> 'Qur\\'an' LIMIT 200", 3),
    ] {
        let said = office.query(text).await;
        assert_eq!(counts(&said), (rows, 0, true), "{text}: {:?}", said.lack);
    }
}

#[tokio::test]
async fn many_rows_are_read_in_little_memory_and_each_of_them() {
    let office = MariaDb::with_catalog().await;
    let name = office.name();
    office
        .execute(&format!(
            "INSERT INTO layanan SELECT concat('K-', seq), concat('Izin usaha ', seq), 'KTP'
                FROM seq_1_to_5000;
             ALTER USER {name}@'%' WITH MAX_USER_CONNECTIONS 1"
        ))
        .await;
    assert_eq!(counts(&office.table().await), (5_003, 0, true));
}

#[tokio::test]
async fn a_value_is_read_as_its_office_sees_it_by_its_type() {
    let office = MariaDb::open().await;
    office
        .execute(
            "CREATE TABLE latin (nama TEXT, syarat VARCHAR(40)) CHARACTER SET latin1;
             INSERT INTO latin VALUES ('KTP é', '1 × 2');
             CREATE TABLE angka (nomor BIGINT UNSIGNED, biaya DECIMAL(30,2), aktif TINYINT(1),
                 kode INT(5) ZEROFILL, kecil TINYINT, desimal DOUBLE, tahun YEAR, tanda BIT(9),
                 ya BIT(1));
             INSERT INTO angka VALUES (18446744073709551615, 1234567890123456789012345678.00, 1, 42,
                 -3, 0.1, 2026, b'100000001', b'1');
             CREATE TABLE waktu (mulai DATE, tiada DATE, jam DATETIME, nol DATETIME, saat TIMESTAMP,
                 lama TIME);
             INSERT INTO waktu VALUES ('2026-03-01', '0000-00-00', '2026-03-01 08:30:00',
                 '0000-00-00 00:00:00', '2026-03-01 08:30:00', '08:30:00');
             CREATE TABLE teks (kosong TEXT, hampa TEXT, pilihan ENUM('a','b'), rangkap SET('x','y'),
                 biner VARCHAR(9) COLLATE utf8mb4_bin, hati TEXT, rinci JSON, panjang LONGTEXT);
             INSERT INTO teks VALUES (NULL, '', 'b', 'x,y', 'Äpfel', '😀', '{\"a\": [1, null]}', '{')",
        )
        .await;
    for (table, seen) in [
        ("latin", r#"{"nama":"KTP é","syarat":"1 × 2"}"#),
        (
            "angka",
            r#"{"nomor":18446744073709551615,"biaya":1234567890123456789012345678.00,"aktif":1,"kode":"00042","kecil":-3,"desimal":0.1,"tahun":2026,"tanda":257,"ya":1}"#,
        ),
        (
            "waktu",
            r#"{"mulai":"2026-03-01","tiada":null,"jam":"2026-03-01T08:30:00","nol":null,"saat":"2026-03-01T08:30:00","lama":"08:30:00"}"#,
        ),
        (
            "teks",
            r#"{"kosong":null,"hampa":"","pilihan":"b","rangkap":"x,y","biner":"Äpfel","hati":"😀","rinci":{"a":[1,null]},"panjang":"{"}"#,
        ),
    ] {
        assert_eq!(office.seen(&format!("SELECT * FROM {table}")).await, seen);
    }
    for text in ["SELECT *, x'00ff' AS gambar FROM latin", "SELECT point(1, 2) AS gambar"] {
        let said = read(office.server(), asked(text, false), MAPPING).await;
        assert!(lack(&said).contains("column gambar holds bytes"), "{}", lack(&said));
    }
}

#[tokio::test]
async fn nothing_that_writes_is_carried_out() {
    let office = MariaDb::with_catalog().await;
    let name = office.name();
    office
        .execute(&format!(
            "CREATE FUNCTION hapus() RETURNS INT MODIFIES SQL DATA
                BEGIN DELETE FROM layanan; RETURN 1; END;
             GRANT ALL ON {name}.* TO {name}@'%'"
        ))
        .await;
    for text in [
        "DELETE FROM layanan",
        "SELECT * FROM layanan; DELETE FROM layanan",
        "SELECT * FROM layanan; COMMIT; DELETE FROM layanan",
        "SELECT 1) AS x; COMMIT; DELETE FROM layanan; SELECT * FROM (SELECT 1",
        "SELECT * FROM layanan /*! ; DELETE FROM layanan */",
        "SELECT * FROM layanan INTO OUTFILE '/tmp/x'",
        "DROP TABLE layanan",
    ] {
        assert!(office.query(text).await.lack.is_some(), "{text}");
    }
    let said = office.query("SELECT hapus() AS kode, nama FROM layanan").await;
    assert!(lack(&said).contains("a source is only read"), "{}", lack(&said));
    assert_eq!(counts(&office.table().await), (3, 0, true));
}

#[tokio::test]
async fn all_rows_are_of_one_moment_and_no_writer_waits() {
    let office = MariaDb::with_catalog().await;
    // Each row takes its time, and after the first ones another hand deletes the rest.
    let slow = "SELECT concat(l.kode, '-', n.seq) AS kode, nama, 'KTP' AS syarat,
        sleep(0.05) AS jeda FROM layanan l, seq_1_to_5 n";
    let reading = read(office.server(), asked(slow, false), MAPPING);
    let mut conn = office.connect().await;
    let deleting = async {
        until_read_slowly(office.connect().await).await;
        let text = "SET innodb_lock_wait_timeout = 0; DELETE FROM layanan";
        sqlx::raw_sql(text).execute(&mut conn).await
    };
    let (said, deleted) = tokio::join!(reading, deleting);
    assert_eq!(said.tally.read, 15, "{:?}", said.lack);
    assert!(said.lack.is_none() && deleted.is_ok(), "{:?} {deleted:?}", said.lack);
}

#[tokio::test]
async fn a_table_of_an_engine_without_snapshots_is_read_whole() {
    let office = MariaDb::with_catalog().await;
    office.execute("CREATE TABLE lama ENGINE = MyISAM AS SELECT * FROM layanan").await;
    office.execute("CREATE VIEW semua AS SELECT * FROM lama").await;
    for table in ["lama", "semua"] {
        let said = read(office.server(), asked(table, true), MAPPING).await;
        assert_eq!(counts(&said), (3, 0, true), "{table}: {:?}", said.lack);
    }
}

#[tokio::test]
async fn a_query_that_yields_other_rows_each_time_is_no_whole() {
    let office = MariaDb::with_catalog().await;
    // As many rows as the connection has asked questions so far.
    let odd = "SELECT l.* FROM layanan l, seq_1_to_200 n WHERE n.seq <= (SELECT variable_value
        FROM information_schema.session_status WHERE variable_name = 'QUESTIONS')";
    let said = office.query(odd).await;
    assert!(lack(&said).contains("the database counts"), "{}", lack(&said));
}

#[tokio::test]
async fn a_limit_is_told_wherever_it_stands() {
    let office = MariaDb::with_catalog().await;
    let name = office.name();
    office
        .execute(
            "CREATE VIEW sebagian AS SELECT * FROM layanan LIMIT 2;
             CREATE VIEW lewat AS SELECT * FROM sebagian WHERE kode <> 'x';
             CREATE VIEW semua AS SELECT * FROM layanan",
        )
        .await;
    for text in [
        "SELECT * FROM layanan LIMIT 2",
        "SELECT * FROM layanan LIMIT 0, 2",
        "SELECT * FROM layanan LIMIT 1, 2",
        "SELECT * FROM layanan # Qur'an\nLIMIT 2",
        "SELECT * FROM layanan WHERE nama <> 'Qur\\'an' LIMIT 2 -- 'all'",
        "SELECT * FROM layanan /*!50000 LIMIT 2 */",
        "SELECT * FROM (SELECT * FROM layanan LIMIT 2) AS a",
        "SELECT * FROM sebagian",
        "SELECT * FROM `lewat`",
    ] {
        let said = office.query(text).await;
        assert!(lack(&said).contains("take the limit out"), "{text}: {}", lack(&said));
    }
    let said = office.query("SELECT * FROM semua").await;
    assert_eq!(counts(&said), (3, 0, true), "{:?}", said.lack);
    let meant = Ask { is_whole: true, ..asked("lewat", true) };
    assert_eq!(counts(&read(office.server(), meant, MAPPING).await), (2, 0, true));
    // An account that may not see a view's definition cannot know whether the view is whole.
    office.execute(&format!("REVOKE SHOW VIEW ON {name}.* FROM {name}@'%'")).await;
    let said = office.query("SELECT * FROM semua").await;
    assert!(lack(&said).contains("SHOW VIEW"), "{}", lack(&said));
    office
        .execute(&format!(
            "REVOKE SELECT ON {name}.* FROM {name}@'%';
             GRANT SELECT, SHOW VIEW ON {name}.lewat TO {name}@'%'"
        ))
        .await;
    let said = office.query("SELECT * FROM lewat").await;
    assert!(lack(&said).contains(&format!("({name}.sebagian of it)")), "{}", lack(&said));
}

#[tokio::test]
async fn what_an_account_is_set_to_leaves_nothing_out() {
    let office = MariaDb::with_catalog().await;
    let before = "SET GLOBAL sql_select_limit = 2, GLOBAL group_concat_max_len = 8,
        GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'";
    office.execute(before).await;
    let said = office.table().await;
    let joined = "SELECT 'x' AS kode, group_concat(nama ORDER BY kode) AS nama FROM \"layanan\"";
    let seen = office.seen(joined).await;
    let after = "SET GLOBAL sql_select_limit = 18446744073709551615, GLOBAL sql_mode = DEFAULT,
        GLOBAL group_concat_max_len = DEFAULT";
    office.execute(after).await;
    assert_eq!(counts(&said), (3, 0, true), "{:?}", said.lack);
    assert_eq!(seen, r#"{"kode":"x","nama":"Akta kelahiran,Kartu keluarga,KTP elektronik"}"#);
    let cut = "SELECT l.*, repeat('x', 1000000000) AS besar FROM layanan l";
    let said = office.query(cut).await;
    assert!(lack(&said).contains("cut a text off"), "{}", lack(&said));
}

#[tokio::test]
async fn a_row_that_is_too_large_is_refused_and_the_others_are_read() {
    let office = MariaDb::with_catalog().await;
    office.execute("INSERT INTO layanan VALUES ('BESAR', repeat('x', 70000), '')").await;
    let policy = Policy { max_row_bytes: 50_000, ..Policy::default() };
    let said = read_under(policy, office.server(), asked("layanan", true), MAPPING).await;
    assert_eq!(counts(&said), (4, 1, true), "{:?}", said.lack);
    assert!(said.problems.iter().any(|one| one.message.contains("max_row_bytes")));
}

#[tokio::test]
async fn what_is_wrong_with_a_database_is_told_with_its_way_out() {
    let office = MariaDb::with_catalog().await;
    let server = office.server();
    for (server, told) in [
        (Server { port: Some(1), ..server.clone() }, "does the database run"),
        (Server { password: Some(Secret::of("SALAH")), ..server.clone() }, "see the account"),
        (Server { user: "siapa".into(), ..server.clone() }, "see the account"),
        (Server { database: "tidak_ada".into(), ..server.clone() }, "see the "),
        (Server { tls: Tls::Verified, ..server.clone() }, "see tls"),
    ] {
        let said = read(server, asked("layanan", true), MAPPING).await;
        assert!(lack(&said).contains(told), "{}", lack(&said));
        assert!(!format!("{said:?}").contains("SALAH") && !format!("{said:?}").contains("RAHASIA"));
    }
    for (text, told) in [
        ("SELECT kode, nama AS kode FROM layanan", "two columns are called kode"),
        ("SELECT kode, biaya FROM layanan", "biaya"),
        ("SELEC 1", "see table or query"),
        ("SELECT * FROM mysql.user", "GRANT SELECT"),
    ] {
        let said = office.query(text).await;
        assert!(lack(&said).starts_with("dinas.toml, line 4: "), "{}", lack(&said));
        assert!(lack(&said).contains(told), "{}", lack(&said));
    }
}

#[tokio::test]
async fn a_connection_is_encrypted_to_whom_the_authority_names() {
    let office = MariaDb::with_catalog().await;
    let authority = std::env::var("MPP_TEST_MARIADB_CA").expect("the certificate of tests/run");
    let name = office.name();
    office.execute(&format!("ALTER USER {name}@'%' REQUIRE SSL")).await;
    let said = office.table().await;
    assert!(lack(&said).contains("see the account"), "plain: {}", lack(&said));
    let encrypted = Server { tls: Tls::Encrypted, ..office.server() };
    let said = read(encrypted.clone(), asked("layanan", true), MAPPING).await;
    assert_eq!(counts(&said), (3, 0, true), "{:?}", said.lack);
    let verified =
        Server { tls: Tls::Verified, tls_ca: Some(authority.clone().into()), ..encrypted };
    let said = read(verified.clone(), asked("layanan", true), MAPPING).await;
    assert_eq!(counts(&said), (3, 0, true), "{:?}", said.lack);
    let misnamed = Server { host: "localhost".into(), ..verified };
    let said = read(misnamed, asked("layanan", true), MAPPING).await;
    assert!(lack(&said).contains("see tls"), "{}", lack(&said));
}

#[tokio::test]
async fn what_takes_too_long_ends_at_the_server() {
    let office = MariaDb::with_catalog().await;
    let slow = "SELECT l.*, sleep(5) AS jeda FROM layanan l HAVING jeda = 0";
    let said = read_under(impatient(), office.server(), asked(slow, false), MAPPING).await;
    assert!(lack(&said).contains("statement_timeout_seconds"), "{}", lack(&said));
    let mut writer = office.connect().await;
    sqlx::raw_sql("LOCK TABLES layanan WRITE").execute(&mut writer).await.expect("a lock");
    let reading = read_under(impatient(), office.server(), asked("layanan", true), MAPPING);
    let said = timeout(AT_LAST, reading).await.expect("an end");
    assert!(said.lack.is_some());
    writer.close().await.expect("closed");
}

#[tokio::test]
async fn a_network_that_falls_silent_ends_a_run_wherever_it_is() {
    let office = MariaDb::with_catalog().await;
    for word in ["sql_mode", "START TRANSACTION", "views", "count(*)", "zerofill", "SHOW WARNINGS"]
    {
        let silent = falls_silent_at(&office.server(), word).await;
        let reading = read_under(impatient(), silent, asked("layanan", true), MAPPING);
        let said = timeout(AT_LAST, reading).await.expect(word);
        assert!(lack(&said).contains("no answer in"), "{word}: {}", lack(&said));
    }
}

/// Whether a change is noticed before there is one, and whether the edit is noticed.
async fn notices(office: &MariaDb, changed: &str, edit: &str) -> (bool, bool) {
    let noticed = Noticed { changed: changed.into(), ..Noticed::default() };
    let access = Access::Mysql(office.server());
    let source = Database { access, ask: asked("layanan", true), noticed };
    let policy = Policy { look_millis: 100, ..Policy::default() };
    let mut watch = Watch::of(&source, &policy).expect("it tells of changes");
    assert_eq!(watch.note().await, None);
    let early = timeout(Duration::from_millis(600), watch.changed()).await.is_ok();
    office.execute(edit).await;
    (early, timeout(AT_LAST, watch.changed()).await.is_ok())
}

#[tokio::test]
async fn an_edit_is_noticed_at_once_by_a_sum_or_a_column() {
    let office = MariaDb::with_catalog().await;
    let edit = "UPDATE layanan SET nama = 'KTP baru' WHERE kode = 'KTP'";
    assert_eq!(notices(&office, "checksum", edit).await, (false, true));
    office.execute("ALTER TABLE layanan ADD diubah DATETIME DEFAULT now()").await;
    let edit = "UPDATE layanan SET nama = 'KIA', diubah = now() + INTERVAL 1 HOUR LIMIT 1";
    assert_eq!(notices(&office, "diubah", edit).await, (false, true));
    let gone = "DELETE FROM layanan WHERE kode = 'AKTA'";
    assert_eq!(notices(&office, "diubah", gone).await, (false, true));
    office.execute("CREATE VIEW semua AS SELECT * FROM layanan").await;
    let noticed = Noticed { changed: "checksum".into(), ..Noticed::default() };
    let access = Access::Mysql(office.server());
    let view = Database { access, ask: asked("semua", true), noticed };
    let amiss = Watch::of(&view, &Policy::default()).expect("a watch").note().await;
    assert!(amiss.expect("a view").contains("only a table has a sum"));
}

#[tokio::test]
async fn the_tables_of_an_office_are_listed_for_a_first_configuration() {
    let office = MariaDb::with_catalog().await;
    let listing = "SELECT table_name AS name FROM information_schema.tables
        WHERE table_schema = DATABASE() ORDER BY 1";
    let (access, ask) = (Access::Mysql(office.server()), asked(listing, false));
    let listed = Input::Sql(Database { access, ask, noticed: Noticed::default() });
    let (rows, fault) = mpp_agent::sample(listed, 10, &Policy::default()).await;
    assert!(fault.is_none(), "{fault:?}");
    assert_eq!(serde_json::Value::from(rows), serde_json::json!([{"name": "layanan"}]));
}
