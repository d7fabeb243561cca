//! The explanation of an answer: each step has a stable code and says in English and Indonesian what decided.

use jiff::civil::{Date, Weekday};

use crate::decree::{Holiday, HolidayKind, Ramadan};
use crate::rule::{Closure, Layer, Rule};

/// One statement in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// English.
    pub en: String,
    /// Indonesian.
    pub id: String,
}

impl Text {
    /// Both languages at once.
    pub fn new(en: impl Into<String>, id: impl Into<String>) -> Text {
        Text { en: en.into(), id: id.into() }
    }
}

/// What a step of an explanation says; clients may branch on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// The rule whose hours hold.
    RuleApplied,
    /// A rule that would hold, were it not for a more specific one.
    RuleOverridden,
    /// A mandatory closure of this layer or one above.
    ClosedMandatory,
    /// A closure that a more specific rule could have lifted.
    ClosedByRule,
    /// The rule has no hours on this day of the week.
    ClosedWeekday,
    /// No rule speaks for the date.
    NoRule,
    /// No decree fixes the year's holidays.
    YearUndecreed,
    /// Closed by a national holiday.
    HolidayNational,
    /// Closed by collective leave.
    HolidayCollective,
    /// Closed by a regional holiday.
    HolidayRegional,
    /// A holiday that the place works through.
    HolidayWorked,
    /// A holiday that an amendment took back.
    HolidayRevoked,
    /// A holiday near this date awaits its decision.
    HolidayUndecided,
    /// The date lies in Ramadan.
    Ramadan,
    /// Whether the date lies in Ramadan is not decided.
    RamadanUndecided,
    /// That is not decided, but the hours are the same either way.
    RamadanIrrelevant,
    /// The body has hours of its own, and nobody has declared them.
    BaselineUndeclared,
}

impl Code {
    /// The code on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Code::RuleApplied => "RULE_APPLIED",
            Code::RuleOverridden => "RULE_OVERRIDDEN",
            Code::ClosedMandatory => "CLOSED_MANDATORY",
            Code::ClosedByRule => "CLOSED_BY_RULE",
            Code::ClosedWeekday => "CLOSED_WEEKDAY",
            Code::NoRule => "NO_RULE",
            Code::YearUndecreed => "YEAR_UNDECREED",
            Code::HolidayNational => "HOLIDAY_NATIONAL",
            Code::HolidayCollective => "HOLIDAY_COLLECTIVE",
            Code::HolidayRegional => "HOLIDAY_REGIONAL",
            Code::HolidayWorked => "HOLIDAY_WORKED",
            Code::HolidayRevoked => "HOLIDAY_REVOKED",
            Code::HolidayUndecided => "HOLIDAY_UNDECIDED",
            Code::Ramadan => "RAMADAN",
            Code::RamadanUndecided => "RAMADAN_UNDECIDED",
            Code::RamadanIrrelevant => "RAMADAN_IRRELEVANT",
            Code::BaselineUndeclared => "BASELINE_UNDECLARED",
        }
    }

    /// Whether a decree, rather than a rule, closed the day.
    pub const fn closes_by_decree(self) -> bool {
        matches!(self, Code::HolidayNational | Code::HolidayCollective | Code::HolidayRegional)
    }
}

/// One step of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// What kind of step.
    pub code: Code,
    /// The decree, decision or letter behind it; empty where the absence of one is the reason.
    pub source: String,
    /// The step in words.
    pub text: Text,
}

impl Why {
    fn new(code: Code, source: &str, en: String, id: String) -> Why {
        Why { code, source: source.to_owned(), text: Text { en, id } }
    }

    pub(crate) fn rule_applied(rule: &Rule) -> Why {
        let (en, id) = layer_names(rule.layer);
        Why::new(
            Code::RuleApplied,
            &rule.source,
            format!("The hours of the {en} hold (rule {}; {}).", rule.id, rule.source),
            format!("Berlaku jam layanan {id} (aturan {}; {}).", rule.id, rule.source),
        )
    }

    pub(crate) fn rule_overridden(rule: &Rule, by: &Rule) -> Why {
        let (en, id) = layer_names(rule.layer);
        Why::new(
            Code::RuleOverridden,
            &rule.source,
            format!("The hours of the {en} (rule {}) give way to rule {}.", rule.id, by.id),
            format!("Jam layanan {id} (aturan {}) dikesampingkan oleh aturan {}.", rule.id, by.id),
        )
    }

    pub(crate) fn closed(rule: &Rule, closure: &Closure) -> Why {
        let (en, id) = layer_names(rule.layer);
        let (code, en_kind, id_kind) = match closure.mandatory {
            true => {
                (Code::ClosedMandatory, "Closed for all at and below", "Tutup wajib bagi seluruh")
            }
            false => (Code::ClosedByRule, "Closed by", "Ditutup oleh"),
        };
        let (en_referral, id_referral) = match &closure.referral {
            Some(place) => (format!(" Served at: {place}."), format!(" Dilayani di: {place}.")),
            None => Default::default(),
        };
        Why::new(
            code,
            &rule.source,
            format!("{en_kind} the {en}: {} (rule {}).{en_referral}", closure.reason, rule.id),
            format!("{id_kind} {id}: {} (aturan {}).{id_referral}", closure.reason, rule.id),
        )
    }

    pub(crate) fn closed_weekday(rule: &Rule, weekday: Weekday) -> Why {
        let (en, id) = weekday_names(weekday);
        Why::new(
            Code::ClosedWeekday,
            &rule.source,
            format!("No hours on {en} (rule {}).", rule.id),
            format!("Tidak ada jam layanan pada hari {id} (aturan {}).", rule.id),
        )
    }

    pub(crate) fn no_rule() -> Why {
        let en = "No rule gives hours for this date.".into();
        Why::new(Code::NoRule, "", en, "Tidak ada aturan jam layanan untuk tanggal ini.".into())
    }

    pub(crate) fn year_undecreed(year: i16) -> Why {
        Why::new(
            Code::YearUndecreed,
            "",
            format!("No decree has fixed the holidays of {year}; whether it is open is unknown."),
            format!("Hari libur tahun {year} belum ditetapkan; buka atau tidak belum diketahui."),
        )
    }

    pub(crate) fn holiday(row: &Holiday) -> Why {
        let (code, en, id) = match row.kind {
            HolidayKind::National => {
                (Code::HolidayNational, "National holiday", "Hari libur nasional")
            }
            HolidayKind::CollectiveLeave => {
                (Code::HolidayCollective, "Collective leave", "Cuti bersama")
            }
            HolidayKind::Regional => {
                (Code::HolidayRegional, "Regional holiday", "Hari libur daerah")
            }
        };
        Why::of_row(code, row, format!("{en}: {}", row.name.en), format!("{id}: {}", row.name.id))
    }

    pub(crate) fn holiday_worked(row: &Holiday) -> Why {
        Why::of_row(
            Code::HolidayWorked,
            row,
            format!("Works through: {}", row.name.en),
            format!("Tetap melayani pada: {}", row.name.id),
        )
    }

    pub(crate) fn holiday_revoked(row: &Holiday, by: &str) -> Why {
        Why::new(
            Code::HolidayRevoked,
            by,
            format!("No longer a holiday: {} ({}, revoked by {by}).", row.name.en, row.decree),
            format!(
                "Bukan lagi hari libur: {} ({}, dicabut dengan {by}).",
                row.name.id, row.decree
            ),
        )
    }

    pub(crate) fn holiday_undecided(row: &Holiday) -> Why {
        let date = row.date;
        Why::of_row(
            Code::HolidayUndecided,
            row,
            format!("The date of {} (about {date}) is not decided yet", row.name.en),
            format!("Tanggal {} (sekitar {date}) belum ditetapkan", row.name.id),
        )
    }

    fn of_row(code: Code, row: &Holiday, en: String, id: String) -> Why {
        let decree = &row.decree;
        Why::new(code, decree, format!("{en} ({decree})."), format!("{id} ({decree})."))
    }

    pub(crate) fn ramadan(row: &Ramadan) -> Why {
        let (year, source) = (row.hijri_year, &row.source);
        Why::new(
            Code::Ramadan,
            source,
            format!("Ramadan {year} H, {} to {} ({source}).", row.first, row.last),
            format!("Ramadan {year} H, {} sampai {} ({source}).", row.first, row.last),
        )
    }

    pub(crate) fn ramadan_undecided(date: Date, row: Option<&Ramadan>) -> Why {
        let (en, id) = match row {
            Some(r) => (
                format!(" Ramadan {} H is expected about {} to {}.", r.hijri_year, r.first, r.last),
                format!(" Ramadan {} H diperkirakan {} sampai {}.", r.hijri_year, r.first, r.last),
            ),
            None => Default::default(),
        };
        Why::new(
            Code::RamadanUndecided,
            row.map_or("", |r| &r.source),
            format!("Whether the hours of Ramadan hold on {date} is not decided yet.{en}"),
            format!("Belum ditetapkan apakah jam Ramadan berlaku pada {date}.{id}"),
        )
    }

    pub(crate) fn ramadan_irrelevant() -> Why {
        let en = "The answer is the same in and outside Ramadan.".into();
        Why::new(
            Code::RamadanIrrelevant,
            "",
            en,
            "Jawabannya sama di dalam dan di luar Ramadan.".into(),
        )
    }

    pub(crate) fn baseline_undeclared() -> Why {
        Why::new(
            Code::BaselineUndeclared,
            "",
            "This body sets its own hours and has not declared them; register its decision.".into(),
            "Instansi ini menetapkan jam kerjanya sendiri dan belum menyampaikannya; daftarkan \
             keputusannya."
                .into(),
        )
    }
}

fn layer_names(layer: Layer) -> (&'static str, &'static str) {
    match layer {
        Layer::National => ("national template", "templat nasional"),
        Layer::Mall => ("mall", "mal"),
        Layer::Counter => ("counter", "gerai"),
        Layer::Service => ("service", "layanan"),
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
