//! An office's own database on PostgreSQL, and the agent that hears of its edits.

use std::{fs, path::PathBuf};

use mpp_tests::{Suite, cluster::Cluster, keys::PUBLISHER, town::SOURCE};
use sqlx::{Connection as _, PgConnection};
use tokio::process::Child;

/// The table as offices keep one: some 1.7 KB a row.
const TABLE: &str = "
    create table layanan (kode text primary key, nama text, biaya text, waktu text, syarat text);
    insert into layanan
    select 'layanan-' || n, 'Layanan nomor ' || n, 'Rp 1.000', 'paling lama 1 hari kerja',
           (select string_agg('Fotokopi dokumen nomor ' || n || ' lembar ke-' || part ||
                              ', dilegalisir pejabat yang berwenang', E'\\n')
            from generate_series(1, 20) as part)
    from generate_series(0, $ROWS - 1) as n;
    create function katalog_berubah() returns trigger language plpgsql
        as 'begin perform pg_notify(''katalog'', new.kode); return null; end';
    create trigger katalog_berubah after insert or update on layanan
        for each row execute function katalog_berubah();";

const MAPPING: &str = r#"
{ source_id: .kode,
  unit: "units/kemendagri",
  service: {
    title: {id: .nama},
    category: "population",
    requirements: (.syarat | split("\n") | map({text: .})),
    fees: [.biaya | rupiah],
    time: (.waktu | service_time) } }
"#;

/// The office with its agent, which ends with this value.
pub struct Office {
    database: PgConnection,
    folder: PathBuf,
    agent: Option<Child>,
}

impl Office {
    /// A table of so many rows, and the agent's files.
    pub async fn found(suite: &Suite, cluster: &Cluster, rows: usize) -> Self {
        let address = cluster.database("office").await;
        let mut database = PgConnection::connect(&address).await.expect("the office's database");
        let table = TABLE.replace("$ROWS", &rows.to_string());
        sqlx::raw_sql(sqlx::AssertSqlSafe(table)).execute(&mut database).await.expect("its table");
        let folder = suite.home().join("office");
        fs::create_dir_all(&folder).expect("a folder");
        let config = format!(
            "source = \"{SOURCE}\"\nmapping = \"map.jq\"\nstate = \"state.db\"\n\
             [policy]\npatience_seconds = 120\n\n\
             [input]\ntype = \"postgres\"\naddress = \"{address}\"\ntable = \"layanan\"\n\
             listen = \"katalog\"\nlisten_key = \"kode\"\ntls = \"off\"\n"
        );
        fs::write(folder.join("agent.toml"), config).expect("a file");
        fs::write(folder.join("map.jq"), MAPPING).expect("a file");
        Self { database, folder, agent: None }
    }

    /// Starts the agent, which reads all once and from then on whenever it hears of an edit.
    pub fn start_agent(&mut self, suite: &Suite) {
        let config = self.folder.join("agent.toml").display().to_string();
        let mut run = suite.command(PUBLISHER, &["agent", "run", &config, "--every", "3600"]);
        let log = fs::File::create(self.folder.join("log")).expect("a file");
        run.stdout(log.try_clone().expect("a handle")).stderr(log);
        self.agent = Some(run.spawn().expect("an agent that starts"));
    }

    /// Changes the fee of one row.
    pub async fn edit(&mut self, row: usize, rupiah: i64) {
        let change = "update layanan set biaya = $1 where kode = $2";
        let change =
            sqlx::query(change).bind(format!("Rp {rupiah}")).bind(format!("layanan-{row}"));
        change.execute(&mut self.database).await.expect("an edit");
    }

    /// Codes and fees of all rows.
    pub async fn rows(&mut self) -> Vec<(String, String)> {
        let all = sqlx::query_as("select kode, biaya from layanan");
        all.fetch_all(&mut self.database).await.expect("its rows")
    }
}
