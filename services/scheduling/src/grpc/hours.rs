//! `HoursService`.

use std::sync::Arc;

use mpp_api::{
    Document,
    method::List,
    scheduling::{
        CreateHoursRuleRequest, CreateHoursRuleResponse, DeleteHoursRuleRequest,
        DeleteHoursRuleResponse, Deviation, GetHoursRequest, GetHoursResponse, GetHoursRuleRequest,
        GetHoursRuleResponse, HoursRule, ListDeviationsRequest, ListDeviationsResponse,
        ListHoursRulesRequest, ListHoursRulesResponse, UpdateHoursRuleRequest,
        UpdateHoursRuleResponse, hours_service_server::HoursService,
    },
};
use mpp_core::{Label, Result};
use mpp_resource::{
    handler::{self, Answer, reply},
    list::{self, Rows},
    memory::View as _,
    page,
};
use tonic::Request;

use crate::{
    app::{App, DeviationsWanted, HoursWanted},
    memory::records::Records,
    model::{
        date,
        scope::Scope,
        target::{Target, lies_within},
    },
};

/// Serves hours, rules and deviations.
pub struct Hours(pub Arc<App>);

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
        list::list(&*self.0, request, of_target).await
    }

    async fn create_hours_rule(
        &self,
        request: Request<CreateHoursRuleRequest>,
    ) -> Answer<CreateHoursRuleResponse> {
        handler::create(&*self.0, request).await
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
    async fn hours(&self, request: GetHoursRequest) -> Result<GetHoursResponse> {
        let wanted = HoursWanted {
            target: Target::parse(&request.target, "target")?,
            first: date::parse_optional(&request.date, "date")?,
            days: date::day_count(request.days, self.0.policy.days_ahead)?,
            min_revision: request.min_revision,
        };
        self.0.get_hours(&wanted).await
    }

    async fn deviations(&self, request: &ListDeviationsRequest) -> Result<ListDeviationsResponse> {
        let filter = page::hash(&[Deviation::KIND.as_bytes(), &request.filter()]);
        let wanted = DeviationsWanted {
            scope: Scope::parse(&request.scope)?,
            monday: date::parse_optional(&request.date, "date")?.map(date::monday_of),
            only_deviating: request.only_deviating,
            page: page::parse(request.page_size, &request.page_token, filter)?,
        };
        let listed = self.0.list_deviations(wanted).await?;
        let token = listed.next.map(|after| page::token(&after, filter)).unwrap_or_default();
        let total = i32::try_from(listed.total).unwrap_or(i32::MAX);
        Ok(ListDeviationsRequest::response(listed.records, token, total))
    }
}

/// The rules of a target and of all targets below it; every rule for an empty target.
fn of_target<'a>(
    _app: &App,
    request: &'a ListHoursRulesRequest,
    records: &'a Records,
) -> Result<Rows<'a>> {
    let target = &request.target;
    if !target.is_empty() {
        Target::parse(target, "target")?;
    }
    let rows = records.records().rows::<HoursRule>("");
    let lies_there = move |label: &str| target.is_empty() || lies_within(label, target);
    Ok(Box::new(rows.filter(move |(_, row)| lies_there(row.label(Label::Target)))))
}
