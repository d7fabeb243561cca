//! The way to a police record certificate: over a family card and a card that need each other.

use mpp_api::{
    registry::{
        PlanStepsResponse,
        plan_steps_response::{AskedTwice, Circle, Length, Span, Step, Totals, asked_twice::Asker},
    },
    types::{ServiceTime, service_time::Unit},
};

use super::nation::{Nation, text};

const CARD: &str = "units/dukcapil/services/ktp";
const FAMILY: &str = "units/dukcapil/services/kk";
const RECORD: &str = "units/polri/services/skck";

fn step(service: &str, title: &str, rank: i32) -> Step {
    Step { service: service.into(), title: text(title, ""), rank, ..Step::default() }
}

fn length(days: (i64, i64)) -> Option<Length> {
    let span = |(least, most)| Some(Span { least, most });
    Some(Length { working_days: span(days), minutes: span((0, 0)) })
}

pub fn add(nation: &mut Nation) {
    let days = ServiceTime { value: 1, unit: Unit::WorkingDays.into(), ..ServiceTime::default() };
    let asker = |service: &str| Asker {
        service: service.into(),
        text: "Fotokopi akta kelahiran".into(),
        ..Asker::default()
    };
    let totals = Totals {
        one_by_one: length((2, 3)),
        side_by_side: length((1, 3)),
        cost: Some(Span { least: 30_000, most: 30_000 }),
        time_unknown: vec![RECORD.into()],
        cost_complete: true,
        ..Totals::default()
    };
    let answer = PlanStepsResponse {
        steps: vec![
            Step { circle: 1, time: Some(days), ..step(FAMILY, "Kartu keluarga", 1) },
            Step { circle: 1, missing: true, ..step(CARD, "", 1) },
            step(RECORD, "Surat keterangan catatan kepolisian", 2),
        ],
        totals: Some(totals),
        circles: vec![Circle { services: vec![FAMILY.into(), CARD.into()] }],
        asked_twice: vec![AskedTwice {
            askers: vec![asker(FAMILY), asker(RECORD)],
            by_words: true,
            ..AskedTwice::default()
        }],
        not_linked: 4,
        ..PlanStepsResponse::default()
    };
    nation.steps.insert(RECORD.into(), answer);
}
