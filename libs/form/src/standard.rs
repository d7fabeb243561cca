//! Standard services: one national text for a kind of service; and the links of services to them.

use std::collections::BTreeSet;

use mpp_api::{
    Document as _,
    registry::{
        Service, Standard, StandardLink, Unit,
        divergence::Component,
        standard::Origin,
        standard_link::{Explanation, State},
    },
};
use mpp_core::{FieldCode, Result, check_name, id_of};
use prost::Message as _;

use crate::{
    Check,
    contact::{LONGEST_URI, uri},
    limits::{LONG, SHORT},
    localized,
    service::{MAX_BYTES, MAX_KEYWORD, MAX_LIST, check_category, check_channels, check_delivery},
};

/// Longest version of a text, in characters.
const MAX_VERSION: usize = 40;
/// Explanations of a link at the most.
const MAX_EXPLANATIONS: usize = 10;

/// What a standard says, as a service that says the same: rules that hold for services read it so.
pub fn as_service(standard: &Standard) -> Service {
    let said = standard.clone();
    Service {
        title: said.title,
        category: said.category,
        keywords: said.keywords,
        requirements: said.requirements,
        procedure: said.procedure,
        time: said.time,
        fees: said.fees,
        product: said.product,
        channels: said.channels,
        legal_basis: said.legal_basis,
        ..Service::default()
    }
}

/// Checks a standard's form. An example has no origin, and every other text says where it was
/// read: what nobody has published is not taken for law.
///
/// # Errors
/// Every wrong field.
pub fn check(standard: &Standard) -> Result<()> {
    let mut check = Check::new("standard");
    check.name::<Standard>("name", &standard.name);
    localized(&mut check, "title", standard.title.as_ref());
    if let Some(description) = &standard.description {
        check.within("description", |part| {
            part.text("id", &description.id, LONG);
            part.text("en", &description.en, LONG);
        });
    }
    check_category(&mut check, &standard.category);
    check.texts("keywords", &standard.keywords, MAX_LIST, MAX_KEYWORD);
    check_delivery(&mut check, &as_service(standard));
    check_channels(&mut check, &standard.channels);
    check.texts("legal_basis", &standard.legal_basis, MAX_LIST, LONG);
    check_satisfied_by(&mut check, standard);
    check.name::<Unit>("unit", &standard.unit);
    check.text("version", &standard.version, MAX_VERSION);
    check.date("valid_from", &standard.valid_from);
    check_origin(&mut check, standard.origin.as_ref(), standard.example);
    let before = standard.text_before.as_ref().map_or(0, prost::Message::encoded_len);
    let bytes = standard.encoded_len() - before;
    if bytes > MAX_BYTES {
        let text = format!("takes {bytes} bytes; at most {MAX_BYTES} are kept");
        check.fail("", FieldCode::TooLarge, text);
    }
    check.finish()
}

/// A product of one place cannot satisfy a requirement of all.
fn check_satisfied_by(check: &mut Check, standard: &Standard) {
    for (index, requirement) in standard.requirements.iter().enumerate() {
        if !requirement.satisfied_by.is_empty() {
            let field = format!("requirements[{index}].satisfied_by");
            let text = "must be empty; each service says whose product satisfies it";
            check.fail(&field, FieldCode::NotAllowed, text);
        }
    }
}

/// Where a text was read, or that it is an example, of standards and of life events.
pub(crate) fn check_origin(check: &mut Check, origin: Option<&Origin>, is_example: bool) {
    match origin {
        Some(_) if is_example => {
            let text = "must be left out of an example; a text that was read somewhere is none";
            check.fail("origin", FieldCode::NotAllowed, text);
        }
        Some(origin) => check.within("origin", |part| {
            part.required("title", &origin.title, SHORT);
            part.required("uri", &origin.uri, LONGEST_URI);
            uri(part, "uri", &origin.uri);
            part.required("read_date", &origin.read_date, SHORT);
            part.date("read_date", &origin.read_date);
        }),
        None if is_example => {}
        None => {
            let text = "must say where the text was read; or set `example` where nobody has \
                        published it";
            check.fail("origin", FieldCode::Required, text);
        }
    }
}

/// Checks a link's form.
///
/// # Errors
/// Every wrong field.
pub fn check_link(link: &StandardLink) -> Result<()> {
    let mut check = Check::new("standard_link");
    check.name::<StandardLink>("name", &link.name);
    check.name::<Standard>("standard", &link.standard);
    let is_name = check_name(&link.standard, Standard::COLLECTIONS, "standard").is_ok();
    if is_name && id_of(&link.standard) != id_of(&link.name) {
        let text = "must be the standard that the name ends in";
        check.fail("standard", FieldCode::Name, text);
    }
    check.text("reason", &link.reason, SHORT);
    match State::try_from(link.state) {
        Ok(State::Confirmed) => {}
        Ok(State::Rejected) if link.reason.is_empty() => {
            let text = "must say why the service is not of the standard";
            check.fail("reason", FieldCode::Required, text);
        }
        Ok(State::Rejected) => {}
        Ok(State::Unspecified) | Err(_) => {
            check.fail("state", FieldCode::Required, "must be confirmed or rejected");
        }
    }
    check.each("explanations", &link.explanations, MAX_EXPLANATIONS, check_explanation);
    check_each_once(&mut check, &link.explanations);
    check.finish()
}

fn check_explanation(part: &mut Check, given: &Explanation) {
    if given.components.is_empty() {
        let text = "must name what is explained, such as COMPONENT_FEES";
        part.fail("components", FieldCode::Required, text);
    }
    part.required("reason", &given.reason, SHORT);
    part.required("legal_basis", &given.legal_basis, SHORT);
    part.text("version", &given.version, MAX_VERSION);
    part.date("until", &given.until);
}

/// Of two explanations of the same component nobody knows which holds.
fn check_each_once(check: &mut Check, explanations: &[Explanation]) {
    let mut known = BTreeSet::new();
    for (index, explanation) in explanations.iter().enumerate() {
        for (place, component) in explanation.components.iter().enumerate() {
            let field = format!("explanations[{index}].components[{place}]");
            match Component::try_from(*component) {
                Ok(Component::Unspecified) | Err(_) => {
                    let text = "must be a component that compares, such as COMPONENT_FEES";
                    check.fail(&field, FieldCode::UnknownValue, text);
                }
                Ok(one) if !known.insert(*component) => {
                    let text = format!("{} is explained twice", one.as_str_name());
                    check.fail(&field, FieldCode::Duplicate, text);
                }
                Ok(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use mpp_api::{registry::service::Requirement, types::LocalizedText};

    use super::*;

    fn standard() -> Standard {
        Standard {
            name: "standards/ktp-el-baru".into(),
            title: Some(LocalizedText { id: "KTP elektronik baru".into(), en: String::new() }),
            category: "population".into(),
            unit: "units/kemendagri".into(),
            valid_from: "2026-01-01".into(),
            example: true,
            ..Standard::default()
        }
    }

    fn faults(result: Result<()>) -> Vec<String> {
        let error = result.expect_err("faults");
        error.violations().iter().map(|fault| fault.field.clone()).collect()
    }

    #[test]
    fn a_text_says_where_it_was_read_or_that_it_is_an_example() {
        check(&standard()).expect("an example");
        let none = Standard { example: false, ..standard() };
        assert_eq!(faults(check(&none)), ["standard.origin"]);
        let origin = Origin {
            title: "Permendagri 72/2022".into(),
            uri: "https://peraturan.go.id".into(),
            read_date: "2026-11-24".into(),
        };
        let read = Standard { origin: Some(origin.clone()), ..none.clone() };
        check(&read).expect("a text that was read");
        let both = Standard { example: true, ..read };
        assert_eq!(faults(check(&both)), ["standard.origin"]);
        let half = Origin { uri: "peraturan.go.id".into(), read_date: String::new(), ..origin };
        let half = Standard { origin: Some(half), ..none };
        assert_eq!(faults(check(&half)), ["standard.origin.uri", "standard.origin.read_date"]);
    }

    #[test]
    fn a_standard_is_held_to_what_services_are() {
        let requirement = Requirement {
            text: "KK".into(),
            satisfied_by: "units/kemendagri/services/kk".into(),
            ..Requirement::default()
        };
        let wrong = Standard {
            requirements: vec![requirement],
            procedure: vec![" ".into()],
            unit: "Kemendagri".into(),
            valid_from: "1.1.2026".into(),
            ..standard()
        };
        let expected = [
            "standard.procedure[0]",
            "standard.requirements[0].satisfied_by",
            "standard.unit",
            "standard.valid_from",
        ];
        assert_eq!(faults(check(&wrong)), expected);
    }

    #[test]
    fn a_link_is_named_by_its_standard_and_a_rejection_says_why() {
        let link = StandardLink {
            name: "units/a/services/b/links/ktp".into(),
            standard: "standards/ktp".into(),
            state: State::Rejected.into(),
            reason: "Ini untuk WNA".into(),
            ..StandardLink::default()
        };
        check_link(&link).expect("as it is");
        let mute = StandardLink { reason: String::new(), ..link.clone() };
        assert_eq!(faults(check_link(&mute)), ["standard_link.reason"]);
        let open = StandardLink { state: 0, standard: "standards/kk".into(), ..link };
        assert_eq!(faults(check_link(&open)), ["standard_link.standard", "standard_link.state"]);
    }

    #[test]
    fn who_explains_says_what_why_and_by_which_regulation() {
        let explains = |components: &[Component], reason: &str, basis: &str| Explanation {
            components: components.iter().map(|one| (*one).into()).collect(),
            reason: reason.into(),
            legal_basis: basis.into(),
            ..Explanation::default()
        };
        let link = |explanations: Vec<Explanation>| StandardLink {
            name: "units/a/services/b/links/ktp".into(),
            standard: "standards/ktp".into(),
            state: State::Confirmed.into(),
            explanations,
            ..StandardLink::default()
        };
        let whole = explains(&[Component::Fees, Component::Time], "Tarif daerah", "Perda 1/2024");
        check_link(&link(vec![whole.clone()])).expect("as it is");
        let mute = Explanation { until: "besok".into(), ..explains(&[], "", "") };
        let expected = [
            "standard_link.explanations[0].components",
            "standard_link.explanations[0].reason",
            "standard_link.explanations[0].legal_basis",
            "standard_link.explanations[0].until",
        ];
        assert_eq!(faults(check_link(&link(vec![mute]))), expected);
        let again = explains(&[Component::Product, Component::Fees], "Lagi", "Perda 1/2024");
        let twice = faults(check_link(&link(vec![whole, again])));
        assert_eq!(twice, ["standard_link.explanations[1].components[1]"]);
    }
}
