//! The services' answers about a small nation.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Duration,
};

use mpp_api::{
    registry::{
        CountAdoptionResponse, Counter, GetWithdrawnServiceResponse, LifeEvent,
        ListDivergencesResponse, Mall, Offering, PlanLifeEventResponse, PlanStepsResponse,
        SearchServicesResponse, Service, Standard, StandardComparison, StandardLink, Unit, Window,
        mall::{Site, Stage, StageEntry},
        offering::State,
        service::{Override, Requirement},
    },
    reporting::{CounterReport, MallDetail, Report, counter_report::Hours},
    scheduling::{
        DayHours, GetHoursRequest, GetQueueResponse, Interval, Ticket,
        day_hours::Status as DayStatus, ticket::State as TicketState,
    },
    types::{Fee, LocalizedText, fee::Kind as FeeKind},
};
use mpp_core::Micros;

use super::{life_events, report::report, standards, steps};

/// 24 November 2026, a Tuesday, 09:00 in Jakarta.
pub const MORNING: Micros = 1_795_485_600_000_000;
pub const SECOND: Micros = 1_000_000;
pub const MINUTE: Micros = 60 * SECOND;

/// Longer than anything here takes; reached only by what never comes.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub const MALL: &str = "malls/satu";
pub const DUKCAPIL: &str = "malls/satu/counters/dukcapil";
pub const POLRI: &str = "malls/satu/counters/polri";

/// The answers of the three services.
#[derive(Clone, Default)]
pub struct Nation {
    pub report: Report,
    pub details: HashMap<String, MallDetail>,
    pub malls: HashMap<String, Mall>,
    pub units: HashMap<String, Unit>,
    pub services: HashMap<String, Service>,
    pub withdrawn: HashMap<String, GetWithdrawnServiceResponse>,
    pub counters: BTreeMap<String, Counter>,
    pub windows: BTreeMap<String, Window>,
    pub offerings: BTreeMap<String, Offering>,
    pub queues: HashMap<String, GetQueueResponse>,
    /// Hours by target and date; a target without a line is open from 08:00 to 15:00 on weekdays.
    pub closed: HashMap<(String, String), DayHours>,
    /// Answers by the question; any other finds nothing.
    pub questions: HashMap<String, SearchServicesResponse>,
    pub standards: HashMap<String, Standard>,
    pub divergences: ListDivergencesResponse,
    pub links: Vec<StandardLink>,
    pub steps: HashMap<String, PlanStepsResponse>,
    pub life_events: HashMap<String, LifeEvent>,
    pub paths: HashMap<String, PlanLifeEventResponse>,
    pub adoption: HashMap<i32, CountAdoptionResponse>,
    pub comparison: StandardComparison,
    /// Names that the registry knows beside those of the report.
    pub regions: HashSet<String>,
}

impl Nation {
    /// The days of a target, as scheduling would answer.
    pub fn days(&self, asked: &GetHoursRequest) -> Vec<DayHours> {
        let first: jiff::civil::Date = asked.date.parse().expect("a date");
        let many = usize::try_from(asked.days.max(1)).expect("days");
        first
            .series(jiff::Span::new().days(1))
            .take(many)
            .map(|day| self.day(&asked.target, day))
            .collect()
    }

    fn day(&self, target: &str, day: jiff::civil::Date) -> DayHours {
        let key = (target.to_owned(), day.to_string());
        if let Some(other) = self.closed.get(&key) {
            return DayHours { target: target.to_owned(), date: day.to_string(), ..other.clone() };
        }
        let weekday = day.weekday().to_monday_zero_offset() < 5;
        let status = if weekday { DayStatus::Open } else { DayStatus::Closed };
        let intervals = [interval("08:00", "12:00"), interval("13:00", "15:00")];
        DayHours {
            target: target.to_owned(),
            date: day.to_string(),
            time_zone: "Asia/Jakarta".into(),
            status: status.into(),
            intervals: if weekday { intervals.to_vec() } else { vec![] },
            why: vec![],
        }
    }
}

pub fn interval(open: &str, close: &str) -> Interval {
    Interval { open: open.into(), close: close.into() }
}

pub fn text(id: &str, en: &str) -> Option<LocalizedText> {
    Some(LocalizedText { id: id.into(), en: en.into() })
}

pub fn time(at: Micros) -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp { seconds: at / SECOND, nanos: 0 })
}

pub fn ticket(number: &str, counter: &str, called: Option<Micros>) -> Ticket {
    let state = if called.is_some() { TicketState::Called } else { TicketState::Waiting };
    Ticket {
        name: format!("malls/satu/tickets/2026-11-24-{number}"),
        counter: counter.into(),
        date: "2026-11-24".into(),
        number: number.into(),
        state: state.into(),
        window: if called.is_some() { format!("{counter}/windows/3") } else { String::new() },
        call_time: called.and_then(time),
        ..Ticket::default()
    }
}

/// Two provinces with three regions, one mall with two counters, one of which closes early.
pub fn nation() -> Nation {
    let mut nation = Nation { report: report(), ..Nation::default() };
    let stages = [(Stage::Operating, "2021-03-03"), (Stage::Inaugurated, "2021-08-17")];
    let stages = stages.map(|(stage, date)| StageEntry {
        stage: stage.into(),
        date: date.into(),
        evidence: "Keputusan Bupati 12/2021".into(),
    });
    nation.malls.insert(
        MALL.into(),
        Mall {
            name: MALL.into(),
            display_name: text("Mal Pelayanan Publik Kabupaten Banyuwangi", "Banyuwangi mall"),
            region: "regions/35.10".into(),
            organiser: "units/dpmptsp".into(),
            sites: vec![Site { address: "Jalan Sritanjung 1".into(), location: None }],
            stages: stages.to_vec(),
            stage: Stage::Inaugurated.into(),
            time_zone: "Asia/Jakarta".into(),
            ..Mall::default()
        },
    );
    let unit = Unit { display_name: text("DPMPTSP Banyuwangi", ""), ..Unit::default() };
    nation.units.insert("units/dpmptsp".into(), unit);
    for (name, title, prefix) in [(DUKCAPIL, "Dukcapil", "A"), (POLRI, "Polri", "B")] {
        let display_name = text(title, "");
        let counter = Counter {
            name: name.into(),
            display_name,
            ticket_prefix: prefix.into(),
            ..Counter::default()
        };
        nation.counters.insert(name.into(), counter);
        let window = format!("{name}/windows/3");
        let display_name = text(&format!("Loket {prefix}3"), &format!("Window {prefix}3"));
        let record = Window { name: window.clone(), display_name, ..Window::default() };
        nation.windows.insert(window, record);
    }
    for (id, title, kind, amount) in [
        ("dukcapil/offerings/ktp", "KTP elektronik hilang", FeeKind::Free, 0),
        ("dukcapil/offerings/kk", "Kartu keluarga", FeeKind::Free, 0),
        ("polri/offerings/skck", "SKCK", FeeKind::Fixed, 30_000),
    ] {
        let name = format!("{MALL}/counters/{id}");
        let fee = Fee { kind: kind.into(), amount_rupiah: amount, ..Fee::default() };
        let offering = Offering {
            name: name.clone(),
            service: "units/polri/services/skck".into(),
            state: State::Accepted.into(),
            service_title: text(title, ""),
            effective_fees: vec![fee],
            ..Offering::default()
        };
        nation.offerings.insert(name, offering);
    }
    nation.services.insert("units/polri/services/skck".into(), curated());
    let queue = GetQueueResponse {
        date: "2026-11-24".into(),
        waiting: 2,
        called: vec![
            ticket("A-016", DUKCAPIL, Some(MORNING - 10 * MINUTE)),
            ticket("A-017", DUKCAPIL, Some(MORNING - MINUTE)),
        ],
        next: vec![ticket("A-018", DUKCAPIL, None), ticket("A-019", DUKCAPIL, None)],
        ..GetQueueResponse::default()
    };
    nation.queues.insert(DUKCAPIL.into(), queue);
    let counter = |counter: &str, title: &str, hours: Hours| CounterReport {
        counter: counter.into(),
        display_name: text(title, ""),
        hours: hours.into(),
    };
    nation.details.insert(
        MALL.into(),
        MallDetail {
            mall: nation.report.malls.first().cloned(),
            stages: stages.to_vec(),
            counters: vec![
                counter(DUKCAPIL, "Dukcapil", Hours::Uniform),
                counter(POLRI, "Polri", Hours::Deviating),
            ],
            deviations: nation.report.deviations.clone(),
            counters_with_findings: 1,
            counters_shown: 1,
            findings_left_out: 0,
        },
    );
    standards::add(&mut nation);
    steps::add(&mut nation);
    life_events::add(&mut nation);
    nation
}

/// A service over whose title a curator has set another, and whose source has changed it since.
fn curated() -> Service {
    let says = Service { title: text("SKCK Onlin", ""), ..Service::default() };
    let kept = Override {
        field: "title".into(),
        subject: "users/siti".into(),
        time: time(MORNING - 60 * MINUTE),
        reason: "salah ketik".into(),
        source_value: Some(says),
        drift_time: time(MORNING - MINUTE),
        first_value: None,
    };
    Service {
        name: "units/polri/services/skck".into(),
        title: text("Surat keterangan catatan kepolisian", ""),
        source: "sources/polri".into(),
        requirements: vec![Requirement { text: "KTP".into(), ..Requirement::default() }],
        overrides: vec![kept],
        ..Service::default()
    }
}
