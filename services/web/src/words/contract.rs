//! The contract's words in both languages. Each match is whole: a new word does not compile until
//! the pages know how to say it. Errors are not among them: each reason has its Indonesian sentence
//! in `libs/core/src/reason.rs`.

use jiff::civil::Weekday;
use mpp_api::{
    registry::{
        mall::{Stage, facility},
        service::channel,
    },
    reporting::{catalog_change::Field, freshness::Feed},
    scheduling::{
        deviation::{Yardstick, finding::Code},
        reason,
    },
    sync::{incomplete, source},
    types::contact,
};

use super::{Lang, Phrase, table};

/// A mall's stage; `None` if none is known.
pub fn stage(stage: Stage) -> Option<Phrase> {
    Some(match stage {
        Stage::Unspecified => return None,
        Stage::Committed => table::STAGE_COMMITTED,
        Stage::Proposed => table::STAGE_PROPOSED,
        Stage::Verified => table::STAGE_VERIFIED,
        Stage::Approved => table::STAGE_APPROVED,
        Stage::Agreed => table::STAGE_AGREED,
        Stage::Preparing => table::STAGE_PREPARING,
        Stage::Operating => table::STAGE_OPERATING,
        Stage::Inaugurated => table::STAGE_INAUGURATED,
        Stage::Evaluated => table::STAGE_EVALUATED,
        Stage::Returned => table::STAGE_RETURNED,
        Stage::Suspended => table::STAGE_SUSPENDED,
        Stage::Closed => table::STAGE_CLOSED,
    })
}

/// A field of a service; one that these pages do not know yet by its name in the contract.
pub fn service_field(field: &str, lang: Lang) -> String {
    let phrase = match field {
        "title" => table::FIELD_TITLE,
        "category" => table::FIELD_CATEGORY,
        "keywords" => table::FIELD_KEYWORDS,
        "requirements" => table::FIELD_REQUIREMENTS,
        "procedure" => table::FIELD_PROCEDURE,
        "time" => table::FIELD_TIME,
        "fees" => table::FIELD_FEES,
        "product" => table::FIELD_PRODUCT,
        "complaints" => table::FIELD_COMPLAINTS,
        "legal_basis" => table::FIELD_LEGAL_BASIS,
        "facilities" => table::FIELD_FACILITIES,
        "competence" => table::FIELD_COMPETENCE,
        "supervision" => table::FIELD_SUPERVISION,
        "staff" => table::FIELD_STAFF,
        "service_guarantee" => table::FIELD_SERVICE_GUARANTEE,
        "safety_guarantee" => table::FIELD_SAFETY_GUARANTEE,
        "evaluation" => table::FIELD_EVALUATION,
        "licence" => table::FIELD_LICENCE,
        "state" => table::FIELD_STATE,
        "channels" => table::FIELD_CHANNELS,
        "forms" => table::FIELD_FORMS,
        "product_validity" => table::FIELD_PRODUCT_VALIDITY,
        "produced_documents" => table::FIELD_PRODUCED_DOCUMENTS,
        "service_pledge" => table::FIELD_SERVICE_PLEDGE,
        "notes" => table::FIELD_NOTES,
        other => return other.to_owned(),
    };
    phrase.of(lang).to_owned()
}

/// A way to get a service; `None` if the record does not say which.
pub fn channel(kind: channel::Kind) -> Option<Phrase> {
    Some(match kind {
        channel::Kind::Unspecified => return None,
        channel::Kind::Counter => table::CHANNEL_COUNTER,
        channel::Kind::Online => table::CHANNEL_ONLINE,
        channel::Kind::Mobile => table::CHANNEL_MOBILE,
        channel::Kind::Post => table::CHANNEL_POST,
        channel::Kind::Telephone => table::CHANNEL_TELEPHONE,
    })
}

/// A way to reach a mall; `None` if the record does not say which.
pub fn contact(kind: contact::Kind) -> Option<Phrase> {
    Some(match kind {
        contact::Kind::Unspecified => return None,
        contact::Kind::Telephone => table::CONTACT_TELEPHONE,
        contact::Kind::Whatsapp => table::CONTACT_WHATSAPP,
        contact::Kind::Email => table::CONTACT_EMAIL,
        contact::Kind::Website => table::CONTACT_WEBSITE,
        contact::Kind::Social => table::CONTACT_SOCIAL,
    })
}

/// Something that visitors look for; `None` if only the record's own words say what.
pub fn facility(kind: facility::Kind) -> Option<Phrase> {
    Some(match kind {
        facility::Kind::Unspecified | facility::Kind::Other => return None,
        facility::Kind::Parking => table::FACILITY_PARKING,
        facility::Kind::WaitingRoom => table::FACILITY_WAITING_ROOM,
        facility::Kind::Toilet => table::FACILITY_TOILET,
        facility::Kind::PrayerRoom => table::FACILITY_PRAYER_ROOM,
        facility::Kind::NursingRoom => table::FACILITY_NURSING_ROOM,
        facility::Kind::PlayArea => table::FACILITY_PLAY_AREA,
        facility::Kind::Wifi => table::FACILITY_WIFI,
        facility::Kind::Atm => table::FACILITY_ATM,
        facility::Kind::Canteen => table::FACILITY_CANTEEN,
        facility::Kind::Charging => table::FACILITY_CHARGING,
        facility::Kind::Copies => table::FACILITY_COPIES,
        facility::Kind::StepFree => table::FACILITY_STEP_FREE,
        facility::Kind::Wheelchairs => table::FACILITY_WHEELCHAIRS,
        facility::Kind::AccessibleToilet => table::FACILITY_ACCESSIBLE_TOILET,
        facility::Kind::AccessibleParking => table::FACILITY_ACCESSIBLE_PARKING,
        facility::Kind::TactilePath => table::FACILITY_TACTILE_PATH,
        facility::Kind::SignLanguage => table::FACILITY_SIGN_LANGUAGE,
        facility::Kind::BrailleOrAudio => table::FACILITY_BRAILLE_OR_AUDIO,
        facility::Kind::Priority => table::FACILITY_PRIORITY,
    })
}

/// Why the last run of a source was incomplete.
pub fn incomplete(reason: incomplete::Reason) -> Phrase {
    match reason {
        incomplete::Reason::Unspecified => table::INCOMPLETE_RUN,
        incomplete::Reason::Unreachable => table::INCOMPLETE_UNREACHABLE,
        incomplete::Reason::Unreadable => table::INCOMPLETE_UNREADABLE,
        incomplete::Reason::Torn => table::INCOMPLETE_TORN,
        incomplete::Reason::NothingRead => table::INCOMPLETE_NOTHING_READ,
        incomplete::Reason::Shrunk => table::INCOMPLETE_SHRUNK,
        incomplete::Reason::Configuration => table::INCOMPLETE_CONFIGURATION,
        incomplete::Reason::NothingSent => table::INCOMPLETE_NOTHING_SENT,
        incomplete::Reason::NothingTaken => table::INCOMPLETE_NOTHING_TAKEN,
        incomplete::Reason::AllWaiting => table::INCOMPLETE_ALL_WAITING,
    }
}

/// A feed that the report is made of.
pub fn upstream(feed: Feed) -> Phrase {
    match feed {
        Feed::Unspecified => table::FEED,
        Feed::Registry => table::REGISTRY,
        Feed::Scheduling => table::SCHEDULING,
    }
}

/// A service that a source feeds.
pub fn fed(service: source::Service) -> Phrase {
    match service {
        source::Service::Unspecified => table::UNKNOWN,
        source::Service::Registry => table::REGISTRY,
        source::Service::Scheduling => table::SCHEDULING,
    }
}

/// Advice to the source's keeper about that.
pub fn remedy(reason: incomplete::Reason) -> Phrase {
    match reason {
        incomplete::Reason::Unspecified => table::MEND,
        incomplete::Reason::Unreachable => table::MEND_UNREACHABLE,
        incomplete::Reason::Unreadable => table::MEND_UNREADABLE,
        incomplete::Reason::Torn => table::MEND_TORN,
        incomplete::Reason::NothingRead => table::MEND_NOTHING_READ,
        incomplete::Reason::Shrunk => table::MEND_SHRUNK,
        incomplete::Reason::Configuration => table::MEND_CONFIGURATION,
        incomplete::Reason::NothingSent => table::MEND_NOTHING_SENT,
        incomplete::Reason::NothingTaken => table::MEND_NOTHING_TAKEN,
        incomplete::Reason::AllWaiting => table::MEND_ALL_WAITING,
    }
}

/// How a counter's hours differ, in a word or two.
pub fn deviation(code: Code) -> Phrase {
    match code {
        Code::Unspecified => table::OTHER_HOURS,
        Code::MissingDay => table::MISSING_DAY,
        Code::ClosedWithoutReferral => table::CLOSED_WITHOUT_REFERRAL,
        Code::OpensLate => table::OPENS_LATE,
        Code::ClosesEarly => table::CLOSES_EARLY,
        Code::ShortHours => table::SHORT_HOURS,
        Code::ExtraDay => table::EXTRA_DAY,
        Code::ExtraHours => table::EXTRA_HOURS,
    }
}

/// The yardstick of a counter's hours; `None` if it is not known.
pub fn yardstick(yardstick: Yardstick) -> Option<Phrase> {
    match yardstick {
        Yardstick::Unspecified => None,
        Yardstick::Mall => Some(table::YARDSTICK_MALL),
        Yardstick::National => Some(table::YARDSTICK_NATIONAL),
        Yardstick::Baseline => Some(table::YARDSTICK_BASELINE),
    }
}

/// A changed field of a service: the sentence with the service `{0}`, before `{1}` and after `{2}`.
pub fn change(field: Field, had_value: bool) -> Phrase {
    match (field, had_value) {
        (Field::Unspecified, _) => table::CHANGED,
        (Field::Title, _) => table::CHANGED_TITLE,
        (Field::Fees, true) => table::CHANGED_FEES,
        (Field::Fees, false) => table::SET_FEES,
        (Field::Time, true) => table::CHANGED_TIME,
        (Field::Time, false) => table::SET_TIME,
        (Field::Requirements, _) => table::CHANGED_REQUIREMENTS,
        (Field::Published, _) => table::PUBLISHED_SERVICE,
        (Field::Withdrawn, _) => table::WITHDRAWN_SERVICE,
    }
}

/// Whether a sentence of an explanation tells a citizen why a day differs from the week: a holiday,
/// a closure, a season. The rule that simply holds does not.
pub fn tells_a_citizen(code: reason::Code) -> bool {
    match code {
        reason::Code::MandatoryClosure
        | reason::Code::Closure
        | reason::Code::NoRule
        | reason::Code::YearNotDecreed
        | reason::Code::NationalHoliday
        | reason::Code::CollectiveLeave
        | reason::Code::RegionalHoliday
        | reason::Code::HolidayWorked
        | reason::Code::HolidayNotDecided
        | reason::Code::Ramadan
        | reason::Code::RamadanNotDecided
        | reason::Code::MallNotOpenYet
        | reason::Code::MallSuspended
        | reason::Code::MallClosed
        | reason::Code::AgreementEnded => true,
        reason::Code::Unspecified
        | reason::Code::RuleApplied
        | reason::Code::RuleOverridden
        | reason::Code::ClosedWeekday
        | reason::Code::HolidayRevoked
        | reason::Code::RamadanMakesNoDifference => false,
    }
}

/// A day of the week.
pub fn weekday(day: Weekday) -> Phrase {
    match day {
        Weekday::Monday => table::MONDAY,
        Weekday::Tuesday => table::TUESDAY,
        Weekday::Wednesday => table::WEDNESDAY,
        Weekday::Thursday => table::THURSDAY,
        Weekday::Friday => table::FRIDAY,
        Weekday::Saturday => table::SATURDAY,
        Weekday::Sunday => table::SUNDAY,
    }
}
