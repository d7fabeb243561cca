//! The birth of a child: a certificate at the mall, a card elsewhere, and what nobody has recorded.

use mpp_api::registry::{
    LifeEvent, PlanLifeEventResponse,
    life_event::Goal as Wanted,
    plan_life_event_response::{Document, Goal, Stop, Way, goal::State, stop::Window},
    plan_steps_response::{Length, Span, Step, Totals},
    search_services_response::Place,
};

use super::nation::{DUKCAPIL, MALL, Nation, text};

pub const EVENT: &str = "lifeEvents/kelahiran";
const BIRTH: &str = "units/dukcapil/services/akta";
const CARD: &str = "units/dukcapil/services/kia";

fn place(mall: &str, name: &str, distance_km: f64) -> Option<Place> {
    Some(Place {
        offering: format!("{mall}/counters/dukcapil/offerings/a"),
        mall: mall.into(),
        mall_name: text(name, ""),
        distance_km,
        ..Place::default()
    })
}

fn goals() -> Vec<Goal> {
    let way = |service: &str, title: &str, agency: &str, place: Option<Place>| Way {
        service: service.into(),
        title: text(title, ""),
        agency: agency.into(),
        place,
    };
    let here = place(MALL, "Mal Banyuwangi", 0.0);
    vec![
        Goal {
            number: 1,
            title: text("Akta kelahiran", "Birth certificate"),
            service: BIRTH.into(),
            state: State::Here.into(),
            ways: vec![way(BIRTH, "Akta kelahiran", "units/dukcapil", here)],
            service_count: 1,
            steps: vec![BIRTH.into()],
            ..Goal::default()
        },
        Goal {
            number: 2,
            title: text("Kartu identitas anak", ""),
            standard: "standards/skck".into(),
            condition: text("bila anak di bawah 17 tahun", ""),
            state: State::Elsewhere.into(),
            ways: vec![
                way(CARD, "KIA", "units/dpmptsp", place("malls/dua", "Mal Kediri", 212.4)),
                way("units/polda/services/kia", "KIA polda", "units/polda", None),
            ],
            service_count: 4,
            example: true,
            ..Goal::default()
        },
        Goal {
            number: 3,
            title: text("Surat keterangan ahli waris", ""),
            standard: "standards/waris".into(),
            state: State::NotRecorded.into(),
            ..Goal::default()
        },
    ]
}

fn path() -> PlanLifeEventResponse {
    let span = |least, most| Some(Span { least, most });
    let step = Step {
        service: BIRTH.into(),
        title: text("Akta kelahiran", ""),
        rank: 1,
        here: place(MALL, "Mal Banyuwangi", 0.0).into_iter().collect(),
        place_count: 3,
        ..Step::default()
    };
    let card = Step {
        service: CARD.into(),
        title: text("Kartu keluarga", ""),
        rank: 2,
        conditional: true,
        elsewhere: place("malls/dua", "Mal Kediri", 212.4).into_iter().collect(),
        place_count: 1,
        ..Step::default()
    };
    let length = Some(Length { working_days: span(1, 3), minutes: span(0, 0) });
    PlanLifeEventResponse {
        goals: goals(),
        steps: vec![step, card],
        totals: Some(Totals {
            one_by_one: length,
            side_by_side: length,
            cost: span(0, 25_000),
            ..Totals::default()
        }),
        documents: vec![Document {
            text: "Surat keterangan lahir".into(),
            askers: vec![BIRTH.into()],
            conditional: true,
            conditions: vec!["bila lahir di rumah".into()],
            ..Document::default()
        }],
        documents_left_out: 3,
        from_steps: vec![Document {
            text: "Akta asli".into(),
            service: BIRTH.into(),
            askers: vec![CARD.into()],
            ..Document::default()
        }],
        stops: vec![Stop {
            counter: DUKCAPIL.into(),
            display_name: text("Gerai Dukcapil", ""),
            floor: "2".into(),
            windows: vec![Window { display_name: text("Loket 4", ""), ..Window::default() }],
            steps: vec![BIRTH.into()],
            windows_left_out: 2,
            ..Stop::default()
        }],
        not_here: vec![CARD.into()],
        open_goals: vec![2, 3],
        ..PlanLifeEventResponse::default()
    }
}

/// Puts it into a nation.
pub fn add(nation: &mut Nation) {
    let event = LifeEvent {
        name: EVENT.into(),
        title: text("Anak lahir", "A child is born"),
        description: text("Dokumen anak sejak lahir.", ""),
        goals: vec![Wanted::default(); 3],
        unit: "units/dpmptsp".into(),
        example: true,
        ..LifeEvent::default()
    };
    nation.paths.insert(EVENT.into(), path());
    nation.life_events.insert(EVENT.into(), event);
}
