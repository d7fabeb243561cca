//! Processes that run for a while: signalled, killed, awaited, and never left behind.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::{
    process::{Child, Command},
    time::timeout,
};

/// Lines of a log that a failed test shows.
const SHOWN_LINES: usize = 40;

/// A signal that a process is sent.
#[derive(Clone, Copy, Debug)]
pub enum Signal {
    /// Ends at once, with nothing put in order.
    Kill,
    /// The way in which Kubernetes asks a process to end.
    Terminate,
    /// The way of Ctrl-C.
    Interrupt,
    /// Stops running, until `Continue`.
    Stop,
    /// Goes on running.
    Continue,
}

/// A running process, whose output goes to a file.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a command; what it prints is appended to `log`.
    pub fn start(name: &str, mut command: Command, log: &Path) -> Self {
        let file = File::options().create(true).append(true).open(log).expect("a log file");
        let both = file.try_clone().expect("a second handle");
        command.stdout(Stdio::from(file)).stderr(Stdio::from(both)).kill_on_drop(true);
        let child = command.spawn().expect("a process that starts");
        Self { name: name.to_owned(), child, log: log.to_owned() }
    }

    /// Its id.
    ///
    /// # Panics
    /// If it has ended.
    pub fn id(&self) -> u32 {
        self.child.id().expect("a process that runs")
    }

    /// Sends a signal; one that has ended does not mind.
    pub async fn signal(&self, signal: Signal) {
        if let Some(id) = self.child.id() {
            send(id, signal).await;
        }
    }

    /// Ends it at once, and waits until it is gone.
    pub async fn kill(&mut self) {
        // A process that has ended by itself is gone already.
        let _ = self.child.kill().await;
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child of ours")
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// If it does not end in time.
    pub async fn end_within(&mut self, limit: Duration) -> ExitStatus {
        let ended = timeout(limit, self.child.wait()).await;
        ended
            .unwrap_or_else(|_| panic!("{} does not end in {limit:?}", self.name))
            .expect("a child of ours")
    }

    /// Everything that it has printed.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<_> = log.lines().collect();
            let last = lines.len().saturating_sub(SHOWN_LINES);
            eprintln!("--- {} said last:\n{}", self.name, lines[last..].join("\n"));
        }
    }
}

/// Sends a signal to a process by its id.
pub async fn send(id: u32, signal: Signal) {
    let name = match signal {
        Signal::Kill => "KILL",
        Signal::Terminate => "TERM",
        Signal::Interrupt => "INT",
        Signal::Stop => "STOP",
        Signal::Continue => "CONT",
    };
    // The shell's own kill is on every machine.
    let line = format!("kill -s {name} {id} 2>/dev/null");
    let _ = Command::new("sh").arg("-c").arg(line).status().await.expect("a shell");
}
