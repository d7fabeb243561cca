//! ETags of answers, and the conditions that requests set with them (RFC 9110, section 13):
//! `If-Match` says which state of a record may be changed, `If-None-Match` which answer its caller
//! has already.
//!
//! A condition that cannot be held to is refused and never passed over: a write that was meant to
//! depend on it would be done unconditionally.

use http::{HeaderMap, header};
use mpp_api::route::{Body, Route};
use mpp_core::{Error, FieldCode, Reason, Result, hex};
use prost_reflect::DynamicMessage;
use ring::digest::{SHA256, digest};

use super::once::text;
use crate::coding::Coding;

/// Bytes of a representation's digest in its ETag.
const DIGEST: usize = 8;

/// The state of a record that `If-Match` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IfMatch {
    /// Any state, as long as the record exists.
    Any,
    /// The state with this etag.
    Etag(String),
}

/// An ETag as a header writes it.
struct Tag<'a> {
    is_weak: bool,
    /// The text between its quotes.
    text: &'a str,
}

/// `"{etag}-{digest}"` of the record that an answer holds: its etag, for If-Match, and a digest of
/// this representation, since fields that are worked out, such as the stage of today, change
/// without a new etag. A write and a read of the same record give the same one, whatever else a
/// write answers. An answer without a record has the digest alone.
pub(crate) fn etag(message: &DynamicMessage, json: &[u8]) -> String {
    let of_record = || {
        let (etag, record) = record(message)?;
        let alone = serde_json::to_vec(&record).ok()?;
        Some(format!("\"{etag}-{}\"", hash(&alone)))
    };
    of_record().unwrap_or_else(|| quoted_hash(json))
}

/// The ETag of an answer that holds no record.
pub(crate) fn quoted_hash(json: &[u8]) -> String {
    format!("\"{}\"", hash(json))
}

/// The ETag of the same in a coding. It stays a strong one, so that it can be sent as If-Match.
pub(crate) fn in_coding(etag: &str, coding: Coding) -> String {
    format!("{}-{}\"", etag.trim_end_matches('"'), coding.name())
}

fn hash(json: &[u8]) -> String {
    hex(&digest(&SHA256, json).as_ref()[..DIGEST])
}

/// The one record that an answer holds, and its etag.
fn record(message: &DynamicMessage) -> Option<(String, DynamicMessage)> {
    let own = |message: &DynamicMessage| {
        let etag = message.get_field_by_name("etag")?.as_str()?.to_owned();
        (!etag.is_empty()).then(|| (etag, message.clone()))
    };
    own(message)
        .or_else(|| message.fields().find_map(|(_, value)| value.as_message().and_then(own)))
}

/// The ETag by which the caller of a read has this answer already, in whichever coding; compared
/// weakly, as a proxy between may have packed it.
pub(crate) fn known(asked: &HeaderMap, etag: &str) -> Option<String> {
    let given = asked.get_all(header::IF_NONE_MATCH).iter();
    let mut given = given.filter_map(|value| value.to_str().ok());
    given.find_map(|list| {
        if list.trim() == "*" {
            return Some(etag.to_owned());
        }
        let found = tags(list)?.into_iter().find(|tag| is_of(tag.text, etag))?;
        Some(format!("\"{}\"", found.text))
    })
}

fn is_of(text: &str, etag: &str) -> bool {
    let own = etag.trim_matches('"');
    text == own
        || Coding::ALL.iter().any(|coding| {
            let rest = text.strip_suffix(coding.name());
            rest.and_then(|rest| rest.strip_suffix('-')) == Some(own)
        })
}

/// Reads the condition of an `If-Match` header, which may stand once and name one ETag.
///
/// # Errors
/// It is empty, malformed, or a list; `ETAG_MISMATCH` for a weak ETag, which matches nothing here.
pub(crate) fn if_match(headers: &HeaderMap) -> Result<Option<IfMatch>> {
    text(headers, "if-match")?.map(asked).transpose()
}

fn asked(given: &str) -> Result<IfMatch> {
    let wrong = |text: &str| Err(Error::field("if-match", FieldCode::Format, text));
    match (given.trim(), tags(given).as_deref()) {
        ("", _) => {
            wrong("is empty; send the ETag that the record was read with, or no such header")
        }
        ("*", _) => Ok(IfMatch::Any),
        (_, Some([tag])) => one(tag),
        (_, Some([_, ..])) => wrong("names several ETags; send the one that was read"),
        _ => wrong(
            "is no ETag; send the one that the record was read with, in its quotes, such as \
             \"7.e3b0c44298fc\", or * for any",
        ),
    }
}

/// The record's part of a tag; what tells its representations apart does not matter.
fn one(tag: &Tag<'_>) -> Result<IfMatch> {
    let etag = tag.text.split_once('-').map_or(tag.text, |(etag, _)| etag);
    if etag.is_empty() {
        let text = "names no etag of a record; send the ETag that the record was read with";
        return Err(Error::field("if-match", FieldCode::Format, text));
    }
    if tag.is_weak {
        let text = format!(
            "if-match: a weak ETag (W/) matches nothing, as it may stand for other bytes; send \
             \"{etag:.60}\", which is the field etag of the record that was read"
        );
        return Err(Error::new(Reason::EtagMismatch, text));
    }
    Ok(IfMatch::Etag(etag.to_owned()))
}

/// Refuses a write with an `If-None-Match` that it cannot hold to. A create makes a record only if
/// there is none of its name, which is what `*` asks for; any other write changes an existing one.
///
/// # Errors
/// `ETAG_MISMATCH` for `*`; else names the header.
pub(crate) fn check_if_none_match(route: &Route, headers: &HeaderMap) -> Result<()> {
    let mut given = headers.get_all(header::IF_NONE_MATCH).iter().peekable();
    if route.verb == "GET" || given.peek().is_none() {
        return Ok(());
    }
    let makes = route.verb == "POST" && matches!(route.body, Body::Field(_));
    match (given.all(|value| value.as_bytes().trim_ascii() == b"*"), makes) {
        (true, true) => Ok(()),
        (true, false) => {
            let text = "if-none-match: * asks that there be no such record, and this address \
                        changes one that there is";
            Err(Error::new(Reason::EtagMismatch, text))
        }
        (false, true) => {
            let text = "what is made has no ETag yet; send * to make it only where there is none \
                        of its name, or leave the header out";
            Err(Error::field("if-none-match", FieldCode::NotAllowed, text))
        }
        (false, false) => {
            let text = "a change is not made to depend on it; send If-Match with the ETag that \
                        the record was read with, or leave the header out";
            Err(Error::field("if-none-match", FieldCode::NotAllowed, text))
        }
    }
}

/// The ETags of a list; `None` if the text is not one.
fn tags(list: &str) -> Option<Vec<Tag<'_>>> {
    let (mut tags, mut rest) = (Vec::new(), list.trim());
    while !rest.is_empty() {
        let is_weak = rest.starts_with("W/");
        let quoted = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"')?;
        let (text, after) = quoted.split_once('"')?;
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        tags.push(Tag { is_weak, text });
        let after = after.trim_start();
        // An empty member of a list counts for nothing.
        rest = match after.strip_prefix(',') {
            Some(next) => next.trim_start_matches([',', ' ', '\t']),
            None if after.is_empty() => after,
            None => return None,
        };
    }
    Some(tags)
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};
    use mpp_api::{
        registry::{Counter, GetCounterResponse, UpdateCounterResponse},
        route,
    };
    use prost::Message as _;
    use prost_reflect::{FieldDescriptor, Kind};

    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, HeaderValue::from_static(value));
        }
        headers
    }

    fn etag_of(given: &'static str) -> Result<Option<IfMatch>> {
        if_match(&headers(&[(header::IF_MATCH, given)]))
    }

    #[test]
    fn an_etag_goes_back_as_it_came_or_as_the_records_own() {
        let expected = Some(IfMatch::Etag("7.ab".into()));
        for given in ["\"7.ab-0a1b\"", "\"7.ab-0a1b-gzip\"", "\"7.ab\"", " \"7.ab\" ", "\"7.ab\","]
        {
            assert_eq!(etag_of(given).expect("one"), expected, "{given}");
        }
        assert_eq!(etag_of("*").expect("any"), Some(IfMatch::Any));
        assert_eq!(if_match(&HeaderMap::new()).expect("none"), None);
    }

    #[test]
    fn a_condition_that_is_not_understood_does_not_become_none() {
        for given in [
            "",
            " ",
            "\"\"",
            "W/\"\"",
            "\"-0a\"",
            "\"7\", \"8\"",
            "7",
            "\"7",
            "7\"",
            "w/\"7\"",
            "W/7",
            "\"7\" \"8\"",
            "\"7\"x",
            "\"7\", *",
            "*, \"7\"",
            "**",
            ",",
            "W/",
            "\"7 8\"",
        ] {
            let error = etag_of(given).expect_err(given);
            assert_eq!(error.violations()[0].field, "if-match", "{given}");
        }
        let twice = headers(&[(header::IF_MATCH, "\"7\""), (header::IF_MATCH, "\"7\"")]);
        assert_eq!(if_match(&twice).expect_err("twice").violations()[0].field, "if-match");
    }

    #[test]
    fn a_weak_etag_matches_nothing_and_its_refusal_says_what_would() {
        let error = etag_of("W/\"7.ab-0a\"").expect_err("weak");
        assert_eq!(error.reason(), Reason::EtagMismatch);
        assert!(error.message().contains("send \"7.ab\""), "{error}");
    }

    #[test]
    fn a_copy_is_known_by_any_of_its_etags_in_any_coding() {
        let known = |given| known(&headers(&[(header::IF_NONE_MATCH, given)]), "\"7-0a\"");
        for (given, told) in [
            ("\"7-0a\"", "\"7-0a\""),
            ("W/\"7-0a\"", "\"7-0a\""),
            ("\"6-0b\", \"7-0a\"", "\"7-0a\""),
            ("\"7-0a-gzip\"", "\"7-0a-gzip\""),
            ("*", "\"7-0a\""),
        ] {
            assert_eq!(known(given).as_deref(), Some(told), "{given}");
        }
        for given in ["\"7-0b\"", "7-0a", "\"7-0a-br\"", "\"7-0a", "", "W/W/\"7-0a\""] {
            assert_eq!(known(given), None, "{given}");
        }
        let name = header::IF_NONE_MATCH;
        let lines = headers(&[(name.clone(), "\"6-0b\""), (name, "\"7-0a\"")]);
        assert!(super::known(&lines, "\"7-0a\"").is_some(), "in a second line");
    }

    #[test]
    fn a_write_holds_to_if_none_match_or_refuses_it() {
        let route = |verb: &str, method: &str| {
            let mut all = route::all().iter();
            all.find(|route| route.verb == verb && route.method.name() == method).expect(method)
        };
        let check = |verb, method, given| {
            check_if_none_match(route(verb, method), &headers(&[(header::IF_NONE_MATCH, given)]))
        };
        check("POST", "CreateCounter", "*").expect("what it does anyway");
        check("GET", "GetCounter", "\"7\"").expect("a read");
        for (verb, method) in
            [("PATCH", "UpdateCounter"), ("DELETE", "DeleteService"), ("POST", "AcceptOffering")]
        {
            let error = check(verb, method, "*").expect_err(method);
            assert_eq!(error.reason(), Reason::EtagMismatch, "{method}");
        }
        for (verb, method, given) in [
            ("POST", "CreateCounter", "\"7\""),
            ("PATCH", "UpdateCounter", "\"7\""),
            ("PATCH", "UpdateCounter", ""),
            ("DELETE", "DeleteService", "W/\"7\""),
        ] {
            let error = check(verb, method, given).expect_err(given);
            let wrong = &error.violations()[0];
            assert_eq!(wrong.field, "if-none-match", "{method} {given}");
            let way_out = if verb == "POST" { "send *" } else { "send If-Match" };
            assert!(wrong.description.contains(way_out), "{method}: {}", wrong.description);
        }
    }

    #[test]
    fn a_read_and_a_write_of_one_record_give_one_etag() {
        let counter = Counter {
            name: "malls/a/counters/b".into(),
            etag: "7.ab".into(),
            ..Default::default()
        };
        let shown = |message: &str, bytes: Vec<u8>| {
            let message = mpp_api::json::descriptor(message).expect("of the contract");
            let message = DynamicMessage::decode(message, bytes.as_slice()).expect("its bytes");
            etag(&message, &serde_json::to_vec(&message).expect("JSON"))
        };
        let read = GetCounterResponse { counter: Some(counter.clone()) };
        let read = shown("mpp.registry.v1.GetCounterResponse", read.encode_to_vec());
        let written = UpdateCounterResponse { counter: Some(counter.clone()), revision: 42 };
        let written = shown("mpp.registry.v1.UpdateCounterResponse", written.encode_to_vec());
        assert_eq!(read, written);
        assert_eq!(asked(&read).expect("one"), IfMatch::Etag("7.ab".into()));
        let renamed = Counter { ticket_prefix: "A".into(), ..counter };
        let renamed = GetCounterResponse { counter: Some(renamed) };
        assert_ne!(shown("mpp.registry.v1.GetCounterResponse", renamed.encode_to_vec()), read);
    }

    /// An answer that holds more than the record would change without the record's ETag.
    #[test]
    fn a_read_of_a_record_answers_nothing_else() {
        let holds_etag = |field: &FieldDescriptor| match field.kind() {
            Kind::Message(of) if !field.is_list() => of.get_field_by_name("etag").is_some(),
            _ => false,
        };
        for route in route::all().iter().filter(|route| route.verb == "GET") {
            let fields: Vec<_> = route.method.output().fields().collect();
            if fields.iter().any(holds_etag) {
                assert_eq!(fields.len(), 1, "{}", route.method.output().full_name());
            }
        }
    }
}
