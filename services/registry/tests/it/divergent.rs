//! Where the services of one standard differ, with each one's words.

use mpp_api::{
    registry::{
        Divergence, ListDivergencesRequest, Service, Standard, Unit, UpdateServiceRequest,
        adoption::State as Stands,
        divergence::Component,
        service::{Requirement, State as Served},
        standard_comparison::line::Standing,
        standard_link::State,
        unit::Kind,
    },
    types::{Fee, ServiceTime, fee, service_time},
};
use mpp_testkit::{TestDatabase, on_both};

use crate::{
    standards::{NEW_CARD, standard},
    world::{Clients, World, reason, service, unit},
};

/// A standard that has not held yet.
const LATER: &str = "standards/ktp-pemula";

pub fn needs(texts: &[&str]) -> Vec<Requirement> {
    let one = |text: &&str| Requirement { text: (*text).into(), ..Requirement::default() };
    texts.iter().map(one).collect()
}

pub fn takes(value: i64, unit: service_time::Unit, words: &str) -> Option<ServiceTime> {
    let source_text = words.into();
    Some(ServiceTime { value, unit: unit.into(), source_text, ..ServiceTime::default() })
}

pub fn free(words: &str) -> Vec<Fee> {
    vec![Fee { kind: fee::Kind::Free.into(), source_text: words.into(), ..Fee::default() }]
}

pub fn costs(amount_rupiah: i64, words: &str) -> Vec<Fee> {
    let kind = fee::Kind::Fixed.into();
    vec![Fee { kind, amount_rupiah, source_text: words.into(), ..Fee::default() }]
}

/// The same service in three regencies of two provinces.
pub async fn in_three_places(database: &TestDatabase) -> World {
    use service_time::Unit::{CalendarDays, Hours};
    let world = World::banyuwangi(database).await;
    let mut admin = world.admin();
    let national = Standard {
        requirements: needs(&["Kartu Keluarga", "Akta kelahiran"]),
        time: takes(24, Hours, "Paling lama 24 (dua puluh empat) jam"),
        ..standard("KTP elektronik baru")
    };
    admin.create_standard("ktp-el-baru", national).await.expect("made");
    for (place, region, fees, time, needed) in [
        (
            "a",
            "35.10",
            free("Gratis"),
            takes(1, CalendarDays, "1 hari"),
            vec!["KK", "Akta Kelahiran"],
        ),
        ("b", "35.07", free("Tidak dipungut biaya"), takes(2, CalendarDays, "2 hari"), vec!["KK"]),
        ("c", "51.01", costs(10_000, "Rp10.000"), None, vec!["Akta kelahiran", "Kartu keluarga."]),
    ] {
        let local =
            Unit { region: format!("regions/{region}"), ..unit(place, Kind::LocalGovernment, "") };
        admin.create_unit(place, local).await.expect("a unit");
        let office = unit(&format!("{place}-dukcapil"), Kind::Office, &format!("units/{place}"));
        admin.create_unit(&format!("{place}-dukcapil"), office).await.expect("an office");
        let own = Service { fees, time, requirements: needs(&needed), ..service("KTP-el") };
        let above = format!("units/{place}-dukcapil");
        admin.create_service(&above, "ktp", own).await.expect("a service");
        let state = State::Confirmed;
        admin.decide(&format!("{above}/services/ktp"), NEW_CARD, state).await.expect("said");
    }
    world
}

impl Clients {
    async fn divergences(&mut self, parent: &str, region: &str) -> Vec<Divergence> {
        let request = ListDivergencesRequest {
            parent: parent.into(),
            region: region.into(),
            ..ListDivergencesRequest::default()
        };
        let answer = self.standards.list_divergences(request).await.expect("an answer");
        answer.into_inner().divergences
    }
}

fn components(found: &[Divergence]) -> Vec<Component> {
    found.iter().map(Divergence::component).collect()
}

#[tokio::test]
async fn services_differ_by_what_they_mean_and_each_says_it_in_its_own_words() {
    on_both(async |database| {
        let world = in_three_places(&database).await;
        let found = world.admin().divergences(NEW_CARD, "").await;
        let all = [Component::Fees, Component::Time, Component::Requirements];
        assert_eq!(components(&found), all);

        let fees = &found[0].variants;
        assert_eq!((fees[0].holders.len(), fees[0].read), (2, true), "free, however it is said");
        assert_eq!(fees[1].texts, ["Rp10.000"]);
        assert_eq!(fees[1].holders[0].service, "units/c-dukcapil/services/ktp");
        assert_eq!(fees[1].holders[0].region, "51.01", "that of the government above");
        assert_eq!(fees[1].holders[0].region_name, "Kabupaten Jembrana");
        assert!(fees[1].holders[0].title.is_some());

        let time = &found[1].variants;
        assert!(time[0].standard && time[0].texts[0].starts_with("Paling lama"), "{time:?}");
        assert_eq!(
            time[0].holders.len(),
            1,
            "a day has 24 hours; who says nothing differs in none"
        );
        assert_eq!(time[1].texts, ["2 hari"]);

        let needs = &found[2].variants;
        assert_eq!(needs[0].holders.len(), 2, "a family card and KK are one");
        assert_eq!(needs[1].missing, ["Akta kelahiran"]);
        assert!(needs[1].extra.is_empty() && !needs[1].read, "{needs:?}");
    })
    .await;
}

#[tokio::test]
async fn a_region_sees_its_own_services_only() {
    on_both(async |database| {
        let world = in_three_places(&database).await;
        let mut admin = world.admin();
        let java = admin.divergences("standards/-", "35").await;
        assert_eq!(components(&java), [Component::Time, Component::Requirements], "both are free");
        let bali = admin.divergences("standards/-", "51.01").await;
        assert!(bali.is_empty(), "it asks for the same as the standard: {bali:?}");
        let nowhere = ListDivergencesRequest {
            parent: "standards/nowhere".into(),
            ..ListDivergencesRequest::default()
        };
        assert_eq!(reason(admin.standards.list_divergences(nowhere).await), "INVALID_FIELD");
    })
    .await;
}

#[tokio::test]
async fn the_nation_is_looked_at_page_by_page_and_only_confirmed_links_count() {
    on_both(async |database| {
        let world = in_three_places(&database).await;
        let mut admin = world.admin();
        admin.create_standard("a-first", standard("Kartu identitas anak")).await.expect("made");
        admin.create_service("units/a", "kia", service("KIA")).await.expect("a service");
        let state = State::Rejected;
        admin.decide("units/a/services/kia", "standards/a-first", state).await.expect("said");
        let mut request = ListDivergencesRequest {
            parent: "standards/-".into(),
            page_size: 1,
            ..ListDivergencesRequest::default()
        };
        let first = admin.standards.list_divergences(request.clone()).await.expect("a page");
        let first = first.into_inner();
        assert!(first.divergences.is_empty(), "{first:?}");
        assert_eq!(
            (first.looked[0].standard.as_str(), first.looked[0].services),
            ("standards/a-first", 0)
        );
        assert_eq!(first.looked[0].compared, 0, "nothing is known of it, which is no agreement");
        request.page_token = first.next_page_token;
        let second = admin.standards.list_divergences(request).await.expect("a page").into_inner();
        assert_eq!((second.looked[0].services, second.divergences.len()), (3, 3));
        assert_eq!(second.next_page_token, "");
    })
    .await;
}

#[tokio::test]
async fn what_is_not_served_and_a_text_before_its_first_day_are_compared_with_nothing() {
    on_both(async |database| {
        let world = in_three_places(&database).await;
        let mut admin = world.admin();
        let later =
            Standard { valid_from: "2026-05-02".into(), ..standard("KTP elektronik pemula") };
        let later = Standard { time: takes(3, service_time::Unit::Hours, "3 jam"), ..later };
        admin.create_standard("ktp-pemula", later).await.expect("it holds from tomorrow on");
        for place in ["a", "b", "c"] {
            let name = format!("units/{place}-dukcapil/services/ktp");
            admin.reject(&format!("{name}/links/ktp-el-baru"), "Pemula").await.expect("said");
            admin.decide(&name, LATER, State::Confirmed).await.expect("said");
        }
        let paused = Service {
            name: "units/c-dukcapil/services/ktp".into(),
            state: Served::Inactive.into(),
            ..Service::default()
        };
        let request = UpdateServiceRequest { service: Some(paused), ..Default::default() };
        admin.catalog.update_service(request).await.expect("paused");
        let found = admin.divergences(LATER, "").await;
        assert_eq!(components(&found), [Component::Time, Component::Requirements]);
        let variants = found.iter().flat_map(|one| &one.variants);
        assert!(variants.clone().all(|variant| !variant.standard), "{found:?}");
        let holders = variants.flat_map(|variant| &variant.holders);
        assert!(holders.clone().all(|holder| holder.unit != "units/c-dukcapil"), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn who_stays_below_a_maximum_differs_in_nothing_and_who_does_not_stands_beside() {
    on_both(async |database| {
        use service_time::Unit::CalendarDays;
        let world = in_three_places(&database).await;
        let mut admin = world.admin();
        let at_most = |days: i64, words: &str| {
            let time = takes(days, CalendarDays, words);
            let time = time.map(|time| ServiceTime { at_most: true, ..time });
            Standard { time, ..Standard::default() }
        };
        admin.change_standard(at_most(3, "Paling lama 3 hari")).await;
        let found = admin.divergences(NEW_CARD, "").await;
        let all = [Component::Fees, Component::Requirements];
        assert_eq!(components(&found), all, "a and b promise less than three days");
        let own = admin.compare("units/a-dukcapil/services/ktp").await.expect("compared");
        let time = &own.lines[1];
        assert_eq!((time.standing(), time.field.as_str()), (Standing::Within, ""));
        assert_eq!(own.state(), Stands::Follows);

        let longer = Service {
            name: "units/c-dukcapil/services/ktp".into(),
            time: takes(5, CalendarDays, "5 hari"),
            ..Service::default()
        };
        let request = UpdateServiceRequest { service: Some(longer), ..Default::default() };
        admin.catalog.update_service(request).await.expect("written");
        let found = admin.divergences(NEW_CARD, "").await;
        let time = found.iter().find(|one| one.component() == Component::Time).expect("it differs");
        let within: Vec<(&str, bool)> =
            time.variants.iter().map(|one| (one.texts[0].as_str(), one.within)).collect();
        let expected =
            [("Paling lama 3 hari", false), ("1 hari", true), ("2 hari", true), ("5 hari", false)];
        assert_eq!(within, expected);
    })
    .await;
}
