//! What a body's hours are measured against. Which text that is depends on the date and on the body.
//!
//! The dated texts are in `data/README.md`. Perpres 21/2023 fixes the start, the week's total and how long a
//! break is, but not where it lies; each body's head decides that. So a day is measured against it by its start,
//! its end and its total, and the breaks in [`civil_service`] stand where Keppres 68/1995 and
//! the yearly circulars put them.

use std::sync::LazyLock;

use jiff::civil::{Date, date};

use crate::interval::{Interval, Weekly};
use crate::rule::{Layer, Rule, Season};

/// Whose working time law a body is under. Two regimes in one mall is the normal case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Regime {
    /// Government offices under the presidential texts.
    CivilService,
    /// Offices that serve the public directly: exempt from the five-day week (Perpres 21/2023, Article 7;
    /// before it Keppres 68/1995, Article 3), and free to decide for themselves.
    DirectService,
    /// Army and police (TNI, Polri), whose chiefs decide.
    ArmyPolice,
    /// State and regional enterprises, banks and private bodies: under labour law, not under the presidential
    /// texts.
    Enterprise,
}

/// How a day is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Minute by minute: the reference says when its breaks are.
    Coverage,
    /// By start, end and total: the reference leaves open where the breaks lie.
    Total,
}

/// The yardstick that a body is held to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Yardstick<'a> {
    pub rules: &'a [Rule],
    pub measure: Measure,
    /// Falling short of it is a failure, not merely a difference.
    pub binding: bool,
}

/// A body's regime and, where it has one, its own decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// Its regime.
    pub regime: Regime,
    /// Its own decision on hours, as rules of [`Layer::National`]; empty when it has declared none.
    pub own: Vec<Rule>,
}

impl Baseline {
    /// A body without a decision of its own.
    pub const fn of(regime: Regime) -> Baseline {
        Baseline { regime, own: Vec::new() }
    }

    /// A body that decided for itself.
    pub const fn own(regime: Regime, rules: Vec<Rule>) -> Baseline {
        Baseline { regime, own: rules }
    }

    /// `None` where nothing is known to measure against: a body that sets its own hours and has not told
    /// them. A direct service office without a decision of its own is compared with the civil service, but
    /// what it lacks is a difference, not a failure.
    pub(crate) fn yardstick(&self) -> Option<Yardstick<'_>> {
        if !self.own.is_empty() {
            return Some(Yardstick { rules: &self.own, measure: Measure::Coverage, binding: true });
        }
        let binding = match self.regime {
            Regime::CivilService => true,
            Regime::DirectService => false,
            Regime::ArmyPolice | Regime::Enterprise => return None,
        };
        Some(Yardstick { rules: civil_service(), measure: Measure::Total, binding })
    }
}

/// The first day of Perpres 21/2023.
pub const PERPRES_21_2023: Date = date(2023, 4, 12);

/// The civil service's hours under the dated texts, in and outside Ramadan.
pub fn civil_service() -> &'static [Rule] {
    static RULES: LazyLock<Vec<Rule>> = LazyLock::new(dated_rules);
    &RULES
}

fn dated_rules() -> Vec<Rule> {
    let day_before = date(2023, 4, 11);
    vec![
        Rule {
            valid_from: Some(date(1995, 9, 27)),
            valid_to: Some(day_before),
            season: Season::OutsideRamadan,
            ..Rule::hours(
                "keppres-68-1995",
                Layer::National,
                full_week(),
                "Keppres 68/1995, Pasal 1",
            )
        },
        ramadan(
            "se-panrb-11-2022",
            "SE MenPANRB 11/2022",
            date(2022, 4, 3),
            Some(date(2022, 5, 1)),
        ),
        ramadan("se-panrb-6-2023", "SE MenPANRB 6/2023", date(2023, 3, 23), Some(day_before)),
        Rule {
            valid_from: Some(PERPRES_21_2023),
            season: Season::OutsideRamadan,
            ..Rule::hours(
                "perpres-21-2023",
                Layer::National,
                full_week(),
                "Perpres 21/2023, Pasal 3–4",
            )
        },
        ramadan("perpres-21-2023-ramadan", "Perpres 21/2023, Pasal 4", PERPRES_21_2023, None),
    ]
}

fn ramadan(id: &str, source: &str, from: Date, to: Option<Date>) -> Rule {
    Rule {
        valid_from: Some(from),
        valid_to: to,
        season: Season::Ramadan,
        ..Rule::hours(id, Layer::National, ramadan_week(), source)
    }
}

/// 37.5 hours: 07:30–16:00 with 60 minutes of break, Friday 07:30–16:30 with 90.
fn full_week() -> Weekly {
    five_days([(450, 720), (780, 960)], [(450, 690), (780, 990)])
}

/// 32.5 hours: 08:00–15:00 with 30 minutes of break, Friday 08:00–15:30 with 60.
fn ramadan_week() -> Weekly {
    five_days([(480, 720), (750, 900)], [(480, 690), (750, 930)])
}

fn five_days(monday_to_thursday: [(u16, u16); 2], friday: [(u16, u16); 2]) -> Weekly {
    let day =
        |parts: [(u16, u16); 2]| parts.map(|(open, close)| Interval::new(open, close)).to_vec();
    let usual = || day(monday_to_thursday);
    Weekly::new([usual(), usual(), usual(), usual(), day(friday), vec![], vec![]])
        .expect("the four constant days are sorted, and a test sums them")
}
