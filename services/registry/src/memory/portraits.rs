//! The words of services and standards by which they are compared, as search has them.

use mpp_api::registry::{Service, Standard};
use mpp_form::standard::as_service;

use crate::{
    model::{likeness::Portrait, regulation::cited},
    search::{said, telling},
};

/// The portrait of a service.
pub fn of_service(service: &Service) -> Portrait {
    let title = service.title.as_ref().map(|title| telling(&title.id)).unwrap_or_default();
    let keywords = service.keywords.iter().map(|keyword| telling(keyword));
    let requirements = service.requirements.iter().flat_map(|one| said(&one.text));
    Portrait {
        title,
        keywords: keywords.filter(|words| !words.is_empty()).collect(),
        product: said(&service.product),
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
