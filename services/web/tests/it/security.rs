//! Answers to a hostile record and to a curious browser.

use mpp_api::{
    registry::{
        SearchServicesResponse,
        search_services_response::{Hit, NamedPlace, Place},
    },
    types::LocalizedText,
};

use crate::{
    browser::{Shown, open},
    document::elements,
    paths,
    world::{DUKCAPIL, MALL, Nation, POLRI, World, nation},
};

const HOSTILE: &str = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>";

/// A nation in which every text is hostile.
fn hostile() -> Nation {
    let mut all = nation();
    let text = || Some(LocalizedText { id: HOSTILE.into(), en: String::new() });
    let report = &mut all.report;
    report.malls[0].display_name = text();
    report.malls[0].region_name = HOSTILE.into();
    report.provinces[1].display_name = HOSTILE.into();
    report.regions[1].display_name = HOSTILE.into();
    report.sources[0].display_name = text();
    let change = &mut report.changes[0];
    (change.title, change.unit_name) = (text(), text());
    (change.before, change.after) = (HOSTILE.into(), HOSTILE.into());
    let found = &mut report.deviations[0];
    (found.text, found.counter_name, found.mall_name) = (text(), text(), text());
    report.published[1].note = text();
    report.published[1].publisher = HOSTILE.into();
    report.complete = false;
    report.incomplete_reason = text();
    let detail = all.details.get_mut(MALL).expect("the mall");
    detail.stages[0].evidence = HOSTILE.into();
    detail.deviations = report.deviations.clone();
    let mall = all.malls.get_mut(MALL).expect("the mall");
    mall.display_name = text();
    mall.sites[0].address = HOSTILE.into();
    all.units.get_mut("units/dpmptsp").expect("the unit").display_name = text();
    all.counters.values_mut().for_each(|counter| counter.display_name = text());
    all.windows.values_mut().for_each(|window| window.display_name = text());
    all.offerings.values_mut().for_each(|offering| offering.service_title = text());
    for service in all.services.values_mut() {
        service.title = text();
        service.requirements[0].text = HOSTILE.into();
        let kept = &mut service.overrides[0];
        (kept.subject, kept.reason) = (HOSTILE.into(), HOSTILE.into());
        kept.source_value.as_mut().expect("a value").title = text();
    }
    for standard in all.standards.values_mut() {
        (standard.title, standard.description) = (text(), text());
        (standard.version, standard.product) = (HOSTILE.into(), HOSTILE.into());
        standard.requirements[0].text = HOSTILE.into();
    }
    all.divergences.looked[0].title = text();
    for variant in all.divergences.divergences.iter_mut().flat_map(|one| &mut one.variants) {
        (variant.texts, variant.missing) = (vec![HOSTILE.into()], vec![HOSTILE.into()]);
    }
    all.links[0].standard_title = text();
    for way in all.steps.values_mut() {
        way.steps.iter_mut().for_each(|step| step.title = text());
        way.asked_twice[0].askers[0].text = HOSTILE.into();
    }
    for event in all.life_events.values_mut() {
        (event.title, event.description) = (text(), text());
    }
    for path in all.paths.values_mut() {
        path.steps.iter_mut().for_each(|step| step.title = text());
        for goal in &mut path.goals {
            (goal.title, goal.condition) = (text(), text());
            goal.ways.iter_mut().for_each(|way| way.title = text());
        }
        path.stops[0].zone = HOSTILE.into();
        path.documents[0].text = HOSTILE.into();
    }
    let place = Place { mall_name: text(), ..Place::default() };
    let named = NamedPlace { text: HOSTILE.into(), ..NamedPlace::default() };
    let hit = Hit {
        title: text(),
        matched: vec![format!("{HOSTILE} ~ {HOSTILE}")],
        places: vec![place],
        ..Hit::default()
    };
    let unanswered = vec![HOSTILE.into()];
    let answer = SearchServicesResponse {
        hits: vec![hit],
        named: vec![named],
        uncovered: unanswered.clone(),
        unanswered,
        ..SearchServicesResponse::default()
    };
    all.questions.insert("skck".into(), answer);
    let queue = all.queues.get_mut(DUKCAPIL).expect("the queue");
    queue.called[1].number = HOSTILE.into();
    queue.next[0].number = HOSTILE.into();
    all
}

#[tokio::test]
async fn hostile_texts_are_shown_and_do_nothing() {
    let world = World::start(hostile()).await;
    for path in paths() {
        let shown = open(&world.pages, &path).await;
        assert!([200, 404].contains(&shown.status.as_u16()), "{path}: {}", shown.status);
        let of_records =
            !["tiket", "35.78", "docs", "unggah", "data"].iter().any(|other| path.contains(other))
                && !path.trim_start_matches("/en").eq("/layanan");
        if shown.status == 200 && of_records {
            assert!(shown.html.contains("&lt;script&gt;alert"), "{path} shows the text");
        }
        for element in elements(&shown.html) {
            assert_ne!(element.name, "img", "{path}");
            let script = element.name == "script";
            assert!(!script || element.get("src") == "/live.js", "{path}: {element:?}");
        }
    }
    let searched = format!("/malls/satu?cari={}", "%3Cscript%3Ealert(1)%3C%2Fscript%3E%22");
    let html = open(&world.pages, &searched).await.html;
    assert!(html.contains("value=\"&lt;script&gt;alert(1)&lt;/script&gt;&quot;\""));
    elements(&html);
}

#[tokio::test]
async fn the_policy_is_strict_and_every_page_keeps_it() {
    let world = World::start(nation()).await;
    let others = ["/nowhere", "/live.js", "/style.css", "/icon.svg", "/events?of=/nowhere"];
    for path in paths().into_iter().chain(others.map(str::to_owned)) {
        let Shown { headers, html, .. } = open(&world.pages, &path).await;
        let header = |name: &str| headers[name].to_str().expect("ASCII").to_owned();
        assert_eq!(
            header("content-security-policy"),
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
             img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        if !header("content-type").starts_with("text/html") {
            assert!(!html.contains("https://"), "{path}");
            continue;
        }
        for element in elements(&html) {
            let inline = |name: &String| name == "style" || name.starts_with("on");
            assert!(!element.attributes.keys().any(inline), "{path}: {element:?}");
            assert_ne!(element.name, "style", "{path}");
            assert!(element.name != "script" || element.text.is_empty(), "{path}");
            for link in ["href", "src", "action"].map(|name| element.get(name)) {
                assert!(link.is_empty() || link.starts_with(['/', '#']), "{path}: {link}");
            }
        }
    }
}

#[tokio::test]
async fn what_the_index_does_not_know_has_no_page() {
    let world = World::start(nation()).await;
    for path in [
        "/malls/nowhere",
        "/en/malls/nowhere",
        "/malls/nowhere/layar",
        "/regions/00",
        "/malls/..%2f",
        "/malls/satu/tiket/Z-001",
        "/malls/satu/tiket/017",
        "/docs/NoService",
        "/wp-login.php",
    ] {
        let shown = open(&world.pages, path).await;
        assert_eq!(shown.status, 404, "{path}");
        let lang = if path.starts_with("/en") { "lang=\"en\"" } else { "lang=\"id\"" };
        assert!(shown.html.contains(lang), "{path}");
    }
    assert!(world.answers.called("GetQueue") > 0, "{POLRI} was asked for");
}
