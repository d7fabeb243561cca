//! How many rules one hand, a source or the API, may have for a target. Rules that are over stay,
//! so that earlier hours can be answered, and take no room from others.

use jiff::civil::Date;
use mpp_api::scheduling::HoursRule;
use mpp_sync::Room;

use crate::policy::Policy;

/// Rules by whether they are over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RuleCounts {
    /// Those that hold, or will.
    pub standing: usize,
    /// Those whose last day has passed in every zone.
    pub over: usize,
}

impl RuleCounts {
    /// One of the two.
    pub fn of(&mut self, over: bool) -> &mut usize {
        if over { &mut self.over } else { &mut self.standing }
    }

    /// With so many more, or fewer.
    pub fn with(self, more: Room) -> Self {
        let add = |count: usize, more: i64| {
            count.saturating_add_signed(isize::try_from(more).unwrap_or(isize::MAX))
        };
        Self { standing: add(self.standing, more.standing), over: add(self.over, more.over) }
    }

    /// How many more of each there may be.
    pub fn left(self, policy: &Policy) -> Self {
        Self {
            standing: policy.rules_per_target.saturating_sub(self.standing),
            over: policy.past_rules_per_target.saturating_sub(self.over),
        }
    }

    /// Takes the place of a rule that is put; false where there is none. One that is as it was
    /// before, over or not, has its place. One that ends gives its place up, and takes one of those
    /// that are over; where none of these is left, nothing new is taken either: otherwise there
    /// would be no bound on rules that end one after the other.
    pub fn take_place(
        &mut self,
        rule: &HoursRule,
        before: Option<&HoursRule>,
        today: Date,
    ) -> bool {
        let over = is_over(rule, today);
        let was_over = before.map(|before| is_over(before, today));
        if was_over == Some(over) {
            return true;
        }
        let needs_past = over || was_over.is_none();
        if *self.of(over) == 0 || (needs_past && self.over == 0) {
            return false;
        }
        *self.of(over) -= 1;
        if let Some(was) = was_over {
            *self.of(was) += 1;
        }
        true
    }
}

/// Whether a rule's last day has passed.
pub fn is_over(rule: &HoursRule, today: Date) -> bool {
    rule.valid_through.parse::<Date>().is_ok_and(|last| last < today)
}

/// The refusal where a target has so many rules of one hand that no other is taken.
pub fn too_many(rule: &HoursRule, of: &str, left: RuleCounts, policy: &Policy) -> String {
    let target = &rule.target;
    if left.over == 0 {
        let most = policy.past_rules_per_target;
        return format!(
            "{target} has {most} or more rules of {of} that are over, as many as are kept; delete \
             the oldest of them first"
        );
    }
    let most = policy.rules_per_target;
    format!(
        "{target} has {most} or more rules of {of} that are not over; delete one, or let it end \
         (valid_through)"
    )
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn ending(day: &str) -> HoursRule {
        HoursRule { valid_through: day.into(), ..HoursRule::default() }
    }

    #[test]
    fn what_is_over_takes_no_room_of_what_is_not() {
        let (today, policy) = (date(2026, 11, 24), Policy::default());
        let mut left = RuleCounts { standing: 63, over: 900 }.left(&policy);
        assert!(left.take_place(&ending("2026-11-24"), None, today), "the last day is part of it");
        assert!(!left.take_place(&ending(""), None, today), "it has no end");
        assert!(left.take_place(&ending("2026-11-23"), None, today), "told afterwards");
    }

    #[test]
    fn a_rule_that_ends_makes_room_and_comes_back_only_where_there_is_some() {
        let (today, mut left) = (date(2026, 11, 24), RuleCounts { standing: 0, over: 5 });
        let (over, stands) = (ending("2026-11-01"), ending("2026-12-01"));
        assert!(left.take_place(&stands, Some(&stands), today), "it has its place");
        assert!(
            !left.take_place(&stands, Some(&over), today),
            "else ended rules would be a reserve"
        );
        assert!(left.take_place(&over, Some(&stands), today), "it ends");
        assert!(left.take_place(&stands, None, today), "in its place");
    }

    #[test]
    fn rules_that_are_put_and_ended_in_turn_come_to_a_bound() {
        let (today, policy) = (date(2026, 11, 24), Policy::default());
        let (over, stands) = (ending("2026-11-01"), ending("2026-12-01"));
        let mut left = RuleCounts::default().left(&policy);
        let rounds = (0..).take_while(|_| {
            left.take_place(&stands, None, today) && left.take_place(&over, Some(&stands), today)
        });
        assert_eq!(rounds.count(), policy.past_rules_per_target);
    }
}
