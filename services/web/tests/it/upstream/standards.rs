//! What the registry says of standard services.

use mpp_api::registry::{
    CompareWithStandardRequest, CompareWithStandardResponse, CountAdoptionRequest,
    CountAdoptionResponse, GetStandardRequest, GetStandardResponse, ListDivergencesRequest,
    ListDivergencesResponse, ListStandardLinksRequest, ListStandardLinksResponse,
    ListStandardsRequest, ListStandardsResponse,
};
use tonic::body::Body;

use super::{Answers, absent, unary};

/// The answer to one of its methods; `None` for any other.
pub async fn answer(
    answers: Answers,
    method: &str,
    request: axum::http::Request<Body>,
) -> Option<axum::http::Response<Body>> {
    Some(match method {
        "GetStandard" => {
            unary(request, move |asked: GetStandardRequest| {
                let found = answers.nation(|nation| nation.standards.get(&asked.name).cloned());
                Ok(GetStandardResponse { standard: Some(found.ok_or_else(absent)?) })
            })
            .await
        }
        "ListDivergences" => {
            unary(request, move |asked: ListDivergencesRequest| {
                let mut found = answers.nation(|nation| nation.divergences.clone());
                let wanted = |name: &str| asked.parent == "standards/-" || asked.parent == name;
                found.looked.retain(|looked| wanted(&looked.standard));
                found.divergences.retain(|one| wanted(&one.standard));
                Ok::<ListDivergencesResponse, _>(found)
            })
            .await
        }
        "ListStandards" => {
            unary(request, move |_: ListStandardsRequest| {
                let standards =
                    answers.nation(|nation| nation.standards.values().cloned().collect());
                Ok(ListStandardsResponse { standards, ..ListStandardsResponse::default() })
            })
            .await
        }
        "CountAdoption" => {
            unary(request, move |asked: CountAdoptionRequest| {
                let found = answers.nation(|nation| nation.adoption.get(&asked.group).cloned());
                Ok::<CountAdoptionResponse, _>(found.unwrap_or_default())
            })
            .await
        }
        "CompareWithStandard" => {
            unary(request, move |_: CompareWithStandardRequest| {
                let comparison = Some(answers.nation(|nation| nation.comparison.clone()));
                Ok(CompareWithStandardResponse { comparison })
            })
            .await
        }
        "ListStandardLinks" => {
            unary(request, move |asked: ListStandardLinksRequest| {
                let prefix = format!("{}/", asked.parent);
                let all = answers.nation(|nation| nation.links.clone());
                let own = all.into_iter().filter(|link| link.name.starts_with(&prefix));
                let standard_links = own.collect();
                Ok(ListStandardLinksResponse { standard_links, ..Default::default() })
            })
            .await
        }
        _ => return None,
    })
}
