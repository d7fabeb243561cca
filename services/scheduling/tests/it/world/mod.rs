//! A nation of three malls in three zones, a registry's feed over their records, and scheduling.

mod in_process;
mod upstream;

use std::{net::SocketAddr, sync::Arc};

use jiff::civil::{Date, date};
use mpp_api::scheduling::{
    CreateHoursRuleRequest, HoursRule, Interval, booking_service_client::BookingServiceClient,
    hours_rule::Week, hours_service_client::HoursServiceClient,
    queue_service_client::QueueServiceClient,
};
use mpp_calendar::{Zone, local_to_utc_micros};
use mpp_client::Endpoint;
use mpp_core::{Caller, Clock, Micros, Role};
use mpp_resource::memory::MemoryPolicy;
use mpp_scheduling::{Options, Policy, Running, SCHEMA};
use mpp_store::{FeedOptions, Filter, Start};
use mpp_testkit::TestDatabase;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};
use uuid::Uuid;

pub use in_process::InProcess;
pub use upstream::Upstream;

pub const DUKCAPIL: &str = "malls/banyuwangi/counters/dukcapil";
pub const BANK: &str = "malls/banyuwangi/counters/bank";
pub const KTP: &str = "malls/banyuwangi/counters/dukcapil/offerings/ktp";
pub const TUESDAY: Date = date(2026, 11, 24);
pub const WEDNESDAY: Date = date(2026, 11, 25);

/// Everything that a story needs.
pub struct World {
    pub upstream: Upstream,
    pub database: TestDatabase,
    pub clock: Clock,
    pub scheduling: Replica,
}

/// One running scheduling.
pub struct Replica {
    pub running: Running,
    pub stop: CancellationToken,
}

impl Replica {
    pub async fn start(options: Options) -> Self {
        let stop = CancellationToken::new();
        let running = mpp_scheduling::start(options, stop.clone()).await.expect("scheduling");
        Self { running, stop }
    }

    /// Waits until it has everything that it follows.
    pub async fn ready(&self) {
        eventually("readiness", async || self.running.readiness.is_ready().then_some(())).await;
    }

    pub fn channel(&self, caller: Caller) -> InProcess {
        InProcess { routes: self.running.routes.clone(), caller: Arc::new(caller) }
    }

    pub async fn create(&self, id: &str, rule: HoursRule) -> HoursRule {
        let request = CreateHoursRuleRequest {
            hours_rule_id: id.into(),
            hours_rule: Some(rule),
            ..Default::default()
        };
        let created = self.hours().create_hours_rule(request).await.expect("a rule");
        created.into_inner().hours_rule.expect("the rule")
    }

    pub fn hours(&self) -> HoursServiceClient<InProcess> {
        HoursServiceClient::new(self.channel(administrator()))
    }

    pub fn booking(&self) -> BookingServiceClient<InProcess> {
        BookingServiceClient::new(self.channel(administrator()))
    }

    pub fn queue(&self) -> QueueServiceClient<InProcess> {
        QueueServiceClient::new(self.channel(administrator()))
    }
}

impl World {
    /// The seeded nation on a Tuesday at nine in Banyuwangi, with the national template in force.
    pub async fn on(database: TestDatabase) -> Self {
        let world = Self::without_rules(database).await;
        world.rule("templat", "national", office_week()).await;
        world
    }

    pub async fn without_rules(database: TestDatabase) -> Self {
        let upstream = Upstream::start().await;
        upstream.seed().await;
        mpp_store::migrate(&database.options(Clock::system()), &SCHEMA).await.expect("a schema");
        let clock = Clock::stopped_at(at(TUESDAY, 9 * 60, Zone::Wib));
        let scheduling = Replica::start(options(&database, &clock, &upstream.address)).await;
        scheduling.ready().await;
        Self { upstream, database, clock, scheduling }
    }

    pub fn options(&self) -> Options {
        options(&self.database, &self.clock, &self.upstream.address)
    }

    pub async fn rule(&self, id: &str, target: &str, weekly: Week) -> HoursRule {
        let rule = HoursRule { weekly: Some(weekly), ..rule_for(target) };
        self.create(id, rule).await
    }

    pub async fn create(&self, id: &str, rule: HoursRule) -> HoursRule {
        self.scheduling.create(id, rule).await
    }

    pub fn set_time(&self, date: Date, minute: u16, zone: Zone) {
        self.clock.set(at(date, minute, zone));
    }

    /// Restarts scheduling over the same database, with what `change` makes of its options.
    pub async fn restarted(self, change: impl Fn(&mut Options)) -> Self {
        let mut options = self.options();
        change(&mut options);
        let Self { upstream, database, clock, scheduling } = self;
        scheduling.stop.cancel();
        drop(scheduling);
        // A SQLite file is owned until the last of the old tasks has ended.
        let scheduling = eventually("the restart", async || {
            let stop = CancellationToken::new();
            let running = mpp_scheduling::start(options.clone(), stop.clone()).await.ok()?;
            Some(Replica { running, stop })
        })
        .await;
        Self { upstream, database, clock, scheduling }
    }
}

pub fn options(database: &TestDatabase, clock: &Clock, upstream: &str) -> Options {
    Options {
        database: database.options(clock.clone()),
        feed: FeedOptions::default(),
        upstream: Endpoint { address: upstream.to_owned(), ..Default::default() },
        client: mpp_client::Settings::default(),
        applicant_keys: vec![("2026".into(), vec![7; 32])],
        health: mpp_rpc::HealthPolicy::default(),
        policy: Policy::default(),
        sync: mpp_sync::Policy::default(),
        memory: MemoryPolicy::default(),
    }
}

pub fn rule_for(target: &str) -> HoursRule {
    HoursRule { target: target.into(), basis: "SE 1/2026".into(), ..Default::default() }
}

pub fn interval(open: &str, close: &str) -> Interval {
    Interval { open: open.into(), close: close.into() }
}

/// Monday to Friday with a break at noon.
pub fn week(open: &str, close: &str) -> Week {
    let day = vec![interval(open, "12:00"), interval("13:00", close)];
    Week {
        mon: day.clone(),
        tue: day.clone(),
        wed: day.clone(),
        thu: day.clone(),
        fri: day,
        ..Default::default()
    }
}

/// Monday to Friday until noon.
pub fn mornings() -> Week {
    let day = vec![interval("08:00", "12:00")];
    Week {
        mon: day.clone(),
        tue: day.clone(),
        wed: day.clone(),
        thu: day.clone(),
        fri: day,
        ..Default::default()
    }
}

pub fn office_week() -> Week {
    week("08:00", "15:00")
}

pub fn at(date: Date, minute: u16, zone: Zone) -> Micros {
    local_to_utc_micros(date, minute, zone).expect("an instant")
}

pub fn request_id() -> String {
    Uuid::now_v7().to_string()
}

pub fn nik(number: usize) -> String {
    mpp_testkit::nik(number as u64)
}

/// A slot of the identity card's offering.
pub fn ktp_slot(date: Date, clock: &str) -> String {
    format!("{KTP}/slots/{date}T{clock}")
}

pub fn administrator() -> Caller {
    caller("users/admin", Role::Administrator, &[])
}

pub fn caller(subject: &str, role: Role, namespaces: &[&str]) -> Caller {
    Caller {
        subject: subject.into(),
        roles: vec![role],
        namespaces: namespaces.iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// The reason of a refusal, which must be a refusal with this code.
pub fn refused<T: std::fmt::Debug>(answer: Result<T, Status>, code: Code) -> (String, String) {
    let status = answer.expect_err("it is refused");
    assert_eq!(status.code(), code, "{status}");
    let error = mpp_client::error_of(&status);
    (error.reason, error.message)
}

/// Asks again until there is an answer. Nothing is timed: the limit only ends a test that hangs.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..3000 {
        if let Some(found) = ask().await {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{what} did not come");
}

/// Follows scheduling's own feed from its state on.
pub async fn follow(replica: &Replica, kind: &str) -> mpp_store::Subscription {
    let feed = &replica.running.feed;
    feed.subscribe(Start::State, Filter::kinds([kind])).await.expect("a subscription")
}

/// The upstream's address as a socket's.
pub fn socket(address: &str) -> SocketAddr {
    address.trim_start_matches("http://").parse().expect("an address")
}
