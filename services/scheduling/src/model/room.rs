//! How many rules a target may have of one hand: a source, or the API. Rules that are over stay, so
//! that hours of before are answered, and take nothing of the room of others.

use jiff::civil::Date;
use mpp_api::scheduling::HoursRule;

use crate::policy::Policy;

/// Rules by whether they are over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Those that hold, or will.
    pub standing: usize,
    /// Those whose last day has passed in every zone.
    pub over: usize,
}

impl Counts {
    /// One of the two.
    pub fn of(&mut self, over: bool) -> &mut usize {
        if over { &mut self.over } else { &mut self.standing }
    }

    /// So many more of each there may be.
    pub fn left(self, policy: &Policy) -> Self {
        Self {
            standing: policy.rules_per_target.saturating_sub(self.standing),
            over: policy.past_rules_per_target.saturating_sub(self.over),
        }
    }

    /// Takes the place of a rule that is put; false where there is none. One that was as it is
    /// before, over or not, has its place; one that ends keeps it.
    pub fn take(&mut self, rule: &HoursRule, before: Option<&HoursRule>, today: Date) -> bool {
        let over = is_over(rule, today);
        if before.is_some_and(|before| over || !is_over(before, today)) {
            return true;
        }
        let left = self.of(over);
        let has_room = *left > 0;
        *left = left.saturating_sub(1);
        has_room
    }
}

/// Whether a rule's last day has passed.
pub fn is_over(rule: &HoursRule, today: Date) -> bool {
    rule.valid_to.parse::<Date>().is_ok_and(|last| last < today)
}

/// Told where a target has so many rules of one hand that no other is taken.
pub fn too_many(rule: &HoursRule, of: &str, policy: &Policy, today: Date) -> String {
    let target = &rule.target;
    if is_over(rule, today) {
        let most = policy.past_rules_per_target;
        return format!(
            "the rule is over, and {target} has {most} of {of} that are over, as many as are taken \
             afterwards; delete some of them first"
        );
    }
    let most = policy.rules_per_target;
    format!(
        "{target} has {most} rules of {of} that are not over; delete one, or let it end (valid_to)"
    )
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn ending(day: &str) -> HoursRule {
        HoursRule { valid_to: day.into(), ..HoursRule::default() }
    }

    #[test]
    fn what_is_over_takes_no_room_of_what_is_not() {
        let (today, policy) = (date(2026, 11, 24), Policy::default());
        let mut left = Counts { standing: 63, over: 5_000 }.left(&policy);
        assert_eq!(left, Counts { standing: 1, over: 0 });
        assert!(left.take(&ending("2026-11-24"), None, today), "the last day is part of it");
        assert!(!left.take(&ending(""), None, today), "it has no end");
        assert!(!left.take(&ending("2026-11-23"), None, today), "told afterwards");
    }

    #[test]
    fn a_rule_that_is_over_comes_back_only_where_there_is_room() {
        let (today, mut none) = (date(2026, 11, 24), Counts::default());
        let (over, stands) = (ending("2026-11-01"), ending("2026-12-01"));
        assert!(none.take(&stands, Some(&stands), today), "it has its place");
        assert!(none.take(&over, Some(&stands), today), "it ends");
        assert!(!none.take(&stands, Some(&over), today), "else ended rules would be a reserve");
    }
}
