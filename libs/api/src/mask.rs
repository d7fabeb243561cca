//! Paths of update masks below a record's own fields, such as `title.en`, by the contract's own
//! descriptors.

use mpp_core::{Error, Result};
use prost::{Message, Name};
use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _, Value,
};

use crate::json;

/// Why a path below a field names nothing that can be set alone; `None` for one that does.
///
/// # Errors
/// The contract has no such message.
pub fn fault<M: Name>(path: &str) -> Result<Option<String>> {
    let mut message = json::descriptor(&M::full_name())?;
    let mut parts = path.split('.').peekable();
    while let Some(part) = parts.next() {
        let Some(field) = message.get_field_by_name(part) else {
            let own: Vec<_> = message.fields().map(|field| field.name().to_owned()).collect();
            return Ok(Some(format!(
                "{} has no field '{part}'; it has {}",
                message.name(),
                own.join(", ")
            )));
        };
        if parts.peek().is_none() {
            break;
        }
        match below(&field) {
            Some(next) => message = next,
            None => {
                return Ok(Some(format!(
                    "'{part}' changes as a whole; name it without what follows"
                )));
            }
        }
    }
    Ok(None)
}

/// The message in a field whose own fields can be set alone: not in a list, where it would not be
/// clear which entry is meant.
fn below(field: &FieldDescriptor) -> Option<MessageDescriptor> {
    match field.kind() {
        Kind::Message(of) if !field.is_list() && !field.is_map() => {
            (!of.full_name().starts_with("google.protobuf.")).then_some(of)
        }
        _ => None,
    }
}

/// Copies the value at `path`, which has no [`fault`], from one message to another. If `from` has
/// none there, it is cleared in `to`.
///
/// # Errors
/// The messages are not of the contract.
pub fn copy<M: Message + Name + Default>(to: &M, from: &M, path: &str) -> Result<M> {
    let dynamic = |message: &M| {
        let descriptor = json::descriptor(&M::full_name())?;
        DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice())
            .map_err(Error::internal)
    };
    let (mut target, given) = (dynamic(to)?, dynamic(from)?);
    copy_value(&mut target, Some(&given), path);
    target.transcode_to().map_err(Error::internal)
}

fn copy_value(to: &mut DynamicMessage, from: Option<&DynamicMessage>, path: &str) {
    let (part, rest) = path.split_once('.').map_or((path, None), |(part, rest)| (part, Some(rest)));
    let Some(field) = to.descriptor().get_field_by_name(part) else { return };
    let given = from.filter(|from| from.has_field(&field)).map(|from| from.get_field(&field));
    let Some(rest) = rest else {
        match given {
            Some(value) => to.set_field(&field, value.into_owned()),
            None => to.clear_field(&field),
        }
        return;
    };
    let given = given.as_deref().and_then(Value::as_message);
    if given.is_none() && !to.has_field(&field) {
        return;
    }
    if let Some(inner) = to.get_field_mut(&field).as_message_mut() {
        copy_value(inner, given, rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        registry::{Service, service::Licence},
        types::LocalizedText,
    };

    fn service(id: &str, en: &str) -> Service {
        let title = LocalizedText { id: id.into(), en: en.into() };
        Service { title: Some(title), product: "KK".into(), ..Service::default() }
    }

    #[test]
    fn a_field_within_a_field_changes_alone() {
        let changed =
            copy(&service("Kartu Keluarga", ""), &service("x", "Family card"), "title.en");
        assert_eq!(changed.expect("of the contract"), service("Kartu Keluarga", "Family card"));
        let cleared = copy(&service("Kartu Keluarga", "Card"), &Service::default(), "title.en");
        assert_eq!(cleared.expect("of the contract"), service("Kartu Keluarga", ""));
    }

    #[test]
    fn what_was_not_there_is_made_and_what_is_not_given_is_not() {
        let licence = Licence { scale: "Mikro".into(), ..Licence::default() };
        let given = Service { licence: Some(licence), ..Service::default() };
        let made = copy(&service("KK", ""), &given, "licence.scale").expect("of the contract");
        assert_eq!(made.licence, given.licence);
        let same = copy(&service("KK", ""), &Service::default(), "licence.scale");
        assert_eq!(same.expect("of the contract").licence, None);
    }

    #[test]
    fn a_path_that_names_nothing_is_told_with_what_there_is() {
        let told =
            |path: &str| fault::<Service>(path).expect("of the contract").unwrap_or_default();
        assert_eq!(told("title.en"), "");
        assert_eq!(told("licence.kbli"), "");
        assert!(told("title.id.x").contains("as a whole"));
        assert!(told("requirements.text").contains("as a whole"));
        assert!(told("create_time.seconds").contains("as a whole"));
        assert!(told("title.english").contains("id, en"));
        assert!(told("title.").contains("no field ''"));
    }
}
