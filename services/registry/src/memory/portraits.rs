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
mod tests {
    use std::{env, fs};

    use mpp_api::types::LocalizedText;

    use super::*;
    use crate::{Policy, model::likeness::likeness};

    /// How suggestions stand against what a person has said.
    #[derive(Debug, Default, PartialEq)]
    struct Measured {
        right: u32,
        wrong: u32,
        missed: u32,
    }

    impl Measured {
        /// Of those suggested, how many are right; of those that are right, how many are suggested.
        fn shares(&self) -> (f64, f64) {
            let of = |whole: u32| f64::from(self.right) / f64::from(whole.max(1));
            (of(self.right + self.wrong), of(self.right + self.missed))
        }
    }

    fn titled(title: &str) -> Portrait {
        let title = Some(LocalizedText { id: title.into(), en: String::new() });
        of_service(&Service { title, ..Service::default() })
    }

    /// Reads lines of a service's title, a standard's title, and `same` or `other`.
    fn measure(pairs: &str) -> Measured {
        let mut measured = Measured::default();
        for line in pairs.lines().filter(|line| !line.starts_with('#')) {
            let [service, standard, said] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("three columns: {line}");
            };
            let percent = likeness(&titled(service), &titled(standard)).percent;
            let suggested = percent >= Policy::default().suggest_least_percent;
            match (suggested, said == "same") {
                (true, true) => measured.right += 1,
                (true, false) => measured.wrong += 1,
                (false, true) => measured.missed += 1,
                (false, false) => continue,
            }
            if suggested != (said == "same") {
                println!("{percent:3} % {said}: {service} | {standard}");
            }
        }
        println!("{measured:?}: precision and recall {:?}", measured.shares());
        measured
    }

    #[test]
    fn most_pairs_are_judged_as_a_person_judges_them_by_their_titles_alone() {
        let (precision, recall) = measure(include_str!("portraits/pairs.tsv")).shares();
        assert!(precision >= 0.9 && recall >= 0.9, "{precision} and {recall}");
    }

    /// `LABELLED_PAIRS=file cargo test -p mpp-registry labelled -- --nocapture --ignored`
    #[test]
    #[ignore = "needs a judged set, which is kept away from the weights"]
    fn a_labelled_set_is_measured() {
        let file = env::var("LABELLED_PAIRS").expect("the file of the judged pairs");
        measure(&fs::read_to_string(&file).expect("it can be read"));
    }
}
