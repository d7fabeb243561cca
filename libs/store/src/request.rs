//! Idempotency: a request that is sent twice is answered alike and counts once.

use std::cmp::Ordering;

use bytes::Bytes;
use mpp_api::json::fields_known;
use mpp_core::{Error, FieldCode, Micros, Reason, Result};
use prost::Message;
use sqlx::{Row as _, any::AnyRow};
use uuid::Uuid;

use crate::{
    Db, Tx, db_error,
    error::{newer_form, older_form, write_conflict},
};

const NEWER: &str = "a newer replica has answered this request_id, and this one cannot tell whether it was the same \
     request; send it again, with the same request_id: a newer replica answers it";
const OLDER: &str = "an older replica has answered this request_id, and may have passed over a field of it, so that \
     this one cannot tell whether it was the same request; send it again, with the same request_id: \
     a replica of that release answers it; where none is left, read what it has made";

/// Names a request of a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey {
    /// The caller's subject.
    pub caller: String,
    /// The RPC, such as `CreateMall`.
    pub method: &'static str,
    /// The request id in canonical form.
    pub request_id: String,
    /// SHA-256 of the request without its id.
    pub digest: [u8; 32],
}

impl RequestKey {
    /// Checks the id, which must be a UUID.
    ///
    /// # Errors
    /// `INVALID_FIELD` naming `request_id`.
    pub fn new(
        caller: &str,
        method: &'static str,
        request_id: &str,
        digest: [u8; 32],
    ) -> Result<Self> {
        let id = Uuid::try_parse(request_id).map_err(|_| {
            Error::field(
                "request_id",
                FieldCode::Format,
                "must be a UUID, a new one for each request",
            )
        })?;
        Ok(Self { caller: caller.to_owned(), method, request_id: id.to_string(), digest })
    }

    /// Passes if the stored digest is this request's. It covers the fields known to the program
    /// that has answered: one of two releases may have passed over a field that the other reads,
    /// and then the digests cannot decide. Such a request is not told to come with a new id, which
    /// might do it twice.
    fn check(&self, stored: &StoredRequest) -> Result<()> {
        if stored.digest == self.digest {
            return Ok(());
        }
        match stored.fields_known.cmp(&i64::from(fields_known())) {
            Ordering::Greater => Err(newer_form(NEWER)),
            Ordering::Less => Err(older_form(OLDER)),
            Ordering::Equal => {
                let text = "request_id belongs to another request; use a new UUID for each";
                Err(Error::new(Reason::RequestIdReused, text))
            }
        }
    }
}

/// The part of a request that is kept beside its answer.
struct StoredRequest {
    digest: Vec<u8>,
    /// How many fields the contract had for the program that answered it; 0 before that was noted.
    fields_known: i64,
}

impl StoredRequest {
    fn from_row(row: &AnyRow) -> Result<Self> {
        Ok(Self {
            digest: row.try_get("digest").map_err(db_error)?,
            fields_known: row.try_get("fields_known").map_err(db_error)?,
        })
    }
}

impl Db {
    /// The answer that was stored for this request, if it was sent before.
    /// Index: request's primary key.
    ///
    /// # Errors
    /// `REQUEST_ID_REUSED` if the id belongs to another request; `NEWER_FORM` if only a newer
    /// program can tell, `UNAVAILABLE` if only an older one can.
    pub async fn replay(&self, key: &RequestKey) -> Result<Option<Bytes>> {
        let mut conn = self.0.readers.take().await?;
        let row = sqlx::query(
            "select digest, fields_known, answer from request
             where caller = $1 and method = $2 and request_id = $3",
        )
        .bind(&key.caller)
        .bind(key.method)
        .bind(&key.request_id)
        .fetch_optional(&mut conn)
        .await
        .map_err(db_error)?;
        let Some(row) = row else { return Ok(None) };
        key.check(&StoredRequest::from_row(&row)?)?;
        let answer: Vec<u8> = row.try_get("answer").map_err(db_error)?;
        Ok(Some(answer.into()))
    }

    /// Forgets the answers older than `before`; answers how many.
    /// Index: request_age.
    ///
    /// # Errors
    /// `UNAVAILABLE` if the database is away.
    pub async fn expire_requests(&self, before: Micros) -> Result<u64> {
        self.delete_in_chunks("request", "create_time < $1", before).await
    }
}

impl Tx {
    /// Stores the answer with the transaction. No personal data may be in it.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if the same request is being answered elsewhere; sent again, it gets
    /// that answer.
    pub async fn remember(&mut self, key: &RequestKey, answer: &impl Message) -> Result<()> {
        let now = self.now();
        // Index: request's primary key; a concurrent duplicate waits on it for the first to commit.
        let done = sqlx::query(
            "insert into request
                 (caller, method, request_id, digest, fields_known, answer, create_time)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (caller, method, request_id) do nothing",
        )
        .bind(&key.caller)
        .bind(key.method)
        .bind(&key.request_id)
        .bind(&key.digest[..])
        .bind(i64::from(fields_known()))
        .bind(answer.encode_to_vec())
        .bind(now)
        .execute(self.conn())
        .await
        .map_err(db_error)?;
        if done.rows_affected() == 0 { Err(write_conflict()) } else { Ok(()) }
    }
}
