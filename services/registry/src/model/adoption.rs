//! How a service stands to its standard: component by component, and as a whole.
//!
//! Where the standard says nothing, the owner decides. Where a service says nothing, it neither
//! follows nor says otherwise: nobody knows.

use jiff::civil::Date;
use mpp_api::registry::{
    Standard, StandardLink, divergence::Component, standard_link::Explanation,
};

use super::{
    divergence::{Openness, Saying, variants, within},
    parse_date,
};

/// How what a service says of a component stands to what the standard says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComponentStanding {
    /// Both say the same, in whatever words.
    Same,
    /// The service stays below the maximum that the standard sets.
    Within,
    /// The service says otherwise, and both were surely read.
    Differs,
    /// Its words are others, and what is meant may be the same.
    DiffersInWords,
    /// Only the standard says anything.
    Unstated,
    /// Both say something, and one leaves a part of it open, or the service all: nobody knows
    /// whether they agree.
    Unclear,
    /// The standard says nothing.
    Left,
}

/// How a service as a whole stands to its standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adoption {
    /// It says the same wherever the standard says anything.
    Follows,
    /// It says otherwise, and not why.
    Differs,
    /// The same, and only words were compared: what is meant may be the same.
    DiffersInWords,
    /// It says otherwise, and why of each component.
    Explained,
    /// Nothing that it says is otherwise, but it does not say all that the standard does, or not
    /// all of it can be compared.
    Unknown,
}

impl ComponentStanding {
    /// Whether the service says otherwise.
    pub fn differs(self) -> bool {
        matches!(self, Self::Differs | Self::DiffersInWords)
    }

    /// Whether the service says what the standard asks for.
    pub fn follows(self) -> bool {
        matches!(self, Self::Same | Self::Within)
    }
}

impl Adoption {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 5] =
        [Self::Follows, Self::Differs, Self::DiffersInWords, Self::Explained, Self::Unknown];

    /// Its word in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Follows => "follows",
            Self::Differs => "differs",
            Self::DiffersInWords => "differs_in_words",
            Self::Explained => "explained",
            Self::Unknown => "unknown",
        }
    }
}

/// The first day after this one on which a service may stand otherwise though nobody writes: its
/// standard begins to hold, or an explanation no longer holds.
pub fn turns_on(link: &StandardLink, standard: &Standard, day: Date) -> Option<Date> {
    let begins = parse_date(&standard.valid_from);
    let ends = |one: &Explanation| parse_date(&one.until)?.tomorrow().ok();
    let all = begins.into_iter().chain(link.explanations.iter().filter_map(ends));
    all.filter(|turn| *turn > day).min()
}

/// Whether a standard says anything to follow: what it leaves open, as a fee that each region's own
/// regulation sets, it leaves to the owner.
pub fn demands(standard: &Saying) -> bool {
    !standard.lines.is_empty() && standard.openness != Openness::Wholly
}

/// How a service stands in a component.
pub fn standing(standard: &Saying, service: &Saying) -> ComponentStanding {
    if !demands(standard) {
        ComponentStanding::Left
    } else if service.lines.is_empty() {
        ComponentStanding::Unstated
    } else if [standard, service].iter().any(|one| one.openness != Openness::No) {
        ComponentStanding::Unclear
    } else if variants(standard, std::slice::from_ref(service)).is_empty() {
        ComponentStanding::Same
    } else if within(standard, service) {
        ComponentStanding::Within
    } else if standard.meaning.is_some() && service.meaning.is_some() {
        ComponentStanding::Differs
    } else {
        ComponentStanding::DiffersInWords
    }
}

/// How a service stands as a whole, given each component and whether it is explained.
pub fn adoption(components: &[(ComponentStanding, bool)]) -> Adoption {
    let any =
        |wanted: ComponentStanding| components.iter().any(|(standing, _)| *standing == wanted);
    let follows = components.iter().any(|(standing, _)| standing.follows());
    if components.contains(&(ComponentStanding::Differs, false)) {
        Adoption::Differs
    } else if components.contains(&(ComponentStanding::DiffersInWords, false)) {
        Adoption::DiffersInWords
    } else if components.iter().any(|(standing, _)| standing.differs()) {
        Adoption::Explained
    } else if any(ComponentStanding::Unstated) || any(ComponentStanding::Unclear) || !follows {
        Adoption::Unknown
    } else {
        Adoption::Follows
    }
}

/// The explanation of a component that holds today, for the standard's present version.
pub fn explanation<'a>(
    link: &'a StandardLink,
    component: Component,
    standard: &Standard,
    today: &str,
) -> Option<&'a Explanation> {
    link.explanations.iter().find(|one| {
        one.components.contains(&component.into())
            && one.version == standard.version
            && (one.until.is_empty() || *today <= *one.until)
    })
}

/// The explanations that are left once these components say what the standard does.
pub fn without(explanations: &[Explanation], adopted: &[i32]) -> Vec<Explanation> {
    let rest = explanations.iter().cloned().map(|mut one| {
        one.components.retain(|component| !adopted.contains(component));
        one
    });
    rest.filter(|one| !one.components.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_says_nothing_neither_follows_nor_differs() {
        use ComponentStanding::{Differs, DiffersInWords, Left, Same, Unstated, Within};
        let of = |all: &[(ComponentStanding, bool)]| adoption(all);
        assert_eq!(of(&[(Same, false), (Left, false)]), Adoption::Follows);
        assert_eq!(of(&[(Same, false), (Unstated, false)]), Adoption::Unknown);
        assert_eq!(of(&[(Left, false)]), Adoption::Unknown, "the standard says nothing");
        assert_eq!(of(&[(Differs, true), (Unstated, false)]), Adoption::Explained);
        assert_eq!(of(&[(Differs, true), (Differs, false)]), Adoption::Differs);
        let words = [(DiffersInWords, false), (Differs, true)];
        assert_eq!(of(&words), Adoption::DiffersInWords, "what is meant may be the same");
        assert_eq!(of(&[(Within, false), (Left, false)]), Adoption::Follows, "better than asked");
    }

    #[test]
    fn what_a_standard_leaves_open_is_the_owners() {
        use super::super::divergence::TextLine;
        let lines = vec![TextLine {
            text: "Sesuai Perda".into(),
            pieces: vec![vec!["perda".into()]],
            ..TextLine::default()
        }];
        let said = Saying { lines, ..Saying::default() };
        let open = Saying { openness: Openness::Wholly, ..said.clone() };
        let partly = Saying { openness: Openness::Partly, ..said.clone() };
        assert_eq!(standing(&partly, &said), ComponentStanding::Unclear, "a case is the owner's");
        assert_eq!(standing(&said, &open), ComponentStanding::Unclear, "no sum is known");
        assert_eq!(standing(&open, &said), ComponentStanding::Left);
        assert_eq!(standing(&said, &said), ComponentStanding::Same);
        assert_eq!(standing(&said, &Saying::default()), ComponentStanding::Unstated);
    }

    #[test]
    fn an_explanation_holds_for_its_version_until_its_last_day() {
        let fees = Component::Fees;
        let said = Explanation {
            components: vec![fees.into()],
            version: "1".into(),
            until: "2026-06-30".into(),
            ..Explanation::default()
        };
        let link = StandardLink { explanations: vec![said], ..StandardLink::default() };
        let of = |version: &str, today: &str, component| {
            let standard = Standard { version: version.into(), ..Standard::default() };
            explanation(&link, component, &standard, today).is_some()
        };
        assert!(of("1", "2026-06-30", fees));
        assert!(!of("1", "2026-07-01", fees), "its last day is over");
        assert!(!of("2", "2026-06-30", fees), "a new version asks anew");
        assert!(!of("1", "2026-06-30", Component::Time));
    }

    #[test]
    fn a_service_turns_as_its_standard_begins_and_after_the_last_day_of_an_explanation() {
        let until = |day: &str| Explanation { until: day.into(), ..Explanation::default() };
        let explanations = vec![until("2026-06-30"), until(""), until("9999-12-31")];
        let link = StandardLink { explanations, ..StandardLink::default() };
        let standard = Standard { valid_from: "2026-06-15".into(), ..Standard::default() };
        let of = |day: &str| {
            let day = parse_date(day).expect("a day");
            turns_on(&link, &standard, day).map(|day| day.to_string())
        };
        assert_eq!(of("2026-06-14").as_deref(), Some("2026-06-15"));
        assert_eq!(of("2026-06-15").as_deref(), Some("2026-07-01"));
        assert_eq!(of("2026-06-30").as_deref(), Some("2026-07-01"));
        assert_eq!(of("2026-07-01"), None, "nothing of it depends on the day any more");
    }

    #[test]
    fn what_is_adopted_needs_no_explanation() {
        let (fees, time) = (i32::from(Component::Fees), i32::from(Component::Time));
        let both = Explanation { components: vec![fees, time], ..Explanation::default() };
        let left = without(std::slice::from_ref(&both), &[fees]);
        assert_eq!(left[0].components, [time]);
        assert!(without(&[both], &[time, fees]).is_empty());
    }
}
