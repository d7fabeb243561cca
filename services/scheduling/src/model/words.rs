//! The calendar's words as the contract spells them, and back: the one place where they meet.

use mpp_api::{
    registry::counter::Regime as WireRegime,
    scheduling::{Reason, day_hours, deviation::finding, reason},
    types::LocalizedText,
};
use mpp_calendar::{FindingCode, ReasonCode, Regime, Status, Text};

/// The contract's form of a text.
pub fn localized(text: &Text) -> LocalizedText {
    LocalizedText { id: text.id.clone(), en: text.en.clone() }
}

/// One sentence of an explanation.
pub fn wire_reason(reason: &mpp_calendar::Reason) -> Reason {
    Reason {
        code: wire_reason_code(reason.code).into(),
        text: Some(localized(&reason.text)),
        basis: reason.basis.clone(),
    }
}

fn wire_reason_code(code: ReasonCode) -> reason::Code {
    match code {
        ReasonCode::RuleApplied => reason::Code::RuleApplied,
        ReasonCode::RuleOverridden => reason::Code::RuleOverridden,
        ReasonCode::MandatoryClosure => reason::Code::MandatoryClosure,
        ReasonCode::Closure => reason::Code::Closure,
        ReasonCode::ClosedWeekday => reason::Code::ClosedWeekday,
        ReasonCode::NoRule => reason::Code::NoRule,
        ReasonCode::YearNotDecreed => reason::Code::YearNotDecreed,
        ReasonCode::NationalHoliday => reason::Code::NationalHoliday,
        ReasonCode::CollectiveLeave => reason::Code::CollectiveLeave,
        ReasonCode::RegionalHoliday => reason::Code::RegionalHoliday,
        ReasonCode::HolidayWorked => reason::Code::HolidayWorked,
        ReasonCode::HolidayRevoked => reason::Code::HolidayRevoked,
        ReasonCode::HolidayNotDecided => reason::Code::HolidayNotDecided,
        ReasonCode::Ramadan => reason::Code::Ramadan,
        ReasonCode::RamadanNotDecided => reason::Code::RamadanNotDecided,
        ReasonCode::RamadanMakesNoDifference => reason::Code::RamadanMakesNoDifference,
        ReasonCode::MallNotOpenYet => reason::Code::MallNotOpenYet,
        ReasonCode::MallSuspended => reason::Code::MallSuspended,
        ReasonCode::MallClosed => reason::Code::MallClosed,
        ReasonCode::AgreementEnded => reason::Code::AgreementEnded,
    }
}

/// A finding's code in the contract.
pub fn wire_finding_code(code: FindingCode) -> finding::Code {
    match code {
        FindingCode::MissingDay => finding::Code::MissingDay,
        FindingCode::ClosedWithoutReferral => finding::Code::ClosedWithoutReferral,
        FindingCode::OpensLate => finding::Code::OpensLate,
        FindingCode::ClosesEarly => finding::Code::ClosesEarly,
        FindingCode::ShortHours => finding::Code::ShortHours,
        FindingCode::ExtraDay => finding::Code::ExtraDay,
        FindingCode::ExtraHours => finding::Code::ExtraHours,
    }
}

/// Whether a day is open.
pub fn wire_status(status: &Status) -> day_hours::Status {
    match status {
        Status::Open(_) => day_hours::Status::Open,
        Status::Closed => day_hours::Status::Closed,
        Status::Unknown => day_hours::Status::Unknown,
    }
}

/// A counter whose regime nobody named is taken for one of civil servants, as most are.
pub fn calendar_regime(regime: WireRegime) -> Regime {
    match regime {
        WireRegime::Unspecified | WireRegime::CivilService => Regime::CivilService,
        WireRegime::DirectService => Regime::DirectService,
        WireRegime::ArmyPolice => Regime::ArmyPolice,
        WireRegime::Own => Regime::Own,
    }
}

/// The regime that a counter is measured under.
pub fn wire_regime(regime: Regime) -> WireRegime {
    match regime {
        Regime::CivilService => WireRegime::CivilService,
        Regime::DirectService => WireRegime::DirectService,
        Regime::ArmyPolice => WireRegime::ArmyPolice,
        Regime::Own => WireRegime::Own,
    }
}
