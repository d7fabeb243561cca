//! How an office's database tells of its changes, and what its agent does when nothing comes.

use std::{fs, pin::pin, time::Duration};

use mpp_agent::{Access, Database, Edited, Input, Noticed, Policy, Server, Watch};
use mpp_testkit::{Backend, TestDatabase, database, execute};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use crate::{
    databases::{CATALOG, access, asked},
    office::{MAPPING, lack, mapped_under},
};

/// Longer than any wait here takes.
pub const AT_LAST: Duration = Duration::from_secs(60);

/// Whether a change is noticed before there is one, and whether the edit is noticed.
async fn notices(database: &TestDatabase, noticed: Noticed, edit: &str) -> (bool, bool) {
    let (access, ask) = (access(database), asked("layanan", true));
    let source = Database { access, ask, noticed };
    let policy = Policy { look_millis: 100, ..Policy::default() };
    let mut watch = Watch::of(&source, &policy).expect("it tells of changes");
    watch.note().await;
    let early = comes_unasked(watch.changed()).await;
    execute(database.url(), edit).await;
    (early, timeout(Duration::from_secs(30), watch.changed()).await.is_ok())
}

/// Whether a change is noticed before another watch, which looks as often, has noticed three edits
/// of its own file.
pub async fn comes_unasked<T>(change: impl Future<Output = T>) -> bool {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let policy = Policy { look_millis: 100, ..Policy::default() };
    let mut other = Edited::of_file(file.path(), &policy);
    let mut change = pin!(change);
    for edit in 1..=3 {
        other.note().await;
        fs::write(file.path(), "x".repeat(edit)).expect("an edit");
        tokio::select! {
            biased;
            _ = &mut change => return true,
            () = other.changed() => {}
        }
    }
    false
}

const EDIT: &str = "UPDATE layanan SET nama = 'KTP baru' WHERE kode = 'KTP'";

#[tokio::test]
async fn an_edit_is_noticed_at_once_by_what_each_database_tells() {
    let file = database(Backend::Sqlite).await;
    execute(file.url(), CATALOG).await;
    assert_eq!(notices(&file, Noticed::default(), EDIT).await, (false, true));
    let server = database(Backend::Postgres).await;
    execute(server.url(), CATALOG).await;
    let xmin = Noticed { changed: "xmin".into(), ..Noticed::default() };
    assert_eq!(notices(&server, xmin, EDIT).await, (false, true));
    let stamped = "ALTER TABLE layanan ADD diubah timestamptz DEFAULT now()";
    execute(server.url(), stamped).await;
    let column = Noticed { changed: "diubah".into(), ..Noticed::default() };
    let edit = "UPDATE layanan SET nama = 'KIA', diubah = now() WHERE kode = 'KK'";
    assert_eq!(notices(&server, column.clone(), edit).await, (false, true));
    let gone = "DELETE FROM layanan WHERE kode = 'AKTA'";
    assert_eq!(notices(&server, column, gone).await, (false, true));
    // As services/agent/README.md has it.
    let trigger = "CREATE FUNCTION katalog_berubah() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN NOTIFY katalog; RETURN NULL; END';
        CREATE TRIGGER katalog_berubah AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON layanan
            EXECUTE FUNCTION katalog_berubah()";
    execute(server.url(), trigger).await;
    let listens = Noticed { listen: "katalog".into(), ..Noticed::default() };
    assert_eq!(notices(&server, listens, EDIT).await, (false, true));
    let source = Database {
        access: access(&server),
        ask: asked("layanan", true),
        noticed: Noticed::default(),
    };
    assert!(Watch::of(&source, &Policy::default()).is_none(), "nothing tells of its changes");
}

/// A way to a server that goes silent once the agent has sent `word`.
pub async fn falls_silent_at(server: &Server, word: &'static str) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let to = (server.host.clone(), server.port.expect("a port"));
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let far = TcpStream::connect(to.clone()).await.expect("a server");
            tokio::spawn(pass_until(word, near, far));
        }
    });
    Server { host: "127.0.0.1".into(), port: Some(port), ..server.clone() }
}

async fn pass_until(word: &str, mut near: TcpStream, mut far: TcpStream) {
    let (mut asks, mut answers) = ([0; 8_192], [0; 8_192]);
    loop {
        tokio::select! {
            read = near.read(&mut asks) => {
                let Some(asked) = asks.get(..read.unwrap_or(0)).filter(|asked| !asked.is_empty())
                else { return };
                if String::from_utf8_lossy(asked).contains(word) {
                    break;
                }
                far.write_all(asked).await.expect("passed on");
            }
            read = far.read(&mut answers) => {
                let Some(answer) = answers.get(..read.unwrap_or(0)).filter(|one| !one.is_empty())
                else { return };
                if near.write_all(answer).await.is_err() {
                    return;
                }
            }
        }
    }
    // Both ends stay open.
    std::future::pending::<()>().await;
}

/// The policy of an agent that gives up soon.
pub fn impatient() -> Policy {
    Policy {
        statement_timeout_seconds: 1,
        page_timeout_seconds: 1,
        page_tries: 1,
        ..Policy::default()
    }
}

async fn office() -> (TestDatabase, Server) {
    let database = database(Backend::Postgres).await;
    execute(database.url(), CATALOG).await;
    let Access::Postgres(server) = access(&database) else { panic!("no server") };
    (database, server)
}

#[tokio::test]
async fn a_network_that_falls_silent_ends_a_run_wherever_it_is() {
    let (_database, server) = office().await;
    for word in ["BEGIN", "SET LOCAL", "SELECT * FROM", "count(*)", "DECLARE", "FETCH"] {
        let silent = falls_silent_at(&server, word).await;
        let source = Database {
            access: Access::Postgres(silent),
            ask: asked("layanan", true),
            noticed: Noticed::default(),
        };
        let reading = mapped_under(impatient(), Input::Sql(source), MAPPING, false);
        let said = timeout(AT_LAST, reading).await.expect(word);
        assert!(lack(&said).contains("no answer in"), "{word}: {}", lack(&said));
    }
}

#[tokio::test]
async fn a_network_that_falls_silent_holds_up_no_look_and_is_told_once() {
    let (database, server) = office().await;
    let watched = |server: Server, changed: &str, listen: &str| {
        let noticed =
            Noticed { changed: changed.into(), listen: listen.into(), ..Noticed::default() };
        let ask = asked("layanan", true);
        let source = Database { access: Access::Postgres(server), ask, noticed };
        Watch::of(&source, &impatient()).expect("it tells of changes")
    };
    let silent = falls_silent_at(&server, "LISTEN").await;
    let mut listens = watched(silent, "", "katalog");
    let amiss = timeout(AT_LAST, listens.note()).await.expect("an end").expect("a reason");
    assert!(amiss.contains("no answer in") && amiss.contains("\"katalog\""), "{amiss}");
    let silent = falls_silent_at(&server, "count(*)").await;
    let mut looks = watched(silent, "xmin", "");
    let amiss = timeout(AT_LAST, looks.note()).await.expect("an end").expect("a reason");
    assert!(amiss.contains("no answer in"), "{amiss}");
    assert_eq!(looks.note().await, None, "once for each reason");
    // A connection that listens and has fallen silent since is found by the next note.
    let silent = falls_silent_at(&server, "SELECT 1").await;
    let mut listens = watched(silent, "", "katalog");
    assert_eq!(listens.note().await, None);
    timeout(AT_LAST, listens.note()).await.expect("an end");
    execute(database.url(), "NOTIFY katalog").await;
    timeout(AT_LAST, listens.changed()).await.expect("it listens again");
}

#[tokio::test]
async fn a_column_that_is_not_there_is_told() {
    let (database, server) = office().await;
    let noticed = Noticed { changed: "diubah".into(), ..Noticed::default() };
    let source =
        Database { access: Access::Postgres(server), ask: asked("layanan", true), noticed };
    let mut watch = Watch::of(&source, &Policy::default()).expect("it tells of changes");
    let amiss = watch.note().await.expect("a reason");
    assert!(amiss.contains("changed = \"diubah\"") && amiss.contains("dinas.toml"), "{amiss}");
    execute(database.url(), "ALTER TABLE layanan ADD diubah date").await;
    assert_eq!(watch.note().await, None, "mended");
}

#[tokio::test]
async fn the_looks_of_a_run_share_a_connection_and_come_back_after_it_is_lost() {
    let (database, _) = office().await;
    let noticed = Noticed { changed: "xmin".into(), ..Noticed::default() };
    let source = Database { access: access(&database), ask: asked("layanan", true), noticed };
    let policy = Policy { look_millis: 100, ..Policy::default() };
    let mut watch = Watch::of(&source, &policy).expect("it tells of changes");
    assert_eq!(watch.note().await, None);
    let closed = "DO $$ BEGIN
        IF (SELECT count(*) FROM pg_stat_activity WHERE application_name = 'mpp agent'
            AND datname = current_database()) <> 1 THEN RAISE 'not one connection'; END IF;
        PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = 'mpp agent' AND datname = current_database();
        END $$";
    execute(database.url(), closed).await;
    execute(database.url(), EDIT).await;
    timeout(AT_LAST, watch.changed()).await.expect("noticed over another connection");
}
