//! `HoursService`.

use std::sync::Arc;

use mpp_api::scheduling::{
    CreateHoursRuleRequest, CreateHoursRuleResponse, DeleteHoursRuleRequest,
    DeleteHoursRuleResponse, GetHoursRequest, GetHoursResponse, GetHoursRuleRequest,
    GetHoursRuleResponse, ListDeviationsRequest, ListDeviationsResponse, ListHoursRulesRequest,
    ListHoursRulesResponse, UpdateHoursRuleRequest, UpdateHoursRuleResponse,
    hours_service_server::HoursService,
};
use mpp_core::{Error, Result};
use mpp_rpc::{page, status};
use tonic::{Request, Response, Status};

use super::{Call, deviations, total};
use crate::{
    app::App,
    model::{
        date,
        place::MAX_DAYS,
        rule,
        target::{NATIONAL, Target},
    },
};

/// Serves hours, rules and deviations.
pub struct Hours(pub Arc<App>);

#[tonic::async_trait]
impl HoursService for Hours {
    async fn get_hours(
        &self,
        request: Request<GetHoursRequest>,
    ) -> Result<Response<GetHoursResponse>, Status> {
        self.hours(request).await.map(Response::new).map_err(status)
    }

    async fn get_hours_rule(
        &self,
        request: Request<GetHoursRuleRequest>,
    ) -> Result<Response<GetHoursRuleResponse>, Status> {
        let name = request.into_inner().name;
        rule::id_of(&name, "name").map_err(status)?;
        let rule = self.0.memory.read().records.rule(&name).cloned().map_err(status)?;
        Ok(Response::new(GetHoursRuleResponse { hours_rule: Some(rule) }))
    }

    async fn list_hours_rules(
        &self,
        request: Request<ListHoursRulesRequest>,
    ) -> Result<Response<ListHoursRulesResponse>, Status> {
        self.rules(&request.into_inner()).map(Response::new).map_err(status)
    }

    async fn create_hours_rule(
        &self,
        request: Request<CreateHoursRuleRequest>,
    ) -> Result<Response<CreateHoursRuleResponse>, Status> {
        let call = Call::of(&request);
        self.create(&call, request.into_inner()).await.map(Response::new).map_err(status)
    }

    async fn update_hours_rule(
        &self,
        request: Request<UpdateHoursRuleRequest>,
    ) -> Result<Response<UpdateHoursRuleResponse>, Status> {
        let call = Call::of(&request);
        self.update(&call, request.into_inner()).await.map(Response::new).map_err(status)
    }

    async fn delete_hours_rule(
        &self,
        request: Request<DeleteHoursRuleRequest>,
    ) -> Result<Response<DeleteHoursRuleResponse>, Status> {
        let call = Call::of(&request);
        self.delete(&call, request.into_inner()).await.map(Response::new).map_err(status)
    }

    async fn list_deviations(
        &self,
        request: Request<ListDeviationsRequest>,
    ) -> Result<Response<ListDeviationsResponse>, Status> {
        let (app, request) = (self.0.clone(), request.into_inner());
        let listed = tokio::task::spawn_blocking(move || deviations::list(&app, &request)).await;
        let listed = listed.map_err(|error| status(Error::internal(error)))?;
        listed.map(Response::new).map_err(status)
    }
}

impl Hours {
    async fn hours(&self, request: Request<GetHoursRequest>) -> Result<GetHoursResponse> {
        let call = Call::of(&request);
        let request = request.into_inner();
        let target = Target::parse(&request.target, "target")?;
        if target.name() == NATIONAL {
            let hint = "the nation keeps no hours; name a mall, a counter or an offering";
            return Err(Error::field("target", "TARGET", hint));
        }
        let days = date::day_count(request.days, MAX_DAYS)?;
        self.0.seen(request.min_revision, call.time_left).await?;
        let place = self.0.memory.place(&target)?;
        let today = place.today(self.0.db.clock().now())?;
        let first = date::parse_or(&request.date, today, "date")?;
        let decrees = self.0.memory.decrees();
        let day = |n| place.day_hours(&place.day(date::shift(first, n), decrees));
        Ok(GetHoursResponse { days: (0..days).map(day).collect() })
    }

    fn rules(&self, request: &ListHoursRulesRequest) -> Result<ListHoursRulesResponse> {
        if !request.target.is_empty() {
            Target::parse(&request.target, "target")?;
        }
        let filter = page::hash(&["hoursRules", &request.target]);
        let page = page::parse(request.page_size, &request.page_token, filter)?;
        let state = self.0.memory.read();
        let all: Vec<_> = state.records.rules_within(&request.target).collect();
        let from = all.partition_point(|rule| rule.name <= page.after);
        let rest = &all[from..];
        let shown = &rest[..rest.len().min(page.size)];
        let has_more = rest.len() > shown.len();
        let last = shown.last().filter(|_| has_more);
        Ok(ListHoursRulesResponse {
            next_page_token: last.map_or_else(String::new, |rule| page::token(&rule.name, filter)),
            hours_rules: shown.iter().copied().cloned().collect(),
            total_size: total(all.len()),
        })
    }
}
