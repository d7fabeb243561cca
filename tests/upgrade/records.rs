//! Records that people write: with a field that the old release does not know they are read by it,
//! and never rewritten without.

use std::sync::atomic::{AtomicI64, Ordering};

use mpp_api::registry::{Mall, UpdateMallRequest, UpdateMallResponse};
use mpp_client::error_of;
use mpp_tests::{
    Service,
    doors::over_grpc_as_bytes,
    keys::{ADMINISTRATOR, OFFICER, ORGANISER, Who},
    town::{DUKCAPIL, MALL, OFFERING, SOURCE, WINDOW, request_id},
};
use prost::Message as _;
use serde_json::{Value, json};
use tonic::Status;

use crate::{
    door::{FIELD, record, revision},
    stage::{Release, Stage},
};

const KK_BARU: &str = "units/kemendagri/services/kk-baru";
/// A window that only the old release writes.
const LEFT_ALONE: &str = "malls/banyuwangi/counters/dukcapil/windows/2";

/// A record that somebody may write, and a field of it that every release knows.
struct Written {
    service: Service,
    name: &'static str,
    who: Who,
    field: &'static str,
    is_text: bool,
}

const fn text(service: Service, name: &'static str, who: Who, field: &'static str) -> Written {
    Written { service, name, who, field, is_text: false }
}

/// One record of each kind.
const ALL: [Written; 8] = [
    text(Service::Registry, "units/pemkab-banyuwangi", ADMINISTRATOR, "displayName"),
    text(Service::Registry, MALL, ORGANISER, "displayName"),
    text(Service::Registry, DUKCAPIL, ORGANISER, "displayName"),
    text(Service::Registry, WINDOW, ORGANISER, "displayName"),
    text(Service::Registry, OFFERING, OFFICER, "quotaPerDay"),
    text(Service::Registry, KK_BARU, ADMINISTRATOR, "title"),
    text(Service::Registry, SOURCE, ADMINISTRATOR, "displayName"),
    Written {
        service: Service::Scheduling,
        name: "hoursRules/national",
        who: ADMINISTRATOR,
        field: "basis",
        is_text: true,
    },
];

/// So that no two writes say the same.
static COUNT: AtomicI64 = AtomicI64::new(1);

impl Written {
    /// Something else than it says now.
    fn other(&self) -> Value {
        let count = COUNT.fetch_add(1, Ordering::SeqCst);
        match (self.field, self.is_text) {
            ("quotaPerDay", _) => json!(count),
            (_, true) => json!(format!("Surat edaran {count}")),
            (_, false) => json!({ "id": format!("Nama {count}") }),
        }
    }

    fn path(&self, mask: &str, id: &str) -> String {
        let reason = if self.name == KK_BARU { "&reason=Perbup%2012" } else { "" };
        format!("{}?updateMask={mask}&requestId={id}{reason}", self.name)
    }
}

/// A request that was sent to one release, with its answer.
pub struct Sent {
    path: String,
    body: Value,
    answer: Value,
}

/// Somebody's write, whose answer may be lost.
pub async fn send_to(stage: &Stage, release: Release) -> Sent {
    let path = format!("{LEFT_ALONE}?updateMask=displayName&requestId={}", request_id());
    let body = json!({ "displayName": { "id": format!("Loket {release:?}") } });
    let door = stage.door(release, Service::Registry, ORGANISER);
    let answer = door.send("PATCH", &path, &body).await.expect("a write");
    Sent { path, body, answer }
}

/// The same request, sent to the other release, is done once.
pub async fn is_answered_again(stage: &Stage, release: Release, sent: &Sent) {
    let door = stage.door(release, Service::Registry, ORGANISER);
    let again = door.send("PATCH", &sent.path, &sent.body).await.expect("an answer");
    assert_eq!(record(&again)["etag"], record(&sent.answer)["etag"], "it was done once");
}

/// A client of the next release, whose requests hold a field that the old one passes over.
pub struct Newer(Vec<u8>);

impl Newer {
    /// Renames the mall, and says of tomorrow.
    pub fn new() -> Self {
        let display_name = mpp_tests::town::text("MPP Banyuwangi");
        let mut mall = Mall { name: MALL.into(), display_name, ..Mall::default() }.encode_to_vec();
        prost::encoding::string::encode(4_000, &MALL.to_owned(), &mut mall);
        let id = UpdateMallRequest { request_id: request_id(), ..Default::default() };
        let mut request = id.encode_to_vec();
        prost::encoding::bytes::encode(1, &mall, &mut request);
        Self(request)
    }

    /// Sent to one release, with the etag of the answer.
    pub async fn sent(&self, stage: &Stage, release: Release) -> Result<String, Status> {
        let channel = stage.channel(release, Service::Registry, ORGANISER);
        let path = "/mpp.registry.v1.DirectoryService/UpdateMall";
        let answer = over_grpc_as_bytes(channel, path, self.0.clone()).await?;
        let answer = UpdateMallResponse::decode(answer).expect("an answer");
        Ok(answer.mall.expect("a mall").etag)
    }

    /// Sent again to the other release, which cannot tell whether it is the same.
    pub async fn is_waited_for(&self, stage: &Stage, release: Release) {
        let refused = self.sent(stage, release).await.expect_err("it cannot tell");
        let reason = match release {
            Release::Old => "NEWER_FORM",
            Release::Next => "UNAVAILABLE",
        };
        assert_eq!(error_of(&refused).reason, reason, "{refused:?}");
    }
}

/// The next release writes its field into a record of each kind.
pub async fn gain_the_field(stage: &Stage) {
    for written in &ALL {
        let door = stage.door(Release::Next, written.service, written.who);
        let path = written.path(FIELD, &request_id());
        let answer = door.send("PATCH", &path, &json!({ FIELD: written.name })).await;
        let answer = answer.unwrap_or_else(|refusal| panic!("{}: {refusal:?}", written.name));
        assert_eq!(record(&answer)[FIELD], written.name);
    }
}

/// The old release reads them with the etag that they have, and refuses every way of writing them.
pub async fn are_read_and_not_rewritten(stage: &Stage) {
    for written in &ALL {
        let door = stage.door(Release::Old, written.service, written.who);
        let before = door.record(written.name).await;
        assert_eq!(before[FIELD], Value::Null, "it does not know of the field");
        let mut edited = before.clone();
        edited[written.field] = written.other();
        let part = json!({ "name": written.name, written.field: edited[written.field] });
        for (mask, body) in [("", &edited), ("", &part), (written.field, &part), ("*", &edited)] {
            let refused = door.send("PATCH", &written.path(mask, &request_id()), body).await;
            is_waited_for(written.name, &refused);
        }
        assert_eq!(door.record(written.name).await, before, "it stands as it is");
    }
    is_not_moved_nor_deleted(stage).await;
}

/// Nor are records filed anew that lie below one.
async fn is_not_moved_nor_deleted(stage: &Stage) {
    let door = stage.door(Release::Old, Service::Registry, ADMINISTRATOR);
    let moved = json!({ "name": MALL, "region": "regions/35.09" });
    let path = format!("{MALL}?requestId={}", request_id());
    is_waited_for(MALL, &door.send("PATCH", &path, &moved).await);
    for name in [KK_BARU, OFFERING] {
        let path = format!("{name}?tombstone.reason=REASON_WITHDRAWN&requestId={}", request_id());
        is_waited_for(name, &door.send("DELETE", &path, &Value::Null).await);
    }
    let door = stage.door(Release::Old, Service::Scheduling, ADMINISTRATOR);
    let path = format!("hoursRules/national?requestId={}", request_id());
    is_waited_for("the rule", &door.send("DELETE", &path, &Value::Null).await);
}

/// Refused for now, and for nothing else.
pub fn is_waited_for<T: std::fmt::Debug>(
    what: &str,
    answer: &Result<T, mpp_tests::doors::Refusal>,
) {
    let refused = answer.as_ref().expect_err(what);
    let unavailable = i64::from(i32::from(tonic::Code::Unavailable));
    assert_eq!((refused.reason.as_str(), refused.code), ("NEWER_FORM", unavailable), "{what}");
}

/// Reads a record, and sends it back as an old client does: changed, and without the new field.
/// An agent that had to wait may write it in between, and then it is read again. Answers the field
/// that it had, what was sent and the answer.
async fn sent_back(stage: &Stage, written: &Written) -> (Value, Value, Value) {
    let door = stage.door(Release::Next, written.service, written.who);
    loop {
        let mut edited = door.record(written.name).await;
        let had = edited[FIELD].take();
        edited.as_object_mut().expect("a record").remove(FIELD);
        edited[written.field] = written.other();
        match door.send("PATCH", &written.path("", &request_id()), &edited).await {
            Ok(answer) => return (had, edited, answer),
            Err(refusal) if refusal.reason == "ETAG_MISMATCH" => {}
            Err(refusal) => panic!("{}: {refusal:?}", written.name),
        }
    }
}

/// The next release takes a record that an old client has read and sends back with its etag, and
/// the new field stands.
pub async fn are_rewritten_with_the_field(stage: &Stage) {
    for written in &ALL {
        let (had, edited, answer) = sent_back(stage, written).await;
        let after = record(&answer);
        assert_eq!((&after[FIELD], &after[written.field]), (&had, &edited[written.field]));
        assert_eq!(had, written.name, "nobody has taken it away");
        assert!(revision(&answer) > 0);
    }
}
