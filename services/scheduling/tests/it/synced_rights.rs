//! What sources have sent as the world goes on beneath it: the registry is restored, and a mall
//! gets another organiser.

use mpp_api::{
    registry::Mall,
    scheduling::{
        DeleteHoursRuleRequest, HoursRule, UpdateHoursRuleRequest,
        hours_service_client::HoursServiceClient,
    },
    sync::{
        OpenSessionRequest, Outcome, Source, UndoSessionRequest, UndoneRecord,
        undone_record::Change as Undone,
    },
};
use mpp_core::Role;
use mpp_form::held;
use mpp_testkit::{Backend, contents, database, on_both};
use tonic::Code;

use crate::{
    source::{
        MALL, ORGANISER, SOURCE, Session, closed, codes, delete, hours, name, officer, opening,
        outcomes, restarted, run, source, sourced, stored, sync, waiting,
    },
    world::{Upstream, World, caller, eventually, refused, socket},
};

const POLRES: &str = "sources/polres";
const SUCCESSOR: &str = "units/disdukcapil-banyuwangi";

/// A registry of which everything is lost takes the place of the one that is followed.
async fn lose_the_registry(world: World) -> World {
    let address = socket(&world.upstream.address);
    world.upstream.stop.cancel();
    eventually("the port", async || tokio::net::TcpListener::bind(address).await.ok().map(drop))
        .await;
    let upstream = Upstream::over(database(Backend::Sqlite).await, &address.to_string()).await;
    World { upstream, ..world }
}

/// A source whose unit runs no mall, with a session of its own.
async fn police(world: &World) {
    let unit = "units/polres".to_owned();
    world.upstream.put(POLRES, Source { unit, ..Source::default() }).await;
    let own = caller(POLRES, Role::Publisher, &[POLRES]);
    let hello = OpenSessionRequest { source: POLRES.into(), ..opening() };
    sync(world, own).open_session(hello).await.expect("a session");
}

#[tokio::test]
async fn what_is_kept_of_a_source_stays_where_only_the_copy_has_lost_it() {
    on_both(async |database| {
        let world = sourced(database).await;
        run(&world, vec![hours("baru", "malls/baru")]).await;
        police(&world).await;
        let world = lose_the_registry(world).await;
        // This one was deleted; of the other the registry knows nothing.
        world.upstream.put(POLRES, Source::default()).await;
        world.upstream.withdraw::<Source>(POLRES).await;
        eventually("the loss", async || {
            let copy = contents(world.database.url()).await;
            (!copy["upstream_record"].iter().any(|row| row.contains("sources/"))).then_some(())
        })
        .await;
        let world = restarted(world, |_| ()).await;
        // They are looked at by name, so the mall's was looked at when the police's is gone.
        let kept = eventually("that one is forgotten", async || {
            let kept = contents(world.database.url()).await["sync_lease"].join(" ");
            (!kept.contains(POLRES)).then_some(kept)
        })
        .await;
        assert!(kept.contains(SOURCE), "{kept}");
        let unit = ORGANISER.to_owned();
        world.upstream.put(SOURCE, Source { unit, ..Source::default() }).await;
        eventually("the source", async || (source_of(&world).await? == 1).then_some(())).await;
        assert_eq!(waiting(&world).await.total_size, 1);
    })
    .await;
}

/// How many records the source has sent, where it is known.
async fn source_of(world: &World) -> Option<i64> {
    let request = mpp_api::sync::GetSourceRequest { name: SOURCE.into() };
    let found = sync(world, officer()).get_source(request).await.ok()?.into_inner().source?;
    found.accounting.map(|counted| counted.received)
}

async fn hand_over(world: &World, organiser: &str) {
    let (region, organiser) = ("regions/35.10".to_owned(), organiser.to_owned());
    world.upstream.put(MALL, Mall { region, organiser, ..Mall::default() }).await;
}

#[tokio::test]
async fn a_malls_new_organiser_is_not_bound_by_what_the_former_ones_source_has_sent() {
    on_both(async |database| {
        let world = sourced(database).await;
        let (session, _) = run(&world, vec![hours("jam", MALL), hours("sore", MALL)]).await;
        let successor = caller("users/budi", Role::Organiser, &[SUCCESSOR]);
        let mut api = HoursServiceClient::new(world.scheduling.channel(successor));
        let rule = stored(&world, "jam").await.expect("a rule");
        let changed = HoursRule { etag: String::new(), works_national_holidays: true, ..rule };
        let update = UpdateHoursRuleRequest {
            hours_rule: Some(changed),
            ..UpdateHoursRuleRequest::default()
        };
        refused(api.update_hours_rule(update.clone()).await, Code::PermissionDenied);
        hand_over(&world, SUCCESSOR).await;
        eventually("the new organiser's word", async || {
            api.update_hours_rule(update.clone()).await.ok()
        })
        .await;
        let (_, kept) = run(&world, vec![delete("sore")]).await;
        assert_eq!(codes(&kept), ["NOT_ALLOWED"], "the mall is others' now: {kept:?}");
        assert!(stored(&world, "sore").await.is_some());
        let told = undo(&world, &session).await;
        let mut left: Vec<_> = told.iter().map(|one| (one.name.clone(), one.change())).collect();
        left.sort();
        assert_eq!(left, [(name("jam"), Undone::Left), (name("sore"), Undone::Left)], "{told:?}");
        let of_another =
            |one: &&UndoneRecord| one.left_reason.contains("may not write it any more");
        assert_eq!(told.iter().filter(of_another).count(), 1, "the other was changed: {told:?}");
        let gone = DeleteHoursRuleRequest { name: name("sore"), ..Default::default() };
        api.delete_hours_rule(gone).await.expect("its organiser may");
        let (_, result) = run(&world, vec![hours("jam", MALL)]).await;
        assert_ne!(outcomes(&result), [Outcome::Applied], "{result:?}");
        assert_eq!(source(&world).await.name, SOURCE);
    })
    .await;
}

/// The standing records of its source, as a session is told.
async fn told_of(world: &World) -> (i64, Vec<u8>) {
    let session = Session::open(world).await;
    let (held, digest) = (session.welcome.held, session.welcome.held_digest.to_vec());
    session.end().await;
    (held, digest)
}

#[tokio::test]
async fn hours_that_were_changed_while_the_mall_was_others_are_asked_for_once_it_is_back() {
    on_both(async |database| {
        let world = sourced(database).await;
        let closure = || closed("libur", MALL, "2026-12-01");
        run(&world, vec![hours("jam", MALL), closure()]).await;
        let all = told_of(&world).await;
        let mut api = HoursServiceClient::new(world.scheduling.channel(caller(
            "users/budi",
            Role::Organiser,
            &[SUCCESSOR],
        )));
        hand_over(&world, SUCCESSOR).await;
        for id in ["jam", "libur"] {
            let rule = stored(&world, id).await.expect("a rule");
            let valid_through = "2027-01-01".to_owned();
            let changed = HoursRule { etag: String::new(), valid_through, ..rule };
            let update = UpdateHoursRuleRequest {
                hours_rule: Some(changed),
                ..UpdateHoursRuleRequest::default()
            };
            eventually("the new organiser's word", async || {
                api.update_hours_rule(update.clone()).await.ok()
            })
            .await;
            api.update_hours_rule(update).await.expect("and once more, which changes nothing");
        }
        hand_over(&world, ORGANISER).await;
        assert_eq!(
            told_of(&world).await,
            (2, held::digest([]).to_vec()),
            "both are another's text"
        );
        let sent = eventually("the mall is the source's again", async || {
            let (_, sent) = run(&world, vec![hours("jam", MALL), closure()]).await;
            (outcomes(&sent) == [Outcome::Applied; 2]).then_some(())
        });
        sent.await;
        assert_eq!(told_of(&world).await, all, "as it says");
    })
    .await;
}

async fn undo(world: &World, session: &str) -> Vec<UndoneRecord> {
    let (source, session) = (SOURCE.to_owned(), session.to_owned());
    let request = UndoSessionRequest { source, session, ..UndoSessionRequest::default() };
    let undone = sync(world, officer()).undo_session(request).await.expect("undone");
    undone.into_inner().records
}
