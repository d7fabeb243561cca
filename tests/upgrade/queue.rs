//! A day at the counter: records that the services make themselves, with a field that only one
//! release fills in.

use mpp_api::scheduling::{ListSlotsRequest, booking_service_client::BookingServiceClient};
use mpp_testkit::nik;
use mpp_tests::{
    PATIENCE, Service, eventually,
    keys::{APP, COUNTER},
    town::{DUKCAPIL, OFFERING, WINDOW, request_id},
};
use serde_json::{Value, json};

use crate::{
    records::is_waited_for,
    stage::{Release, Stage},
};

/// An appointment and a number, both made by the next release.
pub struct Day {
    appointment: String,
    code: String,
}

/// Somebody books, and somebody else takes a number.
pub async fn begin(stage: &Stage) -> Day {
    let door = stage.door(Release::Next, Service::Scheduling, APP);
    let slot = slot(stage).await;
    let body = json!({ "applicantNik": nik(1), "requestId": request_id() });
    let booked = door.send("POST", &format!("{slot}:book"), &body).await.expect("booked");
    let text = |field: &str| booked["appointment"][field].as_str().expect("text").to_owned();
    let door = stage.door(Release::Next, Service::Scheduling, COUNTER);
    let body = json!({ "priority": "PRIORITY_NORMAL", "requestId": request_id() });
    let path = format!("{DUKCAPIL}:issueTicket");
    door.send("POST", &path, &body).await.expect("a number");
    Day { appointment: text("name"), code: text("code") }
}

async fn slot(stage: &Stage) -> String {
    let channel = stage.channel(Release::Next, Service::Scheduling, APP);
    let mut booking = BookingServiceClient::new(channel);
    let request = ListSlotsRequest {
        offering: OFFERING.into(),
        days: 3,
        only_available: true,
        ..Default::default()
    };
    eventually(PATIENCE, "a place can be booked", async || {
        let slots = booking.list_slots(request.clone()).await.map_err(|error| error.to_string())?;
        let last = slots.into_inner().slots.pop().ok_or("none")?;
        Ok(last.name)
    })
    .await
}

impl Day {
    /// The old release cannot go on with it, and says that it is to be waited for.
    pub async fn stands(&self, stage: &Stage) {
        is_waited_for("the appointment", &self.cancel(stage, Release::Old).await);
        is_waited_for("the number", &call(stage, Release::Old).await);
    }

    /// The next one can.
    pub async fn goes_on(&self, stage: &Stage) {
        self.cancel(stage, Release::Next).await.expect("cancelled");
        call(stage, Release::Next).await.expect("called");
    }

    async fn cancel(
        &self,
        stage: &Stage,
        release: Release,
    ) -> Result<Value, mpp_tests::doors::Refusal> {
        let door = stage.door(release, Service::Scheduling, APP);
        let body = json!({ "code": self.code, "requestId": request_id() });
        door.send("POST", &format!("{}:cancel", self.appointment), &body).await
    }
}

async fn call(stage: &Stage, release: Release) -> Result<Value, mpp_tests::doors::Refusal> {
    let door = stage.door(release, Service::Scheduling, COUNTER);
    let body = json!({ "requestId": request_id() });
    door.send("POST", &format!("{WINDOW}:callNext"), &body).await
}
