//! A ministry that syncs without end, a small batch at a time, and notes the records that were
//! acknowledged.

use std::{
    collections::BTreeSet,
    sync::atomic::Ordering::Relaxed,
    time::{Duration, Instant},
};

use mpp_api::{
    registry::Service as CatalogService,
    sync::{
        Batch, Checkpoint, OpenSessionRequest, Outcome, PushBatchRequest, Record, Welcome,
        record::Body, sync_service_client::SyncServiceClient,
    },
};
use mpp_client::Channel;
use mpp_tests::{
    Service, Suite,
    keys::PUBLISHER,
    town::{SOURCE, text},
};
use tokio::task::JoinHandle;
use tonic::Status;

use crate::{
    Work,
    read::{insists_not, told},
};

const RECORDS: i64 = 5;
const EVERY: Duration = Duration::from_millis(100);
const AGAIN: Duration = Duration::from_millis(200);

/// The source ids of records that were answered as applied or unchanged.
pub type Pushed = BTreeSet<String>;

struct Ministry {
    client: SyncServiceClient<Channel>,
    work: Work,
    session: Option<Welcome>,
    checkpoint: Option<Checkpoint>,
    number: i64,
    pushed: Pushed,
}

/// Syncs until the end.
pub fn start(suite: &Suite, work: &Work) -> JoinHandle<Pushed> {
    let client = SyncServiceClient::new(insists_not(suite, Service::Registry, PUBLISHER));
    let ministry = Ministry {
        client,
        work: work.clone(),
        session: None,
        checkpoint: None,
        number: 1,
        pushed: Pushed::new(),
    };
    tokio::spawn(ministry.live())
}

impl Ministry {
    async fn live(mut self) -> Pushed {
        while !self.work.is_over() {
            let begun = Instant::now();
            let answer = self.push().await;
            let answer = answer.map_err(|status| told(&status));
            let pause = if answer.is_ok() { EVERY } else { AGAIN };
            self.work.calls.note("batches", begun, &answer);
            tokio::time::sleep(pause).await;
        }
        self.pushed
    }

    /// Sends the next batch, the same again until it is answered, in a session that lasts.
    async fn push(&mut self) -> Result<i64, Status> {
        let session = match self.session.take() {
            Some(session) => session,
            None => self.open().await?,
        };
        let request = PushBatchRequest { source: SOURCE.into(), batch: Some(self.batch(&session)) };
        let answer = match self.client.push_batch(request).await {
            Ok(answer) => answer.into_inner().batch_result.unwrap_or_default(),
            // The outcome is not known: the same again, or anew where the session is over.
            Err(status) => {
                let lasts = status.code() == tonic::Code::Unavailable;
                self.session = lasts.then_some(session);
                return Err(status);
            }
        };
        for result in &answer.results {
            let stands = matches!(result.outcome(), Outcome::Applied | Outcome::Unchanged);
            assert!(stands, "{result:?}");
            self.pushed.insert(result.source_id.clone());
        }
        let checkpoint = answer.checkpoint.clone().unwrap_or_default();
        self.session = Some(Welcome { next_sequence: checkpoint.sequence + 1, ..session });
        self.checkpoint = answer.checkpoint;
        self.number += 1;
        self.work.written[0].fetch_max(answer.revision, Relaxed);
        Ok(answer.revision)
    }

    async fn open(&mut self) -> Result<Welcome, Status> {
        let request = OpenSessionRequest {
            source: SOURCE.into(),
            mapping_version: "ha".into(),
            holder: "ha".into(),
            checkpoint: self.checkpoint.clone(),
            under_way: vec![self.number.to_string()],
            ..OpenSessionRequest::default()
        };
        let answer = self.client.open_session(request).await?.into_inner();
        Ok(answer.welcome.unwrap_or_default())
    }

    fn batch(&self, session: &Welcome) -> Batch {
        let record = |index| Record {
            source_id: format!("ha-{}-{index}", self.number),
            unit: "units/kemendagri".into(),
            body: Some(Body::Service(CatalogService {
                title: text(&format!("Layanan nomor {}", self.number)),
                category: "population".into(),
                ..Default::default()
            })),
            confirmed: true,
            ..Record::default()
        };
        Batch {
            nonce: self.number,
            fencing_token: session.fencing_token,
            records: (0..RECORDS).map(record).collect(),
            checkpoint: Some(Checkpoint {
                sequence: session.next_sequence,
                position: self.number.to_string(),
                mark: 0,
            }),
            reconciled: None,
        }
    }
}
