//! Findings of one day: how a counter's hours differ from the hours that it is held to.

use crate::baseline::Measure;
use crate::interval::{Interval, common, format_time, total};
use crate::resolve::Day;
use crate::text::Text;

/// The kind of a finding; clients may branch on it. **The order of findings** of one yardstick: by
/// day, and those of one day in the order of these variants, what citizens lose before what they
/// gain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingCode {
    /// Closed on a day that should be open.
    MissingDay,
    /// Closed so, and citizens are not told where to go.
    ClosedWithoutReferral,
    /// Opens later than it should.
    OpensLate,
    /// Closes earlier than it should.
    ClosesEarly,
    /// Open for less time in total, breaks included.
    ShortHours,
    /// Open on a day that need not be.
    ExtraDay,
    /// Open longer than it need be.
    ExtraHours,
}

impl FindingCode {
    /// Whether citizens get less than they should.
    pub const fn is_shortfall(self) -> bool {
        !matches!(self, FindingCode::ExtraDay | FindingCode::ExtraHours)
    }
}

/// One finding about one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was found.
    pub code: FindingCode,
    /// The difference in minutes; 0 if time is not the point.
    pub minutes: u32,
    /// Follows from another finding of the day, as short hours follow from closing early: it
    /// counts, but lists of findings leave it out.
    pub implied: bool,
    /// The finding in words, in both languages.
    pub text: Text,
}

/// The findings of a day that is known on both sides, in the order of their codes.
pub(crate) fn findings(expected: &Day, actual: &Day, measure: Measure) -> Vec<Finding> {
    let (should, does) = (expected.intervals(), actual.intervals());
    match (should.is_empty(), does.is_empty()) {
        (true, true) => Vec::new(),
        (true, false) => vec![extra_day(does)],
        (false, true) => missing_day(should, actual),
        (false, false) => open_both(should, does, measure),
    }
}

fn finding(code: FindingCode, minutes: u32, en: String, id: String) -> Finding {
    Finding { code, minutes, implied: false, text: Text { en, id } }
}

fn extra_day(does: &[Interval]) -> Finding {
    let hours = listed(does);
    finding(
        FindingCode::ExtraDay,
        total(does),
        format!("Open {hours} on a day that need not be."),
        format!("Buka {hours} pada hari yang tidak diwajibkan."),
    )
}

fn missing_day(should: &[Interval], actual: &Day) -> Vec<Finding> {
    let hours = listed(should);
    let missing = finding(
        FindingCode::MissingDay,
        total(should),
        format!("Closed all day; {hours} expected."),
        format!("Tutup sepanjang hari; seharusnya {hours}."),
    );
    let without_referral = finding(
        FindingCode::ClosedWithoutReferral,
        0,
        "Closed without saying where citizens are served meanwhile.".into(),
        "Tutup tanpa rujukan tempat layanan pengganti.".into(),
    );
    match actual.referral {
        Some(_) => vec![missing],
        None => vec![missing, without_referral],
    }
}

fn open_both(should: &[Interval], does: &[Interval], measure: Measure) -> Vec<Finding> {
    let ends = |day: &[Interval]| (day[0].open, day[day.len() - 1].close);
    let ((opens, closes), (opened, closed)) = (ends(should), ends(does));
    let (short, extra) = short_and_extra(should, does, measure);
    let late = u32::from(opened.saturating_sub(opens));
    let early = u32::from(closes.saturating_sub(closed));
    let short = Finding { implied: late > 0 || early > 0, ..short_hours(short) };
    let found = [
        opens_late(late, opened, opens),
        closes_early(early, closed, closes),
        short,
        extra_hours(extra),
    ];
    found.into_iter().filter(|finding| finding.minutes > 0).collect()
}

/// Minutes that are lacking, and minutes beyond.
fn short_and_extra(should: &[Interval], does: &[Interval], measure: Measure) -> (u32, u32) {
    let (asked, given) = (total(should), total(does));
    match measure {
        Measure::Coverage => {
            let both = common(should, does);
            (asked - both, given - both)
        }
        Measure::Total => (asked.saturating_sub(given), given.saturating_sub(asked)),
    }
}

fn opens_late(minutes: u32, does: u16, should: u16) -> Finding {
    let (does, should) = (format_time(does), format_time(should));
    finding(
        FindingCode::OpensLate,
        minutes,
        format!("Opens at {does}, {minutes} minutes after {should}."),
        format!("Buka pukul {does}, {minutes} menit setelah {should}."),
    )
}

fn closes_early(minutes: u32, does: u16, should: u16) -> Finding {
    let (does, should) = (format_time(does), format_time(should));
    finding(
        FindingCode::ClosesEarly,
        minutes,
        format!("Closes at {does}, {minutes} minutes before {should}."),
        format!("Tutup pukul {does}, {minutes} menit sebelum {should}."),
    )
}

fn short_hours(minutes: u32) -> Finding {
    finding(
        FindingCode::ShortHours,
        minutes,
        format!("Open {minutes} minutes less than expected."),
        format!("Jam buka kurang {minutes} menit dari seharusnya."),
    )
}

fn extra_hours(minutes: u32) -> Finding {
    finding(
        FindingCode::ExtraHours,
        minutes,
        format!("Open for {minutes} minutes outside the expected hours."),
        format!("Buka {minutes} menit di luar jam yang seharusnya."),
    )
}

fn listed(intervals: &[Interval]) -> String {
    intervals.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
