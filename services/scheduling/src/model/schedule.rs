//! The schedule of a mall, a counter or an offering: its zone, its region, and every rule that it
//! inherits.

use jiff::civil::Date;
use mpp_api::scheduling::{DayHours, Interval as WireInterval};
use mpp_calendar::{Day, Decrees, Interval, Rule, Status, Zone, format_time, resolve};
use mpp_core::{Error, Micros, Reason, Result};

use super::{
    date::{local, shift},
    standing::AsRegistered,
    words::{wire_reason, wire_status},
};

/// Everything that the hours of a mall, a counter or an offering follow from.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// The resource name of the mall, counter or offering.
    pub target: String,
    /// The mall's zone.
    pub zone: Zone,
    /// Kemendagri code of the mall's regency, such as `35.10`.
    pub region: String,
    /// Its own rules and those of all layers above it.
    pub rules: Vec<Rule>,
    /// Whether its mall serves, and a counter may be there.
    pub standing: AsRegistered,
}

impl Schedule {
    /// The hours of a day, and why.
    pub fn day(&self, date: Date, decrees: &Decrees) -> Day {
        let bar = self.standing.bar(date);
        bar.map_or_else(|| self.day_by_rules(date, decrees), |bar| Day::barred(date, &bar))
    }

    /// The hours of a day as the rules and decrees give them, whether the place serves or not: what
    /// deviations compare.
    pub fn day_by_rules(&self, date: Date, decrees: &Decrees) -> Day {
        resolve(date, &self.rules, decrees, &self.region)
    }

    /// Today: the mall's local date.
    ///
    /// # Errors
    /// Only for an instant that no calendar holds.
    pub fn today(&self, now: Micros) -> Result<Date> {
        local(now, self.zone).map(|(date, _)| date)
    }

    /// Succeeds while it is open; `days_ahead` bounds the search for the next opening.
    ///
    /// # Errors
    /// `COUNTER_CLOSED` with the reason and when it opens next.
    pub fn require_open(&self, now: Micros, decrees: &Decrees, days_ahead: i64) -> Result<()> {
        let (today, minute) = local(now, self.zone)?;
        let day = self.day(today, decrees);
        let holds_now = |interval: &Interval| (interval.open..interval.close).contains(&minute);
        if day.intervals().iter().any(holds_now) {
            return Ok(());
        }
        let next = match self.next_opening(today, minute, decrees, days_ahead) {
            Some((date, at)) => {
                format!("it opens next on {date} at {} {}", format_time(at), self.zone)
            }
            None => format!("no opening is known within {days_ahead} days"),
        };
        let why = because(&day);
        Err(closed(format!("{} is closed now: {why} {}", self.target, sentence(&next))))
    }

    /// The first opening after `minute` of `today`.
    fn next_opening(
        &self,
        today: Date,
        minute: u16,
        decrees: &Decrees,
        days_ahead: i64,
    ) -> Option<(Date, u16)> {
        (0..days_ahead).find_map(|offset| {
            let day = self.day(shift(today, offset), decrees);
            let opens = day.intervals().iter().map(|interval| interval.open);
            let mut later = opens.filter(|open| offset > 0 || *open > minute);
            later.next().map(|open| (day.date, open))
        })
    }

    /// The wire's form of a day.
    pub fn day_hours(&self, day: &Day) -> DayHours {
        DayHours {
            target: self.target.clone(),
            date: day.date.to_string(),
            time_zone: self.zone.iana_name().to_owned(),
            status: wire_status(&day.status).into(),
            intervals: day.intervals().iter().copied().map(wire_interval).collect(),
            why: day.why.iter().map(wire_reason).collect(),
        }
    }
}

/// Why a day is as it is, in English: the step that decided.
pub fn because(day: &Day) -> String {
    match day.status {
        Status::Open(_) => {
            let hours: Vec<_> = day.intervals().iter().map(ToString::to_string).collect();
            format!("today's hours are {}.", hours.join(", "))
        }
        Status::Closed | Status::Unknown => {
            let decided = day.why.iter().rfind(|why| why.code.decides()).or(day.why.last());
            decided.map_or_else(String::new, |why| why.text.en.clone())
        }
    }
}

/// `COUNTER_CLOSED` with this message.
pub fn closed(message: String) -> Error {
    Error::new(Reason::CounterClosed, message)
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), chars.as_str()))
}

fn wire_interval(interval: Interval) -> WireInterval {
    WireInterval { open: format_time(interval.open), close: format_time(interval.close) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use mpp_calendar::{Layer, Weekly, local_to_utc_micros};

    use super::*;

    fn mall_open_on_weekdays(zone: Zone) -> Schedule {
        let day = vec![Interval::new(8 * 60, 12 * 60), Interval::new(13 * 60, 15 * 60)];
        let weekly =
            Weekly::new([day.clone(), day.clone(), day.clone(), day.clone(), day, vec![], vec![]]);
        let rule = Rule::hours("n", Layer::National, weekly.unwrap(), "SE 1");
        Schedule {
            target: "malls/a".into(),
            zone,
            region: "35.10".into(),
            rules: vec![rule],
            standing: AsRegistered::default(),
        }
    }

    fn refused(schedule: &Schedule, day: Date, minute: u16) -> String {
        let now = local_to_utc_micros(day, minute, schedule.zone).unwrap();
        let error = schedule.require_open(now, &Decrees::national(), 92).expect_err("it is closed");
        assert_eq!(error.reason(), Reason::CounterClosed);
        error.message().to_owned()
    }

    #[test]
    fn a_closed_place_says_when_it_opens_next() {
        let schedule = mall_open_on_weekdays(Zone::Wita);
        let friday = date(2026, 11, 27);
        assert!(refused(&schedule, friday, 7 * 60).contains("2026-11-27 at 08:00 WITA"));
        assert!(refused(&schedule, friday, 12 * 60).contains("2026-11-27 at 13:00 WITA"));
        assert!(refused(&schedule, friday, 15 * 60).contains("2026-11-30 at 08:00 WITA"));
        assert!(
            refused(&schedule, date(2026, 12, 25), 9 * 60).contains("2026-12-28 at 08:00 WITA")
        );
    }

    #[test]
    fn an_open_place_is_open_by_its_own_clock() {
        let schedule = mall_open_on_weekdays(Zone::Wit);
        let now = local_to_utc_micros(date(2026, 11, 27), 8 * 60, Zone::Wit).unwrap();
        assert!(schedule.require_open(now, &Decrees::national(), 92).is_ok());
        let in_java = mall_open_on_weekdays(Zone::Wib);
        assert!(in_java.require_open(now, &Decrees::national(), 92).is_err());
    }

    #[test]
    fn past_the_last_decree_nothing_is_promised() {
        let schedule = mall_open_on_weekdays(Zone::Wib);
        let message = refused(&schedule, date(2040, 1, 10), 9 * 60);
        assert!(message.contains("No opening is known"), "{message}");
    }
}
