//! A database of a test's own on the MariaDB server that `tests/run` starts.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use mpp_agent::{
    Access, Ask, Checked, Database, Input, Noticed, Policy, Secret, Server, Setting, Tls,
};
use sqlx::{AssertSqlSafe, Connection as _, MySqlConnection, mysql::MySqlConnectOptions};

use crate::office::{MAPPING, mapped_under};

/// Databases of this process so far.
static MADE: AtomicU32 = AtomicU32::new(0);

pub struct MariaDb {
    options: MySqlConnectOptions,
    server: Server,
}

impl MariaDb {
    /// An empty database, and an account that may read it.
    pub async fn open() -> Self {
        let address = std::env::var("MPP_TEST_MARIADB").unwrap_or_else(|_| {
            panic!("no MariaDB for tests: run tests/run, or set MPP_TEST_MARIADB to an address")
        });
        let options: MySqlConnectOptions = address.parse().expect("an address");
        let options = options.pipes_as_concat(false).statement_cache_capacity(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("dinas_{}_{number}", std::process::id());
        let server = Server {
            host: options.get_host().to_owned(),
            port: Some(options.get_port()),
            socket: None,
            user: name.clone(),
            password: Some(Secret::of("RAHASIA\n")),
            database: name.clone(),
            tls: Tls::Off,
            tls_ca: None,
        };
        let office = Self { options: options.database("mysql"), server };
        office
            .execute(&format!(
                "DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name} CHARACTER SET utf8mb4;
                 CREATE OR REPLACE USER {name}@'%' IDENTIFIED BY 'RAHASIA';
                 GRANT SELECT, SHOW VIEW, EXECUTE ON {name}.* TO {name}@'%'"
            ))
            .await;
        Self { options: office.options.database(&name), ..office }
    }

    /// A database with some services in it.
    pub async fn with_catalog() -> Self {
        let office = Self::open().await;
        office
            .execute(
                "CREATE TABLE layanan (kode VARCHAR(20), nama TEXT, syarat TEXT);
                 INSERT INTO layanan VALUES ('KTP', 'KTP elektronik', 'Kartu keluarga'),
                     ('KK', 'Kartu keluarga', NULL), ('AKTA', 'Akta kelahiran', '')",
            )
            .await;
        office
    }

    /// Runs statements as its administrator.
    pub async fn execute(&self, statements: &str) {
        let mut conn = self.connect().await;
        let text = AssertSqlSafe(format!("SET sql_mode = ''; {statements}"));
        sqlx::raw_sql(text).execute(&mut conn).await.expect("statements");
    }

    /// A connection of its administrator.
    pub async fn connect(&self) -> MySqlConnection {
        MySqlConnection::connect_with(&self.options).await.expect("a connection")
    }

    /// The server and account, as an agent reaches it.
    pub fn server(&self) -> Server {
        self.server.clone()
    }

    /// The account's name, and the database's.
    pub fn name(&self) -> &str {
        &self.server.database
    }

    /// Reads its whole table.
    pub async fn table(&self) -> Checked {
        read(self.server(), asked("layanan", true), MAPPING).await
    }

    /// Reads a query's rows.
    pub async fn query(&self, text: &str) -> Checked {
        read(self.server(), asked(text, false), MAPPING).await
    }

    /// The first row, as the mapping sees it, as JSON text.
    pub async fn seen(&self, text: &str) -> String {
        let program = r#"{source_id: "x", unit: "units/x", service: {title: {id: "Akta kelahiran"},
            product: tojson}}"#;
        let said = read(self.server(), asked(text, false), program).await;
        let record =
            said.first.unwrap_or_else(|| panic!("{text}: {:?} {:?}", said.problems, said.lack));
        let record = mpp_api::json::write(&record).expect("JSON");
        let record: serde_json::Value = serde_json::from_str(&record).expect("JSON");
        record["service"]["product"].as_str().expect("a text").to_owned()
    }
}

pub fn asked(text: &str, is_table: bool) -> Ask {
    let text = Setting { text: text.into(), place: "dinas.toml, line 4".into() };
    Ask { text, is_table, is_whole: false }
}

/// Reads and maps rows as an agent does, with one try.
pub async fn read(server: Server, ask: Ask, program: &str) -> Checked {
    read_under(Policy { page_tries: 1, ..Policy::default() }, server, ask, program).await
}

/// The same, under these settings.
pub async fn read_under(policy: Policy, server: Server, ask: Ask, program: &str) -> Checked {
    let (access, noticed) = (Access::Mysql(server), Noticed::default());
    mapped_under(policy, Input::Sql(Database { access, ask, noticed }), program, false).await
}

/// Waits until the reader is at rows of which each takes its time.
pub async fn until_read_slowly(mut conn: MySqlConnection) {
    let reads = "select count(*) from information_schema.processlist
        where db = database() and id <> connection_id() and state = 'User sleep'";
    while sqlx::query_scalar::<_, i64>(reads).fetch_one(&mut conn).await.expect("a count") == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
