//! Why a service says otherwise than its standard does: for which version, who says so, and when.

use mpp_api::{
    registry::{
        Region, Standard, StandardLink,
        divergence::Component,
        standard_link::{Explanation, State},
    },
    time::to_timestamp,
};
use mpp_core::{Error, FieldCode, Micros, Result};

use super::region;

/// Fills in what a client does not decide of explanations: those that stood there already are as
/// they were, new ones are of the standard's present version. A service that is not of the standard
/// has none. `states` says whether the standard says anything of a component.
///
/// # Errors
/// Names what cannot be explained: another version, one without a name, what the standard leaves to
/// the owner, a last day that is over.
pub fn settle(
    link: &mut StandardLink,
    before: &[Explanation],
    standard: &Standard,
    states: impl Fn(Component) -> bool,
    (subject, now): (&str, Micros),
) -> Result<()> {
    let mut given = std::mem::take(&mut link.explanations);
    let is_of_it = link.state() == State::Confirmed;
    for (index, explanation) in given.iter_mut().enumerate() {
        if explanation.version.is_empty() {
            explanation.version.clone_from(&standard.version);
        }
        if let Some(known) = before.iter().find(|known| holds_within(explanation, known)) {
            explanation.explained_by.clone_from(&known.explained_by);
            explanation.explain_time = known.explain_time;
            continue;
        }
        let field = format!("standard_link.explanations[{index}]");
        if !is_of_it {
            let text = "is only for a service that is of the standard";
            return Err(Error::field(field, FieldCode::NotAllowed, text));
        }
        check(explanation, standard, states_all(explanation, &states), &field)?;
        check_until(&explanation.until, now, &field)?;
        subject.clone_into(&mut explanation.explained_by);
        explanation.explain_time = Some(to_timestamp(now));
    }
    if is_of_it {
        link.explanations = given;
    }
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

    fn fault(version: &str, given: Explanation, state: State) -> String {
        let only_fees = |one| one == Component::Fees;
        let settled =
            settle(&mut link(state, vec![given]), &[], &standard(version), only_fees, NOW);
        settled.expect_err("a fault").violations()[0].field.clone()
    }

    #[test]
    fn a_new_one_is_of_the_present_version_and_says_who_and_when() {
        let mut new = link(State::Confirmed, vec![fees("")]);
        settle(&mut new, &[], &standard("2"), |_| true, NOW).expect("settled");
        let one = &new.explanations[0];
        assert_eq!((one.version.as_str(), one.explained_by.as_str()), ("2", "users/-"));
        assert!(one.explain_time.is_some());
    }

    #[test]
    fn one_that_stood_there_stays_of_its_version() {
        let mut before = link(State::Confirmed, vec![fees("1")]);
        settle(&mut before, &[], &standard("1"), |_| true, NOW).expect("settled");
        let mut again = link(State::Confirmed, vec![fees("1")]);
        let other = ("units/a", 2_000_000);
        settle(&mut again, &before.explanations, &standard("2"), |_| false, other).expect("known");
        assert_eq!(again.explanations, before.explanations);
        let both = Explanation {
            components: vec![Component::Fees.into(), Component::Time.into()],
            ..before.explanations[0].clone()
        };
        let mut narrower = link(State::Confirmed, vec![fees("1")]);
        settle(&mut narrower, &[both], &standard("2"), |_| true, other).expect("less of the same");
        assert_eq!(narrower.explanations, before.explanations);
        let mut unnamed = link(State::Confirmed, vec![fees("")]);
        settle(&mut unnamed, &before.explanations, &standard("1"), |_| true, other).expect("known");
        assert_eq!(unnamed.explanations, before.explanations, "it is the present version's");
        let mut rejected = link(State::Rejected, again.explanations.clone());
        settle(&mut rejected, &before.explanations, &standard("2"), |_| true, other).expect("gone");
        assert!(rejected.explanations.is_empty(), "a service that is not of it has none");
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
