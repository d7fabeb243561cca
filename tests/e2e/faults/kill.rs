//! Who dies, and who brings them back.

use std::time::Duration;

use mpp_tests::{Service, Suite, cluster::Cluster, wait::pause};
use rand::{Rng as _, rngs::StdRng};

use super::{Plan, agent::Agent};

/// Whom a kill strikes.
#[derive(Clone, Copy, Debug)]
enum Victim {
    Service(Service),
    Agent,
    Database,
}

/// Kills, one after another; each victim is brought back a moment later.
pub async fn some(plan: &Plan, suite: &mut Suite, cluster: Option<&Cluster>, agent: &Agent) {
    let mut random = plan.random(1);
    for number in 1..=plan.kills {
        live(suite, &mut random, 200..1_500).await;
        let victim = choose(&mut random, cluster.is_some());
        println!("  kill {number} of {}: {victim:?}", plan.kills);
        match (victim, cluster) {
            (Victim::Service(service), _) => {
                suite.kill(service).await;
                live(suite, &mut random, 0..400).await;
            }
            // Whoever started it starts it again.
            (Victim::Agent, _) => agent.kill().await,
            (Victim::Database, Some(cluster)) => {
                cluster.kill().await;
                live(suite, &mut random, 50..600).await;
                cluster.restart().await;
            }
            (Victim::Database, None) => unreachable!("a file is no process"),
        }
    }
}

/// Any of them, with equal chances.
fn choose(random: &mut StdRng, has_database: bool) -> Victim {
    match random.random_range(0..if has_database { 5 } else { 4 }) {
        0 => Victim::Service(Service::Registry),
        1 => Victim::Service(Service::Scheduling),
        2 => Victim::Service(Service::Reporting),
        3 => Victim::Agent,
        _ => Victim::Database,
    }
}

/// Lets some time pass, in which what has died is started again, as a cluster manager would.
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
