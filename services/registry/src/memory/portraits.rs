//! The words of services and standards by which they are compared, as search has them.

use mpp_api::registry::{Service, Standard};
use mpp_form::standard::as_service;

use crate::{
    model::{
        likeness::{Portrait, Title},
        marks::Marks,
        regulation::cited,
    },
    search::{documents, marks, said, telling},
};

/// The portrait of a service.
pub fn of_service(service: &Service) -> Portrait {
    let title_text = service.title.as_ref().map_or("", |title| title.id.as_str());
    let title = telling(title_text);
    let keywords = service.keywords.iter().map(|keyword| telling(keyword));
    let keywords: Vec<Title> = keywords.filter(|words| !words.is_empty()).collect();
    let product = said(&service.product);
    let requirements = service.requirements.iter().flat_map(|one| said(&one.text));
    let all = title.keys().chain(keywords.iter().flat_map(Title::keys)).chain(&product);
    let [letters, numbers, denied] = marks(title_text);
    Portrait {
        marks: Marks { letters, numbers, denied },
        documents: documents(title.keys()),
        all_documents: documents(all),
        title,
        keywords,
        product,
        requirements: requirements.collect(),
        laws: service.legal_basis.iter().flat_map(|law| cited(law)).collect(),
    }
}

/// The portrait of a standard.
pub fn of_standard(standard: &Standard) -> Portrait {
    of_service(&as_service(standard))
}

#[cfg(test)]
mod tests;
