//! Services: the 14 components of a service standard (UU 25/2009).

use mpp_api::registry::{Service, service};
use mpp_core::{FieldCode, Result};
use prost::Message;

use crate::{
    Check,
    contact::{LONGEST_URI, uri},
    fee::fee,
    limits::{LONG, SHORT},
    localized, screen,
    time::time,
};

/// The most entries of one list of a service.
pub(crate) const MAX_LIST: usize = 100;
/// The most channels of one service.
const MAX_CHANNELS: usize = 20;
/// Longest keyword, in characters.
pub(crate) const MAX_KEYWORD: usize = 100;
/// Largest service, encoded.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// Checks a service's form. The service that satisfies a requirement need not be there yet:
/// catalogs arrive in any order.
///
/// # Errors
/// Every wrong field.
pub fn check(service: &Service) -> Result<()> {
    let mut check = Check::new("service");
    check.name::<Service>("name", &service.name);
    localized(&mut check, "title", service.title.as_ref());
    check_category(&mut check, &service.category);
    check.texts("keywords", &service.keywords, MAX_LIST, MAX_KEYWORD);
    check_delivery(&mut check, service);
    check_management(&mut check, service);
    check_beside(&mut check, service);
    if let Some(licence) = &service.licence {
        check.within("licence", |part| check_licence(part, licence));
    }
    check.text("source_id", &service.source_id, SHORT);
    // Overrides do not count: the source's own values in them are not its author's to shorten.
    let mut own = Service { overrides: Vec::new(), ..service.clone() };
    let bytes = own.encoded_len();
    if bytes > MAX_BYTES {
        check.fail(
            "",
            FieldCode::TooLarge,
            format!("takes {bytes} bytes; at most {MAX_BYTES} are kept"),
        );
    }
    // The title was already checked, as all names are.
    own.title = None;
    for fault in screen::broken(&mut own, "") {
        check.fail(&fault.field, fault.code, fault.description);
    }
    check.finish()
}

pub(crate) fn check_category(check: &mut Check, category: &str) {
    let word = category
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !word || category.len() > 40 {
        check.fail(
            "category",
            FieldCode::Format,
            "must be one lower-case word such as population, or empty",
        );
    }
}

/// Article 21: requirements, procedure, time, fees, product, complaints.
pub(crate) fn check_delivery(check: &mut Check, service: &Service) {
    check.each("requirements", &service.requirements, MAX_LIST, |part, requirement| {
        part.required("text", &requirement.text, LONG);
        if service::requirement::Applicant::try_from(requirement.applicant).is_err() {
            part.fail(
                "applicant",
                FieldCode::UnknownValue,
                "must be person, body, any, or left out",
            );
        }
        part.text("condition", &requirement.condition, LONG);
        part.optional_name::<Service>("satisfied_by", &requirement.satisfied_by);
        if requirement.satisfied_by == service.name && !service.name.is_empty() {
            part.fail(
                "satisfied_by",
                FieldCode::SelfReference,
                "a service cannot need its own product",
            );
        }
    });
    check.texts("procedure", &service.procedure, MAX_LIST, LONG);
    if let Some(given) = &service.time {
        time(check, "time", given);
    }
    check.each("fees", &service.fees, MAX_LIST, fee);
    check.text("product", &service.product, LONG);
    check.texts("complaints", &service.complaints, MAX_LIST, LONG);
}

fn check_management(check: &mut Check, service: &Service) {
    check.texts("legal_basis", &service.legal_basis, MAX_LIST, LONG);
    check.texts("facilities", &service.facilities, MAX_LIST, LONG);
    check.text("competence", &service.competence, LONG);
    check.text("supervision", &service.supervision, LONG);
    if let Some(staff) = &service.staff {
        check.range("staff.count", staff.count, 0, 1_000_000);
        check.text("staff.source_text", &staff.source_text, SHORT);
    }
    check.text("service_guarantee", &service.service_guarantee, LONG);
    check.text("safety_guarantee", &service.safety_guarantee, LONG);
    check.text("evaluation", &service.evaluation, LONG);
}

/// Fields that catalogs have beside the 14 components, such as channels and forms.
fn check_beside(check: &mut Check, service: &Service) {
    if service::State::try_from(service.state).is_err() {
        check.fail("state", FieldCode::UnknownValue, "must be active, inactive, or left out");
    }
    check_channels(check, &service.channels);
    check.each("forms", &service.forms, MAX_LIST, |part, form| {
        part.required("title", &form.title, SHORT);
        part.required("uri", &form.uri, LONGEST_URI);
        uri(part, "uri", &form.uri);
    });
    check.text("product_validity", &service.product_validity, SHORT);
    check.texts("produced_documents", &service.produced_documents, MAX_LIST, LONG);
    check.text("service_pledge", &service.service_pledge, LONG);
    check.texts("notes", &service.notes, MAX_LIST, LONG);
}

pub(crate) fn check_channels(check: &mut Check, channels: &[service::Channel]) {
    check.each("channels", channels, MAX_CHANNELS, check_channel);
    for (index, channel) in channels.iter().enumerate().take(MAX_CHANNELS) {
        if channels[..index].contains(channel) {
            let field = format!("channels[{index}]");
            check.fail(&field, FieldCode::Duplicate, "is named already; leave one out");
        }
    }
}

fn check_channel(check: &mut Check, channel: &service::Channel) {
    use service::channel::Kind;
    match Kind::try_from(channel.kind) {
        Ok(Kind::Unspecified) | Err(_) => {
            let kinds = "must be counter, online, mobile, post or telephone";
            check.fail("kind", FieldCode::UnknownValue, kinds);
        }
        Ok(Kind::Online) => uri(check, "uri", &channel.uri),
        Ok(_) if !channel.uri.is_empty() => {
            check.fail("uri", FieldCode::NotAllowed, "only a channel online has an address");
        }
        Ok(_) => {}
    }
    check.text("note", &channel.note, LONG);
}

fn check_licence(check: &mut Check, licence: &service::Licence) {
    check.each("kbli", &licence.kbli, MAX_LIST, |part, kbli| {
        let digits = kbli.code.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || !(2..=5).contains(&kbli.code.len()) {
            part.fail("code", FieldCode::Format, "must be two to five digits");
        }
        if !matches!(kbli.edition.as_str(), "2020" | "2025") {
            part.fail("edition", FieldCode::UnknownValue, "must be 2020 or 2025");
        }
    });
    if service::licence::Risk::try_from(licence.risk).is_err() {
        check.fail(
            "risk",
            FieldCode::UnknownValue,
            "must be low, medium low, medium high, high, or left out",
        );
    }
    check.text("scale", &licence.scale, SHORT);
    check.text("authority", &licence.authority, SHORT);
    check.text("validity", &licence.validity, SHORT);
}

#[cfg(test)]
mod tests {
    use mpp_api::types::{Fee, LocalizedText, fee::Kind};
    use proptest::prelude::*;

    use super::*;

    fn service() -> Service {
        Service {
            name: "units/kemendagri/services/ktp-el-baru".into(),
            title: Some(LocalizedText { id: "KTP elektronik baru".into(), en: String::new() }),
            category: "population".into(),
            fees: vec![Fee { kind: Kind::Free.into(), ..Fee::default() }],
            ..Service::default()
        }
    }

    #[test]
    fn what_a_source_says_beside_does_not_count_towards_the_size() {
        let kept = service::Override {
            source_value: Some(Service { product: "x".repeat(MAX_BYTES), ..Service::default() }),
            ..service::Override::default()
        };
        check(&Service { overrides: vec![kept], ..service() }).expect("its own fields are small");
    }

    #[test]
    fn no_service_is_satisfied_by_whichever_there_is() {
        let mut all = service();
        all.requirements = vec![service::Requirement {
            text: "KTP".into(),
            satisfied_by: "units/-/services/-".into(),
            ..Default::default()
        }];
        let error = check(&all).expect_err("no name");
        assert_eq!(error.violations()[0].field, "service.requirements[0].satisfied_by");
    }

    #[test]
    fn a_service_tells_all_its_faults_at_once() {
        check(&service()).expect("as it is");
        let mut wrong = service();
        wrong.title = None;
        wrong.category = "Population Administration".into();
        wrong.fees.push(Fee { kind: Kind::Fixed.into(), ..Fee::default() });
        wrong.requirements = vec![service::Requirement {
            text: "KTP".into(),
            satisfied_by: wrong.name.clone(),
            ..Default::default()
        }];
        wrong.procedure = vec!["datang".into(), " ".into()];
        wrong.licence = Some(service::Licence {
            kbli: vec![service::licence::Kbli { code: "62A".into(), edition: "2015".into() }],
            ..Default::default()
        });
        let error = check(&wrong).expect_err("seven faults");
        let fields: Vec<_> = error.violations().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "service.title.id",
                "service.category",
                "service.requirements[0].satisfied_by",
                "service.procedure[1]",
                "service.fees[1].amount_rupiah",
                "service.licence.kbli[0].code",
                "service.licence.kbli[0].edition"
            ]
        );
    }

    #[test]
    fn channels_and_forms_lead_to_pages_of_the_web_only() {
        use service::{Channel, Form, channel};
        let channel = |kind: channel::Kind, uri: &str| Channel {
            kind: kind.into(),
            uri: uri.into(),
            note: String::new(),
        };
        let mut told = service();
        told.state = service::State::Inactive.into();
        told.channels = vec![
            channel(channel::Kind::Online, "https://oss.go.id"),
            channel(channel::Kind::Online, ""),
            channel(channel::Kind::Counter, ""),
        ];
        told.forms = vec![Form { title: "F-1.02".into(), uri: "https://a.go.id/f.pdf".into() }];
        check(&told).expect("as it is");
        told.state = 9;
        told.channels.push(channel(channel::Kind::Online, "javascript:alert(1)"));
        told.channels.push(channel(channel::Kind::Post, "https://oss.go.id"));
        told.channels.push(channel(channel::Kind::Counter, ""));
        told.forms.push(Form { title: String::new(), uri: "f.pdf".into() });
        let error = check(&told).expect_err("six faults");
        let fields: Vec<_> = error.violations().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "service.state",
                "service.channels[3].uri",
                "service.channels[4].uri",
                "service.channels[5]",
                "service.forms[1].title",
                "service.forms[1].uri"
            ]
        );
    }

    #[test]
    fn a_service_of_many_long_paragraphs_is_refused_as_a_whole() {
        let mut large = service();
        large.procedure = vec!["a".repeat(LONG); 20];
        let error = check(&large).expect_err("too large");
        assert_eq!(
            (error.violations()[0].field.as_str(), error.violations()[0].code),
            ("service", FieldCode::TooLarge)
        );
    }

    proptest! {
        #[test]
        fn no_bytes_of_a_peer_make_the_check_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            if let Ok(service) = Service::decode(bytes.as_slice()) {
                let _ = check(&service);
            }
        }
    }
}
