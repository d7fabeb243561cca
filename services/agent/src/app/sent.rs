//! A batch that has no answer yet.

use mpp_api::sync::BatchResult;
use mpp_core::{Result, id_of};

use crate::{registry::out_of_turn, store::Answered};

/// A batch that was sent, to match its answer with.
pub struct Sent {
    pub nonce: i64,
    pub records: Vec<Answered>,
    /// True if it holds records that are withdrawn, not the source's own.
    pub withdraws: bool,
}

impl Sent {
    /// An answer must be for the batch that was sent, record by record. The registry repeats only
    /// the start of an id that is too long.
    pub fn check(&self, result: &BatchResult) -> Result<()> {
        let same = result.nonce == self.nonce
            && result.results.len() == self.records.len()
            && result
                .results
                .iter()
                .zip(&self.records)
                .all(|(answer, record)| is_of(&record.id, &answer.source_id));
        if same { Ok(()) } else { Err(out_of_turn("the answers of the oldest batch")) }
    }
}

/// For a record that is known by its name, the answer has the name's last part.
fn is_of(id: &str, answered: &str) -> bool {
    let last = id_of(id);
    id.starts_with(answered) || last.starts_with(answered)
}

#[cfg(test)]
mod tests {
    use mpp_api::sync::RecordResult;

    use super::*;

    #[test]
    fn an_id_that_is_too_long_does_not_end_the_run() {
        let id = "a".repeat(200);
        let record = Answered { id: id.clone(), digest: [0; 16], name: None };
        let sent = Sent { nonce: 1, records: vec![record], withdraws: false };
        let answered = |source_id: &str| BatchResult {
            nonce: 1,
            results: vec![RecordResult { source_id: source_id.into(), ..Default::default() }],
            ..Default::default()
        };
        assert!(sent.check(&answered(&id[..100])).is_ok(), "the registry repeats its start");
        assert!(sent.check(&answered("b")).is_err());
        assert!(is_of("malls/bwi/counters/dukcapil", "dukcapil"));
    }
}
