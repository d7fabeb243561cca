use prost_types::Timestamp;

use super::*;
use crate::{
    registry::{Counter, Mall, Service, service},
    sync, types,
};

fn faults(name: &str, json: Value) -> Vec<(String, String)> {
    let error = read_dynamic(name, &json).expect_err("is refused");
    let pair = |fault: &FieldViolation| (fault.field.clone(), fault.description.clone());
    error.violations().iter().map(pair).collect()
}

#[test]
fn a_record_is_read_by_either_form_of_its_names() {
    let json = json!({
        "name": "units/kemendagri/services/ktp", "title": { "id": "KTP", "en": null },
        "legal_basis": ["UU 24/2013"], "serviceGuarantee": "maklumat",
        "requirements": [{ "text": "KK", "applicant": "APPLICANT_PERSON" }],
        "fees": [{ "kind": "KIND_FIXED", "amount_rupiah": 30_000, "maxRupiah": "0" }],
        "update_time": "2026-01-31T01:30:00Z",
    });
    let service: Service = read(&json).expect("reads");
    assert_eq!(service.title, Some(types::LocalizedText { id: "KTP".into(), en: String::new() }));
    assert_eq!(service.legal_basis, ["UU 24/2013"]);
    assert_eq!(service.service_guarantee, "maklumat");
    assert_eq!(service.requirements[0].applicant(), service::requirement::Applicant::Person);
    assert_eq!(service.fees[0].amount_rupiah, 30_000);
    assert_eq!(service.update_time, Some(Timestamp { seconds: 1_769_823_000, nanos: 0 }));
}

#[test]
fn what_is_written_is_read_again() {
    let service = Service {
        name: "units/a/services/b".into(),
        fees: vec![types::Fee { amount_rupiah: 5, kind: 2, ..Default::default() }],
        create_time: Some(Timestamp { seconds: 1, nanos: 0 }),
        ..Default::default()
    };
    let text = write(&service).expect("writes");
    assert_eq!(
        text,
        r#"{"name":"units/a/services/b","fees":[{"kind":"KIND_FIXED","amountRupiah":"5"}],"createTime":"1970-01-01T00:00:01Z"}"#
    );
    assert_eq!(write_encoded("service", &service.encode_to_vec()).expect("writes"), text);
    assert_eq!(
        write_encoded(&Service::type_url(), &service.encode_to_vec()).expect("writes"),
        text
    );
    let again: Service = read(&serde_json::from_str(&text).expect("JSON")).expect("reads");
    assert_eq!(again, service);
}

#[test]
fn every_unknown_field_is_named_with_its_path_and_what_there_is() {
    let json = json!({ "tittle": {}, "requirements": [{}, { "text": "KK", "txt": "KK" }] });
    let there_are = "no such field; the fields are text, applicant, satisfied_by, condition";
    let faults = faults("service", json);
    assert_eq!(faults[0], ("requirements[1].txt".into(), there_are.into()));
    assert_eq!(faults[1].0, "tittle");
    assert!(faults[1].1.contains("name, title, category"), "{}", faults[1].1);
}

#[test]
fn a_wrong_type_says_what_was_found_and_what_is_allowed() {
    let json = json!({
        "title": "KTP", "procedure": "datang", "keywords": [1],
        "time": { "value": "tiga", "at_most": "ya", "unit": "UNIT_DAYS" },
        "fees": [{ "kind": "KIND_FREE" }, { "kind": "FREE" }],
        "create_time": "kemarin", "staff": { "count": 1.5 },
    });
    let expected = [
        ("create_time", r#"found "kemarin"; must be a time such as 2026-01-31T01:30:00Z"#),
        (
            "fees[1].kind",
            r#"found "FREE"; must be one of KIND_FREE, KIND_FIXED, KIND_RANGE, KIND_LOCAL_REGULATION, KIND_UNPARSED, KIND_REGULATION, KIND_CHARGED, KIND_FORMULA, KIND_CASES, KIND_PARTS, KIND_FOREIGN"#,
        ),
        ("keywords[0]", "found 1; must be a text"),
        ("procedure", r#"found "datang"; must be a list"#),
        ("staff.count", "found 1.5; must be a whole number (int32)"),
        ("time.at_most", r#"found "ya"; must be true or false"#),
        (
            "time.unit",
            r#"found "UNIT_DAYS"; must be one of UNIT_MINUTES, UNIT_HOURS, UNIT_WORKING_DAYS, UNIT_CALENDAR_DAYS, UNIT_UNPARSED, UNIT_CASES"#,
        ),
        ("time.value", r#"found "tiga"; must be a whole number (int64)"#),
        ("title", r#"found "KTP"; must be an object; the fields are id, en"#),
    ];
    let found = faults("mpp.registry.v1.Service", json);
    let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_field_is_not_given_by_both_its_names() {
    let twice = json!({ "fees": [{ "amount_rupiah": 1, "amountRupiah": 2 }] });
    assert_eq!(
        faults("service", twice)[0],
        ("fees[0].amount_rupiah".into(), "is given as amountRupiah, too; give one of them".into())
    );
    let once = json!({ "legal_basis": null, "legalBasis": ["UU 24/2013"] });
    assert!(read::<Service>(&once).is_ok());
}

#[test]
fn a_list_is_no_record_and_two_bodies_are_one_too_many() {
    assert_eq!(faults("service", json!([]))[0].0, "record");
    let both = json!({ "source_id": "a", "service": {}, "delete": {} });
    assert_eq!(
        faults("mpp.sync.v1.Record", both)[0],
        (
            "body".into(),
            "give only one of service, delete, hours_rule, unit_record, mall, counter".into()
        )
    );
    let one = json!({ "source_id": "a", "service": {}, "delete": null });
    assert!(read::<sync::Record>(&one).is_ok());
}

#[test]
fn every_kind_is_found_and_another_name_tells_the_kinds() {
    for kind in document::KINDS {
        assert!(read_dynamic(kind, &json!({})).is_ok(), "{kind}");
    }
    assert!(read::<Mall>(&json!({})).is_ok() && read::<Counter>(&json!({})).is_ok());
    let error = descriptor("shop").expect_err("no such kind");
    assert!(error.message().contains("region, unit, mall"), "{error}");
}

#[test]
fn an_integer_is_read_to_its_last_digit_or_refused() {
    let fee = |amount: &str| {
        let text = format!(r#"{{"fees":[{{"kind":"KIND_FIXED","amountRupiah":{amount}}}]}}"#);
        let json = crate::strict::parse(text.as_bytes(), "body").expect("JSON");
        read::<Service>(&json).map(|service| service.fees[0].amount_rupiah)
    };
    for (amount, read) in [
        ("9223372036854775807", i64::MAX),
        ("\"9223372036854775807\"", i64::MAX),
        ("-9223372036854775808", i64::MIN),
        ("9223372036854775806", i64::MAX - 1),
        ("9007199254740993", 9_007_199_254_740_993),
        ("3e4", 30_000),
        ("30000.0", 30_000),
    ] {
        assert_eq!(fee(amount).expect(amount), read, "{amount}");
    }
    for amount in [
        "9223372036854775808",
        "-9223372036854775809",
        "9223372036854775807.0",
        "9.223372036854775807e18",
        "\"9223372036854775808\"",
        "9007199254740993.0",
        "9007199254740993e0",
        "1e19",
        "1.5",
    ] {
        let error = fee(amount).expect_err(amount);
        assert_eq!(error.violations()[0].field, "fees[0].amountRupiah", "{amount}");
    }
}
