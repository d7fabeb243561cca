//! The methods that are alike for every kind of record: Get, List, Create, Update and Delete after
//! Google's API improvement proposals, and the fields that every writing request has.
//!
//! The build script finds these requests by their form, so a new kind needs no line here: name its
//! messages as the others are named.

use prost::Message;
use prost_types::FieldMask;

use crate::{
    Document,
    types::{Tombstone, Warning},
};

/// A request that may carry a request id.
pub trait Write: Message {
    /// The method's name, such as `CreateMall`.
    const METHOD: &'static str;

    /// Takes the request id out; empty if the client gave none.
    fn take_request_id(&mut self) -> String;
    /// True if everything is to be checked and nothing kept.
    fn validate_only(&self) -> bool;
}

/// Asks for one record.
pub trait Get: Message {
    /// The kind of record.
    type Record: Document;
    /// The method's response.
    type Response: Message;

    /// The record's name.
    fn name(&self) -> &str;
    /// The revision that the answer must show; 0 for whatever there is.
    fn min_revision(&self) -> i64;
    /// Wraps the answer.
    fn response(record: Self::Record) -> Self::Response;
}

/// Asks for one page of a list, whatever its entries are.
pub trait Paginated: Message {
    /// The method's name, such as `ListMalls`.
    const METHOD: &'static str;
    /// The method's response.
    type Response: Message;

    /// Most entries on the page; 0 leaves it to the server.
    fn page_size(&self) -> i32;
    /// The token of the page.
    fn page_token(&self) -> &str;
    /// The request without page and revision: the filter, which a page token belongs to.
    fn filter(&self) -> Vec<u8>;
    /// Writes the token of the next page into the answer.
    fn set_next_page_token(response: &mut Self::Response, token: String);
}

/// Asks for a page of records.
pub trait List: Paginated {
    /// The kind of record.
    type Record: Document;

    /// The revision that the answer must show; 0 for whatever there is.
    fn min_revision(&self) -> i64;
    /// Wraps the answer; the total is left out where the answer has no field for it.
    fn response(records: Vec<Self::Record>, total_size: i32) -> Self::Response;
}

/// Makes a record.
pub trait Create: Write {
    /// The kind of record.
    type Record: Document;
    /// The method's response.
    type Response: Message;
    /// The request's field that holds the id, such as `mall_id`.
    const ID_FIELD: &'static str;

    /// The record above; empty at the top.
    fn parent(&self) -> &str;
    /// The last part of the name to be.
    fn id(&self) -> &str;
    /// Takes the record out.
    fn take_record(&mut self) -> Option<Self::Record>;
    /// Wraps the answer; warnings are left out where it has no field for them.
    fn response(record: Self::Record, revision: i64, warnings: Vec<Warning>) -> Self::Response;
}

/// Changes a record.
pub trait Update: Write {
    /// The kind of record.
    type Record: Document;
    /// The method's response.
    type Response: Message;

    /// Takes the record and the mask out.
    fn take_record(&mut self) -> (Option<Self::Record>, Option<FieldMask>);
    /// Wraps the answer; warnings are left out where it has no field for them.
    fn response(record: Self::Record, revision: i64, warnings: Vec<Warning>) -> Self::Response;
}

/// Deletes a record.
pub trait Delete: Write {
    /// The kind of record.
    type Record: Document;
    /// The method's response.
    type Response: Message;
    /// True if the request has a field that says why; otherwise a record is withdrawn.
    const SAYS_WHY: bool;

    /// The record's name.
    fn name(&self) -> &str;
    /// The etag that it must still have; empty for any.
    fn etag(&self) -> &str;
    /// Why it goes.
    fn tombstone(&self) -> Option<&Tombstone>;
    /// Wraps the answer.
    fn response(revision: i64, warnings: Vec<Warning>) -> Self::Response;
}

include!(concat!(env!("OUT_DIR"), "/methods.rs"));
