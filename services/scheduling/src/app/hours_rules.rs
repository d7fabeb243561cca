//! The rules by which clients write hours rules; `mpp_resource::write` does all else.

use mpp_api::scheduling::HoursRule;
use mpp_core::{Error, NATIONAL, Reason, Result};
use mpp_resource::{Call, Filing, Keeps, Serves};
use mpp_store::Tx;

use super::Scheduling;
use crate::model::{rule, target::Target};

impl Serves<HoursRule> for Scheduling {}

impl Keeps<HoursRule> for Scheduling {
    fn check(rule: &HoursRule) -> Result<()> {
        rule::check(rule).map(drop).map_err(|error| error.within("hours_rule"))
    }

    /// A target's rules are kept by its officers and its mall's organiser.
    async fn file(
        &self,
        rule: &HoursRule,
        before: Option<&HoursRule>,
        _tx: &mut Tx,
    ) -> Result<Filing> {
        let target = Target::parse(&rule.target, "hours_rule.target")?;
        if before.is_none() && target.name() != NATIONAL {
            self.memory.schedule(&target).map_err(refers_to_nothing)?;
        }
        let state = self.memory.read();
        let owners = state.owners(&target)?;
        Ok(Filing { labels: state.rule_labels(&target), owners, ..Filing::default() })
    }

    fn decide_fields(
        &self,
        rule: &mut HoursRule,
        before: Option<&HoursRule>,
        _filing: &mut Filing,
        _call: &Call,
    ) -> Result<()> {
        rule::check_reason(rule, before)?;
        rule::write_times(rule);
        let count = self.memory.read().records.rule_count(&rule.target);
        if before.is_some() || count < self.policy.rules_per_target {
            return Ok(());
        }
        let hint = format!("{} has {count} rules; delete those that are over", rule.target);
        Err(Error::new(Reason::LimitReached, hint))
    }
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
