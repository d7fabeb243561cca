//! The explanation of an answer: each step has a code, and says in English and Indonesian what
//! decided.

use jiff::civil::{Date, Weekday};

use crate::bar::Bar;
use crate::decree::{Holiday, HolidayKind, Ramadan};
use crate::rule::{Closure, Layer, Rule};
use crate::text::Text;

/// The kind of a step of an explanation; clients may branch on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReasonCode {
    /// The rule whose hours hold.
    RuleApplied,
    /// A rule that would hold, were it not for a more specific one.
    RuleOverridden,
    /// A mandatory closure of this layer or one above.
    MandatoryClosure,
    /// A closure that a more specific rule could have lifted.
    Closure,
    /// The rule has no hours on this day of the week.
    ClosedWeekday,
    /// No rule covers the date.
    NoRule,
    /// No decree fixes the year's holidays.
    YearNotDecreed,
    /// Closed by a national holiday.
    NationalHoliday,
    /// Closed by collective leave.
    CollectiveLeave,
    /// Closed by a regional holiday.
    RegionalHoliday,
    /// A holiday that the place works through.
    HolidayWorked,
    /// A holiday that an amendment took back.
    HolidayRevoked,
    /// A holiday near this date awaits its decision.
    HolidayNotDecided,
    /// The date lies in Ramadan.
    Ramadan,
    /// Whether the date lies in Ramadan is not decided.
    RamadanNotDecided,
    /// Ramadan is not decided, but the hours are the same either way.
    RamadanMakesNoDifference,
    /// The mall does not serve yet.
    MallNotOpenYet,
    /// The mall serves nobody for a time.
    MallSuspended,
    /// The mall is closed for good.
    MallClosed,
    /// The counter's agreement with the mall has ended.
    AgreementEnded,
}

impl ReasonCode {
    /// Whether a decree, rather than a rule, closed the day.
    pub const fn closes_by_decree(self) -> bool {
        matches!(
            self,
            ReasonCode::NationalHoliday | ReasonCode::CollectiveLeave | ReasonCode::RegionalHoliday
        )
    }

    /// Whether such a step can make a day closed or unknown; the others only explain.
    pub const fn decides(self) -> bool {
        !matches!(
            self,
            ReasonCode::RuleApplied
                | ReasonCode::RuleOverridden
                | ReasonCode::HolidayWorked
                | ReasonCode::HolidayRevoked
                | ReasonCode::Ramadan
                | ReasonCode::RamadanMakesNoDifference
        )
    }
}

/// One step of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The kind of step.
    pub code: ReasonCode,
    /// The decree, decision or letter behind it; empty where the absence of one is the reason.
    pub basis: String,
    /// The step in words.
    pub text: Text,
}

impl Reason {
    fn new(code: ReasonCode, basis: &str, en: String, id: String) -> Reason {
        Reason { code, basis: basis.to_owned(), text: Text { en, id } }
    }

    pub(crate) fn rule_applied(rule: &Rule) -> Reason {
        let (en, id) = hours_of(rule.layer);
        Reason::new(
            ReasonCode::RuleApplied,
            &rule.basis,
            format!("The {en} hold (rule {}; {}).", rule.id, rule.basis),
            format!("Berlaku jam {id} (aturan {}; {}).", rule.id, rule.basis),
        )
    }

    pub(crate) fn rule_overridden(rule: &Rule, by: &Rule) -> Reason {
        let (en, id) = hours_of(rule.layer);
        Reason::new(
            ReasonCode::RuleOverridden,
            &rule.basis,
            format!("The {en} (rule {}) give way to rule {}.", rule.id, by.id),
            format!("Jam {id} (aturan {}) dikesampingkan oleh aturan {}.", rule.id, by.id),
        )
    }

    pub(crate) fn closed(rule: &Rule, closure: &Closure) -> Reason {
        let (en, id) = layer_names(rule.layer);
        let (code, en_kind, id_kind) = match closure.mandatory {
            true => (
                ReasonCode::MandatoryClosure,
                "Closed for all at and below",
                "Tutup wajib bagi seluruh",
            ),
            false => (ReasonCode::Closure, "Closed by", "Ditutup oleh"),
        };
        let (en_referral, id_referral) = match &closure.referral {
            Some(place) => (format!(" Served at: {place}."), format!(" Dilayani di: {place}.")),
            None => Default::default(),
        };
        Reason::new(
            code,
            &rule.basis,
            format!("{en_kind} the {en}: {} (rule {}).{en_referral}", closure.reason, rule.id),
            format!("{id_kind} {id}: {} (aturan {}).{id_referral}", closure.reason, rule.id),
        )
    }

    pub(crate) fn barred(bar: &Bar) -> Reason {
        let (code, basis, en, id) = match bar {
            Bar::NotOpenYet { basis } => {
                let en = "The mall does not serve yet.".to_owned();
                (ReasonCode::MallNotOpenYet, basis, en, "Mal belum melayani.".to_owned())
            }
            Bar::Suspended { since, basis } => {
                let (en, id) = since_when(*since);
                let en = format!("The mall is suspended{en}.");
                let id = format!("Layanan mal dihentikan sementara{id}.");
                (ReasonCode::MallSuspended, basis, en, id)
            }
            Bar::ClosedForGood { since, basis } => {
                let (en, id) = since_when(*since);
                let en = format!("The mall is closed for good{en}.");
                (ReasonCode::MallClosed, basis, en, format!("Mal telah ditutup{id}."))
            }
            Bar::AgreementEnded { number, last_day } => {
                let en = format!("The counter's agreement with the mall ended on {last_day}.");
                let id = format!("Perjanjian kerja sama gerai berakhir pada {last_day}.");
                (ReasonCode::AgreementEnded, number, en, id)
            }
        };
        Reason::new(code, basis, en, id)
    }

    pub(crate) fn closed_weekday(rule: &Rule, weekday: Weekday) -> Reason {
        let (en, id) = weekday_names(weekday);
        Reason::new(
            ReasonCode::ClosedWeekday,
            &rule.basis,
            format!("No hours on {en} (rule {}).", rule.id),
            format!("Tidak ada jam layanan pada hari {id} (aturan {}).", rule.id),
        )
    }

    pub(crate) fn no_rule() -> Reason {
        let en = "No rule gives hours for this date.".into();
        Reason::new(
            ReasonCode::NoRule,
            "",
            en,
            "Tidak ada aturan jam layanan untuk tanggal ini.".into(),
        )
    }

    pub(crate) fn year_not_decreed(year: i16) -> Reason {
        Reason::new(
            ReasonCode::YearNotDecreed,
            "",
            format!("No decree has fixed the holidays of {year}; whether it is open is unknown."),
            format!("Hari libur tahun {year} belum ditetapkan; buka atau tidak belum diketahui."),
        )
    }

    pub(crate) fn holiday(row: &Holiday) -> Reason {
        let (code, en, id) = match row.kind {
            HolidayKind::National => {
                (ReasonCode::NationalHoliday, "National holiday", "Hari libur nasional")
            }
            HolidayKind::CollectiveLeave => {
                (ReasonCode::CollectiveLeave, "Collective leave", "Cuti bersama")
            }
            HolidayKind::Regional => {
                (ReasonCode::RegionalHoliday, "Regional holiday", "Hari libur daerah")
            }
        };
        Reason::of_row(
            code,
            row,
            format!("{en}: {}", row.name.en),
            format!("{id}: {}", row.name.id),
        )
    }

    pub(crate) fn holiday_worked(row: &Holiday) -> Reason {
        Reason::of_row(
            ReasonCode::HolidayWorked,
            row,
            format!("Works through: {}", row.name.en),
            format!("Tetap melayani pada: {}", row.name.id),
        )
    }

    pub(crate) fn holiday_revoked(row: &Holiday, by: &str) -> Reason {
        Reason::new(
            ReasonCode::HolidayRevoked,
            by,
            format!("No longer a holiday: {} ({}, revoked by {by}).", row.name.en, row.decree),
            format!(
                "Bukan lagi hari libur: {} ({}, dicabut dengan {by}).",
                row.name.id, row.decree
            ),
        )
    }

    pub(crate) fn holiday_not_decided(row: &Holiday) -> Reason {
        let date = row.date;
        Reason::of_row(
            ReasonCode::HolidayNotDecided,
            row,
            format!("The date of {} (about {date}) is not decided yet", row.name.en),
            format!("Tanggal {} (sekitar {date}) belum ditetapkan", row.name.id),
        )
    }

    fn of_row(code: ReasonCode, row: &Holiday, en: String, id: String) -> Reason {
        let decree = &row.decree;
        Reason::new(code, decree, format!("{en} ({decree})."), format!("{id} ({decree})."))
    }

    pub(crate) fn ramadan(row: &Ramadan) -> Reason {
        let (year, basis) = (row.hijri_year, &row.source);
        Reason::new(
            ReasonCode::Ramadan,
            basis,
            format!("Ramadan {year} H, {} to {} ({basis}).", row.first, row.last),
            format!("Ramadan {year} H, {} sampai {} ({basis}).", row.first, row.last),
        )
    }

    pub(crate) fn ramadan_not_decided(date: Date, row: Option<&Ramadan>) -> Reason {
        let (en, id) = match row {
            Some(r) => (
                format!(" Ramadan {} H is expected about {} to {}.", r.hijri_year, r.first, r.last),
                format!(" Ramadan {} H diperkirakan {} sampai {}.", r.hijri_year, r.first, r.last),
            ),
            None => Default::default(),
        };
        Reason::new(
            ReasonCode::RamadanNotDecided,
            row.map_or("", |r| &r.source),
            format!("Whether the hours of Ramadan hold on {date} is not decided yet.{en}"),
            format!("Belum ditetapkan apakah jam Ramadan berlaku pada {date}.{id}"),
        )
    }

    pub(crate) fn ramadan_makes_no_difference() -> Reason {
        let en = "The answer is the same in and outside Ramadan.".into();
        Reason::new(
            ReasonCode::RamadanMakesNoDifference,
            "",
            en,
            "Jawabannya sama di dalam dan di luar Ramadan.".into(),
        )
    }
}

fn since_when(since: Option<Date>) -> (String, String) {
    since.map_or_else(Default::default, |day| (format!(" since {day}"), format!(" sejak {day}")))
}

/// A layer's hours by the name that the pages have for them, in Indonesian without its "jam".
fn hours_of(layer: Layer) -> (&'static str, &'static str) {
    match layer {
        Layer::National => ("national standard hours", "standar nasional"),
        Layer::Mall => ("hours of the mall", "layanan mal"),
        Layer::Counter => ("hours of the counter", "layanan gerai"),
        Layer::Offering => ("hours of the offering", "layanan di gerai"),
    }
}

fn layer_names(layer: Layer) -> (&'static str, &'static str) {
    match layer {
        Layer::National => ("national standard hours", "jam standar nasional"),
        Layer::Mall => ("mall", "mal"),
        Layer::Counter => ("counter", "gerai"),
        Layer::Offering => ("offering", "layanan di gerai"),
    }
}

fn weekday_names(weekday: Weekday) -> (&'static str, &'static str) {
    match weekday {
        Weekday::Monday => ("Monday", "Senin"),
        Weekday::Tuesday => ("Tuesday", "Selasa"),
        Weekday::Wednesday => ("Wednesday", "Rabu"),
        Weekday::Thursday => ("Thursday", "Kamis"),
        Weekday::Friday => ("Friday", "Jumat"),
        Weekday::Saturday => ("Saturday", "Sabtu"),
        Weekday::Sunday => ("Sunday", "Minggu"),
    }
}
