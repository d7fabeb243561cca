//! Everything is killed, again and again, at random moments: nothing is lost, nothing is there
//! twice, nothing is sold twice, and all copies agree.
//!
//! `MPP_TEST_SEED` repeats a run's choices; `MPP_TEST_SCALE` (default 1) multiplies records and
//! kills.

mod agent;
mod book;
mod kill;
mod queue;
mod retry;
mod until;
mod verify;

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use mpp_testkit::Backend;
use mpp_tests::{
    PATIENCE, Service, Setup, Suite, cluster::Cluster, copy::Follower, keys::AUDITOR, proxy::Proxy,
    town,
};
use rand::{SeedableRng as _, rngs::StdRng};

/// The work under way, and how often something dies.
struct Plan {
    seed: u64,
    records: usize,
    clients: u64,
    kills: usize,
    /// How long whatever still goes on after the last kill may take.
    patience: Duration,
}

impl Plan {
    fn new() -> Self {
        let number = |name: &str| env::var(name).ok().map(|text| text.parse().expect("a number"));
        let scale = usize::try_from(number("MPP_TEST_SCALE").unwrap_or(1)).expect("small");
        let seed = number("MPP_TEST_SEED").unwrap_or_else(rand::random);
        let plan = Self {
            seed,
            records: 5_000 * scale,
            clients: 64,
            kills: 10 * scale,
            patience: PATIENCE * u32::try_from(2 * scale).expect("small"),
        };
        println!(
            "MPP_TEST_SEED={seed} ({} records, {} clients, {} kills)",
            plan.records, plan.clients, plan.kills
        );
        plan
    }

    /// A generator of its own for each actor, so that their choices do not hang on their order.
    fn random(&self, actor: u64) -> StdRng {
        StdRng::seed_from_u64(self.seed ^ actor.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_lose_nothing_and_double_nothing_on_sqlite() {
    let plan = Plan::new();
    let suite = Suite::start(Backend::Sqlite).await;
    tell(&plan, suite, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_lose_nothing_and_double_nothing_on_postgres() {
    let plan = Plan::new();
    let cluster = Cluster::start().await;
    let setup = Setup { cluster: Some(&cluster), ..Setup::default() };
    let suite = Suite::start_with(Backend::Postgres, setup).await;
    tell(&plan, suite, Some(&cluster)).await;
}

async fn tell(plan: &Plan, mut suite: Suite, cluster: Option<&Cluster>) {
    let ministry = town::open(&suite).await;
    let calm = Arc::new(AtomicBool::new(false));
    let follow = |service| Follower::start(suite.channel(service, AUDITOR));
    let followers = [follow(Service::Registry), follow(Service::Scheduling)];
    let agent = agent::Agent::start(&suite, &ministry, plan.records, calm.clone());
    let network = Proxy::to(vec![suite.socket(Service::Scheduling)]).await;
    let citizens = book::Citizens::start(&suite, &network, plan, calm.clone()).await;
    let officers = queue::Officers::start(&suite, calm.clone());

    let others = kill::Others { agent: &agent, network: &network, cluster };
    kill::some(plan, &mut suite, &others).await;
    calm.store(true, Ordering::SeqCst);
    kill::all_are_up(&mut suite).await;
    let catalog = within(plan, "the agent", agent.end()).await;
    let booked = within(plan, "the citizens", citizens.end()).await;
    let called = within(plan, "the officers", officers.end()).await;

    verify::catalog(&suite, &catalog).await;
    verify::bookings(&suite, &booked).await;
    verify::queue(&suite, &called).await;
    verify::copies_agree(&suite, &followers).await;
    verify::report(&suite).await;
    for service in Service::ALL {
        assert!(!suite.log(service).contains("panicked at"), "{} panicked", service.name());
    }
}

/// Work that is under way after the last kill ends by itself.
async fn within<T>(plan: &Plan, who: &str, end: impl Future<Output = T>) -> T {
    let ended = tokio::time::timeout(plan.patience, end).await;
    ended.unwrap_or_else(|_| panic!("{who} found no end"))
}
