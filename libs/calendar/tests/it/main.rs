//! The calendar's answers about real dates and real disputes.
#![allow(clippy::unwrap_used, reason = "a test that cannot build its story has failed")]
#![allow(missing_docs, reason = "the names of the tests are their documentation")]

mod amendments;
mod dates;
mod inheritance;
mod laws;
mod measures;
mod zones;

use jiff::civil::Date;
use mpp_calendar::{Day, Decrees, Interval, Layer, ReasonCode, Rule, Status, Weekly, resolve};

/// Denpasar, in Bali.
const DENPASAR: &str = "51.71";

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Hours as people write them: `07:30-12:00 13:00-16:00`.
fn hours(text: &str) -> Vec<Interval> {
    let time = |t: &str| mpp_calendar::parse_time(t).unwrap();
    let interval = |part: &str| {
        let (open, close) = part.split_once('-').unwrap();
        Interval::new(time(open), time(close))
    };
    text.split_whitespace().map(interval).collect()
}

/// Monday to Thursday, Friday, Saturday and Sunday.
fn week(usual: &str, friday: &str, saturday: &str, sunday: &str) -> Weekly {
    let usual = || hours(usual);
    let [friday, saturday, sunday] = [friday, saturday, sunday].map(hours);
    Weekly::new([usual(), usual(), usual(), usual(), friday, saturday, sunday]).unwrap()
}

fn every_day(text: &str) -> Weekly {
    week(text, text, text, text)
}

fn rule(id: &str, layer: Layer, weekly: Weekly) -> Rule {
    Rule::hours(id, layer, weekly, format!("decision {id}"))
}

fn on(date: &str, rules: &[Rule]) -> Day {
    resolve(day(date), rules, &Decrees::national(), DENPASAR)
}

fn codes(day: &Day) -> Vec<ReasonCode> {
    day.why.iter().map(|why| why.code).collect()
}

fn open(text: &str) -> Status {
    Status::Open(hours(text))
}
