//! Copies of both feeds, as a follower of either release keeps them.

use mpp_tests::{PATIENCE, Service, copy::Copy, eventually, keys::AUDITOR, wait::that};

use crate::stage::{Release, Stage};

const FED: [Service; 2] = [Service::Registry, Service::Scheduling];

/// A copy of each feed, with the position that it has reached.
pub struct Copies(Vec<Copy>);

impl Copies {
    /// Copies of the old release's feeds.
    pub async fn of(stage: &Stage) -> Self {
        let mut copies = Vec::new();
        for service in FED {
            let channel = stage.channel(Release::Old, service, AUDITOR);
            copies.push(Copy::of(&channel).await.expect("a copy"));
        }
        Self(copies)
    }

    /// Goes on from its position, at this release, up to now: no position is refused, and every
    /// byte is as it was written, whichever release feeds it.
    pub async fn go_on(mut self, stage: &Stage, release: Release) -> Self {
        for (copy, service) in self.0.iter_mut().zip(FED) {
            let channel = stage.channel(release, service, AUDITOR);
            eventually(PATIENCE, "what is followed is what is read anew", async || {
                let fresh = Copy::of(&channel).await.expect("a copy");
                let enough = |copy: &Copy| copy.revision >= fresh.revision;
                copy.follow(&channel, enough).await.expect("the position holds");
                that(copy.records == fresh.records, "not yet")
            })
            .await;
            has_the_field(copy, service);
        }
        self
    }
}

/// The bytes of records of the next release, the field among them.
fn has_the_field(copy: &Copy, service: Service) {
    let wanted = match service {
        Service::Registry => "malls/banyuwangi",
        _ => "hoursRules/national",
    };
    let of = copy.records.iter().find(|((_, name), _)| name == wanted);
    let (_, (_, document)) = of.expect("it is there");
    // Its name stands twice: as its name, and as the field.
    let times = document.windows(wanted.len()).filter(|part| *part == wanted.as_bytes()).count();
    assert!(times >= 2, "{wanted} has lost the field");
}
