//! The steps of an upload, each by the visitor's own token: the registry decides who may do what.

use std::{net::IpAddr, path::PathBuf, sync::Arc};

use axum::{body::Body, http::HeaderMap};
use mpp_agent::{Policy, Upload, Withdraw};
use mpp_client::{Endpoint, TokenSource};
use mpp_core::{Code, Error};
use tokio::time::timeout;

use super::{
    FormFields, Uploads, read_form,
    received::receive,
    sessions::{Pending, Session},
    value, visitor,
};
use crate::pages::upload::{Report, Trouble, WorkbookFindings};

/// Records of a preview that are kept to be shown.
const SHOWN: usize = 500;
/// Records that are read before they are looked at: few, since several visitors share the memory.
const READ_AHEAD: usize = 64;

impl Uploads {
    /// A session of a visitor who may publish the source, as the registry says.
    pub(super) async fn enter(
        &self,
        peer: Option<IpAddr>,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<String, Trouble> {
        let form = read_form(headers, body, self.renderer.policy.upload_form()).await?;
        let (token, source) = (value(&form, "token").trim(), value(&form, "sumber").trim());
        if token.is_empty() || source.is_empty() {
            return Err(Trouble::BadToken);
        }
        let source = match source.strip_prefix("sources/") {
            Some(_) => source.to_owned(),
            None => format!("sources/{source}"),
        };
        // Apart from workbooks: visitors without a token must not stand in the way of those with
        // one.
        let _permit = self.entering.take(peer).ok_or(Trouble::Busy)?;
        let endpoint = self.endpoint(token);
        let asked = async {
            let unit = mpp_agent::unit_of(&source, &endpoint).await?;
            mpp_agent::may_publish(&source, &endpoint).await.map(|()| unit)
        };
        let most = self.renderer.policy.upload_sign_in();
        let unit =
            timeout(most, asked).await.map_err(|_| Trouble::Unreachable)?.map_err(trouble_of)?;
        self.sessions.begin(peer, token.to_owned(), source, unit).ok_or(Trouble::Busy)
    }

    /// Takes a workbook in and reads it; nothing is sent.
    pub(super) async fn take_workbook(
        &self,
        peer: Option<IpAddr>,
        session: &Session,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Pending, Trouble> {
        let _permit = self.working.take(peer).ok_or(Trouble::Busy)?;
        if !visitor::is_own_form(headers) {
            return Err(Trouble::Foreign);
        }
        let policy = &self.renderer.policy;
        let received = receive(headers, body, policy.upload_bytes);
        let received = timeout(policy.upload_comes(), received).await;
        let received = received.map_err(|_| Trouble::NoFile)??;
        if received.key != session.key {
            return Err(Trouble::Foreign);
        }
        let upload = self.upload(session, received.name, received.path);
        let reading = self.read(&upload, session).await?;
        Ok(Pending { _folder: received.folder, upload, reading: Arc::new(reading) })
    }

    /// What is in a workbook, and what the registry would do with it.
    async fn read(&self, upload: &Upload, session: &Session) -> Result<WorkbookFindings, Trouble> {
        let uploaded = mpp_agent::open_upload(upload).await.map_err(trouble_of)?;
        let mut foreseen = Vec::new();
        let mut tell = |record| {
            if foreseen.len() < SHOWN {
                foreseen.push(record);
            }
        };
        let endpoint = self.endpoint(&session.token);
        let previewed = uploaded.preview(&endpoint, &|_| (), &mut tell, &self.shutdown).await;
        let (previewed, placed) = previewed.map_err(trouble_of)?;
        Ok(WorkbookFindings { file: upload.name.clone(), previewed, placed, foreseen })
    }

    /// Sends the workbook that waits.
    pub(super) async fn send(
        &self,
        peer: Option<IpAddr>,
        session: &Session,
        form: &FormFields,
    ) -> Result<Report, Trouble> {
        let pending = session.pending.clone().ok_or(Trouble::Ended)?;
        let _permit = self.working.take(peer).ok_or(Trouble::Busy)?;
        let upload = asked(&pending.upload, form);
        let endpoint = self.endpoint(&session.token);
        let uploaded = mpp_agent::open_upload(&upload).await.map_err(trouble_of)?;
        let sent = uploaded.send(&endpoint, &|_| (), &self.shutdown).await;
        let (outcome, placed) = sent.map_err(trouble_of)?;
        Ok(Report { file: upload.name, outcome, placed })
    }

    /// The registry as this visitor calls it.
    fn endpoint(&self, token: &str) -> Endpoint {
        Endpoint { token: Some(TokenSource::Text(token.to_owned())), ..self.registry.clone() }
    }

    fn upload(&self, session: &Session, name: String, path: PathBuf) -> Upload {
        let policy = &self.renderer.policy;
        Upload {
            path,
            name,
            source: session.source.clone(),
            unit: session.unit.clone(),
            release: Vec::new(),
            withdraw: Withdraw::Nothing,
            accept_missing: false,
            accept_moves: false,
            take_over: false,
            policy: Policy {
                patience_seconds: policy.upload_patience_seconds,
                max_workbook_bytes: policy.upload_unpacked_bytes,
                read_ahead_records: READ_AHEAD,
                ..Policy::default()
            },
        }
    }
}

/// The upload with what the visitor has ticked.
fn asked(upload: &Upload, form: &FormFields) -> Upload {
    let all = |name: &str| {
        let own = form.iter().filter(|(field, _)| field == name);
        own.map(|(_, value)| value.clone()).collect::<Vec<_>>()
    };
    let withdraw = match all("tarik") {
        none if none.is_empty() => Withdraw::Nothing,
        ids => Withdraw::These(ids),
    };
    Upload {
        release: all("lepas"),
        withdraw,
        accept_missing: !all("hilang").is_empty(),
        accept_moves: !all("pindah").is_empty(),
        ..upload.clone()
    }
}

/// A refusal by the registry or the reader, as the page tells it.
fn trouble_of(error: Error) -> Trouble {
    match error.code() {
        Code::Unauthenticated | Code::PermissionDenied => Trouble::BadToken,
        Code::NotFound => Trouble::UnknownSource,
        Code::Unavailable | Code::DeadlineExceeded | Code::Internal => Trouble::Unreachable,
        Code::ResourceExhausted => Trouble::Busy,
        _ => Trouble::Told(error.message().to_owned()),
    }
}
