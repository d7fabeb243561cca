//! What is special about writing hours rules; `mpp_resource::write` does everything else.

use jiff::civil::Date;
use mpp_api::{
    method::Create as _,
    scheduling::{CreateHoursRuleRequest, HoursRule},
};
use mpp_core::{Error, Label, Labels, NATIONAL, Overridden, Reason, Result};
use mpp_form::hours_rule::{self, Target};
use mpp_resource::{
    Call, Filing, Keeps, Serves,
    command::Done,
    write::{self, NewName},
};
use mpp_store::Tx;

use super::Scheduling;
use crate::model::{date::today_in_the_west, room::too_many};

impl Serves<HoursRule> for Scheduling {}

impl Keeps<HoursRule> for Scheduling {
    fn check(rule: &HoursRule) -> Result<()> {
        hours_rule::check(rule).map(drop).map_err(|error| error.within("hours_rule"))
    }

    /// A target's rules are kept by its officers and its mall's organiser.
    async fn file(
        &self,
        rule: &HoursRule,
        before: Option<&HoursRule>,
        tx: &mut Tx,
    ) -> Result<Filing> {
        let target = Target::parse(&rule.target, "hours_rule.target")?;
        if before.is_none() && target.name() != NATIONAL {
            self.memory.schedule(&target).map_err(refers_to_nothing)?;
        }
        let stands = tx.get::<HoursRule>(&rule.name).await?;
        let state = self.memory.read();
        let owners = state.owners(&target)?;
        let mut labels = state.rule_labels(&target, &rule.source);
        keep_handed(&mut labels, stands.map(|stands| stands.labels).as_ref());
        Ok(Filing { labels, owners, ..Filing::default() })
    }

    fn decide_fields(
        &self,
        rule: &mut HoursRule,
        before: Option<&HoursRule>,
        filing: &mut Filing,
        _call: &Call,
    ) -> Result<()> {
        if let Some(before) = before {
            self.check_own(before)?;
        }
        hours_rule::check_reason(rule, before)?;
        hours_rule::write_times(rule);
        // Until its source has sent it, what stands is another's: the label says so, and whoever
        // compares is asked for the record.
        if !rule.source.is_empty() && before != Some(&*rule) {
            filing.labels.insert(Label::Overridden, Overridden::Handed.as_str().to_owned());
        }
        self.check_room(rule, before, today_in_the_west(self.db.clock().now())?)
    }
}

impl Scheduling {
    /// Makes a rule, once this replica knows its target: the caller may have made that just now, in
    /// the registry.
    ///
    /// # Errors
    /// Those of [`write::create`]; `UNAVAILABLE` if the registry cannot be asked.
    pub async fn create_hours_rule(
        &self,
        call: &Call,
        mut request: CreateHoursRuleRequest,
    ) -> Result<Done<HoursRule>> {
        let rule = request.take_record();
        let target = rule.as_ref().map(|rule| rule.target.as_str());
        self.await_target(target.unwrap_or_default()).await?;
        let id_field = CreateHoursRuleRequest::ID_FIELD;
        let name = NewName { parent: request.parent(), id: request.id(), id_field };
        write::create(self, call, name, rule).await
    }

    /// Refuses a rule if its target has no room left for one more of this source.
    fn check_room(&self, rule: &HoursRule, before: Option<&HoursRule>, today: Date) -> Result<()> {
        let counts = self.memory.read().records.counts_of(&rule.target, &rule.source, today);
        let mut left = counts.left(&self.policy);
        if left.take_place(rule, before, today) {
            return Ok(());
        }
        let text = too_many(rule, "this API", left, &self.policy);
        Err(Error::new(Reason::LimitReached, text))
    }

    /// Refuses a change by the API of a rule that a source publishes, saying where to change it. A
    /// rule whose source was given up, or may no longer write it, belongs to its target: a mall's
    /// new organiser is not bound by what the former one's source has sent.
    fn check_own(&self, rule: &HoursRule) -> Result<()> {
        let HoursRule { name, source, .. } = rule;
        if source.is_empty() || !self.may_be_sent(source, &rule.target)? {
            return Ok(());
        }
        let text = format!(
            "{name} is sent by {source}; change it there, or delete it here, for good, \
             which its source is told (TOMBSTONED) when it sends it again, and make another"
        );
        Err(Error::new(Reason::WrongState, text))
    }

    /// Whether there is such a source, and it may write the rules of this target.
    fn may_be_sent(&self, source: &str, target: &str) -> Result<bool> {
        let target = Target::parse(target, "hours_rule.target")?;
        let state = self.memory.read();
        match state.directory.source(source) {
            Ok(source) => Ok(state.directory.may_write(source, &target)),
            Err(error) if error.reason() == Reason::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// A change by anybody but the rule's source keeps the label that says that the rule was changed by
/// hand.
pub(super) fn keep_handed(labels: &mut Labels, stands: Option<&Labels>) {
    let label = stands.and_then(|stands| stands.get(&Label::Overridden).cloned());
    labels.extend(label.map(|label| (Label::Overridden, label)));
}

fn refers_to_nothing(error: Error) -> Error {
    match error.reason() {
        Reason::NotFound => {
            let text = format!("hours_rule.target: {}", error.message());
            Error::new(Reason::ReferenceInvalid, text)
        }
        _ => error,
    }
}
