//! The checkpoint of a source, and how a hello, a batch and an end change it: the state machine of
//! `Checkpoint` in `sync.proto`, without database and network.
//!
//! Four rules carry it. **Batches are numbered once**: a sequence is given to one batch and never
//! to another, even if a client goes back. **An answer belongs to the mapping that it was made
//! under**: `mapped_after` is the last number before it, so a checkpoint tells by itself whether
//! its client still has to send everything. **A hello changes nothing that another client could
//! miss**: going back, and another mapping, take effect with the first batch. **A client that goes
//! back names the batches that it may have sent since**: if it does not know of a batch that was
//! answered, it cannot know which of its answers that batch has made untrue, and sends everything.
//!
//! The mark of a number tells whether it means the same batch to both sides: a registry that was
//! restored gives numbers a second time, but draws no mark twice.

use mpp_api::sync::Checkpoint;
use mpp_core::{FieldCode, text};
use mpp_form::{Check, limits};

/// Longest position of a client, in bytes.
const MAX_POSITION: usize = 1024;

/// How the registry knows the checkpoint that a client names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckpointStanding {
    /// It was answered, and every later answer builds on it.
    Current,
    /// Like [`CheckpointStanding::Current`], but batches were answered since that the client knows
    /// nothing of.
    Behind,
    /// It was answered, and the source then went on from an earlier one.
    Abandoned,
    /// It was never answered here, or a restore has lost it.
    Never,
}

/// How a checkpoint that was answered is known: `under_way` are the positions of the batches that
/// its client may have sent since, `answered` those that were answered since.
pub fn known_from(under_way: &[String], answered: &[String]) -> CheckpointStanding {
    match answered.iter().all(|position| under_way.contains(position)) {
        true => CheckpointStanding::Current,
        false => CheckpointStanding::Behind,
    }
}

/// The state of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SourceState {
    /// The last batch that was answered; its sequence is the highest that was ever given.
    pub last: Checkpoint,
    /// The mapping that the last answers were made under.
    pub mapping: String,
    /// Answers up to this sequence were made under other mappings.
    pub mapped_after: i64,
    /// The highest sequence of which a client has shown that it has the answers.
    pub heard: i64,
    /// How the session that may write now began.
    pub opened: Opened,
}

/// How a session began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Opened {
    /// The mapping that it sends under.
    pub mapping: String,
    /// The checkpoint that it resumes at.
    pub resumed: Checkpoint,
    /// The last sequence before its first batch.
    pub began_at: i64,
    /// It was told to send every record.
    pub send_all: bool,
}

/// The answer to a hello.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// The checkpoint at which both sides resume.
    pub checkpoint: Checkpoint,
    /// The client has to send everything.
    pub send_all: bool,
}

/// Batches that a source has gone back behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abandoned {
    /// Checkpoints after this sequence are void.
    pub after: i64,
    /// The answers of those after this sequence never reached the client, as far as it has shown:
    /// their records come again and count then.
    pub unheard_after: i64,
}

impl SourceState {
    /// Opens a session. State that another client could miss stays as it is.
    pub fn open(
        &self,
        mapping: &str,
        client: Option<&Checkpoint>,
        known: CheckpointStanding,
    ) -> (Self, Greeting) {
        let checkpoint = agreed(client, known);
        let send_all = self.mapping != mapping
            || checkpoint.sequence <= self.mapped_after
            || known == CheckpointStanding::Behind;
        let opened = Opened {
            mapping: mapping.to_owned(),
            resumed: checkpoint.clone(),
            began_at: self.last.sequence,
            send_all,
        };
        let heard = self.heard.max(checkpoint.sequence);
        (Self { heard, opened, ..self.clone() }, Greeting { checkpoint, send_all })
    }

    /// Answers up to this sequence no longer stand, once the session has ended completely: every
    /// record has come again since.
    pub fn answered_anew_after(&self) -> i64 {
        if self.opened.send_all { self.opened.began_at } else { self.mapped_after }
    }

    /// The number of the next batch.
    pub fn next_sequence(&self) -> i64 {
        self.last.sequence + 1
    }

    /// True until the session's first batch.
    pub fn is_fresh(&self) -> bool {
        self.last.sequence == self.opened.began_at
    }

    /// The batches that the session's first message to be stored leaves behind.
    pub fn abandons(&self) -> Option<Abandoned> {
        let after = self.opened.resumed.sequence;
        let goes_back = self.is_fresh() && after < self.last.sequence;
        goes_back.then(|| Abandoned { after, unheard_after: after.max(self.heard) })
    }

    /// The checkpoint that a batch is stored with, which has the mark that was drawn for it. A
    /// client that went back may count on from the welcome's checkpoint; its batch gets the number
    /// that is its own. `None` for a batch that is not the next one.
    pub fn place(&self, given: &Checkpoint, mark: i64) -> Option<Checkpoint> {
        let next = self.next_sequence();
        let went_back = self.opened.began_at - self.opened.resumed.sequence;
        let is_next = given.sequence == next || given.sequence.saturating_add(went_back) == next;
        is_next.then(|| Checkpoint { sequence: next, mark, ..given.clone() })
    }

    /// The state after a batch that was answered.
    pub fn answered(&self, checkpoint: Checkpoint) -> Self {
        let remapped = self.is_fresh() && self.mapping != self.opened.mapping;
        Self {
            mapping: self.opened.mapping.clone(),
            mapped_after: if remapped { self.last.sequence } else { self.mapped_after },
            last: checkpoint,
            ..self.clone()
        }
    }

    /// The state after a first batch by which the client knows how every record stands: no answer
    /// is left behind, and those that were not confirmed belong to no mapping any more.
    pub fn reconciled(&self, checkpoint: Checkpoint) -> Self {
        let opened = Opened { send_all: false, ..self.opened.clone() };
        Self {
            mapping: self.opened.mapping.clone(),
            mapped_after: self.last.sequence,
            heard: self.last.sequence,
            last: checkpoint,
            opened,
        }
    }

    /// The state after an end, whose sender has every answer of its session.
    pub fn ended(&self) -> Self {
        let last = match self.abandons() {
            Some(_) => Checkpoint { sequence: self.last.sequence, ..self.opened.resumed.clone() },
            None => self.last.clone(),
        };
        let heard = if self.is_fresh() { self.heard } else { self.last.sequence };
        Self { last, heard, ..self.clone() }
    }
}

/// The client's checkpoint, where everything later builds on it; else the start. A client ahead of
/// the registry, or on a branch that was left, believes that things are acknowledged that the
/// registry may no longer hold: it begins again.
fn agreed(client: Option<&Checkpoint>, known: CheckpointStanding) -> Checkpoint {
    match (client, known) {
        (Some(client), CheckpointStanding::Current | CheckpointStanding::Behind)
            if client.sequence > 0 =>
        {
            client.clone()
        }
        _ => Checkpoint::default(),
    }
}

/// Checks the positions of batches that a client may have sent.
pub fn check_under_way(check: &mut Check, positions: &[String]) {
    check.each("under_way", positions, limits::UNDER_WAY, |part, position| {
        check_position(part, "", position);
    });
}

fn check_position(check: &mut Check, field: &str, position: &str) {
    if position.len() > MAX_POSITION {
        let hint = format!("must be at most {MAX_POSITION} bytes");
        check.fail(field, FieldCode::TooLong, hint);
    }
    if text::is_disguised(position) {
        let hint =
            "holds control characters, or such as nobody sees; write it otherwise, as base64";
        check.fail(field, FieldCode::ControlCharacter, hint);
    }
}

/// Checks the form of a checkpoint.
pub fn check(check: &mut Check, checkpoint: &Checkpoint) {
    if checkpoint.sequence < 0 {
        check.fail("sequence", FieldCode::OutOfRange, "must not be negative");
    }
    check_position(check, "position", &checkpoint.position);
}

#[cfg(test)]
mod tests;
