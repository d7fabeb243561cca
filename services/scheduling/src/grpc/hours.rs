//! `HoursService`.

use std::sync::Arc;

use mpp_api::scheduling::{
    CreateHoursRuleRequest, CreateHoursRuleResponse, DeleteHoursRuleRequest,
    DeleteHoursRuleResponse, GetHoursRequest, GetHoursResponse, GetHoursRuleRequest,
    GetHoursRuleResponse, ListDeviationsRequest, ListDeviationsResponse, ListHoursRulesRequest,
    ListHoursRulesResponse, UpdateHoursRuleRequest, UpdateHoursRuleResponse,
    hours_service_server::HoursService,
};
use mpp_core::{Error, Result, check_id, check_name};
use mpp_rpc::{mask, page};
use tonic::Request;

use super::{Answer, open, open_write, reply};
use crate::{
    app::{App, DeviationsWanted, HoursWanted},
    model::{date, rule, scope::Scope, target::Target},
};

/// Serves hours, rules and deviations.
pub struct Hours(pub Arc<App>);

#[tonic::async_trait]
impl HoursService for Hours {
    async fn get_hours(&self, request: Request<GetHoursRequest>) -> Answer<GetHoursResponse> {
        reply(self.hours(request).await)
    }

    async fn get_hours_rule(
        &self,
        request: Request<GetHoursRuleRequest>,
    ) -> Answer<GetHoursRuleResponse> {
        reply(self.rule(request).await)
    }

    async fn list_hours_rules(
        &self,
        request: Request<ListHoursRulesRequest>,
    ) -> Answer<ListHoursRulesResponse> {
        reply(self.rules(request).await)
    }

    async fn create_hours_rule(
        &self,
        request: Request<CreateHoursRuleRequest>,
    ) -> Answer<CreateHoursRuleResponse> {
        reply(self.create(request).await)
    }

    async fn update_hours_rule(
        &self,
        request: Request<UpdateHoursRuleRequest>,
    ) -> Answer<UpdateHoursRuleResponse> {
        reply(self.update(request).await)
    }

    async fn delete_hours_rule(
        &self,
        request: Request<DeleteHoursRuleRequest>,
    ) -> Answer<DeleteHoursRuleResponse> {
        reply(self.delete(request).await)
    }

    async fn list_deviations(
        &self,
        request: Request<ListDeviationsRequest>,
    ) -> Answer<ListDeviationsResponse> {
        reply(self.deviations(&request.into_inner()).await)
    }
}

/// Reading.
impl Hours {
    async fn hours(&self, request: Request<GetHoursRequest>) -> Result<GetHoursResponse> {
        let (call, request) = open(request);
        let wanted = HoursWanted {
            target: Target::parse(&request.target, "target")?,
            first: date::parse_optional(&request.date, "date")?,
            days: date::day_count(request.days, self.0.policy.days_ahead)?,
            min_revision: request.min_revision,
        };
        self.0.get_hours(&call, &wanted).await
    }

    async fn rule(&self, request: Request<GetHoursRuleRequest>) -> Result<GetHoursRuleResponse> {
        let (call, request) = open(request);
        self.0.wait_for(request.min_revision, &call).await?;
        check_name(&request.name, &["hoursRules"], "name")?;
        let rule = self.0.memory.read().records.rule(&request.name)?.clone();
        Ok(GetHoursRuleResponse { hours_rule: Some(rule) })
    }

    async fn rules(
        &self,
        request: Request<ListHoursRulesRequest>,
    ) -> Result<ListHoursRulesResponse> {
        let (call, request) = open(request);
        self.0.wait_for(request.min_revision, &call).await?;
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
        let last = shown.last().filter(|_| rest.len() > shown.len());
        Ok(ListHoursRulesResponse {
            next_page_token: last.map_or_else(String::new, |rule| page::token(&rule.name, filter)),
            hours_rules: shown.iter().copied().cloned().collect(),
            total_size: i32::try_from(all.len()).unwrap_or(i32::MAX),
        })
    }

    async fn deviations(&self, request: &ListDeviationsRequest) -> Result<ListDeviationsResponse> {
        let only = if request.only_deviating { "deviating" } else { "all" };
        let filter = page::hash(&["deviations", &request.scope, &request.date, only]);
        let date = date::parse_optional(&request.date, "date")?;
        let wanted = DeviationsWanted {
            scope: Scope::parse(&request.scope)?,
            monday: date.map(date::monday_of),
            only_deviating: request.only_deviating,
            page: page::parse(request.page_size, &request.page_token, filter)?,
            filter,
        };
        self.0.list_deviations(wanted).await
    }
}

/// Writing.
impl Hours {
    async fn create(
        &self,
        request: Request<CreateHoursRuleRequest>,
    ) -> Result<CreateHoursRuleResponse> {
        let (mut call, request) = open_write(request, "CreateHoursRule", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        check_id(&request.hours_rule_id, "hours_rule_id")?;
        let rule = request.hours_rule.ok_or_else(missing_rule)?;
        self.0.create_hours_rule(&call, &request.hours_rule_id, rule).await
    }

    async fn update(
        &self,
        request: Request<UpdateHoursRuleRequest>,
    ) -> Result<UpdateHoursRuleResponse> {
        let (mut call, request) = open_write(request, "UpdateHoursRule", |r| &mut r.request_id)?;
        call.validate_only = request.validate_only;
        let given = request.hours_rule.ok_or_else(missing_rule)?;
        let mask = request.update_mask.unwrap_or_default();
        let mut paths = mask::check_paths(&mask, rule::UPDATABLE, "update_mask")?;
        if paths.is_empty() {
            paths = rule::set_fields(&given);
        }
        self.0.update_hours_rule(&call, &given, &paths).await
    }

    async fn delete(
        &self,
        request: Request<DeleteHoursRuleRequest>,
    ) -> Result<DeleteHoursRuleResponse> {
        let (call, request) = open_write(request, "DeleteHoursRule", |r| &mut r.request_id)?;
        check_name(&request.name, &["hoursRules"], "name")?;
        self.0.delete_hours_rule(&call, &request.name, &request.etag).await
    }
}

fn missing_rule() -> Error {
    Error::field("hours_rule", "REQUIRED", "is required")
}
