//! Processes that die, and the manager that brings them back.

use std::time::Duration;

use mpp_tests::{
    Service, Suite,
    cluster::Cluster,
    proxy::{Proxy, Weather},
    wait::pause,
};
use rand::{Rng as _, rngs::StdRng, seq::SliceRandom as _};

use super::{Plan, agent::Agent};

/// The victim of a kill.
#[derive(Clone, Copy, Debug)]
enum Victim {
    Service(Service),
    Agent,
    /// The answers to citizens: a booking is made, and they never hear of it.
    Answers,
    Database,
}

/// The victims beside the services.
pub struct Others<'a> {
    pub agent: &'a Agent,
    /// Between the citizens and scheduling.
    pub network: &'a Proxy,
    /// `None` if the databases are files.
    pub cluster: Option<&'a Cluster>,
}

/// Kills, one after another; each victim is brought back a moment later.
pub async fn some(plan: &Plan, suite: &mut Suite, others: &Others<'_>) {
    let mut random = plan.random(1);
    let victims = order(&mut random, plan.kills, others.cluster.is_some());
    for (number, victim) in (1..).zip(victims) {
        live(suite, &mut random, 200..1_500).await;
        println!("  kill {number} of {}: {victim:?}", plan.kills);
        match (victim, others.cluster) {
            (Victim::Service(service), _) => {
                suite.kill(service).await;
                live(suite, &mut random, 0..400).await;
            }
            // The one who started it starts it again.
            (Victim::Agent, _) => others.agent.kill().await,
            (Victim::Answers, _) => lose_answers(others.network).await,
            (Victim::Database, Some(cluster)) => {
                cluster.kill().await;
                live(suite, &mut random, 50..600).await;
                cluster.restart().await;
            }
            (Victim::Database, None) => unreachable!("a file is no process"),
        }
    }
}

/// Requests under way are worked off, and their answers held back; then the connections break.
async fn lose_answers(network: &Proxy) {
    network.set(Weather::Stalled);
    pause(400).await;
    network.set(Weather::Cut);
    pause(50).await;
    network.set(Weather::Fair);
}

/// The order of deaths: random, but no victim twice before all others.
fn order(random: &mut StdRng, kills: usize, has_database: bool) -> Vec<Victim> {
    let mut order = Vec::new();
    while order.len() < kills {
        let mut round: Vec<_> = Service::ALL.map(Victim::Service).into();
        round.extend([Victim::Agent, Victim::Answers]);
        round.extend(has_database.then_some(Victim::Database));
        round.shuffle(random);
        order.extend(round);
    }
    order.truncate(kills);
    order
}

/// Lets some time pass, in which processes that have died are started again, as a cluster manager
/// would.
async fn live(suite: &mut Suite, random: &mut StdRng, millis: std::ops::Range<u64>) {
    let mut left = random.random_range(millis);
    while left > 0 {
        let step = left.min(100);
        pause(step).await;
        left -= step;
        revive(suite);
    }
}

fn revive(suite: &mut Suite) {
    for service in Service::ALL {
        if suite.process(service).ended().is_some() {
            suite.launch(service);
        }
    }
}

/// Waits until everything is up, for good.
pub async fn all_are_up(suite: &mut Suite) {
    // A server that began while its database was away may yet give up.
    for _ in 0..20 {
        revive(suite);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for service in Service::ALL {
        suite.ready(service).await;
    }
}
