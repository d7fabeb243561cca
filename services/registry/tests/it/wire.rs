//! A session over the real wire: what cannot be read is told so, and what was answered is there.

use mpp_api::{
    registry::GetServiceRequest,
    sync::{
        Batch, Checkpoint, SyncRequest, SyncResponse, sync_request::Message as Ask,
        sync_response::Message as Answer,
    },
};
use mpp_client::{ClientError, error_of};
use mpp_core::Role;
use mpp_sync::Policy;
use mpp_testkit::on_both;
use prost::Message as _;
use tonic::{Code, Status};

use crate::{
    publisher::{Session, ask, begin_again, hello, record},
    pusher::Push,
    world::{KEMENDAGRI, SOURCE, World},
};

const SYNC: &str = "/mpp.sync.v1.SyncService/Sync";

fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).expect("a length").to_be_bytes();
    [&[0], length.as_slice(), message].concat()
}

/// The publisher's stream as bytes: the answers, and how it ends.
async fn sync(world: &World, bytes: Vec<u8>) -> (Vec<SyncResponse>, ClientError) {
    let tcp = tokio::net::TcpStream::connect(world.address).await.expect("a connection");
    let (send, connection) = h2::client::handshake(tcp).await.expect("HTTP/2");
    tokio::spawn(connection);
    let token = world.token(Role::Publisher, &[SOURCE]);
    let request = http::Request::post(format!("http://{}{SYNC}", world.address))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    let mut ready = send.ready().await.expect("a stream");
    let (answer, mut stream) =
        ready.send_request(request.body(()).expect("a request"), false).expect("sent");
    stream.send_data(bytes.into(), true).expect("sent");
    let (parts, mut body) = answer.await.expect("an answer").into_parts();
    let (mut headers, mut read) = (parts.headers, Vec::new());
    while let Some(piece) = body.data().await {
        let piece = piece.expect("a piece");
        body.flow_control().release_capacity(piece.len()).expect("open");
        read.extend_from_slice(&piece);
    }
    headers.extend(body.trailers().await.expect("an end").unwrap_or_default());
    let end = error_of(&Status::from_header_map(&headers).expect("a status"));
    (messages(&read), end)
}

fn messages(mut read: &[u8]) -> Vec<SyncResponse> {
    let mut found = Vec::new();
    while let Some((head, rest)) = read.split_at_checked(5) {
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
        found.push(SyncResponse::decode(&rest[..length]).expect("an answer"));
        read = &rest[length..];
    }
    found
}

fn greeting() -> Vec<u8> {
    framed(&ask(Ask::Hello(hello())).encode_to_vec())
}

/// A batch of at least this many bytes, of the session that has this token.
fn heavy(fencing_token: i64, bytes: usize) -> Vec<u8> {
    let mut batch = Batch { nonce: 1, fencing_token, ..Batch::default() };
    let position = "row 1".into();
    batch.checkpoint = Some(Checkpoint { sequence: 1, position, ..Checkpoint::default() });
    batch.records = vec![record("kk", &"x".repeat(bytes))];
    framed(&SyncRequest { message: Some(Ask::Batch(batch)) }.encode_to_vec())
}

#[tokio::test]
async fn what_cannot_be_read_ends_a_session_with_its_reason() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let whole = heavy(0, 10);
        let cases = [
            // Each case is a session, and so is the check that its lease was given up.
            ("beyond the welcome", heavy(1, 2_100_000), "TOO_LARGE", "2097152"),
            ("beyond it by 64 KiB", heavy(3, 2_097_152 + 66_000), "TOO_LARGE", "2097152"),
            ("beyond a message", heavy(5, 4 * 1024 * 1024), "TOO_LARGE", "4194304"),
            ("no UTF-8", framed(&[10, 4, 10, 2, 0xff, 0xfe]), "INVALID_FIELD", "UTF-8"),
            ("no message", framed(&[0xff; 9]), "INVALID_FIELD", "not a message"),
            ("cut off", whole[..whole.len() - 1].to_vec(), "INVALID_FIELD", "1 bytes before"),
            ("its head alone", whole[..5].to_vec(), "INVALID_FIELD", "before its message"),
            ("half a head", whole[..2].to_vec(), "INVALID_FIELD", "head of a message"),
            ("a mark that there is not", [&[9], &whole[1..]].concat(), "INVALID_FIELD", "byte 9"),
            ("nothing", Vec::new(), "PROTOCOL_VIOLATION", "without an end"),
            ("no content", framed(&[]), "PROTOCOL_VIOLATION", "without content"),
        ];
        for (what, bytes, reason, word) in cases {
            let (answers, end) = sync(&world, [greeting(), bytes].concat()).await;
            let welcomed = matches!(answers[0].message, Some(Answer::Welcome(_)));
            assert!(welcomed && answers.len() == 1, "{what}: {answers:?}");
            assert_eq!(end.reason, reason, "{what}: {end:?}");
            let told = format!("{} {:?}", end.message, end.fields);
            assert!(told.contains(word), "{what}: {told}");
            // The lease was given up, so that the client can come back at once.
            begin_again(&world, hello()).await.end().await;
        }
        let (answers, end) = sync(&world, Vec::new()).await;
        assert!(answers.is_empty());
        assert_eq!(end.reason, "PROTOCOL_VIOLATION", "{end:?}");
    })
    .await;
}

#[tokio::test]
async fn a_silence_is_told_as_such() {
    on_both(async |database| {
        let policy = Policy { lease_seconds: 1, keep_alive_millis: 100, ..Policy::default() };
        let world = World::with_source_under(&database, policy).await;
        let mut session = Session::begin(&world).await;
        let batch = session.batch(vec![record("kk", "Kartu Keluarga")]);
        // The lease of a second has ended, however long this lasts.
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        let error = error_of(&session.try_batch(batch).await.expect_err("too late"));
        assert_eq!(error.reason, "LEASE_EXPIRED", "{error:?}");
        assert_eq!(error.code, Code::Aborted);
        assert!(error.message.contains("nothing was heard for 1 s"), "{error:?}");
        assert!(!error.indonesian.contains("diambil alih"), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn a_read_after_an_answer_shows_what_it_tells_of_without_asking_for_it() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut reader = world.caller(Role::Reader, &[]);
        let mut shows = async |id: &str| {
            let name = format!("{KEMENDAGRI}/services/{id}");
            let request = GetServiceRequest { name, ..Default::default() };
            reader.catalog.get_service(request).await.unwrap_or_else(|status| panic!("{status}"))
        };
        let mut session = Session::begin(&world).await;
        for round in 0..30 {
            let id = format!("stream-{round}");
            session.send(vec![record(&id, "Kartu Keluarga")]).await;
            shows(&id).await;
        }
        session.end().await;
        let mut push = Push::open(&world).await;
        for round in 0..30 {
            let id = format!("single-{round}");
            push.send(vec![record(&id, "Kartu Keluarga")]).await;
            shows(&id).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_client_hands_the_revision_of_its_batches_on_to_its_reads() {
    on_both(async |database| {
        let world = World::with_source(&database).await;
        let mut publisher = world.caller(Role::Publisher, &[SOURCE]);
        let channel = publisher.channel.clone();
        let mut session = Session::by(&mut publisher, hello()).await.expect("a session");
        let result = session.send(vec![record("kk", "Kartu Keluarga")]).await;
        assert_eq!(channel.revision(), result.revision);
        let summary = session.end().await;
        assert!(summary.revision > result.revision);
        assert_eq!(channel.revision(), summary.revision);

        let mut push = Push::open(&world).await;
        let result = push.send(vec![record("akta", "Akta")]).await;
        assert_eq!(push.publisher.channel.revision(), result.revision);
        let summary = push.end().await.expect("a summary");
        assert_eq!(push.publisher.channel.revision(), summary.revision);
    })
    .await;
}
