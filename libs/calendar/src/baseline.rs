//! The regulation that a body's hours are measured against, which depends on the body.
//!
//! Perpres 21/2023 fixes the start, the week's total and how long a break is, but not where it
//! lies; each body's head decides that. So a day is measured against it by its start, its end and
//! its total, and the breaks of [`civil_service`] stand where Keppres 68/1995 and the yearly
//! circulars put them. How long they are, Friday's too, is in `data/working_hours.csv`.

use crate::rule::Rule;
use crate::working_hours::civil_service;

/// The working time law that binds a body. Two regimes in one mall are the normal case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Regime {
    /// Government offices under the presidential texts.
    CivilService,
    /// Offices that serve the public directly: exempt from the five-day week (Perpres 21/2023,
    /// Article 7; before it Keppres 68/1995, Article 3), and free to decide for themselves.
    DirectService,
    /// Army and police (TNI, Polri), whose chiefs decide.
    ArmyPolice,
    /// State and regional enterprises, banks and private bodies: they decide themselves, under
    /// labour law and not under the presidential texts.
    Own,
}

/// How a day is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Minute by minute: the yardstick says when its breaks are.
    Coverage,
    /// Only start, end and total: the yardstick does not say when the breaks are.
    Total,
}

/// The hours that a counter is held to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Norm<'a> {
    pub rules: &'a [Rule],
    pub measure: Measure,
    /// Falling short of it is a failure, not merely a difference.
    pub binding: bool,
}

/// A body's regime and, where it has one, its own decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// The rules of working hours that the body is under.
    pub regime: Regime,
    /// Its own decision on hours, as rules of [`Layer::National`](crate::Layer::National); empty
    /// when it has declared none.
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

    /// `None` for a body that sets its own hours and has not declared them. A direct service office
    /// without a decision of its own is compared with the civil service, but what it lacks is a
    /// difference, not a failure.
    pub(crate) fn norm(&self) -> Option<Norm<'_>> {
        if !self.own.is_empty() {
            return Some(Norm { rules: &self.own, measure: Measure::Coverage, binding: true });
        }
        let binding = match self.regime {
            Regime::CivilService => true,
            Regime::DirectService => false,
            Regime::ArmyPolice | Regime::Own => return None,
        };
        Some(Norm { rules: civil_service(), measure: Measure::Total, binding })
    }
}
