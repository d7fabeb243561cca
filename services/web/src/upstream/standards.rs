//! Standard services, and where the services of one differ.

use std::collections::{BTreeSet, HashMap};

use futures::future::join_all;
use mpp_api::{
    registry::{
        CompareWithStandardRequest, CountAdoptionRequest, CountAdoptionResponse,
        GetStandardRequest, ListDivergencesRequest, ListDivergencesResponse,
        ListStandardLinksRequest, Standard, StandardComparison, StandardLink,
        count_adoption_request::Group, standard_link::State,
    },
    types::LocalizedText,
};

use super::{AT_ONCE, Answer, Missing, Upstream};

/// Standards on a page.
const PAGE: i32 = 50;
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

impl Upstream {
    /// A page of standards, from the one that a token names.
    pub async fn standards(&self, page: &str) -> Result<ListDivergencesResponse, Missing> {
        match self.divergences("standards/-", page).await {
            Answer::Known(answer) => Ok(answer),
            Answer::Refused => Err(Missing::Refused),
            // The list always has an answer, if only an empty one.
            Answer::Absent | Answer::Silence => Err(Missing::Unreachable),
        }
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
        let request = CompareWithStandardRequest { name: service.to_owned(), min_revision: 0 };
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

    async fn divergences(&self, parent: &str, page: &str) -> Answer<ListDivergencesResponse> {
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
