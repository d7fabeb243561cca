//! What was seen of a source: the records that are new, what cannot be sent and why, and whether
//! all of it is known. A run and a preview of it judge by the same.

use mpp_api::sync::Record;
use mpp_core::Error;
use mpp_form::record::{is_place, known_as};

use super::plan::Run;
use crate::{
    Policy,
    model::{
        difference::{Difference, Digest, Verdict},
        keys::Keys,
        problem::Problem,
        tally::Tally,
        told,
    },
    source::{Fault, HeldBack, ReadResult, Yielded},
};

/// What was seen so far.
pub struct Survey<'a> {
    run: &'a Run,
    pub tally: Tally,
    pub difference: Difference,
    /// The first fault of the source: why its whole extent is not known.
    pub lack: Option<Fault>,
    /// The keys of the records, once all are read.
    pub keys: Option<Keys>,
    /// The first row that could not be read.
    first_unread: Option<String>,
    /// Problems that nobody was told of yet, and how many there were.
    pub problems: Vec<Problem>,
    kept: i64,
    /// Rows that a person has to look at before they are sent.
    pub held_back: Vec<HeldBack>,
}

/// A record that the registry may not have as it is here.
pub struct New {
    pub record: Record,
    pub digest: Digest,
    pub found_at: String,
}

impl<'a> Survey<'a> {
    /// A survey before anything is read.
    pub fn new(run: &'a Run, difference: Difference) -> Self {
        Self {
            run,
            tally: Tally::default(),
            difference,
            lack: None,
            keys: None,
            first_unread: None,
            problems: Vec::new(),
            kept: 0,
            held_back: Vec::new(),
        }
    }

    /// Takes up what was read; answers a record that is new.
    pub fn take_up(&mut self, found: Yielded) -> Option<New> {
        match found {
            Yielded::Record(item) => return self.take_record(*item),
            Yielded::Keys(keys) => {
                let place = self.run.input.place();
                for remark in keys.missing() {
                    self.keep(Problem::unsent(&place, "", &remark));
                }
                self.keys = Some(*keys);
            }
            Yielded::Raw(_) => {}
            Yielded::PassedOver(place, why) => {
                self.tally.headings += 1;
                self.keep(Problem::unsent(&place, "", &why));
            }
            // The first is the cause; those that follow are its consequence as a rule.
            Yielded::Fault(fault) => drop(self.lack.get_or_insert(fault)),
        }
        None
    }

    /// Counts and keeps whatever cannot be sent.
    fn take_record(&mut self, item: ReadResult) -> Option<New> {
        self.tally.read += 1;
        let ReadResult { found_at, record, notes, refused_id, is_record, held_back } = item;
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                if is_record || refused_id.is_some() {
                    self.difference.refuse(refused_id.as_deref(), &found_at);
                }
                let id = held_back.as_ref().map_or("", |one| one.id.as_str());
                self.keep_invalid(&found_at, id, &error);
                self.held_back.extend(held_back);
                return None;
            }
        };
        self.tally.count_notes(&notes);
        for note in &notes {
            self.keep(Problem::unsent(&found_at, &known_as(&record), note));
        }
        match self.difference.judge(&record, &found_at) {
            Verdict::New(digest) => return Some(New { record, digest, found_at }),
            Verdict::Known => self.tally.known += 1,
            Verdict::Duplicate(twin) => {
                self.tally.count_duplicate(twin.differs);
                let problems = Problem::duplicate(&found_at, &known_as(&record), &twin);
                problems.into_iter().for_each(|problem| self.keep(problem));
            }
        }
        None
    }

    /// A row that is not sent.
    pub fn keep_invalid(&mut self, found_at: &str, id: &str, error: &Error) {
        self.tally.count_unread(error);
        let problem = Problem::unsent(found_at, id, error);
        // The registry shows this to others: what is wrong, and nothing of what the row holds.
        let why = told::without_values(&problem.message);
        self.first_unread.get_or_insert_with(|| format!("{found_at}: {why} [{}]", problem.code));
        self.keep(problem);
    }

    fn keep(&mut self, problem: Problem) {
        self.kept += 1;
        if self.kept <= self.run.policy.kept_problems {
            self.problems.push(problem);
        }
    }

    /// The fault of a source that was read to its end; it may be known that it is rightly empty.
    pub fn judge_whole(&mut self, is_empty_meant: bool) -> Option<Fault> {
        let is_meant = self.run.accept_missing;
        let own = self.count_missing();
        let read = self.tally.read;
        if read == 0 && !is_meant && (own > 0 || !is_empty_meant) {
            return Some(self.is_empty(own));
        }
        self.has_nothing_read().or_else(|| self.is_confused()).or_else(|| self.has_shrunk())
    }

    /// Counts what has gone; answers how many of these are this configuration's own.
    fn count_missing(&mut self) -> i64 {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let (all, gone) = (self.difference.gone().len(), self.difference.own_gone());
        let others = count(all - gone.len());
        let (places, own): (Vec<_>, Vec<_>) = gone.into_iter().partition(|id| is_place(id));
        let shared = own.iter().filter(|id| !self.difference.may_go_unnamed(id)).count();
        let surely = count(self.difference.surely_gone());
        let places = count(places.len()).min(surely);
        self.tally.missing = surely.saturating_add(others);
        self.tally.missing_places = places;
        self.tally.missing_others = others;
        self.tally.missing_shared = count(shared).min(surely - places);
        surely
    }

    fn is_confused(&self) -> Option<Fault> {
        let text = self.difference.confusion()?;
        Some(Fault::confused(&self.run.input.place(), text))
    }

    fn is_empty(&self, missing: i64) -> Fault {
        let had = if missing > 0 { format!(", and held {missing} before") } else { String::new() };
        let text = format!(
            "it holds no record at all{had}; where that is right, run once with --accept-missing, \
             and it may stay empty from then on"
        );
        Fault::nothing(&self.run.input.place(), text)
    }

    fn has_nothing_read(&mut self) -> Option<Fault> {
        let read = self.tally.read;
        if read == 0 || self.tally.unread() < read {
            return None;
        }
        let first = self.first_unread.take().unwrap_or_default();
        let text = match read {
            1 => format!("its one row could not be read: {first}"),
            _ => format!("of {read} rows none could be read; the first: {first}"),
        };
        Some(Fault::nothing(&self.run.input.place(), text))
    }

    fn has_shrunk(&self) -> Option<Fault> {
        let place = self.run.input.place();
        let Policy { max_missing_percent, max_missing_records, .. } = self.run.policy;
        let shrinkage = self.difference.shrinkage(max_missing_percent, max_missing_records);
        shrinkage.filter(|_| !self.run.accept_missing).map(|text| Fault::shrunk(&place, text))
    }
}
