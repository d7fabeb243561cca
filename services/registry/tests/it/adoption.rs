//! How far the services of a standard follow it, by standard, region and body.

use mpp_api::registry::{
    AdoptStandardRequest, Adoption, CountAdoptionRequest, CountAdoptionResponse, Service, Standard,
    UpdateServiceRequest,
    count_adoption_request::Group,
    divergence::Component,
    service::State as Served,
    standard_link::{Explanation, State},
};
use mpp_core::Micros;
use mpp_registry::{Policy, Registry};
use mpp_resource::page;
use mpp_testkit::on_both;

use crate::{
    adopted::because,
    divergent::{costs, free, in_three_places, needs},
    standards::{NEW_CARD, standard},
    world::{Clients, SECOND, reason, service},
};

const DAY: Micros = 24 * 3600 * SECOND;

impl Clients {
    async fn count(&mut self, request: CountAdoptionRequest) -> CountAdoptionResponse {
        self.standards.count_adoption(request).await.expect("an answer").into_inner()
    }
}

fn by(group: Group) -> CountAdoptionRequest {
    CountAdoptionRequest {
        parent: NEW_CARD.into(),
        group: group.into(),
        ..CountAdoptionRequest::default()
    }
}

/// Key, services, and those that follow, differ, are explained and not known.
fn told(answer: &CountAdoptionResponse) -> Vec<(&str, [i32; 5])> {
    let line =
        |one: &'_ Adoption| [one.services, one.follows, one.differs, one.explained, one.unknown];
    answer.adoptions.iter().map(|one| (one.key.as_str(), line(one))).collect()
}

#[tokio::test]
async fn progress_is_known_by_standard_region_and_body() {
    on_both(async |database| {
        let world = in_three_places(&database).await;
        let mut admin = world.admin();
        let version = Standard { version: "1".into(), fees: free("Gratis"), ..Standard::default() };
        admin.change_standard(version).await;
        // a says the same throughout, b takes longer and asks for less, c costs something and does
        // not say how long it takes.
        let all = admin.count(by(Group::Standard)).await;
        assert_eq!(told(&all), [(NEW_CARD, [3, 1, 2, 0, 0])]);
        assert!(all.adoptions[0].example, "nobody has published it");
        let provinces = admin.count(by(Group::Province)).await;
        assert_eq!(told(&provinces), [("35", [2, 1, 1, 0, 0]), ("51", [1, 0, 1, 0, 0])]);
        let units = admin.count(by(Group::Agency)).await;
        let keys: Vec<&str> = units.adoptions.iter().map(|one| one.key.as_str()).collect();
        assert_eq!(keys, ["units/a", "units/b", "units/c"]);
        assert_eq!(told(&admin.count(by(Group::All)).await), [("standards/-", [3, 1, 2, 0, 0])]);

        admin
            .explain("units/c-dukcapil/services/ktp", vec![because(&[Component::Fees])])
            .await
            .expect("said");
        let request = AdoptStandardRequest {
            name: "units/b-dukcapil/services/ktp".into(),
            ..AdoptStandardRequest::default()
        };
        admin.adopt(request).await.expect("adopted");
        let all = admin.count(by(Group::Unspecified)).await;
        assert_eq!(told(&all), [(NEW_CARD, [3, 2, 0, 1, 0])]);
        assert_eq!(all.adoptions[0].adopted, 1, "what follows by itself has not adopted it");
        let java = CountAdoptionRequest { region: "35".into(), ..by(Group::Region) };
        let java = admin.count(java).await;
        assert_eq!(told(&java), [("35.07", [1, 1, 0, 0, 0]), ("35.10", [1, 1, 0, 0, 0])]);
        let below = CountAdoptionRequest { unit: "units/c".into(), ..by(Group::Unit) };
        assert_eq!(told(&admin.count(below).await), [("units/c-dukcapil", [1, 0, 0, 1, 0])]);
    })
    .await;
}

#[tokio::test]
async fn lines_come_page_by_page_and_what_is_not_served_is_not_counted() {
    on_both(async |database| {
        let world = in_three_places(&database).await;
        let mut admin = world.admin();
        admin.create_standard("a-first", standard("Kartu identitas anak")).await.expect("made");
        let mut request = CountAdoptionRequest {
            parent: "standards/-".into(),
            page_size: 1,
            ..CountAdoptionRequest::default()
        };
        let first = admin.count(request.clone()).await;
        assert_eq!(told(&first), [("standards/a-first", [0; 5])], "progress begins at nothing");
        request.page_token = first.next_page_token;
        let second = admin.count(request.clone()).await;
        assert_eq!((second.adoptions[0].services, second.next_page_token.as_str()), (3, ""));
        request.region = "51".into();
        let other = admin.standards.count_adoption(request).await;
        assert_eq!(reason(other), "INVALID_PAGE_TOKEN", "it is another list's");

        let paused = Service {
            name: "units/c-dukcapil/services/ktp".into(),
            state: Served::Inactive.into(),
            ..Service::default()
        };
        let paused = UpdateServiceRequest { service: Some(paused), ..Default::default() };
        admin.catalog.update_service(paused).await.expect("paused");
        assert_eq!(admin.count(by(Group::Standard)).await.adoptions[0].services, 2);
        let nowhere = CountAdoptionRequest { unit: "units/nowhere".into(), ..by(Group::Unit) };
        assert_eq!(reason(admin.standards.count_adoption(nowhere).await), "INVALID_FIELD");
    })
    .await;
}

#[tokio::test]
async fn a_look_for_the_metrics_compares_only_what_has_changed() {
    on_both(async |database| {
        let world = in_three_places(&database).await;
        let registry = &world.running.registry;
        let counts = || registry.measured.counts().map(|all| all.map(|(_, many)| many));
        assert_eq!(counts(), None, "nothing was looked at yet");
        assert_eq!(registry.measure_adoption().await.expect("a look"), 3);
        assert_eq!(counts(), Some([1, 1, 0, 0, 1]), "c does not say how long it takes");
        assert_eq!(registry.measure_adoption().await.expect("a look"), 0);
        let request = AdoptStandardRequest {
            name: "units/b-dukcapil/services/ktp".into(),
            ..AdoptStandardRequest::default()
        };
        world.admin().adopt(request).await.expect("adopted");
        assert_eq!(registry.measure_adoption().await.expect("a look"), 1);
        assert_eq!(counts(), Some([2, 0, 0, 0, 1]));
        let all = world.admin().count(by(Group::Standard)).await;
        assert_eq!(told(&all), [(NEW_CARD, [3, 2, 0, 0, 1])], "whoever asks is told the same");
        let other = Service { product: "KTP".into(), ..Service::default() };
        let other = Service {
            name: "units/b-dukcapil/services/ktp".into(),
            fees: free("Gratis"),
            requirements: needs(&["KK"]),
            ..other
        };
        let request = UpdateServiceRequest { service: Some(other), ..Default::default() };
        world.admin().catalog.update_service(request).await.expect("written");
        let all = world.admin().count(by(Group::Standard)).await;
        assert_eq!(told(&all), [(NEW_CARD, [3, 1, 1, 0, 1])], "at once, and not at the next look");
        assert_eq!(all.adoptions[0].differs_by_words, 1, "it may ask for the same in other words");
        assert_eq!(registry.measure_adoption().await.expect("a look"), 1);
        assert_eq!(counts(), Some([1, 0, 1, 0, 1]), "which stands apart");
    })
    .await;
}

#[tokio::test]
async fn a_page_ends_before_the_line_that_has_more_to_compare_than_its_bound_leaves() {
    on_both(async |database| {
        let world = in_three_places(&database).await;
        let mut admin = world.admin();
        let office = "units/b-dukcapil";
        admin.create_service(office, "ktp-rusak", service("KTP-el rusak")).await.expect("made");
        let other = format!("{office}/services/ktp-rusak");
        admin.decide(&other, NEW_CARD, State::Confirmed).await.expect("said");
        let policy = Policy { divergence_services: 2, ..Policy::default() };
        let registry = Registry { policy: policy.into(), ..world.running.registry.clone() };
        let (mut asked, mut pages) = (by(Group::Agency), Vec::new());
        loop {
            let count = |page| registry.count_adoption("users/a", &asked, page);
            let answer = page::answer(&asked, page::OF_FINDINGS, count).await.expect("an answer");
            pages.push(answer.adoptions.iter().map(|one| one.services).collect::<Vec<_>>());
            asked.page_token = answer.next_page_token;
            if asked.page_token.is_empty() {
                break;
            }
        }
        assert_eq!(pages, [vec![1], vec![2], vec![1]], "a and b together have three");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn on_a_new_day_only_what_turns_with_it_is_compared() {
    on_both(async |database| {
        let world = in_three_places(&database).await;
        let mut admin = world.admin();
        let version = Standard { version: "1".into(), fees: free("Gratis"), ..Standard::default() };
        admin.change_standard(version).await;
        let until = Explanation { until: "2026-05-02".into(), ..because(&[Component::Fees]) };
        admin.explain("units/c-dukcapil/services/ktp", vec![until]).await.expect("said");
        let registry = &world.running.registry;
        let counts = || registry.measured.counts().map(|all| all.map(|(_, many)| many));
        let look = async || registry.measure_adoption().await.expect("a look");
        assert_eq!((look().await, counts()), (3, Some([1, 1, 0, 1, 0])));
        world.clock.advance(DAY);
        assert_eq!((look().await, counts()), (0, Some([1, 1, 0, 1, 0])), "nothing turns");
        world.clock.advance(DAY);
        let all = admin.count(by(Group::Standard)).await;
        assert_eq!(told(&all), [(NEW_CARD, [3, 1, 2, 0, 0])], "its last day is over");
        assert_eq!((look().await, counts()), (1, Some([1, 2, 0, 0, 0])));

        let fees = costs(10_000, "Rp10.000");
        let later = Standard { valid_from: "2026-05-05".into(), fees, ..Standard::default() };
        admin.change_standard(later).await;
        let announced = (look().await, counts());
        assert_eq!(announced, (3, Some([1, 1, 0, 1, 0])), "c says what is announced");
        world.clock.advance(DAY);
        assert_eq!(look().await, 0);
        world.clock.advance(DAY);
        assert_eq!((look().await, counts()), (3, Some([0, 2, 0, 0, 1])), "now it holds");
        world.stop().await;
    })
    .await;
}
