//! Why a service says otherwise than its standard does: for which version, who says so, and when.

use mpp_api::{
    registry::{
        Region, Service, Standard, StandardLink,
        divergence::Component,
        standard_link::{Explanation, State},
    },
    time::to_timestamp,
};
use mpp_core::{Error, FieldCode, Micros, Result};

use super::region;

/// What is said of the components that are explained.
pub struct StatedTexts<'a> {
    /// The standard, with the text that holds.
    pub standard: &'a Standard,
    /// Whether that says anything of a component.
    pub states: &'a dyn Fn(Component) -> bool,
    /// Whether an explanation is of what the service says now.
    pub is_of_now: &'a dyn Fn(&Explanation) -> bool,
    /// What the service says of these components.
    pub text: &'a dyn Fn(&[i32]) -> Service,
}

/// Fills in what a client does not decide of explanations: those that stood there already are as
/// they were, new ones are of the standard's present version and of what the service says now. One
/// of an earlier text of the service is new where it does not come back with its time. A service
/// that is not of the standard has none.
///
/// # Errors
/// Names what cannot be explained: another version, one without a name, what the standard leaves to
/// the owner, a last day that is over.
pub fn complete(
    link: &mut StandardLink,
    before: &[Explanation],
    said: &StatedTexts<'_>,
    by: (&str, Micros),
) -> Result<()> {
    let mut given = std::mem::take(&mut link.explanations);
    let is_of_it = link.state() == State::Confirmed;
    for (index, explanation) in given.iter_mut().enumerate() {
        if explanation.version.is_empty() {
            explanation.version.clone_from(&said.standard.version);
        }
        let known = before.iter().find(|known| holds_within(explanation, known));
        let stays =
            |known: &&Explanation| explanation.explain_time.is_some() || (said.is_of_now)(known);
        if let Some(known) = known.filter(stays) {
            explanation.explained_by.clone_from(&known.explained_by);
            explanation.service_text.clone_from(&known.service_text);
            explanation.explain_time = known.explain_time;
            continue;
        }
        let field = format!("standard_link.explanations[{index}]");
        if !is_of_it {
            let text = "is only for a service that is of the standard";
            return Err(Error::field(field, FieldCode::NotAllowed, text));
        }
        begin(explanation, said, by, &field)?;
    }
    if is_of_it {
        link.explanations = given;
    }
    Ok(())
}

/// One that was not said before.
fn begin(
    explanation: &mut Explanation,
    said: &StatedTexts<'_>,
    (subject, now): (&str, Micros),
    field: &str,
) -> Result<()> {
    check(explanation, said.standard, states_all(explanation, said.states), field)?;
    check_until(&explanation.until, now, field)?;
    subject.clone_into(&mut explanation.explained_by);
    explanation.explain_time = Some(to_timestamp(now));
    explanation.service_text = Some((said.text)(&explanation.components));
    Ok(())
}

/// Whether it says what `known` does, of the same components or of some of them.
fn holds_within(explanation: &Explanation, known: &Explanation) -> bool {
    let said = |one: &Explanation| {
        [&one.reason, &one.legal_basis, &one.version, &one.until].map(String::clone)
    };
    said(explanation) == said(known)
        && explanation.components.iter().all(|component| known.components.contains(component))
}

/// The first component of which the standard says nothing.
fn states_all(
    explanation: &Explanation,
    states: impl Fn(Component) -> bool,
) -> Option<(usize, Component)> {
    let components = explanation.components().enumerate();
    let mut left = components.filter(|(_, component)| !states(*component));
    left.next()
}

fn check(
    explanation: &Explanation,
    standard: &Standard,
    left: Option<(usize, Component)>,
    field: &str,
) -> Result<()> {
    let (name, version) = (&standard.name, &standard.version);
    let wrong = |below: String, code, text: String| {
        Err(Error::field(format!("{field}.{below}"), code, text))
    };
    if version.is_empty() {
        let text = format!(
            "{name} names no version, and what is explained is one; {} has to name it first",
            standard.unit
        );
        return wrong("version".into(), FieldCode::NotAllowed, text);
    }
    if explanation.version != *version {
        let text = format!("{name} is at version {version}; read it, and explain that one");
        return wrong("version".into(), FieldCode::UnknownValue, text);
    }
    if let Some((place, component)) = left {
        let component = component.as_str_name();
        let text = format!("{name} leaves {component} to the owner; there is nothing to explain");
        return wrong(format!("components[{place}]"), FieldCode::NotAllowed, text);
    }
    Ok(())
}

/// One whose last day is over would be told as given, and never hold.
fn check_until(until: &str, now: Micros, field: &str) -> Result<()> {
    let today = region::today(&Region::default(), now)?.to_string();
    if until.is_empty() || *today <= *until {
        return Ok(());
    }
    let text = format!("is over; give today, {today}, or a later day, or leave it out");
    Err(Error::field(format!("{field}.until"), FieldCode::NotAllowed, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: (&str, Micros) = ("users/-", 1_000_000);

    fn standard(version: &str) -> Standard {
        Standard {
            name: "standards/ktp".into(),
            version: version.into(),
            unit: "units/kemendagri".into(),
            ..Standard::default()
        }
    }

    fn fees(version: &str) -> Explanation {
        Explanation {
            components: vec![Component::Fees.into()],
            reason: "Tarif daerah".into(),
            version: version.into(),
            ..Explanation::default()
        }
    }

    fn link(state: State, explanations: Vec<Explanation>) -> StandardLink {
        StandardLink { state: state.into(), explanations, ..StandardLink::default() }
    }

    /// Settles with a service that says what it said, or something else, of components of which the
    /// standard says something, or nothing.
    fn settled(
        link: &mut StandardLink,
        before: &[Explanation],
        version: &str,
        (states, is_of_now): (&dyn Fn(Component) -> bool, bool),
        by: (&str, Micros),
    ) -> Result<()> {
        let said = StatedTexts {
            standard: &standard(version),
            states,
            is_of_now: &|_| is_of_now,
            text: &|_| Service { product: "KTP".into(), ..Service::default() },
        };
        complete(link, before, &said, by)
    }

    const ALL: (&dyn Fn(Component) -> bool, bool) = (&|_| true, true);

    fn fault(version: &str, given: Explanation, state: State) -> String {
        let only_fees = |one| one == Component::Fees;
        let given = &mut link(state, vec![given]);
        settled(given, &[], version, (&only_fees, true), NOW).expect_err("a fault").violations()[0]
            .field
            .clone()
    }

    #[test]
    fn a_new_one_is_of_the_present_version_and_says_who_and_when() {
        let mut new = link(State::Confirmed, vec![fees("")]);
        settled(&mut new, &[], "2", ALL, NOW).expect("settled");
        let one = &new.explanations[0];
        assert_eq!((one.version.as_str(), one.explained_by.as_str()), ("2", "users/-"));
        assert!(one.explain_time.is_some());
    }

    #[test]
    fn one_that_stood_there_stays_of_its_version() {
        let mut before = link(State::Confirmed, vec![fees("1")]);
        settled(&mut before, &[], "1", ALL, NOW).expect("settled");
        let mut again = link(State::Confirmed, vec![fees("1")]);
        let other = ("units/a", 2_000_000);
        let none: (&dyn Fn(Component) -> bool, bool) = (&|_| false, true);
        settled(&mut again, &before.explanations, "2", none, other).expect("known");
        assert_eq!(again.explanations, before.explanations);
        let both = Explanation {
            components: vec![Component::Fees.into(), Component::Time.into()],
            ..before.explanations[0].clone()
        };
        let mut narrower = link(State::Confirmed, vec![fees("1")]);
        settled(&mut narrower, &[both], "2", ALL, other).expect("less of the same");
        assert_eq!(narrower.explanations, before.explanations);
        let mut unnamed = link(State::Confirmed, vec![fees("")]);
        settled(&mut unnamed, &before.explanations, "1", ALL, other).expect("known");
        assert_eq!(unnamed.explanations, before.explanations, "it is the present version's");
        let mut rejected = link(State::Rejected, again.explanations.clone());
        settled(&mut rejected, &before.explanations, "2", ALL, other).expect("gone");
        assert!(rejected.explanations.is_empty(), "a service that is not of it has none");
    }

    #[test]
    fn one_of_an_earlier_text_is_said_anew_only_by_who_does_not_bring_its_time_back() {
        let mut before = link(State::Confirmed, vec![fees("1")]);
        settled(&mut before, &[], "1", ALL, NOW).expect("settled");
        let (changed, later) = ((ALL.0, false), ("units/a", 2_000_000));
        let mut back = before.clone();
        settled(&mut back, &before.explanations, "1", changed, later).expect("settled");
        assert_eq!(back, before, "as it was");
        let mut anew = link(State::Confirmed, vec![fees("1")]);
        settled(&mut anew, &before.explanations, "1", changed, later).expect("settled");
        assert_eq!(anew.explanations[0].explained_by, "units/a");
    }

    #[test]
    fn what_cannot_be_explained_is_refused_with_the_field() {
        let at = "standard_link.explanations[0]";
        assert_eq!(fault("", fees(""), State::Confirmed), format!("{at}.version"));
        assert_eq!(fault("2", fees("1"), State::Confirmed), format!("{at}.version"));
        assert_eq!(fault("2", fees(""), State::Rejected), at);
        let time = Explanation { components: vec![Component::Time.into()], ..fees("") };
        assert_eq!(fault("2", time, State::Confirmed), format!("{at}.components[0]"));
        let over = Explanation { until: "1969-12-31".into(), ..fees("") };
        assert_eq!(fault("2", over, State::Confirmed), format!("{at}.until"));
    }
}
