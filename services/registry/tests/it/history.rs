//! The history of synced records: who changed what, in which session of which source.

use mpp_api::{
    feed::{
        CompareRecordVersionsRequest, GetRecordVersionRequest, ListRecordVersionsRequest, Moment,
        Version, change::Op, history_service_client::HistoryServiceClient, moment::At,
    },
    sync::Record,
};
use mpp_core::Role;
use mpp_testkit::on_both;

use crate::{
    publisher::{Session, begin_again, delete, hello, record},
    world::{KTP, SOURCE, World},
};

const KK: &str = "units/kemendagri/services/kk";

async fn versions(world: &World, name: &str) -> Vec<Version> {
    let mut history = HistoryServiceClient::new(world.channel(Role::Reader, &[]));
    let request = ListRecordVersionsRequest { name: name.into(), ..Default::default() };
    history.list_record_versions(request).await.expect("a page").into_inner().versions
}

/// Each version's operation, where it came from and what it changed.
fn told(versions: &[Version]) -> Vec<(Op, String, String, Vec<String>)> {
    let one = |version: &Version| {
        let change = version.change.clone().expect("a change");
        let paths = version.differences.iter().map(|one| one.path.clone()).collect();
        (change.op(), change.origin, change.session, paths)
    };
    versions.iter().map(one).collect()
}

#[tokio::test]
async fn each_version_names_the_session_of_the_source_that_brought_it() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut sessions = Vec::new();
        for records in [vec![record("kk", "KK")], vec![record("kk", "Kartu Keluarga")]] {
            let mut session = begin_again(&world, hello()).await;
            sessions.push(session.welcome.session.clone());
            session.send(records).await;
            session.end().await;
        }
        let mut last = begin_again(&world, hello()).await;
        sessions.push(last.welcome.session.clone());
        last.send(vec![delete("kk")]).await;
        last.end().await;
        let versions = versions(&world, KK).await;
        let from = |session: usize| (SOURCE.to_owned(), sessions[session].clone());
        let line = |op, session, paths: &[&str]| {
            let (origin, session) = from(session);
            (op, origin, session, paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>())
        };
        let expected = [
            line(Op::Deleted, 2, &[]),
            line(Op::Put, 1, &["service.title.id"]),
            line(Op::Put, 0, &[]),
        ];
        assert_eq!(told(&versions), expected);
        let ends = self::versions(&world, SOURCE).await;
        let ends = told(&ends).into_iter().map(|(_, _, session, _)| session);
        let by_session: Vec<String> = sessions.iter().rev().cloned().collect();
        assert_eq!(ends.take(3).collect::<Vec<_>>(), by_session, "the source's record, too");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_the_api_writes_belongs_to_no_session_and_is_there_as_of_any_revision() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let made = versions(&world, KTP).await;
        let [made] = made.as_slice() else { panic!("one version: {made:?}") };
        let change = made.change.clone().expect("a change");
        assert_eq!((change.origin.as_str(), change.session.as_str()), ("api", ""));
        let mut session = Session::begin(&world).await;
        session.send(vec![record("kk", "KK")]).await;
        let mut history = HistoryServiceClient::new(world.channel(Role::Publisher, &[SOURCE]));
        let moment = Some(Moment { at: Some(At::Revision(made.revision)) });
        let request = GetRecordVersionRequest { name: KTP.into(), moment };
        let then = history.get_record_version(request).await.expect("it was there").into_inner();
        assert_eq!(then.version.expect("a version").revision, made.revision);
        let request = GetRecordVersionRequest { name: KK.into(), moment };
        let refused = history.get_record_version(request).await.expect_err("not yet");
        assert_eq!(refused.code(), tonic::Code::NotFound);
        world.stop().await;
    })
    .await;
}

/// A session that ends after these records.
async fn session(world: &World, records: Vec<Record>) -> i64 {
    let mut session = begin_again(world, hello()).await;
    if !records.is_empty() {
        session.send(records).await;
    }
    let ended = session.end().await;
    ended.revision
}

#[tokio::test]
async fn of_a_source_only_ends_of_sessions_that_changed_something_are_kept() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let first = session(&world, vec![record("kk", "KK")]).await;
        let idle = session(&world, Vec::new()).await;
        session(&world, vec![record("kk", "KK")]).await;
        session(&world, vec![record("kk", "Kartu Keluarga")]).await;
        let last = session(&world, Vec::new()).await;
        world.running.feed.compact(last).await.expect("compacted");
        let kept: Vec<i64> = versions(&world, SOURCE)
            .await
            .iter()
            .map(|version| version.change.clone().expect("a change").version)
            .collect();
        assert_eq!(kept, [6, 5, 2, 1], "made, two that wrote, and the last");
        let mut history = HistoryServiceClient::new(world.channel(Role::Reader, &[]));
        let as_of = |at| GetRecordVersionRequest {
            name: SOURCE.into(),
            moment: Some(Moment { at: Some(at) }),
        };
        for (at, version, unknown) in [
            (At::Revision(idle), 2, true),
            (At::Revision(first), 2, false),
            (At::Version(2), 2, false),
            (At::Version(5), 5, false),
            (At::Revision(last), 6, false),
        ] {
            let told = history.get_record_version(as_of(at)).await.expect("kept").into_inner();
            let told = told.version.expect("a version");
            let own = told.change.as_ref().expect("a change").version;
            assert_eq!((own, told.standing_unknown), (version, unknown), "{at:?}");
        }
        let compare = CompareRecordVersionsRequest {
            name: SOURCE.into(),
            from: Some(Moment { at: Some(At::Revision(idle)) }),
            to: Some(Moment { at: Some(At::Revision(last)) }),
        };
        let told = history.compare_record_versions(compare).await.expect("kept").into_inner();
        let unknown = [told.from, told.to].map(|one| one.expect("a version").standing_unknown);
        assert_eq!(unknown, [true, false], "how it stood at the first of the two");
        let gone = history.get_record_version(as_of(At::Version(3))).await;
        let gone = gone.expect_err("it went");
        assert!(gone.message().contains("is not kept any more"), "{gone}");
        world.stop().await;
    })
    .await;
}
