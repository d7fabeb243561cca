//! Who has changed a record, as each follower may know it: by both doors, on both databases.

use http::Request;
use http_body_util::BodyExt as _;
use hyper_util::rt::TokioIo;
use mpp_api::feed::WatchRequest;
use mpp_core::Role::{
    self, Administrator, Auditor, Organiser, Publisher, Reader, Service, UnitOfficer,
};
use mpp_testkit::on_both;
use tokio::net::TcpStream;

use crate::{
    feed::{Registry, registry},
    setup::Issuer,
};

/// Roles, namespaces, and how `users/siti`, who changes the mall, is told to such a caller.
type Follower = (&'static [Role], &'static [&'static str], &'static str);

const PERSON: &str = "users/-";
const NAMED: &str = "users/siti";
const FOLLOWERS: [Follower; 8] = [
    (&[Reader], &[], PERSON),
    (&[Reader], &["malls/banyuwangi"], PERSON),
    (&[Reader, Publisher], &["malls/banyuwangi"], PERSON),
    (&[Reader, UnitOfficer], &["units/bkpm"], PERSON),
    (&[Reader, Organiser], &["malls/banyuwangi"], NAMED),
    (&[Auditor], &[], NAMED),
    (&[Administrator], &[], NAMED),
    (&[Service], &[], NAMED),
];

/// The actors of the next two changes.
async fn by_grpc(registry: &Registry, roles: &[Role], namespaces: &[&str]) -> [String; 2] {
    let mut feed = registry.server.feed_of(roles, namespaces);
    let mut watch = feed.watch(WatchRequest::default()).await.expect("open").into_inner();
    write(registry).await;
    let mut actors = Vec::new();
    while actors.len() < 2 {
        let message = watch.message().await.expect("alive").expect("a message");
        actors.extend(message.changes.into_iter().map(|change| change.actor));
    }
    actors.try_into().expect("two changes")
}

/// The events of the next two changes, as text.
async fn by_events(registry: &Registry, roles: &[Role], namespaces: &[&str]) -> String {
    let token = registry.server.token_of(roles, namespaces);
    let tcp = TcpStream::connect(registry.server.address).await.expect("a connection");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(tcp)).await.expect("HTTP/1.1");
    tokio::spawn(connection);
    let request = Request::get("/v1/feed:watch").header("host", "x");
    let request = request.header("authorization", format!("Bearer {token}"));
    let answer = sender.send_request(request.body(axum::body::Body::empty()).expect("a request"));
    let mut body = answer.await.expect("an answer").into_body();
    write(registry).await;
    let mut heard = String::new();
    while heard.matches("\"actor\"").count() < 2 {
        let frame = body.frame().await.expect("alive").expect("no fault");
        heard += &String::from_utf8_lossy(frame.data_ref().expect("data"));
    }
    heard
}

/// A person changes a mall twice.
async fn write(registry: &Registry) {
    registry.rename("banyuwangi", "MPP Banyuwangi").await;
    registry.rename("banyuwangi", "MPP Kabupaten Banyuwangi").await;
}

#[tokio::test]
async fn a_person_is_named_only_to_those_who_answer_for_the_record() {
    on_both(async |database| {
        let registry = registry(&database, Issuer::new()).await;
        for (roles, namespaces, told) in FOLLOWERS {
            let actors = by_grpc(&registry, roles, namespaces).await;
            assert_eq!(actors, [told; 2], "{roles:?} {namespaces:?}");
            let events = by_events(&registry, roles, namespaces).await;
            let as_told = events.matches(&format!("\"actor\":\"{told}\"")).count();
            assert_eq!(as_told, 2, "{roles:?} {namespaces:?}: {events}");
        }
    })
    .await;
}
