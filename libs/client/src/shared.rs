//! State that all calls of a channel share, and the headers that each call is given.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::HeaderValue;
use mpp_api::call::Call;
use mpp_core::Result;
use tonic::Status;
use uuid::Uuid;

use crate::{
    Endpoint, Settings, budget::Budget, replicas::Replicas, status_of, token::Token, wire,
};

pub(crate) struct ChannelCore {
    pub(crate) replicas: Arc<Replicas>,
    pub(crate) settings: Settings,
    pub(crate) budget: Budget,
    pub(crate) token: Option<Token>,
    pub(crate) written: Arc<Written>,
}

/// The highest revision that a write was answered with, and when.
pub(crate) struct Written {
    last: Mutex<Option<(i64, Instant)>>,
    /// How long after the write reads ask for its revision.
    holds: Duration,
}

impl ChannelCore {
    pub(crate) fn of(endpoint: &Endpoint, settings: Settings) -> Result<Self> {
        let token = endpoint.token.as_ref().map(|source| Token::open(source, &settings));
        Ok(Self {
            replicas: Arc::new(Replicas::of(endpoint, settings)?),
            settings,
            budget: Budget::new(settings.spare_repeats),
            token: token.transpose()?,
            written: Arc::new(Written { last: Mutex::default(), holds: settings.own_writes }),
        })
    }

    /// The header that says who calls.
    pub(crate) async fn identity(&self) -> Result<Option<HeaderValue>, Status> {
        let Some(token) = &self.token else {
            return Ok(None);
        };
        token.header().await.map(Some).map_err(|error| status_of(&error, None))
    }

    /// The message with the request id that the caller left open, and whether it may be sent twice.
    pub(crate) fn prepare(&self, call: &Call, body: Bytes) -> (Bytes, bool) {
        if let Some(field) = call.request_id {
            return match wire::is_empty(&body, field) {
                Some(true) if self.settings.request_ids => {
                    (wire::with_text(&body, field, &Uuid::now_v7().to_string()), true)
                }
                given => (body, given == Some(false)),
            };
        }
        (body, call.reads)
    }

    /// The message with the revision of the last own write, where the caller asks for none; and
    /// that revision.
    pub(crate) fn with_own_writes(&self, call: &Call, body: &Bytes) -> (Bytes, Option<i64>) {
        let written = self.written.of_late();
        match call.min_revision.filter(|_| written > 0) {
            Some(field) if wire::integer(body, field) == Some(0) => {
                (wire::with_integer(body, field, written), Some(written))
            }
            _ => (body.clone(), None),
        }
    }
}

impl Written {
    /// Looks into the answer of a write.
    pub(crate) fn note_answer(&self, call: &Call, body: &[u8]) {
        for way in &call.revisions {
            self.note(wire::integer_at(body, way).unwrap_or_default());
        }
    }

    pub(crate) fn note(&self, revision: i64) {
        let known = self.of_late();
        if revision > 0 {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            *last = Some((revision.max(known), Instant::now()));
        }
    }

    /// Notes that the service has lost the revision: reads no longer ask for it.
    pub(crate) fn forget(&self, revision: i64) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = last.filter(|(newer, _)| *newer > revision);
    }

    /// The highest revision that a recent write was answered with, or 0.
    pub(crate) fn of_late(&self) -> i64 {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let of_late = |at: Instant| at.elapsed() < self.holds;
        last.filter(|(_, at)| of_late(*at)).map_or(0, |(revision, _)| revision)
    }
}
