//! The way of what is read: sent, known, waiting for a comparison, or kept as a problem.

use mpp_api::sync::Record;
use mpp_core::{Error, Result};

use super::{KEPT_AT_ONCE, Session};
use crate::{
    model::{
        difference::{Digest, Verdict},
        problem::Problem,
    },
    source::{Found, Item},
};

impl Session<'_> {
    pub(super) async fn take_up(&mut self, found: Found) -> Result<()> {
        match found {
            Found::Record(item) => self.gather(*item).await,
            Found::Keys(keys) => {
                let place = self.context.run.input.place();
                for remark in keys.missing() {
                    self.keep(Problem::unsent(&place, "", &remark)).await?;
                }
                self.keys = Some(keys);
                Ok(())
            }
            Found::Raw(_) => Ok(()),
            Found::PassedOver(place, why) => {
                self.tally.headings += 1;
                self.keep(Problem::unsent(&place, "", &why)).await
            }
            Found::Fault(fault) => {
                // The first is the cause; those that follow are its consequence as a rule.
                self.lack.get_or_insert(fault);
                Ok(())
            }
        }
    }

    /// Takes up a record that the registry has to see; counts and keeps whatever it cannot.
    async fn gather(&mut self, item: Item) -> Result<()> {
        self.tally.read += 1;
        let Item { found_at, record, notes, refused_id, is_record, held_back } = item;
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                if is_record || refused_id.is_some() {
                    self.difference.refuse(refused_id.as_deref());
                }
                let id = held_back.as_ref().map_or("", |one| one.id.as_str());
                self.keep_invalid(&found_at, id, &error).await?;
                self.held_back.extend(held_back);
                return Ok(());
            }
        };
        self.tally.count_notes(&notes);
        for note in &notes {
            self.keep(Problem::unsent(&found_at, &record.source_id, note)).await?;
        }
        match self.difference.judge(&record, &found_at) {
            Verdict::New(digest) => self.add(record, digest, &found_at).await,
            Verdict::Known => {
                self.tally.known += 1;
                Ok(())
            }
            Verdict::Duplicate(first) => {
                self.tally.duplicate += 1;
                self.keep(Problem::duplicate(&found_at, &record.source_id, &first)).await
            }
        }
    }

    async fn add(&mut self, record: Record, digest: Digest, found_at: &str) -> Result<()> {
        if let Err(error) = self.limits.check(&record) {
            return self.keep_invalid(found_at, &record.source_id, &error).await;
        }
        if let Some(comparison) = &mut self.comparison {
            return comparison.add(&record, digest);
        }
        match self.gathered.add(record, digest, self.limits) {
            Some(full) => self.send(full).await,
            None => Ok(()),
        }
    }

    async fn keep_invalid(&mut self, found_at: &str, id: &str, error: &Error) -> Result<()> {
        self.tally.count_unread(error);
        let problem = Problem::unsent(found_at, id, error);
        // The registry shows this to others: the code, and nothing of what the row holds.
        self.first_unread.get_or_insert_with(|| format!("{found_at}: {}", problem.code));
        self.keep(problem).await
    }

    /// Keeps a problem, together with others: each by itself would wait for the disk.
    pub(super) async fn keep(&mut self, problem: Problem) -> Result<()> {
        self.kept += 1;
        if self.kept <= self.context.run.policy.kept_problems {
            self.unsent.push(problem);
        }
        if self.unsent.len() < KEPT_AT_ONCE { Ok(()) } else { self.flush().await }
    }
}
