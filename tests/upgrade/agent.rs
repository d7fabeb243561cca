//! A ministry's agent, of the one or the other release, at a registry of the one or the other.

use mpp_tests::{
    PATIENCE, Service, eventually,
    keys::{APP, PUBLISHER},
    process::Process,
    town::{self, KTP_HILANG, Ministry},
    wait::that,
};

use crate::{
    door::FIELD,
    stage::{Release, Stage},
};

const SAID: &str = "said by the source";

/// The next release's agent sends the field; the old one's refuses a mapping that names it.
pub async fn publishes_the_field(stage: &Stage, ministry: &Ministry) {
    ministry.maps_also(&format!("of_tomorrow: \"{SAID}\""));
    let config = ministry.agent()[2].clone();
    let check = ["agent".to_owned(), "check".to_owned(), config];
    let refused = stage.run_at_next(Release::Old, PUBLISHER, &check).await;
    let told = format!("{}{}", refused.out, refused.err);
    assert!(refused.code != 0 && told.contains("of_tomorrow"), "{told}");
    stage.run_at_next(Release::Next, PUBLISHER, &ministry.agent()).await.succeeded();
    assert_eq!(field(stage, Release::Next).await, SAID);
    ministry.maps_also("");
}

/// An agent that waits for the registry to be upgraded.
pub struct Waiting(Process);

/// Neither release's agent loses anything at the old registry: they wait.
pub async fn waits(stage: &Stage, ministry: &Ministry) -> Waiting {
    let mut catalog = town::catalog();
    catalog[0] = town::row("KTP-HILANG", "Penggantian KTP elektronik yang hilang", "Gratis");
    ministry.publish(&catalog);
    let mut last = None;
    for (release, log) in [(Release::Next, "agent-next.log"), (Release::Old, "agent-old.log")] {
        if let Some(Waiting(mut before)) = last.take() {
            before.kill().await;
        }
        let agent = stage.start(release, PUBLISHER, &ministry.agent(), log);
        eventually(PATIENCE, &format!("the {release:?} agent is told to wait"), async || {
            let log = agent.log();
            that(log.contains(" in form "), log)
        })
        .await;
        last = Some(Waiting(agent));
    }
    last.expect("two were started")
}

impl Waiting {
    /// The registry was upgraded: the old agent's change has arrived, and a field that it does not
    /// know is kept.
    pub async fn goes_through(mut self, stage: &Stage) {
        let ended = self.0.end_within(PATIENCE).await;
        assert!(ended.success(), "{}", self.0.log());
        let door = stage.door(Release::Next, Service::Registry, APP);
        let fees = door.record(KTP_HILANG).await["fees"].clone();
        assert_eq!(fees[0]["sourceText"], "Gratis", "its change is there");
        assert_eq!(field(stage, Release::Next).await, SAID, "and the field stands");
    }
}

async fn field(stage: &Stage, release: Release) -> serde_json::Value {
    stage.door(release, Service::Registry, APP).record(KTP_HILANG).await[FIELD].clone()
}
