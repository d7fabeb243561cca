//! Writing hours rules.

use mpp_api::{
    scheduling::{
        CreateHoursRuleResponse, DeleteHoursRuleResponse, HoursRule, UpdateHoursRuleResponse,
    },
    types::{Tombstone, tombstone},
};
use mpp_core::{Error, Label, Labels, Reason, Result};
use mpp_store::Expect;

use super::{App, Call};
use crate::{
    memory::records::shown,
    model::{
        rule,
        target::{NATIONAL, Target},
    },
};

impl App {
    /// Makes a rule.
    ///
    /// # Errors
    /// Every wrong field; `REFERENCE_INVALID`, `PERMISSION_DENIED`, `LIMIT_REACHED`,
    /// `ALREADY_EXISTS`.
    pub async fn create_hours_rule(
        &self,
        call: &Call,
        id: &str,
        mut doc: HoursRule,
    ) -> Result<CreateHoursRuleResponse> {
        clear(&mut doc, &format!("hoursRules/{id}"));
        let target = checked(id, &doc)?;
        self.check_target(call, &target)?;
        self.check_room(&target)?;
        let answer = self.once(call, async {
            let mut tx = self.begin(call).await?;
            tx.put(&doc.name, &doc, labels(&target), Expect::New).await?;
            let hours_rule = tx.get(&doc.name).await?.map(shown);
            Ok((tx, CreateHoursRuleResponse { hours_rule, revision: 0 }))
        });
        let answer = answer.await?;
        self.wait_for(answer.revision, call).await?;
        Ok(answer)
    }

    /// Changes what `paths` name of a rule.
    ///
    /// # Errors
    /// As for a new rule; `NOT_FOUND`, `ETAG_MISMATCH`.
    pub async fn update_hours_rule(
        &self,
        call: &Call,
        given: &HoursRule,
        paths: &[String],
    ) -> Result<UpdateHoursRuleResponse> {
        let id = rule::id_of(&given.name, "hours_rule.name")?;
        let answer = self.once(call, async {
            let mut tx = self.begin(call).await?;
            let stored = tx.get::<HoursRule>(&given.name).await?;
            let mut doc = stored.ok_or_else(|| Error::not_found(&given.name))?.doc;
            rule::update(&mut doc, given, paths);
            let target = checked(id, &doc)?;
            self.check_target(call, &target)?;
            tx.put(&given.name, &doc, labels(&target), Expect::Etag(&given.etag)).await?;
            let hours_rule = tx.get(&given.name).await?.map(shown);
            Ok((tx, UpdateHoursRuleResponse { hours_rule, revision: 0 }))
        });
        let answer = answer.await?;
        self.wait_for(answer.revision, call).await?;
        Ok(answer)
    }

    /// Deletes a rule.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PERMISSION_DENIED`, `ETAG_MISMATCH`.
    pub async fn delete_hours_rule(
        &self,
        call: &Call,
        name: &str,
        etag: &str,
    ) -> Result<DeleteHoursRuleResponse> {
        let answer = self.once(call, async {
            let mut tx = self.begin(call).await?;
            let stored = tx.get::<HoursRule>(name).await?.ok_or_else(|| Error::not_found(name))?;
            self.check_target(call, &Target::parse(&stored.doc.target, "target")?)?;
            let withdrawn =
                Tombstone { reason: tombstone::Reason::Withdrawn.into(), successor: String::new() };
            tx.delete::<HoursRule>(name, &withdrawn, Expect::Etag(etag)).await?;
            Ok((tx, DeleteHoursRuleResponse { revision: 0 }))
        });
        let answer = answer.await?;
        self.wait_for(answer.revision, call).await?;
        Ok(answer)
    }

    /// The caller may set the target's hours, and the target exists.
    fn check_target(&self, call: &Call, target: &Target) -> Result<()> {
        self.authorize(call, target)?;
        if target.name() == NATIONAL {
            return Ok(());
        }
        self.memory.place(target).map(drop).map_err(|error| match error.reason() {
            Reason::NotFound => {
                let text = format!("hours_rule.target: {}", error.message());
                Error::new(Reason::ReferenceInvalid, text)
            }
            _ => error,
        })
    }

    fn check_room(&self, target: &Target) -> Result<()> {
        let count = self.memory.read().records.rule_count(target.name());
        if count < self.policy.rules_per_target {
            return Ok(());
        }
        let hint = format!("{} has {count} rules; delete those that are over", target.name());
        Err(Error::new(Reason::LimitReached, hint))
    }
}

fn checked(id: &str, doc: &HoursRule) -> Result<Target> {
    let checked = rule::check(id, doc).map_err(|error| error.within("hours_rule"));
    checked.map(|(target, _)| target)
}

/// Only the store knows etag and times.
fn clear(doc: &mut HoursRule, name: &str) {
    name.clone_into(&mut doc.name);
    doc.etag.clear();
    doc.create_time = None;
    doc.update_time = None;
}

fn labels(target: &Target) -> Labels {
    let pairs = [(Label::Target, Some(target.name())), (Label::Mall, target.mall())];
    pairs.into_iter().filter_map(|(label, value)| Some((label, value?.to_owned()))).collect()
}
