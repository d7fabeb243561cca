//! Hours as their owners wrote them: one rule, its layer, its period and where it comes from.

use std::cmp::{Ordering, Reverse};

use jiff::civil::Date;

use crate::error::{Error, Problem};
use crate::interval::{Interval, Weekly};
use crate::zone::days_between;

/// Longest accepted text of a rule, in bytes.
pub const MAX_TEXT: usize = 2000;

/// The layer that a rule applies to; later layers are more specific.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The national template.
    National,
    /// The rule applies to one mall.
    Mall,
    /// One counter (*gerai*).
    Counter,
    /// One service as offered at a counter.
    Offering,
}

/// When in the Islamic year a rule applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Season {
    /// The whole year.
    #[default]
    Any,
    /// Only outside Ramadan.
    OutsideRamadan,
    /// Only in Ramadan.
    Ramadan,
}

/// A closure for a rule's whole period.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Closure {
    /// Holds for its own layer and everything below, whatever they say.
    pub mandatory: bool,
    /// Why it is closed, as the owner put it.
    pub reason: String,
    /// The place that serves citizens meanwhile, if any.
    pub referral: Option<String>,
}

/// The holidays on which a place is closed; on the others it works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Observes {
    /// The place is closed on national holidays.
    pub national: bool,
    /// Collective leave (*cuti bersama*); units that serve the public directly may work through it.
    pub collective: bool,
    /// Holidays of the mall's own region.
    pub regional: bool,
}

impl Observes {
    /// Closed on every holiday: what holds when no rule says otherwise.
    pub const ALL: Observes = Observes { national: true, collective: true, regional: true };
}

/// Hours, or a closure, of one layer for a period.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule {
    /// Stable name, unique among the rules that are resolved together.
    pub id: String,
    /// The layer that it applies to.
    pub layer: Layer,
    /// First local date on which it holds; `None`: it has no beginning.
    pub valid_from: Option<Date>,
    /// Last local date on which it holds; `None`: until further notice.
    pub valid_through: Option<Date>,
    /// Hours of the week; they do not count where `closure` is set.
    pub weekly: Weekly,
    /// When in the Islamic year it applies.
    pub season: Season,
    /// Set when the rule closes the place.
    pub closure: Option<Closure>,
    /// The holidays that are observed; `None` leaves it to the next rule in precedence.
    pub observes: Option<Observes>,
    /// The decision or letter that the rule comes from.
    pub basis: String,
}

impl Rule {
    /// Hours without end, for the whole year; set the other fields as needed.
    pub fn hours(
        id: impl Into<String>,
        layer: Layer,
        weekly: Weekly,
        basis: impl Into<String>,
    ) -> Rule {
        Rule {
            id: id.into(),
            layer,
            valid_from: None,
            valid_through: None,
            weekly,
            season: Season::Any,
            closure: None,
            observes: None,
            basis: basis.into(),
        }
    }

    /// Checks all that [`Weekly`] does not check by itself.
    ///
    /// # Errors
    /// Names the bad field.
    pub fn validate(&self) -> Result<(), Error> {
        check_text("id", &self.id)?;
        check_text("basis", &self.basis)?;
        if let (Some(from), Some(to)) = (self.valid_from, self.valid_through)
            && to < from
        {
            return Err(Error::new("valid_through", Problem::EndsBeforeStart(from)));
        }
        if let Some(closure) = &self.closure {
            check_text("closure.reason", &closure.reason)?;
            closure
                .referral
                .as_deref()
                .map_or(Ok(()), |text| check_text("closure.referral", text))?;
        }
        Ok(())
    }

    /// Whether the rule's period holds `date`, whatever the season.
    pub fn covers(&self, date: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= date)
            && self.valid_through.is_none_or(|to| date <= to)
    }

    /// Whether the rule applies in Ramadan, or outside it where `ramadan` is false.
    pub fn applies_in(&self, ramadan: bool) -> bool {
        match self.season {
            Season::Any => true,
            Season::OutsideRamadan => !ramadan,
            Season::Ramadan => ramadan,
        }
    }

    /// Hours that the rule gives `date`, holidays and other rules aside.
    pub fn intervals_on(&self, date: Date) -> &[Interval] {
        self.weekly.on(date.weekday())
    }

    /// The mandatory closure, if this is one.
    pub(crate) fn mandatory_closure(&self) -> Option<&Closure> {
        self.closure.as_ref().filter(|closure| closure.mandatory)
    }

    /// Order of precedence, the winner first: more specific layer, shorter period, narrower season,
    /// later start, then id. The last comparison makes it total, so that the order of rules never
    /// matters.
    pub(crate) fn precedence(&self, other: &Rule) -> Ordering {
        (other.layer.cmp(&self.layer))
            .then_with(|| self.period_days().cmp(&other.period_days()))
            .then_with(|| (self.season == Season::Any).cmp(&(other.season == Season::Any)))
            .then_with(|| Reverse(self.valid_from).cmp(&Reverse(other.valid_from)))
            .then_with(|| self.cmp(other))
    }

    /// Length of the period. A Ramadan rule counts as 30 days at most, however long it stays in
    /// force, so that a yearly schedule does not override it.
    fn period_days(&self) -> i64 {
        let days = match (self.valid_from, self.valid_through) {
            (Some(from), Some(to)) => days_between(from, to) + 1,
            _ => i64::MAX,
        };
        if self.season == Season::Ramadan { days.min(30) } else { days }
    }
}

fn check_text(field: &str, text: &str) -> Result<(), Error> {
    if text.trim().is_empty() {
        return Err(Error::new(field, Problem::Empty));
    }
    if text.len() > MAX_TEXT {
        return Err(Error::new(field, Problem::TooLong { given: text.len(), limit: MAX_TEXT }));
    }
    Ok(())
}
