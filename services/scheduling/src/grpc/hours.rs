//! The gRPC service `HoursService`.

use std::sync::Arc;

use mpp_api::{
    method::Create as _,
    scheduling::{
        CreateHoursRuleRequest, CreateHoursRuleResponse, DeleteHoursRuleRequest,
        DeleteHoursRuleResponse, GetHoursRequest, GetHoursResponse, GetHoursRuleRequest,
        GetHoursRuleResponse, ListDeviationsRequest, ListDeviationsResponse, ListHoursRulesRequest,
        ListHoursRulesResponse, UpdateHoursRuleRequest, UpdateHoursRuleResponse,
        hours_service_server::HoursService,
    },
};
use mpp_core::Result;
use mpp_form::{day, hours_rule::Target};
use mpp_resource::{
    Call,
    command::Done,
    handler::{self, Answer, reply},
    list,
};
use tonic::Request;

use crate::{
    app::{DeviationsWanted, HoursWanted, Scheduling},
    model::{date, scope::Scope},
};

/// Serves hours, rules and deviations.
pub struct Hours(pub Arc<Scheduling>);

#[tonic::async_trait]
impl HoursService for Hours {
    async fn get_hours(&self, request: Request<GetHoursRequest>) -> Answer<GetHoursResponse> {
        reply(self.hours(request.into_inner()).await)
    }

    async fn get_hours_rule(
        &self,
        request: Request<GetHoursRuleRequest>,
    ) -> Answer<GetHoursRuleResponse> {
        handler::get(&*self.0, request).await
    }

    async fn list_hours_rules(
        &self,
        request: Request<ListHoursRulesRequest>,
    ) -> Answer<ListHoursRulesResponse> {
        reply(self.0.list_hours_rules(request.get_ref()).await)
    }

    async fn create_hours_rule(
        &self,
        request: Request<CreateHoursRuleRequest>,
    ) -> Answer<CreateHoursRuleResponse> {
        reply(self.created(request).await)
    }

    async fn update_hours_rule(
        &self,
        request: Request<UpdateHoursRuleRequest>,
    ) -> Answer<UpdateHoursRuleResponse> {
        handler::update(&*self.0, request).await
    }

    async fn delete_hours_rule(
        &self,
        request: Request<DeleteHoursRuleRequest>,
    ) -> Answer<DeleteHoursRuleResponse> {
        handler::delete(&*self.0, request).await
    }

    async fn list_deviations(
        &self,
        request: Request<ListDeviationsRequest>,
    ) -> Answer<ListDeviationsResponse> {
        reply(self.deviations(&request.into_inner()).await)
    }
}

impl Hours {
    async fn created(
        &self,
        request: Request<CreateHoursRuleRequest>,
    ) -> Result<CreateHoursRuleResponse> {
        let (call, request) = Call::open(request)?;
        let Done { answer, revision } = self.0.create_hours_rule(&call, request).await?;
        Ok(CreateHoursRuleRequest::response(answer, revision, Vec::new()))
    }

    async fn hours(&self, request: GetHoursRequest) -> Result<GetHoursResponse> {
        let wanted = HoursWanted {
            target: Target::parse(&request.target, "target")?,
            first: day::parse_optional(&request.date, "date")?,
            days: date::day_count(request.days, self.0.policy.days_ahead)?,
            min_revision: request.min_revision,
        };
        self.0.get_hours(&wanted).await
    }

    async fn deviations(&self, request: &ListDeviationsRequest) -> Result<ListDeviationsResponse> {
        list::paged(request, |page| async {
            let wanted = DeviationsWanted {
                scope: Scope::parse(&request.scope)?,
                monday: day::parse_optional(&request.date, "date")?.map(date::monday_of),
                only_deviating: request.only_deviating,
                page,
            };
            self.0.list_deviations(wanted).await
        })
        .await
    }
}
