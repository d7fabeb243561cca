//! The registry's side of the wire: records put directly, served by the real feed.

use mpp_api::{
    Document,
    registry::{Counter, Mall, Offering, Region, Window, counter::Regime, offering},
    sync::Source,
    types::{Tombstone, tombstone},
};
use mpp_calendar::Zone;
use mpp_store::{Actor, Db, Expect, Feed, FeedOptions, Labels, Schema};
use mpp_testkit::{Backend, TestDatabase, database};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::CancellationToken;

use super::{BANK, DUKCAPIL, KTP};

/// A registry with a feed and nothing else.
pub struct Upstream {
    pub db: Db,
    pub address: String,
    pub stop: CancellationToken,
    _database: TestDatabase,
}

const REGISTRY: Schema =
    Schema { service: "registry", steps: &[], history_kinds: &[Source::KIND], standing_kinds: &[] };

impl Upstream {
    pub async fn start() -> Self {
        let database = database(Backend::Sqlite).await;
        Self::over(database, "127.0.0.1:0").await
    }

    pub async fn over(database: TestDatabase, at: &str) -> Self {
        let db = database.open(&REGISTRY).await.expect("the registry's database");
        let stop = CancellationToken::new();
        let feed =
            Feed::start(db.clone(), FeedOptions::default(), stop.clone()).await.expect("feed");
        let listener = TcpListener::bind(at).await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let served = tonic::transport::Server::builder()
            .add_service(
                mpp_rpc::feed::FeedServer::new(feed, mpp_api::document::KINDS).into_route(),
            )
            .add_service(mpp_rpc::history::HistoryServer::new(db.clone()).into_route())
            .serve_with_incoming_shutdown(
                TcpListenerStream::new(listener),
                stop.clone().cancelled_owned(),
            );
        tokio::spawn(served);
        Self { db, address: format!("http://{address}"), stop, _database: database }
    }

    pub async fn put<D: Document>(&self, name: &str, doc: D) {
        let mut tx = self.db.begin(&Actor::default()).await.expect("a transaction");
        tx.put(name, &doc, Labels::new(), Expect::Any).await.expect("a record");
        tx.commit().await.expect("a commit");
    }

    pub async fn withdraw<D: Document>(&self, name: &str) {
        let tombstone =
            Tombstone { reason: tombstone::Reason::Withdrawn.into(), successor: String::new() };
        let mut tx = self.db.begin(&Actor::default()).await.expect("a transaction");
        tx.delete::<D>(name, &tombstone, Expect::Any).await.expect("a tombstone");
        tx.commit().await.expect("a commit");
    }

    pub async fn mall(&self, id: &str, region: &str, zone: Zone) {
        let region_name = format!("regions/{region}");
        let time_zone = zone.iana_name().to_owned();
        let region = Region { name: region_name.clone(), time_zone, ..Default::default() };
        self.put(&region_name, region).await;
        let name = format!("malls/{id}");
        let organiser = format!("units/dpmptsp-{id}");
        let mall =
            Mall { name: name.clone(), region: region_name, organiser, ..Default::default() };
        self.put(&name, mall).await;
    }

    pub async fn counter(&self, name: &str, regime: Regime, windows: usize) {
        let mut counter = Counter { name: name.into(), ..Default::default() };
        counter.set_regime(regime);
        counter.ticket_prefix = name.rsplit('/').next().unwrap_or("a")[..1].to_uppercase();
        self.put(name, counter).await;
        for number in 1..=windows {
            let name = format!("{name}/windows/{number}");
            self.put(&name, Window { name: name.clone(), ..Default::default() }).await;
        }
    }

    pub async fn offering(&self, name: &str, capacity: i32, quota: i32) {
        let id = name.rsplit('/').next().unwrap_or_default();
        let mut offering = Offering {
            name: name.into(),
            service: format!("units/kemendagri/services/{id}"),
            slot_minutes: 30,
            slot_capacity: capacity,
            quota_per_day: quota,
            ..Default::default()
        };
        offering.set_state(offering::State::Accepted);
        self.put(name, offering).await;
    }

    /// Banyuwangi in the west, Denpasar in the middle, Merauke in the east.
    pub async fn seed(&self) {
        self.mall("banyuwangi", "35.10", Zone::Wib).await;
        self.mall("denpasar", "51.71", Zone::Wita).await;
        self.mall("merauke", "93.01", Zone::Wit).await;
        self.counter(DUKCAPIL, Regime::CivilService, 8).await;
        self.counter(BANK, Regime::Own, 1).await;
        self.counter("malls/banyuwangi/counters/polri", Regime::ArmyPolice, 1).await;
        self.counter("malls/denpasar/counters/dukcapil", Regime::CivilService, 1).await;
        self.counter("malls/merauke/counters/dukcapil", Regime::CivilService, 1).await;
        self.offering(KTP, 10, 0).await;
    }
}
