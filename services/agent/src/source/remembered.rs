//! What an agent that goes on running has made of its source's rows: after an edit it maps only
//! those that differ from the last run's. To screen and to map a row costs some hundred times as
//! much as to see that it is the same.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use mpp_api::sync::Record;
use prost::Message as _;

use super::identity::Identity;

/// Words of a program that yields something else of the same row at another time or elsewhere.
const UNSTEADY: [&str; 7] = ["now", "localtime", "strflocaltime", "env", "ENV", "input", "inputs"];

/// What was made of the rows; nothing unless the agent goes on running.
#[derive(Clone, Default)]
pub struct Remembered {
    rows: Option<Arc<Mutex<Rows>>>,
    /// The reading that it is for. One of a run that has broken off may go on for some rows beside
    /// the next, by a mapping that is no longer the present one: it neither takes nor keeps any.
    reading: u64,
}

/// The record that a row has become, without any remark.
#[derive(Debug, PartialEq)]
pub(super) struct Mapped {
    pub record: Record,
    /// The field that holds its content.
    pub kind: &'static str,
    /// The identity of the record.
    pub named: Identity,
}

#[derive(Default)]
struct Rows {
    /// The number of the present reading.
    reading: u64,
    /// How they were mapped.
    way: String,
    /// Those of the run before that did not come yet, by the identity of the raw row.
    before: HashMap<Identity, RememberedRecord>,
    /// Those that have come.
    come: HashMap<Identity, RememberedRecord>,
    bytes: usize,
    most_bytes: usize,
}

struct RememberedRecord {
    record: Box<[u8]>,
    kind: &'static str,
    named: Identity,
}

impl Remembered {
    /// For an agent that goes on running.
    pub fn watching() -> Self {
        Self { rows: Some(Arc::default()), reading: 0 }
    }

    /// A reading begins, by this program and in this way. What was made in another one counts for
    /// nothing, and nothing is kept of a program that depends on the time.
    pub(super) fn begin(&mut self, program: &str, way: String, most_bytes: usize) {
        let Some(rows) = &self.rows else { return };
        let mut rows = rows.lock().unwrap_or_else(PoisonError::into_inner);
        if rows.way != way {
            *rows = Rows { way, reading: rows.reading, ..Rows::default() };
        }
        rows.reading += 1;
        self.reading = rows.reading;
        rows.most_bytes = if is_steady(program) { most_bytes } else { 0 };
        let come = std::mem::take(&mut rows.come);
        rows.before.extend(come);
    }

    /// The source was read to its end: a row that did not come has gone.
    pub(super) fn end(&self) {
        let Some(mut rows) = self.rows() else { return };
        let gone = std::mem::take(&mut rows.before);
        rows.bytes -= gone.values().map(RememberedRecord::bytes).sum::<usize>();
    }

    /// What was made of the same row before.
    pub(super) fn again(&self, raw: Identity) -> Option<Mapped> {
        let mut rows = self.rows()?;
        let kept = rows.before.remove(&raw)?;
        let record = Record::decode(&*kept.record).ok()?;
        let (kind, named) = (kept.kind, kept.named);
        rows.come.insert(raw, kept);
        Some(Mapped { record, kind, named })
    }

    /// Keeps what was made of a row, as far as there is room.
    pub(super) fn keep(&self, raw: Identity, Mapped { record, kind, named }: &Mapped) {
        let Some(mut rows) = self.rows() else { return };
        let kept = RememberedRecord { record: record.encode_to_vec().into(), kind, named: *named };
        if rows.bytes + kept.bytes() > rows.most_bytes {
            return;
        }
        rows.bytes += kept.bytes();
        if let Some(twin) = rows.come.insert(raw, kept) {
            rows.bytes -= twin.bytes();
        }
    }

    /// True if anything is kept.
    pub(super) fn is_kept(&self) -> bool {
        self.rows.is_some()
    }

    /// The rows, as long as this reading is the present one.
    fn rows(&self) -> Option<MutexGuard<'_, Rows>> {
        let rows = self.rows.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        (rows.reading == self.reading).then_some(rows)
    }
}

impl RememberedRecord {
    /// With what a table takes for it.
    fn bytes(&self) -> usize {
        self.record.len() + 96
    }
}

impl fmt::Debug for Remembered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remembered").finish_non_exhaustive()
    }
}

fn is_steady(program: &str) -> bool {
    let mut words = program.split(|sign: char| !sign.is_alphanumeric() && sign != '_');
    !words.any(|word| UNSTEADY.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(id: &str) -> Mapped {
        let record = Record { source_id: id.into(), ..Record::default() };
        Mapped { record, kind: "service", named: 7 }
    }

    fn begin(rows: &mut Remembered, program: &str, most_bytes: usize) {
        rows.begin(program, program.to_owned(), most_bytes);
    }

    #[test]
    fn a_row_is_remembered_for_as_long_as_it_comes_and_is_mapped_in_the_same_way() {
        let mut rows = Remembered::watching();
        begin(&mut rows, ".a", 1_000);
        rows.keep(1, &mapped("ktp"));
        rows.keep(2, &mapped("kk"));
        rows.end();
        begin(&mut rows, ".a", 1_000);
        assert_eq!(rows.again(1), Some(mapped("ktp")));
        assert_eq!(rows.again(1), None, "the same row twice is looked at");
        rows.end();
        begin(&mut rows, ".a", 1_000);
        assert_eq!(rows.again(2), None, "it was gone");
        // A reading that broke off does not forget those that it did not come to.
        begin(&mut rows, ".a", 1_000);
        assert_eq!(rows.again(1), Some(mapped("ktp")));
        begin(&mut rows, ".b", 1_000);
        assert_eq!(rows.again(1), None, "another program");
    }

    #[test]
    fn a_reading_that_goes_on_after_its_run_keeps_nothing_for_the_next() {
        let mut next = Remembered::watching();
        let mut broken_off = next.clone();
        begin(&mut broken_off, ".a", 1_000);
        begin(&mut next, ".b", 1_000);
        broken_off.keep(1, &mapped("by the mapping of before"));
        broken_off.end();
        next.keep(2, &mapped("ktp"));
        begin(&mut next, ".b", 1_000);
        assert_eq!(next.again(1), None);
        assert_eq!(next.again(2), Some(mapped("ktp")));
    }

    #[test]
    fn nothing_is_kept_beyond_the_room_or_of_a_program_that_reads_the_clock() {
        let mut rows = Remembered::watching();
        for (program, most) in [(".a", 99), ("{now: 1} | now", 1_000), ("$ENV.X", 1_000)] {
            begin(&mut rows, program, most);
            rows.keep(1, &mapped("ktp"));
            begin(&mut rows, program, most);
            assert_eq!(rows.again(1), None, "{program}");
        }
        let mut none = Remembered::default();
        begin(&mut none, ".a", 1_000);
        none.keep(1, &mapped("ktp"));
        assert_eq!(none.again(1), None, "a single run needs none");
    }

    #[test]
    fn what_has_gone_makes_room() {
        let mut rows = Remembered::watching();
        for round in 0..50_u8 {
            begin(&mut rows, ".a", 300);
            rows.keep(round.into(), &mapped("ktp"));
            rows.end();
            begin(&mut rows, ".a", 300);
            assert_eq!(rows.again(round.into()), Some(mapped("ktp")));
            rows.end();
            begin(&mut rows, ".a", 300);
            rows.end();
        }
    }
}
