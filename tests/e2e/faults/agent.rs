//! The ministry's agent, whose catalog changes while it is killed.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use mpp_tests::{
    Suite,
    desk::Desk,
    keys::PUBLISHER,
    process::{Signal, send},
    town::{Ministry, Row, catalog, row},
    wait::pause,
};

/// Runs until it is calm, and then until everything is answered.
pub struct Agent {
    /// The id of its process; 0 while there is none.
    process: Arc<AtomicU32>,
    task: tokio::task::JoinHandle<Vec<Row>>,
}

impl Agent {
    pub fn start(
        suite: &Suite,
        ministry: &Ministry,
        records: usize,
        calm: Arc<AtomicBool>,
    ) -> Self {
        let process = Arc::new(AtomicU32::new(0));
        let office = Office {
            ministry: ministry.clone(),
            desk: suite.desk(PUBLISHER),
            process: process.clone(),
        };
        Self { process, task: tokio::spawn(office.work(records, calm)) }
    }

    /// Kills the process that runs now, if one does.
    pub async fn kill(&self) {
        let id = self.process.load(Ordering::SeqCst);
        if id != 0 {
            send(id, Signal::Kill).await;
        }
    }

    /// The catalog as it was published last, once all of it is answered.
    pub async fn end(self) -> Vec<Row> {
        self.task.await.expect("an agent that finds its end")
    }
}

struct Office {
    ministry: Ministry,
    desk: Desk,
    process: Arc<AtomicU32>,
}

impl Office {
    async fn work(self, records: usize, calm: Arc<AtomicBool>) -> Vec<Row> {
        let mut edition = 0;
        loop {
            let is_last = calm.load(Ordering::SeqCst);
            let rows = edition_of(edition, records);
            self.ministry.publish(&rows);
            let mut starts = 1;
            while !self.run().await {
                starts += 1;
                pause(100).await;
            }
            println!("    edition {edition} is synced, after {starts} starts of the agent");
            if is_last {
                return rows;
            }
            edition += 1;
        }
    }

    /// True if the agent came to its end by itself, with everything answered.
    async fn run(&self) -> bool {
        let mut child = self.desk.command(&self.ministry.agent());
        child.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let mut child = child.spawn().expect("an agent that starts");
        self.process.store(child.id().unwrap_or(0), Ordering::SeqCst);
        let status = child.wait().await.expect("a child of ours");
        self.process.store(0, Ordering::SeqCst);
        status.success()
    }
}

/// The catalog in one of its editions: in each, every seventh record has another fee.
fn edition_of(edition: usize, records: usize) -> Vec<Row> {
    let generated = (0..records).map(|number| {
        let changes = (edition + number) / 7;
        row(
            &format!("layanan-{number}"),
            &format!("Layanan nomor {number}"),
            &format!("Rp {}", 1_000 + changes),
        )
    });
    catalog().into_iter().chain(generated).collect()
}
