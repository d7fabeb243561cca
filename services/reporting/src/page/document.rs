//! The document around a page's sections.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    sections::{Page, Section},
    text::{self, Lang},
};

/// A whole page.
pub fn page(lang: Lang, page: &Page, title: &str, sections: &[Section]) -> Markup {
    let events = format!("/events?lang={}&page={}", lang.code(), page.name());
    html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            (head(lang, title, &path(lang.other(), page)))
            body data-events=(events) {
                (header(lang, page))
                main #main class=(if *page == Page::Nation { "nation" } else { "place-page" }) tabindex="-1" {
                    @if *page == Page::Nation {
                        div.intro { h1 { (text::TITLE.of(lang)) } p { (text::LEAD.of(lang)) } }
                    }
                    // Rendered by the same templates, once for everyone.
                    @for section in sections { (PreEscaped(&section.html)) }
                }
                (footer(lang))
            }
        }
    }
}

/// Where a page is in a language.
fn path(lang: Lang, page: &Page) -> String {
    match (lang, page.name()) {
        (Lang::Id, "") => "/".to_owned(),
        (lang, "") => lang.prefix().to_owned(),
        (lang, name) => format!("{}/{name}", lang.prefix()),
    }
}

fn head(lang: Lang, title: &str, other: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="description" content=(text::LEAD.of(lang));
            title { (title) }
            link rel="stylesheet" href="/app.css";
            link rel="icon" type="image/svg+xml" href="/favicon.svg";
            link rel="alternate" hreflang=(lang.other().code()) href=(other);
            noscript { meta http-equiv="refresh" content="30"; }
            script src="/app.js" defer {}
        }
    }
}

fn header(lang: Lang, page: &Page) -> Markup {
    let other = lang.other();
    html! {
        a.skip href="#main" { (text::SKIP.of(lang)) }
        header.site {
            a.name href=(path(lang, &Page::Nation)) { (text::SITE.of(lang)) }
            span #live role="status" data-live=(text::LIVE.of(lang)) data-lost=(text::LIVE_LOST.of(lang)) {}
            nav {
                a href=(path(other, page)) hreflang=(other.code()) lang=(other.code()) {
                    (text::OTHER_LANGUAGE.of(lang))
                }
            }
        }
    }
}

fn footer(lang: Lang) -> Markup {
    html! {
        footer {
            h2 { (text::METHOD.of(lang)) }
            p { (text::METHOD_TEXT.of(lang)) }
            noscript { p { (text::LIVE_WITHOUT.of(lang)) } }
        }
    }
}

/// The page for an address that names nothing.
pub fn not_found(lang: Lang) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            (head(lang, text::NOT_FOUND.of(lang), &path(lang.other(), &Page::Nation)))
            body {
                (header(lang, &Page::Nation))
                main #main tabindex="-1" {
                    div.intro {
                        h1 { (text::NOT_FOUND.of(lang)) }
                        p { (text::NOT_FOUND_HELP.of(lang)) }
                        p { a href=(path(lang, &Page::Nation)) { (text::HOME.of(lang)) } }
                    }
                }
            }
        }
    }
}
