//! Serves life events, and the path through one.

use mpp_api::registry::{
    CreateLifeEventRequest, CreateLifeEventResponse, DeleteLifeEventRequest,
    DeleteLifeEventResponse, GetLifeEventRequest, GetLifeEventResponse, LifeEvent,
    ListLifeEventsRequest, ListLifeEventsResponse, PlanLifeEventRequest, PlanLifeEventResponse,
    UpdateLifeEventRequest, UpdateLifeEventResponse, life_event_service_server::LifeEventService,
};
use mpp_resource::{
    handler::{Answer, create, delete, reply, update},
    list::list,
};
use tonic::Request;

use crate::app::{Registry, life_events::MOST_LOOKED_UP, lists};

/// Serves life events.
pub struct LifeEvents(pub Registry);

#[tonic::async_trait]
impl LifeEventService for LifeEvents {
    async fn get_life_event(
        &self,
        request: Request<GetLifeEventRequest>,
    ) -> Answer<GetLifeEventResponse> {
        let GetLifeEventRequest { name, min_revision } = request.into_inner();
        let mut found = self.0.read_or_gone::<LifeEvent>(&name, min_revision).await;
        if let Ok(event) = &mut found {
            self.0.follow_moves(std::slice::from_mut(event), MOST_LOOKED_UP).await;
        }
        reply(found.map(|life_event| GetLifeEventResponse { life_event: Some(life_event) }))
    }

    async fn list_life_events(
        &self,
        request: Request<ListLifeEventsRequest>,
    ) -> Answer<ListLifeEventsResponse> {
        let mut listed = list(&self.0, request, lists::life_events).await?;
        self.0.follow_moves(&mut listed.get_mut().life_events, MOST_LOOKED_UP).await;
        Ok(listed)
    }

    async fn create_life_event(
        &self,
        request: Request<CreateLifeEventRequest>,
    ) -> Answer<CreateLifeEventResponse> {
        create(&self.0, request).await
    }

    async fn update_life_event(
        &self,
        request: Request<UpdateLifeEventRequest>,
    ) -> Answer<UpdateLifeEventResponse> {
        update(&self.0, request).await
    }

    async fn delete_life_event(
        &self,
        request: Request<DeleteLifeEventRequest>,
    ) -> Answer<DeleteLifeEventResponse> {
        delete(&self.0, request).await
    }

    async fn plan_life_event(
        &self,
        request: Request<PlanLifeEventRequest>,
    ) -> Answer<PlanLifeEventResponse> {
        let caller = mpp_rpc::caller(&request).subject;
        reply(self.0.plan_life_event(&caller, request.into_inner()).await)
    }
}
