//! A source that is rightly empty, and records that wait for something else: neither is told as
//! wrong.

use mpp_api::{
    registry::unit::Kind,
    sync::{End, incomplete::Reason},
};
use mpp_testkit::on_both;

use crate::{
    ends::{Ended, good, told, untitled},
    given::{service, unit},
    publisher::record_of,
    pusher::Push,
    world::{KEMENDAGRI, World, refused},
};

#[tokio::test]
async fn a_source_that_is_meant_to_be_empty_is_seen_whole_each_time() {
    told(async |_, mut client| {
        let empty = || End { empty: true, ..End::default() };
        let first = client.run_to(Vec::new(), empty()).await;
        assert!(first.send_all);
        assert_eq!(first.lack(), None, "nothing is there, and that is right");
        let again = client.run_to(Vec::new(), empty()).await;
        assert!(again.send_all, "no batch has a checkpoint yet");
        assert_eq!(again.lack(), None);
        assert_eq!(client.run(Vec::new()).await.lack(), Some(Reason::NothingSent), "not said so");
        let refused = client.run_to(untitled(0..2), empty()).await;
        assert_eq!(refused.lack(), Some(Reason::NothingTaken), "two records are not none");
        client.mapping = "2";
        let gone = client.run_to(Vec::new(), empty()).await;
        assert_eq!((gone.lack(), gone.source.rejected_now), (None, 0));
    })
    .await;
}

#[tokio::test]
async fn rows_that_nobody_could_read_are_no_empty_source() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut push = Push::open(&world).await;
        let end = End { empty: true, unread: 3, ..End::default() };
        assert_eq!(refused(push.end_with(end).await).fields[0].0, "empty");
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_its_unit_is_counted_apart_from_what_is_wrong() {
    told(async |world, mut client| {
        let late = || record_of("units/dinas-baru", "akta", service("Akta"));
        let waits = client.run(vec![late()]).await;
        assert_eq!(waits.lack(), Some(Reason::AllWaiting));
        let now = |run: &Ended| (run.source.rejected_now, run.source.waiting_now);
        assert_eq!(now(&waits), (0, 1));
        let counted = waits.summary.session.expect("counted");
        assert_eq!((counted.rejected, counted.quarantined), (0, 1));
        let both = client.run([good(0..1), untitled(1..3), vec![late()]].concat()).await;
        assert_eq!((both.lack(), now(&both)), (None, (2, 1)));

        let below = unit("dinas-baru", Kind::Office, KEMENDAGRI);
        world.admin().create_unit("dinas-baru", below).await.expect("made");
        let taken = client.run(vec![late()]).await;
        assert_eq!(now(&taken), (2, 0), "it is taken as it came");
        let gone = End { rejected_gone: vec!["s1".into(), "s2".into()], ..End::default() };
        assert_eq!(now(&client.run_to(Vec::new(), gone).await), (0, 0));
    })
    .await;
}
