//! A unary request or answer as its bytes, looked into where a field matters to the client. Fields
//! are found and set by their numbers, without the message's type: protobuf lets a field be added
//! at the end, and if one comes twice, the last counts.

use bytes::{BufMut as _, Bytes, BytesMut};
use prost::encoding::{
    DecodeContext, WireType, decode_key, decode_varint, encode_key, encode_varint, skip_field,
};

/// A flag and the length stand before each message.
const HEAD: usize = 5;

/// The one message of a body. `None` if it is compressed, or if there is not just one.
fn message(body: &[u8]) -> Option<&[u8]> {
    let (head, message) = body.split_at_checked(HEAD)?;
    let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
    (head[0] == 0 && usize::try_from(length) == Ok(message.len())).then_some(message)
}

/// The bytes of the last field of this number and type; empty for one that is not there.
fn last(message: &[u8], field: u32, of: WireType) -> Option<&[u8]> {
    let (mut rest, mut found) = (message, [].as_slice());
    while !rest.is_empty() {
        let (number, wire_type) = decode_key(&mut rest).ok()?;
        let before = rest;
        skip_field(wire_type, number, &mut rest, DecodeContext::default()).ok()?;
        if number == field && wire_type == of {
            found = &before[..before.len() - rest.len()];
        }
    }
    Some(found)
}

/// The value of an integer field; 0 if it is not there. `None` if the message cannot be read.
pub(crate) fn integer(body: &[u8], field: u32) -> Option<i64> {
    of(message(body)?, field)
}

/// Like [`integer`], for a field in a message within the message, and so on. `way` ends with the
/// field.
pub(crate) fn integer_at(body: &[u8], way: &[u32]) -> Option<i64> {
    let (field, outer) = way.split_last()?;
    let mut within = message(body)?;
    for field in outer {
        within = last(within, *field, WireType::LengthDelimited)?;
        if within.is_empty() {
            return Some(0);
        }
        // Its length stands first.
        decode_varint(&mut within).ok()?;
    }
    of(within, *field)
}

/// The length of the first message of a stream with its head, once all of it is there.
pub(crate) fn whole(read: &[u8]) -> Option<usize> {
    let length = read.get(1..HEAD)?.try_into().map(u32::from_be_bytes).ok()?;
    let length = HEAD + usize::try_from(length).ok()?;
    (read.len() >= length).then_some(length)
}

fn of(message: &[u8], field: u32) -> Option<i64> {
    let mut found = last(message, field, WireType::Varint)?;
    if found.is_empty() {
        return Some(0);
    }
    // Protobuf writes negative integers with the same bits.
    decode_varint(&mut found).ok().map(u64::cast_signed)
}

/// True if a text is not there or empty. `None` if the message cannot be read.
pub(crate) fn is_empty(body: &[u8], field: u32) -> Option<bool> {
    let found = last(message(body)?, field, WireType::LengthDelimited)?;
    // The length stands first.
    Some(found.first().is_none_or(|length| *length == 0))
}

/// The body with an integer field set.
pub(crate) fn with_integer(body: &[u8], field: u32, value: i64) -> Bytes {
    with(body, |to| {
        encode_key(field, WireType::Varint, to);
        encode_varint(value.cast_unsigned(), to);
    })
}

/// The body with a text set.
pub(crate) fn with_text(body: &[u8], field: u32, text: &str) -> Bytes {
    with(body, |to| {
        encode_key(field, WireType::LengthDelimited, to);
        encode_varint(text.len() as u64, to);
        to.put_slice(text.as_bytes());
    })
}

fn with(body: &[u8], add: impl FnOnce(&mut BytesMut)) -> Bytes {
    let mut all = BytesMut::with_capacity(body.len() + 64);
    all.put_slice(body);
    add(&mut all);
    let length = u32::try_from(all.len() - HEAD).unwrap_or(u32::MAX);
    all[1..HEAD].copy_from_slice(&length.to_be_bytes());
    all.freeze()
}

#[cfg(test)]
mod tests {
    use mpp_api::{
        registry::{CreateMallResponse, GetMallRequest, UpdateMallRequest},
        sync::{BatchResult, PushBatchResponse},
    };
    use prost::Message;

    use super::*;

    fn framed(message: &impl Message) -> Vec<u8> {
        let bytes = message.encode_to_vec();
        let length = u32::try_from(bytes.len()).expect("short").to_be_bytes();
        [&[0], length.as_slice(), &bytes].concat()
    }

    fn read<M: Message + Default>(body: &[u8]) -> M {
        M::decode(message(body).expect("one message")).expect("of this type")
    }

    #[test]
    fn a_field_is_found_and_set_by_its_number() {
        let get = GetMallRequest { name: "malls/banyuwangi".into(), min_revision: 0 };
        let body = framed(&get);
        assert_eq!(integer(&body, 2), Some(0));
        let set: GetMallRequest = read(&with_integer(&body, 2, 77));
        assert_eq!(set, GetMallRequest { min_revision: 77, ..get });
        let answer = CreateMallResponse { revision: 12, ..Default::default() };
        assert_eq!(integer(&framed(&answer), 2), Some(12));
    }

    #[test]
    fn a_field_within_a_message_is_found() {
        let result = BatchResult { nonce: 3, revision: 40, ..Default::default() };
        let answer = PushBatchResponse { batch_result: Some(result) };
        let push = mpp_api::call::find("/mpp.sync.v1.SyncService/PushBatch").expect("a method");
        let way = push.revisions.first().expect("a way");
        assert_eq!(integer_at(&framed(&answer), way), Some(40));
        assert_eq!(integer_at(&framed(&PushBatchResponse::default()), way), Some(0));
    }

    #[test]
    fn a_text_is_set_where_it_is_missing() {
        let update = UpdateMallRequest::default();
        let body = framed(&update);
        assert_eq!(is_empty(&body, 4), Some(true));
        let body = with_text(&body, 4, "an id");
        assert_eq!(is_empty(&body, 4), Some(false));
        assert_eq!(read::<UpdateMallRequest>(&body).request_id, "an id");
    }

    #[test]
    fn what_cannot_be_looked_into_is_left_alone() {
        assert_eq!(integer(&[], 1), None);
        assert_eq!(integer(&[1, 0, 0, 0, 1, 8], 1), None, "compressed");
        assert_eq!(integer(&[0, 0, 0, 0, 9, 8], 1), None, "cut off");
        assert_eq!(integer(&[0, 0, 0, 0, 1, 0xff], 1), None, "no message");
        assert_eq!(is_empty(&framed(&GetMallRequest::default()), 1), Some(true));
    }
}
