//! Accessibility that can be checked without a person: headings, labels, captions, scopes,
//! language, ids.

use std::collections::HashSet;

use crate::{
    browser::open,
    document::{Element, elements},
    paths,
    world::{World, nation},
};

#[tokio::test]
async fn every_page_keeps_the_rules_that_can_be_checked() {
    let world = World::start(nation()).await;
    for path in paths() {
        let shown = open(&world.pages, &path).await;
        assert_eq!(shown.status, 200, "{path}");
        let all = elements(&shown.html);
        let faults: Vec<String> = [
            language_and_title(&all, &path),
            headings(&all),
            ids(&all),
            labels(&all),
            tables(&all),
            pictures(&all),
            landmarks(&all),
            links(&all),
        ]
        .concat();
        assert!(faults.is_empty(), "{path}: {faults:#?}");
    }
}

fn named<'a>(all: &'a [Element], name: &'a str) -> impl Iterator<Item = &'a Element> {
    all.iter().filter(move |element| element.name == name)
}

fn unless(holds: bool, fault: impl Into<String>) -> Vec<String> {
    if holds { vec![] } else { vec![fault.into()] }
}

fn language_and_title(all: &[Element], path: &str) -> Vec<String> {
    let lang = if path.starts_with("/en") { "en" } else { "id" };
    let title = named(all, "title").next().map_or("", |title| title.text.trim());
    [
        unless(named(all, "html").all(|html| html.get("lang") == lang), "the language"),
        unless(!title.is_empty(), "a title"),
        unless(named(all, "meta").any(|meta| meta.get("name") == "viewport"), "a viewport"),
        unless(
            all.iter().all(|element| !element.has("hreflang") || element.get("lang") != lang),
            "a link to the other language is in that language",
        ),
    ]
    .concat()
}

/// One heading of the first level, and none that skips a level on the way down.
fn headings(all: &[Element]) -> Vec<String> {
    let levels = all.iter().filter_map(|element| {
        let level = element.name.strip_prefix('h')?.parse::<u8>().ok()?;
        Some((level, element.text.trim()))
    });
    let levels: Vec<_> = levels.collect();
    let first = levels.iter().filter(|(level, _)| *level == 1).count();
    let mut faults = unless(first == 1, format!("{first} first headings"));
    for pair in levels.windows(2) {
        faults.extend(unless(pair[1].0 <= pair[0].0 + 1, format!("{:?} skips a level", pair[1])));
    }
    for (_, text) in levels {
        faults.extend(unless(!text.is_empty(), "an empty heading"));
    }
    faults
}

/// Each id stands once, and each that is referred to is there.
fn ids(all: &[Element]) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut faults = Vec::new();
    for element in all.iter().filter(|element| element.has("id")) {
        faults.extend(unless(
            seen.insert(element.get("id")),
            format!("twice: {}", element.get("id")),
        ));
    }
    for element in all {
        let refers = element
            .get("aria-labelledby")
            .split_whitespace()
            .chain(element.attributes.get("for").map(String::as_str));
        for id in refers {
            faults.extend(unless(seen.contains(id), format!("nothing has the id {id}")));
        }
        if let Some(id) = element.get("href").strip_prefix('#') {
            faults.extend(unless(seen.contains(id), format!("a link to nowhere: {id}")));
        }
    }
    faults
}

/// Each field has a label, and none is named by a placeholder alone.
fn labels(all: &[Element]) -> Vec<String> {
    let labelled: HashSet<&str> = named(all, "label").map(|label| label.get("for")).collect();
    let fields = all.iter().filter(|element| {
        ["input", "select"].contains(&element.name.as_str()) && element.get("type") != "hidden"
    });
    fields
        .flat_map(|field| {
            unless(labelled.contains(field.get("id")), format!("no label: {}", field.get("name")))
        })
        .collect()
}

fn tables(all: &[Element]) -> Vec<String> {
    let captions = named(all, "caption").filter(|caption| !caption.text.trim().is_empty()).count();
    let mut faults = unless(captions == named(all, "table").count(), "a table without a caption");
    for heading in named(all, "th") {
        let scope = if heading.around.iter().any(|name| name == "thead") { "col" } else { "row" };
        faults.extend(unless(heading.get("scope") == scope, format!("scope of {}", heading.text)));
        faults.extend(unless(!heading.text.trim().is_empty(), "an empty heading of a table"));
    }
    for cell in named(all, "td").filter(|cell| cell.has("data-label")) {
        faults.extend(unless(!cell.get("data-label").is_empty(), "an empty label of a cell"));
        faults.extend(unless(cell.get("role") == "cell", "a stacked cell says its role"));
    }
    faults
}

/// Told in words, or not told.
fn pictures(all: &[Element]) -> Vec<String> {
    let told = |svg: &Element| {
        svg.get("aria-hidden") == "true"
            || (svg.get("role") == "img" && (svg.has("aria-label") || svg.has("aria-labelledby")))
    };
    named(all, "svg").flat_map(|svg| unless(told(svg), format!("{svg:?}"))).collect()
}

fn landmarks(all: &[Element]) -> Vec<String> {
    let main: Vec<_> = named(all, "main").collect();
    let skip = named(all, "a").next().is_some_and(|link| {
        link.get("class") == "skip"
            && main.iter().any(|main| link.get("href") == format!("#{}", main.get("id")))
    });
    let mut faults = unless(main.len() == 1, "one main part");
    faults.extend(unless(skip, "the first link leads to the main part"));
    for nav in named(all, "nav") {
        faults.extend(unless(nav.has("aria-label"), "a menu without a name"));
    }
    faults
}

fn links(all: &[Element]) -> Vec<String> {
    named(all, "a")
        .flat_map(|link| unless(!link.text.trim().is_empty(), format!("an empty link {link:?}")))
        .collect()
}

#[tokio::test]
async fn each_language_is_marked_and_links_to_the_other() {
    let world = World::start(nation()).await;
    for pair in paths().chunks(2) {
        let [id, en] = pair else { unreachable!("both languages") };
        let indonesian = open(&world.pages, id).await.html;
        let english = open(&world.pages, en).await.html;
        assert!(
            indonesian.contains("<html lang=\"id\">") && english.contains("<html lang=\"en\">")
        );
        assert!(indonesian.contains(&format!("hreflang=\"en\" href=\"{en}\"")), "{id}");
        assert!(english.contains(&format!("hreflang=\"id\" href=\"{id}\"")), "{en}");
    }
    let html = open(&world.pages, "/").await.html;
    assert!(html.contains("<noscript><meta http-equiv=\"refresh\" content=\"30\"></noscript>"));
}
