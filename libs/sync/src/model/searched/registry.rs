//! The registry's side: the rows of a source, and what a transaction does to them.

use mpp_api::sync::{Checkpoint, Hello};

use super::super::{
    checkpoint::{Abandoned, CheckpointStanding, Greeting, SourceState, known_from},
    lease,
    quarantine::{Answer, Event, State},
};

/// How many records the source has; the last one belongs to a unit that does not exist at first.
pub const RECORDS: usize = 3;
/// The place of that last record.
pub const LATE: usize = 2;
/// The time at which everything happens; a lease that is kept ends later.
const NOW: i64 = 10;
const LATER: i64 = 20;

/// A version of a record, or none.
pub type Version = Option<u8>;

/// A batch of one record, on its way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Batch {
    pub client: usize,
    pub fencing: i64,
    pub nonce: i64,
    pub checkpoint: Checkpoint,
    /// The record and its version.
    pub record: Option<(usize, u8)>,
    /// The client has compared after this batch, and everything except the record stands as the
    /// client has it.
    pub compared: Option<i64>,
}

/// A batch that was answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AnsweredBatch {
    pub fencing: i64,
    pub nonce: i64,
    pub record: Option<(usize, u8)>,
    pub checkpoint: Checkpoint,
    pub current: bool,
    pub counted: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Registry {
    pub fencing: i64,
    pub until: i64,
    holder: String,
    standing: SourceState,
    pub batches: Vec<AnsweredBatch>,
    pub records: [Version; RECORDS],
    pub waits: [State; RECORDS],
    pub kept: [u8; RECORDS],
    pub unit_is_there: bool,
}

/// How a client is greeted.
pub struct Greeted {
    pub fencing: i64,
    pub greeting: Greeting,
    pub next: i64,
}

impl Registry {
    /// Opens a session; `None` while another is alive.
    pub fn hello(&mut self, hello: &Hello) -> Option<Greeted> {
        lease::check_free(hello, &self.holder, self.until - NOW, LATER - NOW).ok()?;
        let client = hello.checkpoint.as_ref();
        let (standing, greeting) =
            self.standing.open(&hello.mapping_version, client, self.known(hello));
        self.fencing = lease::next_fencing(self.fencing, 0);
        (self.standing, self.until) = (standing, LATER);
        self.holder.clone_from(&hello.holder);
        Some(Greeted { fencing: self.fencing, greeting, next: self.standing.next_sequence() })
    }

    fn known(&self, hello: &Hello) -> CheckpointStanding {
        let Some(named) = &hello.checkpoint else { return CheckpointStanding::Never };
        let is_it = |one: &&AnsweredBatch| {
            (one.checkpoint.sequence, one.checkpoint.mark) == (named.sequence, named.mark)
        };
        let Some(found) = self.batches.iter().find(is_it) else { return CheckpointStanding::Never };
        if !found.current {
            return CheckpointStanding::Abandoned;
        }
        let later = self.batches.iter().filter(|one| one.checkpoint.sequence > named.sequence);
        known_from(
            &hello.under_way,
            &later.map(|one| one.checkpoint.position.clone()).collect::<Vec<_>>(),
        )
    }

    /// Nothing was heard for a lease.
    pub fn is_silent(&mut self) {
        self.until = NOW;
    }

    /// Answers a batch; `None` if it is refused.
    pub fn batch(&mut self, batch: &Batch) -> Option<Checkpoint> {
        lease::check_alive("a", batch.fencing, self.fencing, self.until, NOW).ok()?;
        let of_it = |one: &&AnsweredBatch| (one.fencing, one.nonce) == (batch.fencing, batch.nonce);
        if let Some(stored) = self.batches.iter().find(of_it) {
            return (stored.record == batch.record).then(|| stored.checkpoint.clone());
        }
        let mark = i64::try_from(self.batches.len()).unwrap_or(i64::MAX) + 100;
        let checkpoint = self.standing.place(&batch.checkpoint, mark)?;
        let after = match batch.compared {
            Some(last) if !self.standing.is_fresh() || last != self.standing.last.sequence => {
                return None;
            }
            Some(_) => self.standing.reconciled(checkpoint.clone()),
            None => {
                self.leave_behind();
                self.standing.answered(checkpoint.clone())
            }
        };
        if let Some((record, version)) = batch.record {
            self.write(record, version);
        }
        self.batches.push(AnsweredBatch {
            fencing: batch.fencing,
            nonce: batch.nonce,
            record: batch.record,
            checkpoint: checkpoint.clone(),
            current: true,
            counted: true,
        });
        (self.standing, self.until) = (after, LATER);
        Some(checkpoint)
    }

    fn write(&mut self, record: usize, version: u8) {
        let answer =
            if record == LATE && !self.unit_is_there { Answer::Waits } else { Answer::Taken };
        let state = self.waits[record];
        self.waits[record] = state.after(state.step(Event::Sent { answer, has_room: true }));
        match answer {
            Answer::Waits => self.kept[record] = version,
            _ => self.records[record] = Some(version),
        }
    }

    /// What waits is tried again.
    pub fn redrive(&mut self) {
        for record in 0..RECORDS {
            let state = self.waits[record];
            if state == State::Waiting {
                self.waits[record] = state.after(state.step(Event::Tried(Answer::Taken)));
                self.records[record] = Some(self.kept[record]);
            }
        }
    }

    /// Ends a session; false if it is no longer alive.
    pub fn end(&mut self, fencing: i64) -> bool {
        if lease::check_alive("a", fencing, self.fencing, self.until, NOW).is_err() {
            return false;
        }
        self.leave_behind();
        (self.standing, self.until) = (self.standing.ended(), 0);
        true
    }

    fn leave_behind(&mut self) {
        let Some(Abandoned { after, unheard_after }) = self.standing.abandons() else { return };
        for one in self.batches.iter_mut().filter(|one| one.current) {
            one.current = one.checkpoint.sequence <= after;
            one.counted &= one.current || one.checkpoint.sequence <= unheard_after;
        }
    }

    /// The number of the last batch that was answered.
    pub fn last_sequence(&self) -> i64 {
        self.standing.last.sequence
    }

    /// What stands of a record, or waits to.
    pub fn stands(&self, record: usize) -> Version {
        match self.waits[record] {
            State::Waiting => Some(self.kept[record]),
            _ => self.records[record],
        }
    }
}
