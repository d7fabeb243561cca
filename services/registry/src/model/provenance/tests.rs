use mpp_api::types::LocalizedText;
use proptest::prelude::*;

use super::*;

const BY: By<'static> = By { subject: "users/siti", at: 1_000_000, reason: "salah ketik" };

fn service(title: &str, product: &str) -> Service {
    Service {
        title: Some(LocalizedText { id: title.into(), en: String::new() }),
        product: product.into(),
        source: "sources/kemendagri".into(),
        ..Service::default()
    }
}

fn fields_of(service: &Service) -> Vec<(&str, bool)> {
    let drifts = |kept: &Override| kept.drift_time.is_some();
    service.overrides.iter().map(|kept| (kept.field.as_str(), drifts(kept))).collect()
}

#[test]
fn an_update_marks_what_it_changed_and_nothing_else() {
    let before = service("KTP", "kartu");
    assert_eq!(overridden(before.clone(), &before, BY), before);
    let after = overridden(service("KTP-el", "kartu"), &before, BY);
    assert_eq!(fields_of(&after), [("title", false)]);
    let kept = &after.overrides[0];
    assert_eq!((kept.subject.as_str(), kept.reason.as_str()), (BY.subject, BY.reason));
    assert_eq!(kept.source_value.as_ref().map(|says| &says.title), Some(&before.title));
    let back = Service { overrides: after.overrides.clone(), ..before.clone() };
    assert_eq!(overridden(back, &after, BY), before, "set back by hand");
}

#[test]
fn a_reason_given_later_is_kept_with_the_fields_that_it_is_given_for() {
    let first = By { reason: "", ..BY };
    let before = service("KTP", "kartu");
    let curated = overridden(service("KTP-el", "kartu cip"), &before, first);
    let title = ["title".to_owned()];
    let later = By { subject: "users/budi", at: 5_000_000, reason: "Perbup 12/2026" };
    let told = |service: &Service| {
        let of = |kept: &Override| (kept.field.clone(), kept.subject.clone(), kept.reason.clone());
        service.overrides.iter().map(of).collect::<Vec<_>>()
    };
    let given = reasoned(curated.clone(), &title, later);
    let fields = told(&given);
    let text = |field: &str, subject: &str, reason: &str| {
        (field.to_owned(), subject.to_owned(), reason.to_owned())
    };
    assert_eq!(
        fields,
        [text("product", "users/siti", ""), text("title", "users/budi", "Perbup 12/2026")]
    );
    assert_eq!(reasoned(given.clone(), &title, By { reason: "", ..BY }), given, "none is no other");
    assert_eq!(told(&reasoned(given, &title, BY))[1].2, BY.reason, "it was changed");
}

#[test]
fn what_the_source_says_later_stands_beside_and_applies_when_handed_back() {
    let before = service("KTP", "kartu");
    let curated = overridden(service("KTP-el", "kartu"), &before, BY);
    let same = published(before.clone(), &curated, 2);
    assert_eq!(same, curated, "the source has not changed");
    let later = published(service("KTP baru", "kartu cip"), &curated, 2);
    assert_eq!(fields_of(&later), [("title", true)]);
    assert_eq!((&later.title, later.product.as_str()), (&curated.title, "kartu cip"));
    let back = handed_back(later.clone(), &[]).expect("all");
    assert_eq!(back, service("KTP baru", "kartu cip"));
    assert_eq!(handed_back(later.clone(), &["title".into()]).expect("one"), back);
    let wrong = handed_back(later, &["fees".into()]).expect_err("not overridden");
    assert_eq!(wrong.violations()[0].field, "fields[0]");
    assert!(wrong.violations()[0].description.ends_with("these are: title"));
}

#[test]
fn drift_ends_where_the_source_returns_or_comes_to_say_the_same_or_a_person_has_looked() {
    let before = service("KTP", "kartu");
    let curated = overridden(service("KTP-el", "kartu"), &before, BY);
    let drifts = published(service("KTP baru", "kartu"), &curated, 2);
    assert_eq!(fields_of(&drifts), [("title", true)]);
    assert_eq!(published(before.clone(), &drifts, 3), curated, "it returned");
    assert_eq!(published(service("KTP-el", "kartu"), &drifts, 3), service("KTP-el", "kartu"));

    let edit = Service { overrides: drifts.overrides.clone(), ..service("KTP 2", "kartu") };
    let edited = overridden(edit, &drifts, BY);
    assert_eq!(fields_of(&edited), [("title", true)], "an edit does not hide it");

    let looked = By { subject: "users/budi", at: 5_000_000, reason: "" };
    let kept = confirmed(drifts.clone(), &["title".into(), "title".into()], looked);
    let kept = kept.expect("confirmed");
    assert_eq!(fields_of(&kept), [("title", false)]);
    assert_eq!(
        (kept.overrides[0].subject.as_str(), kept.overrides[0].reason.as_str()),
        ("users/budi", BY.reason)
    );
    assert_eq!(published(service("KTP baru", "kartu"), &kept, 6), kept, "it says the same");
    assert_eq!(fields_of(&published(before, &kept, 6)), [("title", true)], "and now another");
}

fn any_service() -> impl Strategy<Value = Service> {
    (0u8..3, 0u8..3).prop_map(|(title, product)| {
        service(&format!("title {title}"), &format!("product {product}"))
    })
}

proptest! {
    #[test]
    fn whatever_curators_did_all_handed_back_is_what_the_source_last_said(
        first in any_service(),
        steps in prop::collection::vec((any::<bool>(), any_service()), 0..8),
    ) {
        let (mut shown, mut says) = (first.clone(), first);
        for (by_source, given) in steps {
            if by_source {
                shown = published(given.clone(), &shown, 3);
                says = given;
            } else {
                let after = Service { overrides: shown.overrides.clone(), ..given.clone() };
                shown = overridden(after, &shown, BY);
                prop_assert_eq!(&shown.title, &given.title);
            }
            for kept in &shown.overrides {
                let source_value = kept.source_value.clone().unwrap_or_default();
                prop_assert_eq!(source_value, only(&kept.field, &says));
            }
        }
        prop_assert_eq!(handed_back(shown, &[]).expect("all"), says);
    }
}

#[test]
fn a_reason_that_no_person_has_written_is_refused() {
    assert_eq!(reason("Perbup 12/2026").expect("a person's"), "Perbup 12/2026");
    for (wrong, code) in [("#REF!", FieldCode::ErrorValue), ("<b>ya</b>", FieldCode::Markup)] {
        let error = reason(wrong).expect_err(wrong);
        assert_eq!(
            (error.violations()[0].field.as_str(), error.violations()[0].code),
            ("reason", code)
        );
    }
}
