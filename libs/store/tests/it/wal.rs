//! SQLite's log beside a database of a few records.

use std::time::Duration;

use mpp_core::Clock;
use mpp_store::FeedOptions;
use mpp_testkit::Backend;

use crate::kit::{Served, write};

/// A look at the file.
const PAUSE: Duration = Duration::from_millis(50);

/// Each small write is some 110 KB of log, which used to lie there with 33 MB for good.
#[tokio::test]
async fn the_log_of_a_database_that_nobody_writes_to_any_more_is_short() {
    let database = mpp_testkit::database(Backend::Sqlite).await;
    let served = Served::start(&database.options(Clock::system()), FeedOptions::default()).await;
    let folder = database.folder().expect("a folder").to_owned();
    let length = || -> u64 {
        let files = std::fs::read_dir(&folder).expect("it is there").filter_map(Result::ok);
        let log = files.filter(|file| file.path().to_string_lossy().ends_with("-wal"));
        log.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum()
    };
    for number in 0..40 {
        write(&served.db, &format!("malls/{number}"), "one", "35.10").await;
    }
    assert!(length() > 1 << 20, "there is something to cut: {}", length());
    while length() > 256 * 1024 {
        tokio::time::sleep(PAUSE).await;
    }
    let last = write(&served.db, "malls/0", "two", "35.10").await;
    served.feed.wait_for(last).await.expect("writes go on");
}
