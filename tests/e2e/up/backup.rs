//! The data of `mpp up`, copied while it works, lost, and put back.

use std::{
    fs,
    ops::Range,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use mpp_testkit::nik;
use mpp_tests::{PATIENCE, eventually, program::Said, wait::that};

use super::Up;

const OFFERING: &str = "malls/banyuwangi/counters/dukcapil/offerings/ktp-el-baru";
/// The ministry's folder for its file and its agent's state: not with the registry.
const MINISTRY: &str = "ministry";

#[tokio::test]
async fn a_backup_taken_amid_bookings_and_syncs_is_whole_and_goes_on() {
    let mut up = Up::start(&["--demo", "--at", "2026-11-30T10:00:00+07:00"]).await;
    let home = up.home.path().to_owned();
    copy_folder(&home.join("mpp-data/demo"), &home.join(MINISTRY));
    let mut catalog = Catalog::of(&home);
    catalog.sync(&up).await;
    let before = book(&up, 0..5).await;

    let done = AtomicBool::new(false);
    let taken = async {
        let said = up.run(&["backup", "taken"]).await;
        done.store(true, Ordering::SeqCst);
        said.succeeded()
    };
    let (said, _, _) = tokio::join!(taken, book_until(&up, &done), catalog.sync_until(&up, &done));
    assert!(said.contains("restore taken"), "{said}");
    let after = book(&up, 50_000..50_003).await;
    catalog.sync(&up).await;

    up.process.kill().await;
    fs::remove_dir_all(home.join("mpp-data")).expect("everything is lost");
    up.run(&["restore", "taken"]).await.succeeded();
    up.again(&["--at", "2026-11-30T12:00:00+07:00"]).await;
    eventually(PATIENCE, "the doctor finds nothing wrong", async || {
        let said = up.run(&["doctor"]).await;
        that(said.code == 0, said.out)
    })
    .await;
    for appointment in before {
        up.run(&["get", &appointment]).await.succeeded();
    }
    for appointment in after {
        assert_eq!(up.run(&["get", &appointment]).await.code, 3, "it came after the backup");
    }
    book(&up, 90_000..90_001).await;

    // The agent knows more than the registry, which is told again.
    catalog.sync(&up).await;
    let arguments = ["list", "services", "--parent", "units/kemendagri", "--limit", "0"];
    let services = up.run(&arguments).await.succeeded();
    // In English, as the command line speaks.
    let fee = catalog.fee().replace('.', ",");
    assert!(services.contains(&fee), "{fee}:\n{services}");
    eventually(PATIENCE, "the copies agree with their sources", async || {
        let said = up.run(&["--as", "auditor", "report", "--verify"]).await;
        that(said.code == 0, format!("{}{}", said.out, said.err))
    })
    .await;
    up.interrupt().await;
}

#[tokio::test]
async fn what_is_no_whole_backup_or_no_empty_folder_is_refused_and_nothing_is_written() {
    let mut up = Up::start(&[]).await;
    let home = up.home.path().to_owned();
    up.run(&["backup", "taken"]).await.succeeded();
    let refused = async |args: &[&str], words: &str| {
        let said = up.run(args).await;
        assert_eq!(said.code, 7, "{args:?}: {}{}", said.out, said.err);
        assert!(said.err.contains(words), "{args:?}: {}", said.err);
    };
    refused(&["backup", "taken"], "is there already").await;
    refused(&["backup", "other", "--data", "nowhere"], "mpp up").await;
    refused(&["restore", "taken"], "mpp-data is not empty").await;
    refused(&["restore", "nowhere", "--data", "new"], "no whole backup").await;

    let copy = home.join("taken/registry.db");
    let whole = fs::read(&copy).expect("a copy");
    fs::write(&copy, &whole[..whole.len() / 2]).expect("half of it");
    refused(&["restore", "taken", "--data", "new"], "registry.db is damaged").await;
    fs::copy(home.join("taken/reporting.db"), &copy).expect("another's");
    refused(&["restore", "taken", "--data", "new"], "is not what the backup lists").await;
    assert!(!home.join("new").exists() && !home.join("other").exists());

    up.interrupt().await;
    fs::write(&copy, &whole).expect("whole again");
    up.run(&["backup", "at-rest"]).await.succeeded();
    up.run(&["restore", "taken", "--data", "new"]).await.succeeded();
    let mode = fs::metadata(home.join("new/keys/signing.pem")).expect("the key").permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
}

#[tokio::test]
async fn at_rest_no_database_keeps_a_long_log() {
    let mut up = Up::start(&["--demo"]).await;
    let data = up.home.path().join("mpp-data");
    let log = |service: &str| {
        fs::metadata(data.join(format!("{service}.db-wal"))).map_or(0, |file| file.len())
    };
    eventually(PATIENCE, "the logs are cut", async || {
        let lengths = ["registry", "scheduling", "reporting"].map(log);
        that(lengths.iter().all(|length| *length < 1024 * 1024), format!("{lengths:?}"))
    })
    .await;
    up.interrupt().await;
}

/// Books for these people; answers the appointments.
async fn book(up: &Up, people: Range<u64>) -> Vec<String> {
    let mut booked = Vec::new();
    for person in people {
        let said = up.run(&["book", OFFERING, "--nik", &nik(person)]).await.succeeded();
        booked.push(said.lines().last().expect("its name").to_owned());
    }
    booked
}

async fn book_until(up: &Up, done: &AtomicBool) {
    let mut person = 1_000;
    while !done.load(Ordering::SeqCst) {
        book(up, person..person + 1).await;
        person += 1;
    }
}

/// The ministry's file, which changes with every sync.
struct Catalog {
    file: std::path::PathBuf,
    first: String,
    syncs: u32,
}

impl Catalog {
    fn of(home: &Path) -> Self {
        let file = home.join(MINISTRY).join("kemendagri/services.csv");
        let first = fs::read_to_string(&file).expect("the ministry's file");
        Self { file, first, syncs: 0 }
    }

    fn fee(&self) -> String {
        format!("Rp{}.000", 100 + self.syncs)
    }

    async fn sync(&mut self, up: &Up) {
        self.syncs += 1;
        let changed = self.first.replacen("Gratis", &self.fee(), 1);
        fs::write(&self.file, changed).expect("a file");
        let config = format!("{MINISTRY}/kemendagri.toml");
        let said: Said = up.run(&["agent", "run", &config]).await;
        // 9: done, and some rows were refused, as ever.
        assert!(said.code == 0 || said.code == 9, "{}{}", said.out, said.err);
    }

    async fn sync_until(&mut self, up: &Up, done: &AtomicBool) {
        while !done.load(Ordering::SeqCst) {
            self.sync(up).await;
        }
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            fs::copy(&path, target).expect("a file");
        }
    }
}
