//! Every call: its kind, when it began, how long it took, and its outcome.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// The database itself, asked by a new connection each time.
pub const DATABASE: &str = "database";

/// All calls so far. Clones share them.
#[derive(Clone)]
pub struct Calls {
    begun: Instant,
    all: Arc<Mutex<Vec<Call>>>,
}

struct Call {
    what: &'static str,
    begun: Instant,
    ended: Instant,
    /// Empty if it went well.
    trouble: String,
    revision: i64,
}

impl Default for Calls {
    fn default() -> Self {
        Self { begun: Instant::now(), all: Arc::default() }
    }
}

impl Calls {
    /// Notes a call that has just ended, with the revision of its answer.
    pub fn note<E: ToString>(&self, what: &'static str, begun: Instant, answer: &Result<i64, E>) {
        let revision = answer.as_ref().copied().unwrap_or_default();
        let trouble = answer.as_ref().err().map(E::to_string).unwrap_or_default();
        self.all().push(Call { what, begun, ended: Instant::now(), trouble, revision });
    }

    /// True once each kind of call went well of late, having begun since then.
    pub fn all_go_on_since(&self, since: Instant) -> bool {
        let all = self.all();
        let mut goes_on: BTreeMap<&str, bool> = BTreeMap::new();
        for call in all.iter() {
            let good = call.trouble.is_empty() && call.begun > since;
            *goes_on.entry(call.what).or_default() |= good;
        }
        goes_on.into_values().all(|good| good)
    }

    /// Prints for each kind of call the longest time without a success and how many failed, and the
    /// part of that time that is not the database's.
    pub fn print(&self, event: &str, window: (Instant, Instant), limit: Duration) {
        let kinds = self.gaps(window);
        let database = kinds.get(DATABASE).map_or(Duration::ZERO, |(gap, _)| *gap);
        println!("{event}: the database took no writes for {:.1} s", database.as_secs_f64());
        for (what, (gap, failed)) in kinds {
            let ours = gap.saturating_sub(database);
            let verdict = if ours <= limit { "within the limit" } else { "BEYOND THE LIMIT" };
            println!(
                "  {what:<22} {:>5.1} s without a success, {failed:>4} failed; beyond the database's \
                 own: {:>4.1} s, {verdict}",
                gap.as_secs_f64(),
                ours.as_secs_f64()
            );
        }
    }

    /// The longest call.
    pub fn longest(&self) -> Duration {
        let all = self.all();
        let took = all.iter().filter(|call| call.what != DATABASE);
        took.map(|call| call.ended - call.begun).max().unwrap_or_default()
    }

    /// Writes all of them to a file.
    pub fn write(&self, path: &str) {
        let mut text = "what,begun_ms,took_ms,revision,trouble\n".to_owned();
        for call in self.all().iter() {
            let begun = (call.begun - self.begun).as_millis();
            let took = (call.ended - call.begun).as_millis();
            let trouble = call.trouble.replace(['"', '\n'], " ");
            writeln!(text, "{},{begun},{took},{},\"{trouble}\"", call.what, call.revision)
                .expect("a String takes everything");
        }
        fs::write(path, text).expect("a file");
    }

    fn gaps(&self, (from, to): (Instant, Instant)) -> BTreeMap<&'static str, (Duration, usize)> {
        let mut kinds: BTreeMap<_, Vec<Instant>> = BTreeMap::new();
        let mut failed: BTreeMap<_, usize> = BTreeMap::new();
        let all = self.all();
        for call in all.iter().filter(|call| call.ended >= from && call.ended <= to) {
            let good = kinds.entry(call.what).or_default();
            if call.trouble.is_empty() {
                good.push(call.ended);
            } else {
                *failed.entry(call.what).or_default() += 1;
            }
        }
        let gap = |mut good: Vec<Instant>| {
            good.extend([from, to]);
            good.sort_unstable();
            good.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default()
        };
        let of = |(what, good)| (what, (gap(good), failed.get(what).copied().unwrap_or(0)));
        kinds.into_iter().map(of).collect()
    }

    fn all(&self) -> MutexGuard<'_, Vec<Call>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
