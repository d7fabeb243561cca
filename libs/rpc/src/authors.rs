//! The authors that stand within records, as a caller may know them. Persons are left out of
//! records today; those that an earlier program wrote into one are left out where it is read.

use std::sync::LazyLock;

use bytes::Bytes;
use mpp_api::{Document as _, registry::Service, reporting::CatalogChange};
use mpp_core::{Caller, as_told};
use prost::{
    Message,
    encoding::{DecodeContext, decode_key, skip_field},
};

/// Tells who has overridden fields of a service, as far as the caller may know: by name if the
/// caller answers for one of `keepers`. True if a name was left out.
pub fn tell_authors(service: &mut Service, caller: &Caller, keepers: &[&str]) -> bool {
    let mut left_out = false;
    for kept in &mut service.overrides {
        let told = caller.author_shown(&kept.subject, keepers.iter().copied());
        if told != kept.subject {
            kept.subject = told.to_owned();
            left_out = true;
        }
    }
    left_out
}

/// A stored record as the caller may know it. The bytes stay as they are if no name is left out, or
/// if this program cannot read them.
pub(crate) fn document<'a>(
    kind: &str,
    stored: &Bytes,
    caller: &Caller,
    keepers: impl Iterator<Item = &'a str>,
) -> Bytes {
    let told = match kind {
        Service::KIND if may_have(stored, *OVERRIDES) => {
            let keepers: Vec<&str> = keepers.collect();
            Service::decode(stored.clone()).ok().and_then(|mut service| {
                tell_authors(&mut service, caller, &keepers).then(|| service.encode_to_vec())
            })
        }
        CatalogChange::KIND => CatalogChange::decode(stored.clone()).ok().and_then(|change| {
            let actor = as_told(&change.actor);
            let told = CatalogChange { actor: actor.to_owned(), ..change.clone() };
            (actor != change.actor).then(|| told.encode_to_vec())
        }),
        _ => None,
    };
    told.map_or_else(|| stored.clone(), Bytes::from)
}

/// The number of `Service.overrides`; `None` if the contract had none.
static OVERRIDES: LazyLock<Option<u32>> = LazyLock::new(|| {
    let service = mpp_api::json::descriptor(Service::KIND).ok()?;
    Some(service.get_field_by_name("overrides")?.number())
});

/// True unless a record surely has no field of this number. Reading the heads of its fields costs a
/// thousand followers less than reading the whole for each of them.
fn may_have(record: &[u8], field: Option<u32>) -> bool {
    let mut rest = record;
    while !rest.is_empty() {
        let Ok((number, wire_type)) = decode_key(&mut rest) else { return true };
        let skipped = skip_field(wire_type, number, &mut rest, DecodeContext::default());
        if field.is_none_or(|field| field == number) || skipped.is_err() {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::iter;

    use mpp_api::registry::service::Override;
    use mpp_core::Role;

    use super::*;

    fn caller(role: Role, namespace: &str) -> Caller {
        let namespaces = vec![namespace.to_owned()];
        Caller { subject: "users/budi".into(), roles: vec![role], namespaces }
    }

    fn service(subject: &str) -> Bytes {
        let kept = Override { subject: subject.into(), ..Override::default() };
        let service = Service { overrides: vec![kept], ..Service::default() };
        Bytes::from(service.encode_to_vec())
    }

    fn author_shown(stored: &Bytes, caller: &Caller) -> String {
        let told = document(Service::KIND, stored, caller, ["units/disdukcapil"].into_iter());
        Service::decode(told).expect("a service").overrides.remove(0).subject
    }

    #[test]
    fn a_name_that_was_stored_before_is_told_as_its_change_would_be() {
        let (reader, stored) = (caller(Role::Reader, "units/disdukcapil"), service("users/siti"));
        assert_eq!(author_shown(&stored, &reader), "users/-");
        assert_eq!(author_shown(&service("pegawai/siti"), &reader), "-");
        assert_eq!(author_shown(&service("units/bkpm"), &reader), "units/bkpm");
        assert_eq!(
            author_shown(&stored, &caller(Role::UnitOfficer, "units/disdukcapil")),
            "users/siti"
        );
        assert_eq!(author_shown(&stored, &caller(Role::UnitOfficer, "units/bkpm")), "users/-");
    }

    #[test]
    fn a_service_is_read_only_where_it_may_name_an_author() {
        let title = Some(mpp_api::types::LocalizedText { id: "KTP".into(), ..Default::default() });
        let plain = Service { name: "units/a/services/ktp".into(), title, ..Service::default() };
        assert!(!may_have(&plain.encode_to_vec(), *OVERRIDES));
        assert!(may_have(&service("users/siti"), *OVERRIDES));
        assert!(may_have(b"\xff", *OVERRIDES), "bytes that are no record");
        assert!(may_have(&plain.encode_to_vec(), None), "a contract without the field");
    }

    #[test]
    fn a_catalog_change_names_no_person_to_anybody() {
        let change = CatalogChange { actor: "users/siti".into(), ..CatalogChange::default() };
        let stored = Bytes::from(change.encode_to_vec());
        let told =
            document(CatalogChange::KIND, &stored, &caller(Role::Administrator, ""), iter::empty());
        assert_eq!(CatalogChange::decode(told).expect("a change").actor, "users/-");
    }

    #[test]
    fn nothing_else_is_touched() {
        let reader = caller(Role::Reader, "");
        for (kind, bytes) in [("mall", b"x".as_slice()), (Service::KIND, b"\xff"), ("", b"")] {
            let stored = Bytes::from_static(bytes);
            assert_eq!(document(kind, &stored, &reader, iter::empty()), stored);
        }
    }
}
