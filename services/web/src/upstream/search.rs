//! A citizen's question to the registry.

use std::collections::{BTreeSet, HashMap};

use futures::future::join_all;
use mpp_api::{
    registry::{SearchServicesRequest, SearchServicesResponse},
    types::LocalizedText,
};

use super::{Missing, ServiceAnswer, Upstream};

/// A question and what the registry said to it.
#[derive(Clone, Debug)]
pub struct SearchAnswer {
    /// The question, as it was typed.
    pub question: String,
    /// The answer; `None` if nothing was asked.
    pub answer: Option<SearchServicesResponse>,
    /// The names of the hits' agencies.
    pub agencies: HashMap<String, LocalizedText>,
}

impl Upstream {
    /// Searches for a question, from the page that a token names.
    pub async fn search(&self, question: &str, page: &str) -> Result<SearchAnswer, Missing> {
        let question = question.trim().to_owned();
        if question.is_empty() {
            return Ok(SearchAnswer { question, answer: None, agencies: HashMap::new() });
        }
        let request = SearchServicesRequest {
            query: question.clone(),
            page_token: page.to_owned(),
            ..Default::default()
        };
        let answer = match self.answer(self.search.clone().search_services(request)).await {
            ServiceAnswer::Known(answer) => answer,
            ServiceAnswer::Refused => return Err(Missing::Refused),
            // Search always has an answer, if only an empty one.
            ServiceAnswer::Absent | ServiceAnswer::Gone | ServiceAnswer::NoAnswer => {
                return Err(Missing::Unreachable);
            }
        };
        let agencies = self.agencies(&answer).await;
        Ok(SearchAnswer { question, answer: Some(answer), agencies })
    }

    async fn agencies(&self, answer: &SearchServicesResponse) -> HashMap<String, LocalizedText> {
        let names: BTreeSet<&str> = answer.hits.iter().map(|hit| hit.agency.as_str()).collect();
        let asked = names.into_iter().map(|name| async move {
            Some((name.to_owned(), self.unit(name).await?.display_name?))
        });
        join_all(asked).await.into_iter().flatten().collect()
    }
}
