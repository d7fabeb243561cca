//! Records that have left their source, and go from the index by themselves where the source's
//! keeper wants that: after a grace period, few at once, and only where nothing of the source is in
//! doubt. Pure.

use std::collections::BTreeMap;

use mpp_core::Micros;

/// How records go by themselves.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// They go once they have been absent for so long; `None`: never.
    pub grace: Option<Micros>,
    /// Per cent of what the registry holds that may go in one run.
    pub max_percent: u32,
    /// So many may go in any case.
    pub few: usize,
}

/// A record that a complete run has not seen, of which its keeper was told when it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absent {
    /// The first such run.
    pub since: Micros,
    /// The time that was told.
    pub due: Micros,
}

/// What a complete run has seen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// Records that the registry holds.
    pub held: usize,
    /// Rows that could not be read, or were held back.
    pub unread: i64,
    /// Records that stand in the index as the source has them.
    pub standing: i64,
}

/// The records that go now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// These, and perhaps none.
    These(Vec<String>),
    /// So many would go, and no more than so many may at once: nothing goes.
    TooMany(usize, usize),
}

impl Rule {
    /// When a record goes that is absent since then.
    pub fn due(&self, since: Micros) -> Option<Micros> {
        self.grace.map(|grace| since.saturating_add(grace))
    }

    /// Which of the absent records go: none sooner than was told, whatever the grace is by now. A
    /// run that could not read a row does not know whose it is, and one of which nothing stands has
    /// seen nothing.
    pub fn judge(&self, absent: &BTreeMap<String, Absent>, seen: Seen, now: Micros) -> Due {
        if seen.unread > 0 || seen.standing == 0 {
            return Due::These(Vec::new());
        }
        let is_due = |one: &Absent| self.due(one.since).is_some_and(|due| due.max(one.due) <= now);
        let due = absent.iter().filter(|(_, one)| is_due(one));
        let due: Vec<String> = due.map(|(id, _)| id.clone()).collect();
        let most = self.few.max(seen.held * self.max_percent as usize / 100);
        if due.len() > most { Due::TooMany(due.len(), most) } else { Due::These(due) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Micros = 3_600_000_000;
    const RULE: Rule = Rule { grace: Some(24 * HOUR), max_percent: 10, few: 3 };
    const WHOLE: Seen = Seen { held: 100, unread: 0, standing: 90 };

    fn absent(count: usize, since: Micros) -> BTreeMap<String, Absent> {
        let one = Absent { since, due: since + 24 * HOUR };
        (0..count).map(|id| (format!("l-{id:02}"), one)).collect()
    }

    fn ids(due: Due) -> Option<usize> {
        match due {
            Due::These(ids) => Some(ids.len()),
            Due::TooMany(..) => None,
        }
    }

    #[test]
    fn a_record_goes_after_its_grace_and_no_sooner() {
        let judge = |now| ids(RULE.judge(&absent(2, 0), WHOLE, now));
        assert_eq!(judge(24 * HOUR - 1), Some(0));
        assert_eq!(judge(24 * HOUR), Some(2));
        let sooner = Rule { grace: Some(HOUR), ..RULE };
        let told = |now| ids(sooner.judge(&absent(2, 0), WHOLE, now));
        assert_eq!((told(24 * HOUR - 1), told(24 * HOUR)), (Some(0), Some(2)), "as it was told");
        let never = Rule { grace: None, ..RULE };
        assert_eq!(
            ids(never.judge(&absent(2, 0), WHOLE, Micros::MAX)),
            Some(0),
            "nobody asked for it"
        );
    }

    #[test]
    fn nothing_goes_where_anything_is_in_doubt() {
        let judge = |seen| ids(RULE.judge(&absent(2, 0), seen, 48 * HOUR));
        assert_eq!(judge(Seen { unread: 1, ..WHOLE }), Some(0), "the row may be its own");
        assert_eq!(judge(Seen { standing: 0, ..WHOLE }), Some(0));
        assert_eq!(judge(WHOLE), Some(2));
    }

    #[test]
    fn more_than_may_go_at_once_stay_all() {
        let judge = |count, held| RULE.judge(&absent(count, 0), Seen { held, ..WHOLE }, 48 * HOUR);
        assert_eq!(judge(11, 100), Due::TooMany(11, 10));
        assert_eq!(ids(judge(10, 100)), Some(10));
        assert_eq!(ids(judge(3, 4)), Some(3), "of a small source a few");
        assert_eq!(judge(4, 4), Due::TooMany(4, 3));
    }
}
