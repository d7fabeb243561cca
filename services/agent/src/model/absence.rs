//! Records that have left their source, and are withdrawn by themselves if the source's keeper
//! wants that: after a grace period, few at once, and only if nothing of the source is in doubt.
//! Pure.

use std::collections::BTreeMap;

use mpp_core::Micros;
use mpp_form::record::is_place;

/// The rule by which records are withdrawn by themselves.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// How long they have to be absent before; `None`: they stay for ever.
    pub grace: Option<Micros>,
    /// Per cent of what the registry holds that may go in one run.
    pub max_percent: u32,
    /// This many may go in any case.
    pub few: usize,
}

/// A record that a complete run has not seen, and whose keeper was told when it will go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absent {
    /// The first such run.
    pub since: Micros,
    /// The time that was told.
    pub due: Micros,
}

/// The counts of a complete run, which decide whether absent records may go.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunCounts {
    /// Records that the registry holds.
    pub held: usize,
    /// Rows that could not be read, or were held back.
    pub unread: i64,
    /// Records that stand in the index as they are in the source.
    pub standing: i64,
}

/// The records that go now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// These; possibly none.
    These(Vec<String>),
    /// (how many would go, how many may go at once): nothing goes.
    TooMany(usize, usize),
}

impl Rule {
    /// When a record that is absent since then will go. A place stays the source's: given up by an
    /// export that lacked it for a while, it would wait for a person once it is back.
    pub fn due(&self, id: &str, since: Micros) -> Option<Micros> {
        let grace = self.grace.filter(|_| !is_place(id))?;
        Some(since.saturating_add(grace))
    }

    /// The absent records that go now: none sooner than was told, whatever the grace is by now.
    /// None goes after a run that could not read a row, which may be that record's, nor after one
    /// from which nothing stands in the index.
    pub fn judge(&self, absent: &BTreeMap<String, Absent>, seen: RunCounts, now: Micros) -> Due {
        if seen.unread > 0 || seen.standing == 0 {
            return Due::These(Vec::new());
        }
        let is_due = |id: &str, one: &Absent| {
            self.due(id, one.since).is_some_and(|due| due.max(one.due) <= now)
        };
        let due = absent.iter().filter(|(id, one)| is_due(id, one));
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
    const WHOLE: RunCounts = RunCounts { held: 100, unread: 0, standing: 90 };

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
    fn a_place_is_never_given_up_by_itself() {
        let one = Absent { since: 0, due: 24 * HOUR };
        let ids_of = ["malls/wa/counters/c3", "malls/wa", "units/wa", "ktp"];
        let absent = ids_of.map(|id| (id.to_owned(), one)).into();
        let due = RULE.judge(&absent, WHOLE, 48 * HOUR);
        assert_eq!(due, Due::These(vec!["ktp".into()]));
        assert_eq!(ids_of.map(|id| RULE.due(id, 0).is_some()), [false, false, false, true]);
    }

    #[test]
    fn nothing_goes_where_anything_is_in_doubt() {
        let judge = |seen| ids(RULE.judge(&absent(2, 0), seen, 48 * HOUR));
        assert_eq!(judge(RunCounts { unread: 1, ..WHOLE }), Some(0), "the row may be its own");
        assert_eq!(judge(RunCounts { standing: 0, ..WHOLE }), Some(0));
        assert_eq!(judge(WHOLE), Some(2));
    }

    #[test]
    fn more_than_may_go_at_once_stay_all() {
        let judge =
            |count, held| RULE.judge(&absent(count, 0), RunCounts { held, ..WHOLE }, 48 * HOUR);
        assert_eq!(judge(11, 100), Due::TooMany(11, 10));
        assert_eq!(ids(judge(10, 100)), Some(10));
        assert_eq!(ids(judge(3, 4)), Some(3), "of a small source a few");
        assert_eq!(judge(4, 4), Due::TooMany(4, 3));
    }
}
