//! Serves the versions of records that a store keeps (`mpp.feed.v1.HistoryService`), alike in every
//! service that keeps any.
//!
//! **There is no second store.** The feed's own changes are the versions: triggers write them with
//! each record, and compaction leaves those of kinds with history for as long as `history_days`
//! says. So no write can miss its history, whichever program made it, and the two never tell
//! different stories.
//!
//! Rejected: *a table of versions beside the feed*, which would hold every document a second time
//! and slow each write down, to say the same. *Differences as they are written*, instead of whole
//! documents: no version could then be read without all before it, nor be told in words of a
//! contract that has grown since. They are worked out when they are asked for.

mod moment;
mod told;

use std::sync::Arc;

use mpp_api::{
    document,
    feed::{
        CompareRecordVersionsRequest, CompareRecordVersionsResponse, GetRecordVersionRequest,
        GetRecordVersionResponse, ListRecordVersionsRequest, ListRecordVersionsResponse,
        history_service_server::{HistoryService, HistoryServiceServer},
    },
};
use mpp_core::{Error, FieldCode, Result, Sizes};
use mpp_store::Db;
use tonic::{Request, Response, Status};

use self::told::{Page, Who, compared, version};
use crate::{
    caller,
    feed::{Owners, Teller, keeper},
    status,
};

// Pages of versions go by the number of a version, which is no token: whoever knows a version may
// begin there, and a list in `mpp-resource`, which stands above this crate, knows no such place.

/// Versions on a page: a screenful.
const SIZES: Sizes = Sizes { usual: 20, most: 100 };

/// The service over one store.
#[derive(Clone)]
pub struct HistoryServer {
    db: Db,
    owners: Option<Owners>,
}

impl HistoryServer {
    /// Serves the kinds of which the store keeps every version.
    pub fn new(db: Db) -> Self {
        Self { db, owners: None }
    }

    /// Names persons also to those who act for the mall that a record lies in, by a mall's
    /// `owners`.
    #[must_use]
    pub fn owned_by(self, owners: impl Fn(&str) -> Vec<String> + Send + Sync + 'static) -> Self {
        Self { owners: Some(Arc::new(owners)), ..self }
    }

    fn teller<T>(&self, request: &Request<T>) -> Teller {
        Teller { caller: caller(request), owners: self.owners.clone() }
    }

    /// Turns it into a route for [`crate::serve`].
    pub fn into_route(self) -> HistoryServiceServer<Self> {
        HistoryServiceServer::new(self)
    }

    /// The kind that a name is of.
    fn kind(&self, name: &str) -> Result<&'static str> {
        let kept = self.db.history_kinds();
        match document::kind_of(name) {
            Some(kind) if kept.contains(&kind) => Ok(kind),
            Some(kind) if keeper(kind) != self.db.name() => {
                let keeper = keeper(kind);
                let text = format!(
                    "is the name of a {kind}, which {keeper} keeps: ask that service for its \
                     versions; this one keeps those of {}",
                    kept.join(", ")
                );
                Err(Error::field("name", FieldCode::NotAllowed, text))
            }
            Some(kind) => {
                let text = format!(
                    "is the name of a {kind}, of which only the latest version is kept; this \
                     service keeps all of {}",
                    kept.join(", ")
                );
                Err(Error::field("name", FieldCode::NotAllowed, text))
            }
            None => {
                let forms: Vec<&str> = kept.iter().map(|kind| document::form(kind)).collect();
                let (shown, forms) = (crate::feed::shown(name), forms.join(", "));
                let text = format!("'{shown}' is no name of a record; names are {forms}");
                Err(Error::field("name", FieldCode::Name, text))
            }
        }
    }

    async fn get(
        &self,
        request: GetRecordVersionRequest,
        teller: Teller,
    ) -> Result<GetRecordVersionResponse> {
        let key = (self.kind(&request.name)?, request.name.as_str());
        let mut read = self.db.read().await?;
        let found = moment::find(&self.db, &mut read, key, request.moment, "moment").await?;
        let who = Who::reading(teller, &mut read, key).await?;
        read.end().await?;
        Ok(GetRecordVersionResponse { version: Some(version(&found, &who)) })
    }

    async fn list(
        &self,
        request: ListRecordVersionsRequest,
        teller: Teller,
    ) -> Result<ListRecordVersionsResponse> {
        let key = (self.kind(&request.name)?, request.name.as_str());
        let size = SIZES.asked(request.page_size, "page_size")?;
        let below = below(request.before_version)?;
        let mut read = self.db.read().await?;
        let page = Page::read(&mut read, key, below, size).await?;
        let who = Who::reading(teller, &mut read, key).await?;
        read.end().await?;
        if page.is_empty() && below.is_none() {
            return Err(Error::not_found(&request.name));
        }
        page.into_answer(who).await
    }

    async fn compare(
        &self,
        request: CompareRecordVersionsRequest,
        teller: Teller,
    ) -> Result<CompareRecordVersionsResponse> {
        let key = (self.kind(&request.name)?, request.name.as_str());
        if request.from.is_none() {
            return Err(moment::missing("from"));
        }
        let mut read = self.db.read().await?;
        let from = moment::find(&self.db, &mut read, key, request.from, "from").await?;
        let to = moment::find(&self.db, &mut read, key, request.to, "to").await?;
        let who = Who::reading(teller, &mut read, key).await?;
        read.end().await?;
        compared(from, to, who).await
    }
}

fn below(version: i64) -> Result<Option<i64>> {
    if version < 0 {
        let text = format!("{version} is negative; say what the page before gave, or nothing");
        return Err(Error::field("before_version", FieldCode::OutOfRange, text));
    }
    Ok(Some(version).filter(|version| *version > 0))
}

#[tonic::async_trait]
impl HistoryService for HistoryServer {
    async fn get_record_version(
        &self,
        request: Request<GetRecordVersionRequest>,
    ) -> Result<Response<GetRecordVersionResponse>, Status> {
        let teller = self.teller(&request);
        self.get(request.into_inner(), teller).await.map(Response::new).map_err(status)
    }

    async fn list_record_versions(
        &self,
        request: Request<ListRecordVersionsRequest>,
    ) -> Result<Response<ListRecordVersionsResponse>, Status> {
        let teller = self.teller(&request);
        self.list(request.into_inner(), teller).await.map(Response::new).map_err(status)
    }

    async fn compare_record_versions(
        &self,
        request: Request<CompareRecordVersionsRequest>,
    ) -> Result<Response<CompareRecordVersionsResponse>, Status> {
        let teller = self.teller(&request);
        self.compare(request.into_inner(), teller).await.map(Response::new).map_err(status)
    }
}
