//! What the acting server knows of its source: just enough to greet and to answer as the contract
//! says. Pure.

use std::collections::BTreeSet;

use mpp_api::sync::{Checkpoint, Hello};

/// A batch that was written.
#[derive(Clone, Debug)]
struct Written {
    checkpoint: Checkpoint,
    mapping: String,
    /// True if later answers build on it.
    current: bool,
}

/// The server's side of a source.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    batches: Vec<Written>,
    /// Tokens, marks and sessions that were given.
    given: i64,
    /// Names of records that are published.
    pub held: BTreeSet<String>,
}

/// How a client is greeted.
#[derive(Clone, Debug, PartialEq)]
pub struct Greeting {
    /// The checkpoint from which it resumes.
    pub checkpoint: Checkpoint,
    /// True if it has to send everything.
    pub send_all: bool,
    /// The number of its first batch.
    pub next: i64,
}

impl Registry {
    /// A number that was never given.
    pub fn draw(&mut self) -> i64 {
        self.given += 1;
        self.given * 1_000_003
    }

    /// Greets a client by the checkpoint that it names.
    pub fn greet(&self, hello: &Hello) -> Greeting {
        let next = self.batches.iter().map(|one| one.checkpoint.sequence).max().unwrap_or(0) + 1;
        let named = hello.checkpoint.as_ref().and_then(|named| self.find(named));
        let Some(known) = named.filter(|known| known.current) else {
            return Greeting { checkpoint: Checkpoint::default(), send_all: true, next };
        };
        let is_later = |one: &&Written| one.checkpoint.sequence > known.checkpoint.sequence;
        let mut later = self.batches.iter().filter(is_later);
        let knows_all = later.all(|one| hello.under_way.contains(&one.checkpoint.position));
        let send_all = !knows_all || known.mapping != hello.mapping_version;
        Greeting { checkpoint: known.checkpoint.clone(), send_all, next }
    }

    fn find(&self, named: &Checkpoint) -> Option<&Written> {
        self.batches.iter().find(|one| {
            (one.checkpoint.sequence, one.checkpoint.mark) == (named.sequence, named.mark)
        })
    }

    /// Writes a batch of a session that resumed there; answers its checkpoint.
    pub fn write(
        &mut self,
        position: &str,
        sequence: i64,
        resumed: i64,
        mapping: &str,
    ) -> Checkpoint {
        let mark = self.draw();
        let checkpoint = Checkpoint { sequence, position: position.to_owned(), mark };
        self.batches.push(Written {
            checkpoint: checkpoint.clone(),
            mapping: mapping.to_owned(),
            current: true,
        });
        self.leave_behind(resumed, sequence);
        checkpoint
    }

    /// Batches between where a session resumed and its first are left behind.
    fn leave_behind(&mut self, resumed: i64, first: i64) {
        for one in &mut self.batches {
            let between = one.checkpoint.sequence > resumed && one.checkpoint.sequence < first;
            one.current &= !between;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(checkpoint: &Checkpoint, under_way: &[&str]) -> Hello {
        Hello {
            checkpoint: Some(checkpoint.clone()),
            under_way: under_way.iter().map(|one| (*one).to_owned()).collect(),
            mapping_version: "1".into(),
            ..Hello::default()
        }
    }

    #[test]
    fn it_greets_as_the_contract_says() {
        let mut registry = Registry::default();
        let first = registry.write("a", 1, 0, "1");
        registry.write("b", 2, 1, "1");
        let greeted = registry.greet(&hello(&first, &["b"]));
        assert_eq!(greeted, Greeting { checkpoint: first.clone(), send_all: false, next: 3 });
        assert!(registry.greet(&hello(&first, &[])).send_all, "it does not know of the second");
        let other = Hello { mapping_version: "2".into(), ..hello(&first, &["b"]) };
        assert!(registry.greet(&other).send_all);
        let unknown = Checkpoint { mark: 1, ..first };
        let start = Greeting { checkpoint: Checkpoint::default(), send_all: true, next: 3 };
        assert_eq!(registry.greet(&hello(&unknown, &["b"])), start);
    }

    #[test]
    fn what_was_left_behind_is_no_checkpoint_any_more() {
        let mut registry = Registry::default();
        registry.write("a", 1, 0, "1");
        let second = registry.write("b", 2, 1, "1");
        registry.write("c", 3, 1, "1");
        assert_eq!(registry.greet(&hello(&second, &["c"])).checkpoint.sequence, 0);
    }
}
