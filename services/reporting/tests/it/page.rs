//! The page as a browser gets it.

use mpp_api::{registry::mall::Stage, scheduling::deviation::finding::Code};
use mpp_testkit::on_both;

use crate::{
    browser::{Shown, open},
    records::{counter, deviation, mall, regions, service, source, text},
    world::{MORNING, World},
};

const HOSTILE: &str = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>";
const PATHS: [&str; 6] =
    ["/", "/en", "/malls/satu", "/en/malls/satu", "/regions/35", "/en/regions/35"];

/// A nation in which every text is hostile.
async fn hostile(world: &World) {
    regions(world).await;
    let stages = [(Stage::Operating, "2026-01-05")];
    let mut bad = mall("satu", "regions/35.10", &stages);
    bad.display_name = text(HOSTILE);
    bad.stages[0].evidence = HOSTILE.into();
    world.registry.put("malls/satu", &bad).await;
    world.registry.put("malls/satu/counters/a", &counter(HOSTILE)).await;
    world.registry.put("sources/a", &source(HOSTILE, 3_600, MORNING)).await;
    world.registry.put("units/u/services/s", &service(HOSTILE, 1)).await;
    let registry = world.registry.put("units/u/services/s", &service(HOSTILE, 50_000)).await;
    let mut found = deviation(&[Code::ClosesEarly]);
    found.findings[0].text = text(HOSTILE);
    let scheduling = world.scheduling.put("malls/satu/counters/a/deviation", &found).await;
    world.after_both(registry, scheduling).await;
}

/// Every tag of a document, as written between `<` and `>`.
fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).filter_map(|rest| rest.split('>').next()).collect()
}

/// Names of a tag's attributes.
fn attributes(tag: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut name, mut quoted) = (String::new(), false);
    for letter in tag.chars() {
        match letter {
            '"' => quoted = !quoted,
            _ if quoted => {}
            ' ' | '=' => names.push(std::mem::take(&mut name)),
            letter => name.push(letter),
        }
    }
    names.push(name);
    names.retain(|name| !name.is_empty());
    names
}

#[tokio::test]
async fn hostile_texts_are_shown_and_do_nothing() {
    on_both(async |database| {
        let world = World::start(database).await;
        hostile(&world).await;
        for path in PATHS {
            let html = open(&world.reporting.page, path).await.html;
            assert!(html.contains("&lt;script&gt;alert"), "{path} shows the name");
            for tag in tags(&html) {
                assert!(!tag.starts_with("img"), "{path}: {tag}");
                let script = tag.starts_with("script");
                assert!(!script || tag == "script src=\"/app.js\" defer", "{path}: {tag}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_policy_is_strict_and_the_page_keeps_it() {
    on_both(async |database| {
        let world = World::start(database).await;
        hostile(&world).await;
        for path in PATHS.into_iter().chain(["/nowhere", "/app.js", "/app.css"]) {
            let Shown { headers, html, .. } = open(&world.reporting.page, path).await;
            let policy = headers["content-security-policy"].to_str().expect("ASCII");
            assert_eq!(
                policy,
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                 img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            );
            assert_eq!(headers["x-content-type-options"], "nosniff");
            assert_eq!(headers["referrer-policy"], "no-referrer");
            if path.starts_with("/app") {
                assert!(!html.contains("http://") && !html.contains("https://"), "{path}");
                continue;
            }
            assert!(!html.contains("href=\"http") && !html.contains("src=\"http"), "{path}");
            for tag in tags(&html) {
                assert!(!tag.starts_with("style"), "{path}: {tag}");
                let inline = |name: &String| name == "style" || name.starts_with("on");
                assert!(!attributes(tag).iter().any(inline), "{path}: {tag}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn each_language_is_marked_and_links_to_the_other() {
    on_both(async |database| {
        let world = World::start(database).await;
        hostile(&world).await;
        for (id, en) in
            [("/", "/en"), ("/malls/satu", "/en/malls/satu"), ("/regions/35", "/en/regions/35")]
        {
            let indonesian = open(&world.reporting.page, id).await.html;
            let english = open(&world.reporting.page, en).await.html;
            assert!(indonesian.contains("<html lang=\"id\">"));
            assert!(english.contains("<html lang=\"en\">"));
            assert!(indonesian.contains(&format!("href=\"{en}\" hreflang=\"en\"")), "{id}");
            assert!(english.contains(&format!("href=\"{id}\" hreflang=\"id\"")), "{en}");
            for html in [indonesian, english] {
                for empty in
                    ["<h1></h1>", "<h3></h3>", "<th scope=\"col\"></th>", "data-label=\"\""]
                {
                    assert!(!html.contains(empty), "{empty}");
                }
                assert!(html.contains("<noscript><meta http-equiv=\"refresh\" content=\"30\">"));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_page_names_every_denominator_and_both_bodies_that_disagree() {
    on_both(async |database| {
        let world = World::start(database).await;
        hostile(&world).await;
        let english = open(&world.reporting.page, "/en").await.html;
        for text in [
            "4 autonomous regencies and cities",
            "5 regencies and cities, Jakarta's administrative units included",
            "As of",
            "Kemendagri",
            "disagrees with PANRB",
            "Rp50.000",
            "aria-label=\"Jawa Timur: 50%, 1 of 2 regencies and cities covered\"",
        ] {
            assert!(english.contains(text), "{text}");
        }
        let indonesian = open(&world.reporting.page, "/").await.html;
        for text in
            ["25%", "4 kabupaten dan kota otonom", "24 November 2026 pukul 07.00 WIB", "Biaya"]
        {
            assert!(indonesian.contains(text), "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_unknown_mall_has_no_page() {
    on_both(async |database| {
        let world = World::start(database).await;
        for path in
            ["/malls/nowhere", "/en/malls/nowhere", "/regions/00", "/malls/..%2f", "/wp-login.php"]
        {
            assert_eq!(open(&world.reporting.page, path).await.status, 404, "{path}");
        }
    })
    .await;
}
