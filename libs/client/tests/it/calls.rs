//! Which calls are sent again, which are not, and the headers that a call is given.

use std::time::Duration;

use mpp_api::{
    registry::{
        GetMallRequest, Mall, UpdateMallRequest, UpdateMallResponse,
        directory_service_client::DirectoryServiceClient,
    },
    reporting::{VerifyProjectionsRequest, report_service_client::ReportServiceClient},
    scheduling::{BookAppointmentRequest, booking_service_client::BookingServiceClient},
};
use mpp_client::{Channel, Settings, error_of};
use mpp_core::{Error, Reason};
use tonic::{Code, Request};

use crate::setup::{Desk, Issuer, Server, brisk, channel};

const MALL: &str = "malls/banyuwangi";

async fn desk() -> (Desk, Server, Channel) {
    desk_for(brisk()).await
}

async fn desk_for(settings: Settings) -> (Desk, Server, Channel) {
    let issuer = Issuer::new();
    let (desk, server) = Desk::open(&issuer).await;
    let channel = channel(&issuer, &server.url(), settings);
    (desk, server, channel)
}

fn mall() -> GetMallRequest {
    GetMallRequest { name: MALL.into(), min_revision: 0 }
}

fn rename(request_id: &str) -> UpdateMallRequest {
    let mall = Mall { name: MALL.into(), ..Mall::default() };
    UpdateMallRequest { mall: Some(mall), request_id: request_id.into(), ..Default::default() }
}

#[tokio::test]
async fn a_read_is_asked_again_until_it_is_answered() {
    let (desk, _server, channel) = desk().await;
    desk.go_away(2);
    DirectoryServiceClient::new(channel).get_mall(mall()).await.expect("answered in the end");
    assert_eq!(desk.asked().len(), 3);
}

#[tokio::test]
async fn a_write_gets_a_request_id_and_keeps_it_however_often_it_is_sent() {
    let (desk, _server, channel) = desk().await;
    desk.go_away(1);
    desk.refuse(Error::new(Reason::WriteConflict, "another write came first"));
    DirectoryServiceClient::new(channel).update_mall(rename("")).await.expect("done in the end");
    let ids: Vec<String> =
        desk.asked().iter().map(|asked| asked.read::<UpdateMallRequest>().request_id).collect();
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| *id == ids[0] && uuid::Uuid::parse_str(id).is_ok()), "{ids:?}");
    let sent: UpdateMallRequest = desk.asked()[0].read();
    assert_eq!(sent.mall.expect("as it was given").name, MALL);
}

#[tokio::test]
async fn a_request_id_that_is_given_stays() {
    let (desk, _server, channel) = desk().await;
    let id = uuid::Uuid::now_v7().to_string();
    let request = BookAppointmentRequest { request_id: id.clone(), ..Default::default() };
    BookingServiceClient::new(channel).book_appointment(request).await.expect("booked");
    assert_eq!(desk.asked()[0].read::<BookAppointmentRequest>().request_id, id);
}

#[tokio::test]
async fn what_is_not_safe_to_repeat_is_sent_once() {
    let (desk, _server, channel) = desk().await;
    desk.go_away(1);
    let request = VerifyProjectionsRequest::default();
    let refused = ReportServiceClient::new(channel).verify_projections(request).await;
    assert_eq!(refused.expect_err("as it was answered").code(), Code::Unavailable);
    assert_eq!(desk.asked().len(), 1);

    let (desk, _server, channel) = desk_for(Settings { request_ids: false, ..brisk() }).await;
    desk.go_away(1);
    let refused = DirectoryServiceClient::new(channel).update_mall(rename("")).await;
    refused.expect_err("a write without an id");
    assert_eq!(desk.asked().len(), 1);
}

#[tokio::test]
async fn a_refusal_that_would_come_again_is_not_asked_for_again() {
    let (desk, _server, channel) = desk().await;
    for reason in [Reason::NotFound, Reason::EtagMismatch, Reason::SlotFull, Reason::Internal] {
        let before = desk.asked().len();
        desk.refuse(Error::new(reason, "no"));
        let refused = DirectoryServiceClient::new(channel.clone()).get_mall(mall()).await;
        assert!(error_of(&refused.expect_err("no")).is(reason));
        assert_eq!(desk.asked().len(), before + 1, "{reason:?}");
    }
}

#[tokio::test]
async fn a_server_that_asks_for_more_time_than_there_is_is_not_asked_again() {
    let (desk, _server, channel) = desk().await;
    let busy = Error::new(Reason::Overloaded, "too many calls are in progress");
    desk.refuse(busy.with_retry_after(Duration::from_secs(3600)));
    let refused = DirectoryServiceClient::new(channel).get_mall(mall()).await;
    assert!(error_of(&refused.expect_err("at once")).is(Reason::Overloaded));
    assert_eq!(desk.asked().len(), 1);
}

#[tokio::test]
async fn where_everything_fails_the_budget_ends_the_repeats() {
    let (desk, _server, channel) = desk_for(Settings { spare_repeats: 2, ..brisk() }).await;
    desk.go_away(100);
    let mut directory = DirectoryServiceClient::new(channel);
    for _ in 0..5 {
        directory.get_mall(mall()).await.expect_err("away");
    }
    assert_eq!(desk.asked().len(), 5 + 2);
}

#[tokio::test]
async fn each_call_has_a_deadline_and_all_its_tries_share_it() {
    let (desk, _server, channel) = desk().await;
    desk.go_away(1);
    let mut request = Request::new(mall());
    request.set_timeout(Duration::from_secs(3));
    let mut directory = DirectoryServiceClient::new(channel);
    directory.get_mall(request).await.expect("answered");
    directory.get_mall(mall()).await.expect("answered");
    let left: Vec<Duration> = desk
        .asked()
        .iter()
        .map(|asked| asked.headers["grpc-timeout"].to_str().expect("ASCII"))
        .map(|text| mpp_client::deadline::parse(text).expect("a time"))
        .collect();
    assert!(left[1] < left[0] && left[0] <= Duration::from_secs(3), "{left:?}");
    assert!(left[2] > Duration::from_secs(3), "ten seconds where none is asked for: {left:?}");
}

#[tokio::test]
async fn reads_ask_for_what_was_written_before() {
    let (desk, _server, channel) = desk().await;
    let mut directory = DirectoryServiceClient::new(channel.clone());
    directory.get_mall(mall()).await.expect("answered");
    for revision in [77, 75] {
        desk.answer(&UpdateMallResponse { revision, ..Default::default() });
        directory.update_mall(rename("")).await.expect("done");
    }
    directory.get_mall(mall()).await.expect("answered");
    directory.get_mall(GetMallRequest { min_revision: 5, ..mall() }).await.expect("answered");
    channel.read_from(90);
    DirectoryServiceClient::new(channel).get_mall(mall()).await.expect("answered");
    let asked = desk.asked();
    let reads = asked.iter().filter(|asked| asked.path.ends_with("/GetMall"));
    let revisions: Vec<i64> =
        reads.map(|asked| asked.read::<GetMallRequest>().min_revision).collect();
    assert_eq!(revisions, [0, 77, 5, 90], "nothing, the highest, the caller's own, another's");
}

#[tokio::test]
async fn after_a_while_reads_ask_for_no_revision_any_more() {
    let settings = Settings { own_writes: Duration::ZERO, ..brisk() };
    let (desk, _server, channel) = desk_for(settings).await;
    desk.answer(&UpdateMallResponse { revision: 77, ..Default::default() });
    let mut directory = DirectoryServiceClient::new(channel);
    directory.update_mall(rename("")).await.expect("done");
    directory.get_mall(mall()).await.expect("answered");
    assert_eq!(desk.asked()[1].read::<GetMallRequest>().min_revision, 0);
}
