//! What services and standards say of each component, in a form that compares.

use mpp_api::{
    registry::Service,
    types::{Fee, ServiceTime},
    wording::{Language, fees, plain_time},
};

use crate::{
    model::{
        divergence::{Line, Saying},
        meaning,
    },
    search::said,
};

/// What is compared of services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What it costs.
    Fees,
    /// How long it takes.
    Time,
    /// What the applicant must bring or be.
    Requirements,
    /// What the applicant gets.
    Product,
    /// The ways to get it.
    Channels,
}

/// All that is compared, in the order in which it is told.
pub const PARTS: [Part; 5] =
    [Part::Fees, Part::Time, Part::Requirements, Part::Product, Part::Channels];

/// What a service says of a component.
pub fn of(service: &Service, part: Part) -> Saying {
    match part {
        Part::Fees => of_fees(service),
        Part::Time => service.time.as_ref().map(of_time).unwrap_or_default(),
        Part::Requirements => {
            let texts = service.requirements.iter();
            let whole = texts.map(|one| format!("{} {}", one.text, one.condition));
            Saying { lines: whole.map(|text| line(text.trim_end())).collect(), ..Saying::default() }
        }
        Part::Product => Saying {
            lines: told(&service.product).map(line).collect(),
            may_explain: true,
            ..Saying::default()
        },
        Part::Channels => of_channels(service),
    }
}

fn of_fees(service: &Service) -> Saying {
    let own = |fee: &Fee| match fee.source_text.as_str() {
        "" => fees(std::slice::from_ref(fee), Language::Indonesian),
        text => text.to_owned(),
    };
    let lines: Vec<Line> = service.fees.iter().map(|fee| line(&own(fee))).collect();
    let meaning = meaning::of_fees(&service.fees, &worded).filter(|_| !lines.is_empty());
    Saying { meaning, lines, may_explain: false }
}

fn of_time(time: &ServiceTime) -> Saying {
    let text = match time.source_text.as_str() {
        "" => plain_time(time, Language::Indonesian),
        text => text.to_owned(),
    };
    let meaning = meaning::of_time(time, &worded);
    Saying { meaning, lines: vec![line(&text)], may_explain: false }
}

/// The ways themselves; an address and a remark are each place's own.
fn of_channels(service: &Service) -> Saying {
    let kinds = service.channels.iter().map(|one| one.kind().as_str_name());
    let lines: Vec<Line> = kinds.map(|kind| line(&kind.replace("KIND_", ""))).collect();
    let mut kinds: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let meaning = (!kinds.is_empty()).then(|| kinds.join(" "));
    Saying { meaning, lines, may_explain: false }
}

fn told(text: &str) -> impl Iterator<Item = &str> {
    (!text.is_empty()).then_some(text).into_iter()
}

/// A line whose words all mean nothing by themselves counts by its letters.
fn line(text: &str) -> Line {
    let mut words = said(text);
    if words.is_empty() {
        words.insert(text.to_lowercase());
    }
    Line { words, text: text.to_owned() }
}

fn worded(text: &str) -> String {
    said(text).into_iter().collect::<Vec<_>>().join(" ")
}
