//! The catalog as rows: each sheet with its columns, and what a record has in them.

use mpp_api::{
    registry::{Counter, Mall, Offering, Service, Unit, service},
    types::{Fee, LocalizedText, ServiceTime, fee, service_time},
    wording::{self, Language},
};
use prost_types::Timestamp as Stamp;

use crate::{
    cpsv::{is_one_time, sum, timestamp},
    surroundings::Surroundings,
};

/// The records of one kind as a table.
pub struct Sheet<R: 'static> {
    /// Its name in a workbook.
    pub name: &'static str,
    columns: &'static [(&'static str, Read<R>)],
}

type Read<R> = fn(&R, &Surroundings) -> Cell;

/// A cell's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Words; never a formula, whatever they begin with.
    Text(String),
    /// A whole number.
    Number(i64),
}

impl<R> Sheet<R> {
    /// The first row.
    pub fn headings(&self) -> Vec<Cell> {
        self.columns.iter().map(|(heading, _)| text(heading)).collect()
    }

    /// A record's row.
    pub fn row(&self, record: &R, around: &Surroundings) -> Vec<Cell> {
        self.columns.iter().map(|(_, read)| read(record, around)).collect()
    }
}

/// What offices publish. Fees and times as words are Indonesian; their numbers are filled in only
/// where they were surely read.
pub const SERVICES: Sheet<Service> = Sheet {
    name: "services",
    columns: &[
        ("name", |it, _| text(&it.name)),
        ("title_id", |it, _| indonesian(it.title.as_ref())),
        ("title_en", |it, _| english(it.title.as_ref())),
        ("unit", |it, _| text(unit_of(&it.name))),
        ("unit_name", |it, around| text(&around.unit_name(unit_of(&it.name)).id)),
        ("category", |it, _| text(&it.category)),
        ("served", |it, _| yes(it.state() != service::State::Inactive)),
        ("product", |it, _| text(&it.product)),
        ("time", |it, _| Cell::Text(it.time.as_ref().map(time_in_words).unwrap_or_default())),
        ("time_least", |it, _| it.time.as_ref().and_then(least_time).map_or_else(empty, number)),
        ("time_most", |it, _| it.time.as_ref().and_then(most_time).map_or_else(empty, number)),
        ("time_unit", |it, _| it.time.as_ref().map_or_else(empty, time_unit)),
        ("fees", |it, _| Cell::Text(wording::fees(&it.fees, Language::Indonesian))),
        ("fee_rupiah", |it, _| one_sum(&it.fees)),
        ("not_read", |it, _| not_read(it)),
        ("requirements", |it, _| lines(it.requirements.iter().map(requirement))),
        ("procedure", |it, _| lines(&it.procedure)),
        ("channels", |it, _| lines(it.channels.iter().map(channel))),
        ("forms", |it, _| lines(it.forms.iter().map(form))),
        ("complaints", |it, _| lines(&it.complaints)),
        ("legal_basis", |it, _| lines(&it.legal_basis)),
        ("facilities", |it, _| lines(&it.facilities)),
        ("competence", |it, _| text(&it.competence)),
        ("supervision", |it, _| text(&it.supervision)),
        ("staff", |it, _| text(it.staff.as_ref().map_or("", |staff| &staff.source_text))),
        ("service_guarantee", |it, _| text(&it.service_guarantee)),
        ("safety_guarantee", |it, _| text(&it.safety_guarantee)),
        ("evaluation", |it, _| text(&it.evaluation)),
        ("product_validity", |it, _| text(&it.product_validity)),
        ("produced_documents", |it, _| lines(&it.produced_documents)),
        ("notes", |it, _| lines(&it.notes)),
        ("keywords", |it, _| lines(&it.keywords)),
        ("source", |it, _| text(&it.source)),
        ("source_id", |it, _| text(&it.source_id)),
        ("offered_at", |it, around| {
            lines(around.counters_of(&it.name).map(|(counter, _)| &counter.name))
        }),
        ("update_time", |it, _| moment(it.update_time.as_ref())),
    ],
};

/// Who offers what where; `fees` are those that hold at the counter.
pub const OFFERINGS: Sheet<Offering> = Sheet {
    name: "offerings",
    columns: &[
        ("name", |it, _| text(&it.name)),
        ("mall", |it, _| text(mall_of(&it.name))),
        ("mall_name", |it, around| {
            indonesian(around.mall_of(&it.name).and_then(|mall| mall.display_name.as_ref()))
        }),
        ("counter", |it, _| text(it.name.split("/offerings/").next().unwrap_or_default())),
        ("service", |it, _| text(&it.service)),
        ("service_title", |it, _| indonesian(it.service_title.as_ref())),
        ("state", |it, _| word(it.state().as_str_name(), "STATE_")),
        ("service_served", |it, _| yes(it.service_state() != service::State::Inactive)),
        ("fees", |it, _| Cell::Text(wording::fees(&it.effective_fees, Language::Indonesian))),
        ("fee_rupiah", |it, _| one_sum(&it.effective_fees)),
        ("update_time", |it, _| moment(it.update_time.as_ref())),
    ],
};

/// Public service malls.
pub const MALLS: Sheet<Mall> = Sheet {
    name: "malls",
    columns: &[
        ("name", |it, _| text(&it.name)),
        ("display_name", |it, _| indonesian(it.display_name.as_ref())),
        ("region", |it, _| text(&it.region)),
        ("region_name", |it, around| text(around.region_name(&it.region))),
        ("organiser", |it, _| text(&it.organiser)),
        ("stage", |it, _| word(it.stage().as_str_name(), "STAGE_")),
        ("address", |it, _| lines(it.sites.iter().map(|site| &site.address))),
        ("contacts", |it, _| lines(it.contacts.iter().map(|contact| &contact.value))),
        ("update_time", |it, _| moment(it.update_time.as_ref())),
    ],
};

/// The counters of malls.
pub const COUNTERS: Sheet<Counter> = Sheet {
    name: "counters",
    columns: &[
        ("name", |it, _| text(&it.name)),
        ("display_name", |it, _| indonesian(it.display_name.as_ref())),
        ("mall", |it, _| text(mall_of(&it.name))),
        ("unit", |it, _| text(&it.unit)),
        ("unit_name", |it, around| text(&around.unit_name(&it.unit).id)),
        ("agreement_expire_date", |it, _| {
            text(it.agreement.as_ref().map_or("", |agreement| &agreement.expire_date))
        }),
        ("floor", |it, _| text(&it.floor)),
        ("zone", |it, _| text(&it.zone)),
        ("update_time", |it, _| moment(it.update_time.as_ref())),
    ],
};

/// Offices.
pub const UNITS: Sheet<Unit> = Sheet {
    name: "units",
    columns: &[
        ("name", |it, _| text(&it.name)),
        ("display_name_id", |it, _| indonesian(it.display_name.as_ref())),
        ("display_name_en", |it, _| english(it.display_name.as_ref())),
        ("kind", |it, _| word(it.kind().as_str_name(), "KIND_")),
        ("parent", |it, _| text(&it.parent)),
        ("region", |it, _| text(&it.region)),
        ("region_name", |it, around| text(around.region_name(&it.region))),
        ("valid_to", |it, _| text(&it.valid_to)),
        ("update_time", |it, _| moment(it.update_time.as_ref())),
    ],
};

fn text(words: &str) -> Cell {
    Cell::Text(words.to_owned())
}

fn empty() -> Cell {
    Cell::Text(String::new())
}

fn number(value: i64) -> Cell {
    Cell::Number(value)
}

fn indonesian(words: Option<&LocalizedText>) -> Cell {
    text(words.map_or("", |words| &words.id))
}

fn english(words: Option<&LocalizedText>) -> Cell {
    text(words.map_or("", |words| &words.en))
}

/// One below the other, as people read a list in a cell.
fn lines(each: impl IntoIterator<Item = impl ToString>) -> Cell {
    let each: Vec<String> = each.into_iter().map(|line| line.to_string()).collect();
    Cell::Text(each.join("\n"))
}

fn yes(holds: bool) -> Cell {
    text(if holds { "yes" } else { "no" })
}

/// "active" of STATE_ACTIVE; empty where it is not stated.
fn word(name: &str, prefix: &str) -> Cell {
    match name.strip_prefix(prefix).unwrap_or(name) {
        "UNSPECIFIED" => empty(),
        word => Cell::Text(word.to_lowercase()),
    }
}

fn moment(stamp: Option<&Stamp>) -> Cell {
    Cell::Text(stamp.and_then(timestamp).map(|moment| moment.to_string()).unwrap_or_default())
}

fn unit_of(service: &str) -> &str {
    service.split("/services/").next().unwrap_or_default()
}

fn mall_of(name: &str) -> &str {
    name.split("/counters/").next().unwrap_or_default()
}

fn time_in_words(time: &ServiceTime) -> String {
    wording::plain_time(time, Language::Indonesian)
}

/// Of a maximum there is none: it may take no time at all.
fn least_time(time: &ServiceTime) -> Option<i64> {
    match time.min_value {
        _ if !is_one_time(time) || time.at_most => None,
        0 => Some(time.value),
        least => Some(least),
    }
}

fn most_time(time: &ServiceTime) -> Option<i64> {
    is_one_time(time).then_some(time.value)
}

fn time_unit(time: &ServiceTime) -> Cell {
    if is_one_time(time) { word(time.unit().as_str_name(), "UNIT_") } else { empty() }
}

/// "time", "fees" or both: they are there in the source's words only.
fn not_read(service: &Service) -> Cell {
    let time = service.time.as_ref().is_some_and(|time| {
        let steps = time.cases.iter().chain([time]);
        steps.into_iter().any(|each| each.unit() == service_time::Unit::Unparsed)
    });
    let fees = service.fees.iter().flat_map(|fee| fee.cases.iter().chain(&fee.parts).chain([fee]));
    let fees = fees.into_iter().any(|fee| fee.kind() == fee::Kind::Unparsed);
    lines([(time, "time"), (fees, "fees")].into_iter().filter_map(|(is, word)| is.then_some(word)))
}

/// "Surat kuasa (jika dikuasakan)".
fn requirement(requirement: &service::Requirement) -> String {
    match requirement.condition.as_str() {
        "" => requirement.text.clone(),
        condition => format!("{} ({condition})", requirement.text),
    }
}

/// "online: https://dukcapil.example, antre dahulu".
fn channel(channel: &service::Channel) -> String {
    let kind = channel.kind().as_str_name().trim_start_matches("KIND_").to_lowercase();
    let said: Vec<&str> =
        [channel.uri.as_str(), &channel.note].into_iter().filter(|it| !it.is_empty()).collect();
    if said.is_empty() { kind } else { format!("{kind}: {}", said.join(", ")) }
}

/// "F-1.01: https://dukcapil.example/f101.pdf".
fn form(form: &service::Form) -> String {
    format!("{}: {}", form.title, form.uri)
}

/// The sum of a service that has one fee and one sum.
fn one_sum(fees: &[Fee]) -> Cell {
    match fees {
        [only] => sum(only).map_or_else(empty, number),
        several if !several.is_empty() && several.iter().all(free) => number(0),
        _ => empty(),
    }
}

fn free(fee: &Fee) -> bool {
    fee.kind() == fee::Kind::Free
}
