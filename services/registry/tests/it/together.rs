//! Several clients that feed one source, each a part of it: each answers for what it sends, and for
//! nothing else; and what two of them send in different words is told.

use mpp_api::registry::HandBackServiceRequest;
use mpp_api::sync::{
    End, Hello, Incomplete, ListWaitingRecordsResponse, OpenSessionRequest, Outcome, Record,
    incomplete, sync_request::Message as Ask,
};
use mpp_client::error_of;
use mpp_testkit::{execute, on_both};

use crate::{
    publisher::{begin_again, codes, delete, hello, outcomes, record, source},
    pusher::{Push, opening},
    quarantine::{asleep, create_unit, late, listed, quick, run_as, titles, until_title},
    reconciled::reconciled,
    world::{KEMENDAGRI, SOURCE, World},
};

/// The configuration of one half of the ministry's catalog.
pub fn of(client: &str) -> Hello {
    Hello { client: client.into(), mapping_version: client.into(), ..hello() }
}

/// One record is taken, one is wrong and one waits.
pub fn barat() -> Vec<Record> {
    vec![record("kk", "Kartu keluarga"), record("salah", ""), late("akta", "Akta")]
}

pub async fn stand(world: &World) -> (i64, i64) {
    let shown = source(world).await;
    (shown.rejected_now, shown.waiting_now)
}

fn waiting(listed: &ListWaitingRecordsResponse) -> Vec<(&str, &str)> {
    let id = |name: &'_ str| name.rfind('/').map_or(0, |at| at + 1);
    listed.records.iter().map(|one| (&one.name[id(&one.name)..], one.client.as_str())).collect()
}

#[tokio::test]
async fn a_complete_run_of_one_configuration_leaves_what_waits_of_another() {
    on_both(async |database| {
        let world = World::with_source_under(&database, quick()).await;
        run_as(&world, of("barat"), barat()).await;
        run_as(&world, of("timur"), vec![record("ktp", "KTP"), late("nikah", "Nikah")]).await;
        assert_eq!(stand(&world).await, (1, 2), "what the other has sent stands");
        let listed = listed(&world, SOURCE).await;
        assert_eq!(waiting(&listed), [("akta", "barat"), ("nikah", "timur")]);

        let gone = vec!["akta".into(), "salah".into()];
        let mut session = begin_again(&world, of("timur")).await;
        session.send(vec![record("ktp", "KTP"), late("nikah", "Nikah")]).await;
        session.end_with(End { rejected_gone: gone, ..End::default() }).await;
        assert_eq!(stand(&world).await, (1, 2), "it is not for this one to say that they are gone");

        run_as(&world, of("barat"), vec![record("kk", "Kartu keluarga")]).await;
        assert_eq!(stand(&world).await, (0, 1), "its own client has them no more");
        create_unit(&world, "dinas-baru").await;
        until_title(&world, "units/dinas-baru/services/nikah", "Nikah").await;
        assert_eq!(titles(&world).len(), 3);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn by_single_calls_and_by_comparing_it_is_the_same() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let all = barat();
        run_as(&world, of("barat"), all.clone()).await;
        let opens = OpenSessionRequest { client: "timur".into(), ..opening() };
        let mut push = Push::with(&world, opens.clone()).await.expect("a session");
        push.send(vec![late("nikah", "Nikah")]).await;
        push.end().await.expect("an end");
        assert_eq!(stand(&world).await, (1, 2));
        reconciled(&world, of("barat"), &all).await;
        assert_eq!(stand(&world).await, (1, 2), "it has compared, and has not what the other has");
        let mut push = Push::with(&world, opens).await.expect("a session");
        push.send(vec![record("ktp", "KTP")]).await;
        push.end().await.expect("an end");
        assert_eq!(stand(&world).await, (1, 1), "its own goes");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn one_record_in_the_words_of_two_configurations_goes_to_and_fro_and_both_are_told() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let run = async |client: &str, title: &str| {
            let sent = vec![record("kk", title), record(client, "Milik sendiri")];
            let result = run_as(&world, of(client), sent).await;
            assert_eq!(codes(&result), ["", ""], "each is taken");
            let remarks = &result.results[0].warnings;
            remarks.iter().map(|one| one.code.clone()).collect::<Vec<_>>()
        };
        let contested = async || {
            let listed = listed(&world, SOURCE).await;
            assert_eq!(usize::try_from(listed.contested_size), Ok(listed.contested.len()));
            let one = |one: &mpp_api::sync::ContestedRecord| {
                assert_eq!(one.name, format!("{KEMENDAGRI}/services/kk"));
                (one.client.clone(), one.other_client.clone(), one.changes)
            };
            listed.contested.iter().map(one).collect::<Vec<_>>()
        };
        let kk = || {
            let named = format!("{KEMENDAGRI}/services/kk");
            let found = titles(&world).into_iter().find(|(name, _)| *name == named);
            found.expect("it stands").1
        };
        assert!(run("barat", "Kartu keluarga").await.is_empty());
        assert!(run("timur", "Kartu keluarga").await.is_empty(), "both say the same");
        assert_eq!(run("barat", "KK barat").await, ["OTHER_CLIENT"], "the other said it otherwise");
        assert_eq!(run("timur", "KK timur").await, ["OTHER_CLIENT"]);
        assert_eq!(kk(), "KK timur", "whichever comes last is published");
        assert_eq!(contested().await, [("timur".to_owned(), "barat".to_owned(), 2)]);
        assert_eq!(run("timur", "KK timur").await, ["OTHER_CLIENT"], "as long as both send it");
        assert_eq!(run("barat", "KK barat").await, ["OTHER_CLIENT"]);
        assert_eq!(contested().await, [("barat".to_owned(), "timur".to_owned(), 3)]);

        run_as(&world, of("timur"), vec![record("timur", "Milik sendiri")]).await;
        assert_eq!(contested().await, [], "one has ended completely without it");
        assert!(run("barat", "KK barat").await.is_empty());
        assert_eq!(kk(), "KK barat");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_configuration_that_gives_in_and_one_that_is_away_contest_nothing() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let run = async |client: &str, title: &str| {
            let result = run_as(&world, of(client), vec![record("kk", title)]).await;
            assert_eq!(outcomes(&result).len(), 1);
            result.results[0].warnings.len()
        };
        assert_eq!(run("barat", "Satu").await, 0);
        assert_eq!(run("timur", "Dua").await, 1);
        assert_eq!(run("barat", "Dua").await, 0, "both say the same by now");
        assert_eq!(listed(&world, SOURCE).await.contested_size, 0);
        execute(database.url(), "update sync_client set heard = 0 where name = 'barat'").await;
        assert_eq!(run("timur", "Tiga").await, 0);
        assert_eq!(outcomes(&run_as(&world, of("timur"), barat()).await)[0], Outcome::Applied);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_session_that_brings_a_part_says_nothing_of_the_rest() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let torn = Incomplete { reason: incomplete::Reason::Torn.into(), text: "a quote".into() };
        let mut session = begin_again(&world, hello()).await;
        let last = session.send(barat()).await;
        session.end_with(End { incomplete: Some(torn), unread: 3, ..End::default() }).await;
        let before = source(&world).await;
        let known = Hello { checkpoint: last.checkpoint, ..hello() };
        let mut session = begin_again(&world, known).await;
        assert!(!session.welcome.send_all);
        session.send(vec![record("kk", "Kartu keluarga baru")]).await;
        let part = End { part: true, ..End::default() };
        let wrong = End { unread: 1, ..part.clone() };
        let refused = session.ask(Ask::End(wrong)).await.expect_err("it speaks of the whole");
        assert_eq!(error_of(&refused).fields[0].0, "end.part");
        let mut session = begin_again(&world, of("lain")).await;
        session.send(vec![record("kk", "KK")]).await;
        let summary = session.end_with(part).await;
        assert_eq!(summary.incomplete, None);
        let after = source(&world).await;
        assert_eq!(after.incomplete, before.incomplete, "it is still not known whole");
        assert_eq!((after.unread_now, after.last_success_time), (3, None));
        assert_eq!(stand(&world).await, (1, 1), "nothing counts as gone");
        world.stop().await;
    })
    .await;
}

/// A source's two configurations, whose ids are said to be unique.
fn unique(client: &str) -> Hello {
    Hello { unique_ids: true, ..of(client) }
}

#[tokio::test]
async fn an_id_that_another_configuration_sends_under_another_unit_is_no_move() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        create_unit(&world, "dinas-baru").await;
        run_as(&world, unique("barat"), vec![record("kk", "KK barat")]).await;
        for _ in 0..2 {
            let result = run_as(&world, unique("timur"), vec![late("kk", "KK timur")]).await;
            assert_eq!(codes(&result), ["OTHER_CLIENT"]);
            assert!(result.results[0].send_again);
            assert!(result.results[0].message.contains("barat"), "{:?}", result.results[0]);
            run_as(&world, unique("barat"), vec![record("kk", "KK barat")]).await;
        }
        let stands = (format!("{KEMENDAGRI}/services/kk"), "KK barat".to_owned());
        assert_eq!(titles(&world), [stands]);
        run_as(&world, unique("barat"), vec![delete("kk")]).await;
        let result = run_as(&world, unique("timur"), vec![late("kk", "KK timur")]).await;
        assert_eq!(codes(&result), [""], "the other has let go of it");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_waits_or_is_wrong_of_one_configuration_stays_when_another_takes_its_id() {
    on_both(async |database| {
        let world = World::with_source_under(&database, quick()).await;
        let all = vec![late("akta", "Akta"), record("salah", "")];
        run_as(&world, unique("barat"), all).await;
        let result = run_as(
            &world,
            unique("timur"),
            vec![record("akta", "Akta timur"), late("salah", "Salah")],
        );
        assert_eq!(codes(&result.await), ["", "UNIT_NOT_FOUND"]);
        assert_eq!(stand(&world).await, (1, 2), "both of the other stand");
        create_unit(&world, "dinas-baru").await;
        until_title(&world, "units/dinas-baru/services/salah", "Salah").await;
        let akta = (format!("{KEMENDAGRI}/services/akta"), "Akta timur".to_owned());
        assert!(
            titles(&world).contains(&akta),
            "no redrive moves it, either: {:?}",
            titles(&world)
        );
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn whom_a_client_that_gives_up_leaves_a_record_to_is_known_for_it() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        let run = async |client: &str, sent: Vec<Record>| {
            let result = run_as(&world, of(client), sent).await;
            result.results[0].warnings.iter().map(|one| one.code.clone()).collect::<Vec<_>>()
        };
        run("barat", vec![record("kk", "Satu")]).await;
        assert_eq!(run("timur", vec![record("kk", "Dua")]).await, ["OTHER_CLIENT"]);
        run("barat", vec![record("ktp", "KTP")]).await;
        assert_eq!(listed(&world, SOURCE).await.contested_size, 0);
        let told = run("utara", vec![record("kk", "Tiga")]).await;
        assert_eq!(told, ["OTHER_CLIENT"], "a third one overwrites the second");
        run_as(&world, of("barat"), vec![delete("kk")]).await;
        assert_eq!(listed(&world, SOURCE).await.contested_size, 0, "it is gone");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn words_that_were_refused_replace_nobodys() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        run_as(&world, of("barat"), vec![record("kk", "Satu")]).await;
        let wrong = run_as(&world, of("timur"), vec![record("kk", "")]).await;
        assert_eq!(outcomes(&wrong), [Outcome::Rejected]);
        let again = run_as(&world, of("barat"), vec![record("kk", "Satu")]).await;
        assert!(again.results[0].warnings.is_empty(), "{:?}", again.results[0]);
        assert_eq!(listed(&world, SOURCE).await.contested_size, 0);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_handed_back_to_its_unit_is_contested_no_more() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        run_as(&world, of("barat"), vec![record("kk", "Satu")]).await;
        run_as(&world, of("timur"), vec![record("kk", "Dua")]).await;
        assert_eq!(listed(&world, SOURCE).await.contested_size, 1);
        let name = format!("{KEMENDAGRI}/services/kk");
        let to = KEMENDAGRI.to_owned();
        let request = HandBackServiceRequest { name, to, ..HandBackServiceRequest::default() };
        world.admin().catalog.hand_back_service(request).await.expect("handed back");
        assert_eq!(listed(&world, SOURCE).await.contested_size, 0);
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn the_time_of_a_part_is_never_that_of_the_whole() {
    on_both(async |database| {
        let world = World::with_source_under(&database, asleep()).await;
        run_as(&world, hello(), vec![late("akta", "Akta")]).await;
        let before = source(&world).await;
        assert!(before.incomplete.is_some() && before.last_success_time.is_none());
        world.clock.advance(60_000_000);
        let mut session = begin_again(&world, hello()).await;
        session.send(vec![late("akta", "Akta")]).await;
        session.end_with(End { part: true, ..End::default() }).await;
        assert_eq!(source(&world).await.last_end_time, before.last_end_time);
        world.stop().await;
    })
    .await;
}
