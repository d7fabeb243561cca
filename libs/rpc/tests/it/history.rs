//! A record's earlier versions, asked for by both doors, on both databases.

use http::Request;
use http_body_util::BodyExt as _;
use hyper_util::rt::TokioIo;
use mpp_api::{
    feed::{
        CompareRecordVersionsRequest, GetRecordVersionRequest, ListRecordVersionsRequest, Moment,
        Version, change::Op, history_service_client::HistoryServiceClient, moment::At,
    },
    registry::Mall,
    time::to_timestamp,
};
use mpp_client::{Channel, error_of};
use mpp_core::Role::{self, Administrator, Organiser, Reader};
use mpp_testkit::on_both;
use prost::Message as _;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::{
    feed::{Registry, registry},
    setup::Issuer,
};

const MALL: &str = "malls/banyuwangi";

fn asking(registry: &Registry, role: Role, namespaces: &[&str]) -> HistoryServiceClient<Channel> {
    let token = registry.server.token_of(&[role], namespaces);
    HistoryServiceClient::new(registry.server.channel(Some(token)))
}

fn at(at: At) -> Option<Moment> {
    Some(Moment { at: Some(at) })
}

fn as_of(moment: Option<Moment>) -> GetRecordVersionRequest {
    GetRecordVersionRequest { name: MALL.into(), moment }
}

async fn list(registry: &Registry, size: i32, before: i64) -> (Vec<Version>, i64) {
    let request =
        ListRecordVersionsRequest { name: MALL.into(), page_size: size, before_version: before };
    let page = asking(registry, Reader, &[]).list_record_versions(request).await;
    let page = page.expect("a page").into_inner();
    (page.versions, page.next_before_version)
}

fn title(version: &Version) -> String {
    let document = version.change.clone().and_then(|change| change.document).expect("a document");
    Mall::decode(document.value).expect("a mall").display_name.unwrap_or_default().id
}

#[tokio::test]
async fn who_changed_what_is_told_version_by_version() {
    on_both(async |database| {
        let registry = registry(&database, Issuer::new()).await;
        let first = registry.put(&["banyuwangi"]).await;
        let second = registry.rename("banyuwangi", "MPP").await;
        let third = registry.rename("banyuwangi", "MPP Banyuwangi").await;
        let fourth = registry.delete("banyuwangi").await;
        let (versions, next) = list(&registry, 0, 0).await;
        assert_eq!(next, 0, "they are all");
        let revisions: Vec<i64> = versions.iter().map(|version| version.revision).collect();
        assert_eq!(revisions, [fourth, third, second, first]);
        let ops = versions.iter().filter_map(|version| version.change.as_ref());
        let ops: Vec<_> = ops.map(|change| (change.op(), change.document.is_some())).collect();
        assert_eq!(ops[..2], [(Op::Deleted, false), (Op::Put, false)], "without documents");
        let changed = &versions[1].differences;
        assert_eq!(changed.len(), 1, "{changed:?}");
        assert_eq!(changed[0].path, "mall.display_name.id");
        let both = (changed[0].old_value.as_str(), changed[0].new_value.as_str());
        assert_eq!(both, (r#""MPP""#, r#""MPP Banyuwangi""#));
        let compared: Vec<i64> = versions.iter().map(|version| version.compared_version).collect();
        assert_eq!(compared, [0, 2, 1, 0]);
        let (newest, next) = list(&registry, 3, 0).await;
        assert_eq!((newest.len(), next), (3, 2));
        assert_eq!(newest[2].compared_version, 1, "also with the one of the next page");
        assert_eq!(list(&registry, 3, next).await.0, versions[3..]);
    })
    .await;
}

#[tokio::test]
async fn a_record_is_told_as_it_was_and_how_two_moments_differ() {
    on_both(async |database| {
        let registry = registry(&database, Issuer::new()).await;
        let first = registry.rename("banyuwangi", "MPP").await;
        registry.rename("sidoarjo", "another").await;
        let third = registry.rename("banyuwangi", "MPP Banyuwangi").await;
        let mut reader = asking(&registry, Reader, &[]);
        let now = to_timestamp(registry.db.now().await.expect("a time"));
        for (moment, told) in [
            (at(At::Revision(first)), "MPP"),
            (at(At::Revision(third - 1)), "MPP"),
            (at(At::Version(1)), "MPP"),
            (at(At::Revision(third)), "MPP Banyuwangi"),
            (at(At::Time(now)), "MPP Banyuwangi"),
            (None, "MPP Banyuwangi"),
        ] {
            let answer = reader.get_record_version(as_of(moment)).await.expect("it was there");
            let version = answer.into_inner().version.expect("a version");
            assert_eq!(title(&version), told, "{moment:?}");
        }
        let compare = CompareRecordVersionsRequest {
            name: MALL.into(),
            from: at(At::Revision(first)),
            to: None,
        };
        let answer = reader.compare_record_versions(compare).await.expect("both").into_inner();
        assert_eq!(answer.differences.len(), 1);
        let (from, to) = (answer.from.expect("one"), answer.to.expect("other"));
        assert_eq!((from.revision, to.revision), (first, third));
    })
    .await;
}

#[tokio::test]
async fn a_moment_that_shows_no_record_is_refused_with_what_there_is() {
    on_both(async |database| {
        let registry = registry(&database, Issuer::new()).await;
        registry.rename("sidoarjo", "another").await;
        let first = registry.rename("banyuwangi", "MPP").await;
        let mut reader = asking(&registry, Reader, &[]);
        let ahead = to_timestamp(registry.db.now().await.expect("a time") + 3_600_000_000);
        for (moment, told) in [
            (at(At::Revision(first - 1)), format!("revision {first}")),
            (at(At::Version(7)), "has versions 1 to 1, and no 7".to_owned()),
            (at(At::Revision(first + 90)), "no revision".to_owned()),
            (at(At::Time(ahead)), "lies ahead".to_owned()),
            (Some(Moment { at: None }), "a revision, a time or a version".to_owned()),
        ] {
            let refused = reader.get_record_version(as_of(moment)).await.expect_err("none");
            let error = error_of(&refused);
            assert!(error.message.contains(&told), "{told}: {}", error.message);
        }
        for (name, told) in [
            ("units/bkpm", "only the latest version"),
            ("hoursRules/upacara", "which scheduling keeps"),
            ("units/-/services/-", "no name of a record"),
            ("nonsense", "no name of a record"),
            ("malls/nowhere", "does not exist"),
        ] {
            let request = ListRecordVersionsRequest { name: name.into(), ..Default::default() };
            let refused = reader.list_record_versions(request).await.expect_err("none");
            assert!(error_of(&refused).message.contains(told), "{name}: {refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_person_is_named_to_those_who_answer_for_the_record_also_in_its_history() {
    on_both(async |database| {
        let registry = registry(&database, Issuer::new()).await;
        registry.rename("banyuwangi", "MPP").await;
        for (role, namespaces, told) in [
            (Reader, &[][..], "users/-"),
            (Organiser, &["malls/sidoarjo"], "users/-"),
            (Organiser, &[MALL], "users/siti"),
            (Administrator, &[], "users/siti"),
        ] {
            let answer = asking(&registry, role, namespaces).get_record_version(as_of(None)).await;
            let version = answer.expect("allowed").into_inner().version.expect("a version");
            assert_eq!(version.change.expect("a change").actor, told, "{role:?} {namespaces:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_door_for_plain_http_tells_the_same() {
    on_both(async |database| {
        let registry = registry(&database, Issuer::new()).await;
        let first = registry.rename("banyuwangi", "MPP").await;
        registry.rename("banyuwangi", "MPP Banyuwangi").await;
        let listed = plain(&registry, "/v1/versions?name=malls/banyuwangi").await;
        let path = &listed["versions"][0]["differences"][0]["path"];
        assert_eq!(path, "mall.display_name.id", "{listed}");
        let then = format!("/v1/versions:at?name=malls/banyuwangi&moment.revision={first}");
        let then = plain(&registry, &then).await;
        let told = &then["version"]["change"]["document"]["displayName"]["id"];
        assert_eq!(told, "MPP", "{then}");
        let both = "/v1/versions:compare?name=malls/banyuwangi&from.version=1&to.version=2";
        let both = plain(&registry, both).await;
        assert_eq!(both["differences"][0]["newValue"], r#""MPP Banyuwangi""#, "{both}");
    })
    .await;
}

async fn plain(registry: &Registry, address: &str) -> Value {
    let token = registry.server.token_of(&[Reader], &[]);
    let tcp = TcpStream::connect(registry.server.address).await.expect("a connection");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(tcp)).await.expect("HTTP/1.1");
    tokio::spawn(connection);
    let request = Request::get(address).header("host", "x");
    let request = request.header("authorization", format!("Bearer {token}"));
    let answer = sender.send_request(request.body(axum::body::Body::empty()).expect("a request"));
    let body = answer.await.expect("an answer").into_body().collect().await.expect("a body");
    serde_json::from_slice(&body.to_bytes()).expect("JSON")
}
