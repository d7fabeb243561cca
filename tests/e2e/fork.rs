//! A copy of the registry's database that is run beside its original: from the copy on there are
//! two histories, with the same numbers. A client that goes from one to the other is told, and
//! keeps nothing that only the first has.

use mpp_client::{Channel, Endpoint, connect};
use mpp_testkit::{Backend, database};
use mpp_tests::{
    PATIENCE, Service, Suite,
    backup::Backup,
    copy::Copy,
    eventually,
    keys::{ADMINISTRATOR, AUDITOR, ORGANISER, PUBLISHER, Who},
    program::Said,
    replica::Replica,
    town::{self, Ministry, row},
    wait::that,
};

use crate::restore::{create_mall_at, everybody_knows, hold_of, is_refused_by, write_on_at};

#[tokio::test]
async fn who_goes_from_a_registry_to_its_fork_and_back_is_told_each_time_on_sqlite() {
    tell(Backend::Sqlite).await;
}

#[tokio::test]
async fn who_goes_from_a_registry_to_its_fork_and_back_is_told_each_time_on_postgres() {
    tell(Backend::Postgres).await;
}

async fn tell(backend: Backend) {
    let mut suite = Suite::start(backend).await;
    let ministry = town::open(&suite).await;
    let before = Copy::of(&suite.channel(Service::Registry, AUDITOR)).await.expect("a copy");
    let place = database(backend).await;
    Backup::of(suite.database(Service::Registry)).await.restore_into(place.url()).await;
    let mut serve = suite.serve(Service::Registry);
    serve.env("MPP_DATABASE_URL", place.url());
    let fork = Replica::start_by(&suite, Service::Registry, serve).await;
    let places = [suite.address(Service::Registry), fork.address()];

    for (address, mall) in places.iter().zip(["sesaat", "sebaliknya"]) {
        create_mall_at(reach(&suite, address, ADMINISTRATOR), mall).await;
        write_on_at(&reach(&suite, address, ORGANISER), mall).await;
        from_before_goes_on(&suite, address, before.clone()).await;
    }
    for (from, to) in [(0, 1), (1, 0)] {
        let held = hold_of(&suite, &endpoint(&suite, &places[from], ADMINISTRATOR)).await;
        is_refused_by(&suite, &endpoint(&suite, &places[to], ADMINISTRATOR), held).await;
    }
    the_agent_goes_over(&suite, &ministry, &places).await;
    for (address, is_fork) in [(&places[1], true), (&places[0], false)] {
        followers_go_to(&mut suite, address).await;
        followers_have(&suite, is_fork).await;
    }
}

fn endpoint(suite: &Suite, address: &str, who: Who) -> Endpoint {
    Endpoint { address: address.to_owned(), ..suite.endpoint(Service::Registry, who) }
}

fn reach(suite: &Suite, address: &str, who: Who) -> Channel {
    connect(&endpoint(suite, address, who)).expect("an endpoint")
}

/// A position of the past that both have is good at both.
async fn from_before_goes_on(suite: &Suite, address: &str, mut copy: Copy) {
    let channel = reach(suite, address, AUDITOR);
    let fresh = Copy::of(&channel).await.expect("a copy");
    copy.follow(&channel, |copy| copy.revision >= fresh.revision).await.expect("it holds");
    assert!(copy.records == fresh.records, "it has what there is");
}

/// Its checkpoint is another batch's at the fork, where another agent has synced meanwhile.
async fn the_agent_goes_over(suite: &Suite, ministry: &Ministry, [original, fork]: &[String; 2]) {
    let more = vec![row("HILANG-NANTI", "Layanan sesaat", "Gratis")];
    ministry.publish(&[town::catalog(), more].concat());
    sync_at(suite, ministry, original).await;
    let other = Ministry::at(suite, "another-machine");
    for number in 1..=3 {
        let mut catalog = town::catalog();
        catalog[1] = row("KK-BARU", "Kartu Keluarga baru", &format!("Rp {number}.000"));
        other.publish(&catalog);
        sync_at(suite, &other, fork).await;
    }
    // It compares at each: there another fee and one service less, and here all as it sent it.
    for (place, sent) in
        [(fork, "read 4 = sent 2 + known 2"), (original, "read 4 = sent 0 + known 4")]
    {
        let said = sync_at(suite, ministry, place).await;
        assert!(said.contains(sent), "at {place}: {said}");
    }
}

async fn sync_at(suite: &Suite, ministry: &Ministry, address: &str) -> String {
    let mut agent = suite.desk(PUBLISHER).command(&ministry.agent());
    agent.env("MPP_REGISTRY_ADDRESS", address);
    Said::by(agent).await.succeeded()
}

/// Scheduling and reporting are pointed elsewhere.
async fn followers_go_to(suite: &mut Suite, address: &str) {
    suite.see_registry_at(address.to_owned());
    for service in [Service::Scheduling, Service::Reporting] {
        suite.stop(service).await;
        suite.launch(service);
        suite.ready(service).await;
    }
}

async fn followers_have(suite: &Suite, is_fork: bool) {
    let (there, gone) = if is_fork { ("sebaliknya", "sesaat") } else { ("sesaat", "sebaliknya") };
    everybody_knows(suite, &format!("malls/{there}")).await;
    eventually(PATIENCE, "the other history's mall is gone", async || {
        let known = crate::restore::anybody_knows(suite, &format!("malls/{gone}")).await?;
        that(!known, "somebody has it")
    })
    .await;
}
