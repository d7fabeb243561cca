//! Tells of records that two clients of a source send in different words ([`model::contested`]).
//!
//! [`model::contested`]: crate::model::contested

use mpp_api::sync::{BatchResult, Outcome, RecordResult};
use mpp_core::{FieldCode, FieldViolation, Result};
use mpp_resource::handler::warning;
use mpp_store::Tx;

use crate::{
    model::contested::{Last, replaced},
    plan::Plan,
    session::Session,
    store::{
        clients,
        contested::{self, Sent},
        digests, lease,
    },
    syncs::Syncs,
};

impl<S: Syncs> Session<S> {
    /// Adds a remark to the answer of each record that another client sends in other words, and
    /// notes it; without other clients nothing is looked up.
    pub(super) async fn tell_contested(
        &self,
        tx: &mut Tx,
        plan: &Plan<S::Doc>,
        sequence: i64,
        result: &mut BatchResult,
    ) -> Result<()> {
        let (source, client) = (&self.lease.source, &self.lease.client);
        if client.others.is_empty() {
            return Ok(());
        }
        let all = plan.waiting.iter().map(|(index, one)| (*index, one.name.as_str()));
        let all: Vec<_> = all.filter(|(index, _)| stands(&result.results[*index])).collect();
        let keys: Vec<u64> = all.iter().map(|(index, _)| plan.asked(*index).0).collect();
        let sent = digests::last_sent(tx, source, &keys).await?;
        let known = contested::known(tx, source, &keys).await?;
        let (mut noted, mut ended, mut told) = (Vec::new(), Vec::new(), Vec::new());
        for (index, name) in all {
            let (key, digest, deletes) = plan.asked(index);
            let last = sent.get(&key).map(|(last, client)| (*client, *last == digest));
            let last = last.map(|(client, is_same)| Last { client, is_same });
            let before = known.get(&key).copied();
            let by = (client.number, client.others.as_slice());
            match replaced(by, last, before).filter(|_| !deletes) {
                Some(other) => {
                    told.push((index, other));
                    let changes_hands = last.is_some_and(|last| last.client == other);
                    noted.push(Sent { key, name, other, changes_hands });
                }
                None => ended.extend(before.map(|_| key)),
            }
        }
        contested::note(tx, &self.lease, sequence, &noted).await?;
        contested::end(tx, source, &ended).await?;
        self.remark(tx, &told, result).await
    }

    async fn remark(
        &self,
        tx: &mut Tx,
        told: &[(usize, i64)],
        result: &mut BatchResult,
    ) -> Result<()> {
        if told.is_empty() {
            return Ok(());
        }
        let others = told.iter().map(|(_, other)| (self.lease.source.as_str(), *other)).collect();
        let names = clients::names(tx.conn(), &others).await?;
        for (index, other) in told {
            let name = names.get(&(self.lease.source.clone(), *other));
            let name = clients::name_shown(name.cloned().unwrap_or_default());
            let description = format!(
                "another client of this source ({name}) sends it in other words: whichever comes \
                 last is published"
            );
            let code = FieldCode::OtherClient;
            let remark = warning(FieldViolation { field: String::new(), code, description });
            result.results[*index].warnings.push(remark);
        }
        Ok(())
    }

    /// After a complete end, which every record of its client has come before, after this sequence:
    /// what did not come is no longer contested. The client that was told of it sends it, or
    /// compares it, anew, so that the remark goes.
    pub(super) async fn settle_contested(&self, tx: &mut Tx, sequence: i64) -> Result<()> {
        let Self { service, lease, .. } = self;
        let settled = contested::settle(tx, lease, sequence).await?;
        if !settled.all.is_empty() {
            digests::leave(tx, lease.of_client(), &settled.own).await?;
            digests::without_remarks(tx, &lease.source, &settled.all).await?;
            lease::ask_anew(tx, &lease.source).await?;
        }
        let since = service.settings().forgotten(tx.now());
        clients::tidy(tx, &lease.source, &lease.client, since).await
    }
}

/// Whether the record was taken, or will be once what it waits for is there.
fn stands(answer: &RecordResult) -> bool {
    matches!(answer.outcome(), Outcome::Applied | Outcome::Unchanged | Outcome::Quarantined)
}
