//! Standard services, and where the services of one differ.

use std::collections::{BTreeSet, HashMap};

use futures::future::join_all;
use mpp_api::{
    registry::{
        CompareWithStandardRequest, CountAdoptionRequest, CountAdoptionResponse,
        GetStandardRequest, ListDivergencesRequest, ListDivergencesResponse,
        ListStandardLinksRequest, ListStandardsRequest, ListStandardsResponse, Standard,
        StandardComparison, StandardLink, count_adoption_request::Group,
        list_divergences_response::Looked, standard_link::State,
    },
    types::LocalizedText,
};

use super::{AT_ONCE, Missing, ServiceAnswer, Upstream};

/// Standards on a page.
const PAGE: i32 = 50;
/// Begins the token of a page that lists standards alone.
const ALONE: &str = "daftar-";
/// Provinces or bodies that are shown.
const COUNTED: i32 = 100;
/// Units whose names are asked for; of those beyond, the page shows the ids.
const NAMED: usize = 200;

/// A standard, and where its services differ.
#[derive(Clone, Debug)]
pub struct StandardData {
    /// The registry's record.
    pub standard: Standard,
    /// What differs, if the registry answered.
    pub found: Option<ListDivergencesResponse>,
    /// How many services follow it, by province, if the registry answered.
    pub provinces: Option<CountAdoptionResponse>,
    /// By body.
    pub agencies: Option<CountAdoptionResponse>,
    /// The names of the units that it names.
    pub units: HashMap<String, LocalizedText>,
}

/// A page of standards.
#[derive(Debug)]
pub struct StandardsData {
    /// The standards, and what differs.
    pub found: ListDivergencesResponse,
    /// Whether their services were compared; else only the standards are known.
    pub is_compared: bool,
}

impl Upstream {
    /// A page of standards, from the one that a token names. While comparing their services takes
    /// too long, they are listed alone.
    pub async fn standards(&self, page: &str) -> Result<StandardsData, Missing> {
        if let Some(page) = page.strip_prefix(ALONE) {
            return self.alone(page).await;
        }
        match self.divergences("standards/-", page).await {
            ServiceAnswer::Known(found) => Ok(StandardsData { found, is_compared: true }),
            ServiceAnswer::Refused => Err(Missing::Refused),
            ServiceAnswer::Absent | ServiceAnswer::NoAnswer if page.is_empty() => {
                self.alone(page).await
            }
            // The list always has an answer, if only an empty one.
            ServiceAnswer::Absent | ServiceAnswer::Gone | ServiceAnswer::NoAnswer => {
                Err(Missing::Unreachable)
            }
        }
    }

    async fn alone(&self, page: &str) -> Result<StandardsData, Missing> {
        let request = ListStandardsRequest {
            page_size: PAGE,
            page_token: page.to_owned(),
            ..ListStandardsRequest::default()
        };
        let ListStandardsResponse { standards, next_page_token, .. } =
            match self.answer(self.standards.clone().list_standards(request)).await {
                ServiceAnswer::Known(listed) => listed,
                ServiceAnswer::Refused => return Err(Missing::Refused),
                ServiceAnswer::Absent | ServiceAnswer::Gone | ServiceAnswer::NoAnswer => {
                    return Err(Missing::Unreachable);
                }
            };
        let next_page_token = match next_page_token.as_str() {
            "" => String::new(),
            next => format!("{ALONE}{next}"),
        };
        let looked = standards.into_iter().map(|one| Looked {
            standard: one.name,
            title: one.title,
            example: one.example,
            ..Looked::default()
        });
        let looked = looked.collect();
        let found = ListDivergencesResponse { looked, next_page_token, ..Default::default() };
        Ok(StandardsData { found, is_compared: false })
    }

    /// A standard.
    pub async fn standard(&self, name: &str) -> Result<StandardData, Missing> {
        let request = GetStandardRequest { name: name.to_owned(), min_revision: 0 };
        let mut standards = self.standards.clone();
        let (standard, found, provinces, agencies) = futures::join!(
            self.answer(standards.get_standard(request)),
            self.divergences(name, ""),
            self.adoption(name, Group::Province),
            self.adoption(name, Group::Agency)
        );
        let standard = standard.and_then(|answer| answer.standard).needed()?;
        let found = found.known();
        let units = self.names(&standard, found.as_ref()).await;
        Ok(StandardData { standard, found, provinces, agencies, units })
    }

    /// The standard that a service is of.
    pub(super) async fn standard_of(&self, service: &str) -> Option<StandardLink> {
        let request = ListStandardLinksRequest {
            parent: service.to_owned(),
            state: State::Confirmed.into(),
            page_size: 1,
            ..ListStandardLinksRequest::default()
        };
        let links = self.answer(self.standards.clone().list_standard_links(request)).await;
        links.known()?.standard_links.into_iter().next()
    }

    /// How a service stands to the standard that it is of.
    pub(super) async fn comparison(&self, service: &str) -> Option<StandardComparison> {
        let request = CompareWithStandardRequest {
            name: service.to_owned(),
            ..CompareWithStandardRequest::default()
        };
        let answer = self.answer(self.standards.clone().compare_with_standard(request)).await;
        answer.known()?.comparison
    }

    async fn adoption(&self, standard: &str, group: Group) -> Option<CountAdoptionResponse> {
        let request = CountAdoptionRequest {
            parent: standard.to_owned(),
            group: group.into(),
            page_size: COUNTED,
            ..CountAdoptionRequest::default()
        };
        self.answer(self.standards.clone().count_adoption(request)).await.known()
    }

    async fn divergences(
        &self,
        parent: &str,
        page: &str,
    ) -> ServiceAnswer<ListDivergencesResponse> {
        let request = ListDivergencesRequest {
            parent: parent.to_owned(),
            page_size: PAGE,
            page_token: page.to_owned(),
            ..ListDivergencesRequest::default()
        };
        self.answer(self.standards.clone().list_divergences(request)).await
    }

    async fn names(
        &self,
        standard: &Standard,
        found: Option<&ListDivergencesResponse>,
    ) -> HashMap<String, LocalizedText> {
        let variants =
            found.iter().flat_map(|found| &found.divergences).flat_map(|one| &one.variants);
        let holders = variants.flat_map(|variant| &variant.holders).map(|holder| &holder.unit);
        let units: BTreeSet<&String> = holders.chain([&standard.unit]).collect();
        let units: Vec<&String> = units.into_iter().take(NAMED).collect();
        let mut names = HashMap::new();
        for some in units.chunks(AT_ONCE) {
            let asked = some.iter().map(|unit| async move {
                Some(((*unit).clone(), self.unit(unit).await?.display_name?))
            });
            names.extend(join_all(asked).await.into_iter().flatten());
        }
        names
    }
}
