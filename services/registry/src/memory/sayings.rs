//! What services and standards say of each component, in a form that compares.

use std::collections::BTreeSet;

use mpp_api::{
    registry::{
        Service,
        divergence::Component,
        service::{Requirement, requirement::Applicant},
        standard_link::Explanation,
    },
    types::{Fee, ServiceTime},
    wording::{Language, fees, plain_time},
};

use crate::{
    model::{
        divergence::{Saying, TextLine, variants},
        meaning,
    },
    search::worded,
};

/// What is compared of services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparedPart {
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

impl ComparedPart {
    /// Its word in the contract.
    pub fn component(self) -> Component {
        match self {
            Self::Fees => Component::Fees,
            Self::Time => Component::Time,
            Self::Requirements => Component::Requirements,
            Self::Product => Component::Product,
            Self::Channels => Component::Channels,
        }
    }

    /// The field of a service that says it.
    pub fn field(self) -> &'static str {
        match self {
            Self::Fees => "fees",
            Self::Time => "time",
            Self::Requirements => "requirements",
            Self::Product => "product",
            Self::Channels => "channels",
        }
    }
}

/// All that is compared, in the order in which it is told.
pub const PARTS: [ComparedPart; 5] = [
    ComparedPart::Fees,
    ComparedPart::Time,
    ComparedPart::Requirements,
    ComparedPart::Product,
    ComparedPart::Channels,
];

/// What a service says of a component.
pub fn of(service: &Service, part: ComparedPart) -> Saying {
    match part {
        ComparedPart::Fees => of_fees(service),
        ComparedPart::Time => service.time.as_ref().map(of_time).unwrap_or_default(),
        ComparedPart::Requirements => {
            let lines = service.requirements.iter().map(of_requirement);
            let lines = lines.filter(|line| !line.pieces.is_empty()).collect();
            Saying { lines, ..Saying::default() }
        }
        ComparedPart::Product => of_text(&service.product),
        ComparedPart::Channels => of_channels(service),
    }
}

/// Whether an explanation is of what a service says now. One that does not keep what was said then
/// holds whatever is said.
pub fn is_explained(explanation: &Explanation, part: ComparedPart, said: &Saying) -> bool {
    let Some(then) = &explanation.service_text else { return true };
    let then = of(then, part);
    let stated = |saying: &Saying| !saying.lines.is_empty();
    stated(&then) == stated(said) && variants(&then, std::slice::from_ref(said)).is_empty()
}

/// What a service says of some components, and nothing else.
pub fn text_of(service: &Service, components: &[i32]) -> Service {
    let mut text = Service::default();
    for part in PARTS.into_iter().filter(|part| components.contains(&part.component().into())) {
        match part {
            ComparedPart::Fees => text.fees.clone_from(&service.fees),
            ComparedPart::Time => text.time.clone_from(&service.time),
            ComparedPart::Requirements => text.requirements.clone_from(&service.requirements),
            ComparedPart::Product => text.product.clone_from(&service.product),
            ComparedPart::Channels => text.channels.clone_from(&service.channels),
        }
    }
    text
}

fn unread(texts: impl Iterator<Item = String>) -> Saying {
    Saying { lines: texts.map(line).collect(), ..Saying::default() }
}

/// A text of signs alone, such as "-", says nothing.
fn of_text(text: &str) -> Saying {
    let lines = [line(text.to_owned())].into_iter().filter(|line| !line.pieces.is_empty());
    Saying { lines: lines.collect(), ..Saying::default() }
}

/// Its words, with the only applicants that it binds where these are named.
fn of_requirement(one: &Requirement) -> TextLine {
    let mut line = line(format!("{} {}", one.text, one.condition).trim_end().to_owned());
    let whom = match one.applicant() {
        Applicant::Unspecified => return line,
        Applicant::Person => "perorangan",
        Applicant::Body => "badan",
        Applicant::Any => "perorangan atau badan",
    };
    line.for_anybody = line.pieces.clone();
    line.pieces.iter_mut().for_each(|piece| piece.push(format!("({whom})")));
    line.text = format!("{} ({whom})", line.text);
    line
}

fn of_fees(service: &Service) -> Saying {
    let own = |fee: &Fee| match fee.source_text.as_str() {
        "" => fees(std::slice::from_ref(fee), Language::Indonesian),
        text => text.to_owned(),
    };
    let meaning = meaning::of_fees(&service.fees, &words_of);
    let openness = meaning::openness(&service.fees);
    let bound = meaning::bound_of_fees(&service.fees, &words_of);
    Saying { meaning, openness, bound, ..unread(service.fees.iter().map(own)) }
}

fn of_time(time: &ServiceTime) -> Saying {
    let text = match time.source_text.as_str() {
        "" => plain_time(time, Language::Indonesian),
        text => text.to_owned(),
    };
    let meaning = meaning::of_time(time, &words_of);
    let bound = meaning::bound_of_time(time, &words_of);
    Saying { meaning, bound, lines: vec![line(text)], ..Saying::default() }
}

/// The ways themselves, as the contract calls them; an address and a remark are each place's own.
fn of_channels(service: &Service) -> Saying {
    let kinds = service.channels.iter().map(|one| one.kind().as_str_name().replace("KIND_", ""));
    let kinds: BTreeSet<String> = kinds.collect();
    let meaning = kinds.iter().cloned().collect::<Vec<_>>().join(" ");
    Saying { meaning: Some(meaning), ..unread(kinds.into_iter()) }
}

fn line(text: String) -> TextLine {
    TextLine { pieces: worded(&text), text, ..TextLine::default() }
}

/// A text as it compares with others.
pub fn words_of(text: &str) -> String {
    worded(text).iter().map(|piece| piece.join(" ")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use mpp_api::registry::service::Requirement;

    use super::*;

    fn asks(text: &str) -> Saying {
        let one = Requirement { text: text.into(), ..Requirement::default() };
        of(&Service { requirements: vec![one], ..Service::default() }, ComparedPart::Requirements)
    }

    /// Lines of two texts, and `same` or `other`.
    #[test]
    fn texts_differ_just_where_a_person_says_that_they_do() {
        let pairs = include_str!("sayings/lines.tsv").lines().filter(|line| !line.starts_with('#'));
        for pair in pairs {
            let [one, other, said] = pair.split('\t').collect::<Vec<_>>()[..] else {
                panic!("three columns: {pair}");
            };
            let agree = variants(&Saying::default(), &[asks(one), asks(other)]).is_empty();
            assert_eq!(agree, said == "same", "{pair}");
        }
    }

    #[test]
    fn who_does_not_say_whom_a_requirement_binds_says_nothing_else() {
        use Applicant::{Body, Person, Unspecified};
        let of = |whom: Applicant| {
            let one = Requirement {
                text: "KTP".into(),
                applicant: whom.into(),
                ..Requirement::default()
            };
            of(
                &Service { requirements: vec![one], ..Service::default() },
                ComparedPart::Requirements,
            )
        };
        let differ = |all: &[Applicant]| {
            let all: Vec<Saying> = all.iter().map(|whom| of(*whom)).collect();
            variants(&Saying::default(), &all).len()
        };
        assert_eq!(differ(&[Person, Unspecified]), 0);
        assert_eq!(differ(&[Unspecified, Body]), 0);
        assert_eq!(differ(&[Person, Body]), 2);
        assert_eq!(differ(&[Unspecified, Person, Body]), 3, "whose side it is on is not known");
        assert!(of(Person).beyond(&of(Unspecified)).is_empty());
        assert_eq!(of(Person).beyond(&of(Body)), ["KTP (perorangan)"]);
    }

    #[test]
    fn nothing_said_is_no_saying() {
        for part in PARTS {
            assert!(of(&Service::default(), part).lines.is_empty(), "{part:?}");
        }
        let dash = Service { product: "-".into(), ..Service::default() };
        assert!(of(&dash, ComparedPart::Product).lines.is_empty());
    }
}
