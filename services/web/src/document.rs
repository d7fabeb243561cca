//! The document around a page: head, banner, menu, crumbs, footer.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{
    components::Look,
    pages::{Address, Block, Drawn, Menu, Style, search_field},
    words::{Phrase, api, table as words},
};

/// The whole document of a page, for an address with its query.
pub fn document(look: Look, address: &Address, query: &str, drawn: &Drawn) -> Markup {
    let other = other_language(look, address, query);
    let style = address.style();
    let site = format!("{} · {}", drawn.title, look.of(words::SITE));
    let title = if *address == Address::Nation { &drawn.title } else { &site };
    html! {
        (DOCTYPE)
        html lang=(look.lang.code()) {
            (head(look, address, &other, title, &drawn.description))
            body class=[style.class()] data-events=[events(look, address)] {
                a.skip href="#isi" { (look.of(words::SKIP)) }
                @match style {
                    Style::Page => {
                        (banner(look, drawn.notice))
                        (header(look, address, &other))
                        (crumbs(look, &drawn.crumbs))
                        main #isi.wrap tabindex="-1" { (main(drawn)) }
                        (footer(look, drawn))
                    }
                    Style::Ticket => {
                        (banner(look, drawn.notice))
                        (header(look, address, &other))
                        main #isi.wrap tabindex="-1" { (main(drawn)) }
                    }
                    Style::Hall => {
                        (drawn.heading)
                        main #isi tabindex="-1" { (blocks(&drawn.blocks)) }
                        (drawn.footer)
                    }
                }
            }
        }
    }
}

/// A page that says only one thing: not found, not ready.
pub fn notice(look: Look, title: Phrase, text: Phrase) -> Markup {
    let other = other_language(look, &Address::Nation, "");
    html! {
        (DOCTYPE)
        html lang=(look.lang.code()) {
            (head(look, &Address::Nation, &other, look.of(title), look.of(text)))
            body {
                a.skip href="#isi" { (look.of(words::SKIP)) }
                (header(look, &Address::Nation, &other))
                main #isi.wrap tabindex="-1" {
                    div.title { h1 { (look.of(title)) } p { (look.of(text)) } }
                    section {
                        (search_field(look, ""))
                        p { a href=(look.path("/")) { (look.of(words::TO_NATION)) } }
                    }
                }
            }
        }
    }
}

/// The stream of the page's changes; `None` for pages that stand still.
fn events(look: Look, address: &Address) -> Option<String> {
    address.is_live().then(|| format!("/events?of={}", look.path(&address.path())))
}

/// The same page in the other language: what was asked for goes with it.
fn other_language(look: Look, address: &Address, query: &str) -> String {
    let path = Look { lang: look.lang.other(), ..look }.path(&address.path());
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

fn head(look: Look, address: &Address, other: &str, title: &str, description: &str) -> Markup {
    let private =
        address.style() != Style::Page || matches!(address, Address::Search | Address::Upload);
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            @if address.style() != Style::Hall { meta name="color-scheme" content="light dark"; }
            meta name="description" content=(description);
            @if private { meta name="robots" content="noindex"; }
            title { (title) }
            link rel="stylesheet" href="/style.css";
            link rel="icon" type="image/svg+xml" href="/icon.svg";
            link rel="alternate" hreflang=(look.lang.other().code()) href=(other);
            @if address.is_live() {
                noscript { meta http-equiv="refresh" content="30"; }
                script src="/live.js" defer {}
            }
        }
    }
}

fn banner(look: Look, notice: Phrase) -> Markup {
    html! {
        @if look.sample {
            aside.sample aria-label=(look.of(words::SAMPLE_NOTICE)) {
                div.wrap { p { strong { (look.of(words::SAMPLE)) } " " (look.of(notice)) } }
            }
        }
    }
}

fn header(look: Look, address: &Address, other: &str) -> Markup {
    let lang = look.lang.other().code();
    html! {
        header.site {
            div.wrap {
                a.brand href=(look.path("/")) {
                    svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" {
                        path d="M12 2 23 8v3H1V8zM3 13h4v7H3zm7 0h4v7h-4zm7 0h4v7h-4zM1 21h22v2H1z" {}
                    }
                    (look.of(words::SITE))
                }
                @if address.style() == Style::Page { (menu(look, address)) }
                a.language href=(other) hreflang=(lang) lang=(lang) {
                    (look.of(words::OTHER_LANGUAGE))
                }
            }
        }
    }
}

fn menu(look: Look, address: &Address) -> Markup {
    let places = [
        (Menu::Nation, "/", words::NATION),
        (Menu::Services, "/layanan", words::SERVICES),
        (Menu::Regions, "/regions", words::REGIONS),
        (Menu::Malls, "/malls", words::MALLS),
        (Menu::Sources, "/sources", words::SOURCES),
    ];
    let here = |menu: Menu, path: &str| match address.menu() == Some(menu) {
        true if address.path() == path => Some("page"),
        true => Some("true"),
        false => None,
    };
    html! {
        nav.menu aria-label=(look.of(words::MENU)) {
            ul {
                @for (menu, path, name) in places {
                    li { a href=(look.path(path)) aria-current=[here(menu, path)] { (look.of(name)) } }
                }
            }
        }
    }
}

fn crumbs(look: Look, crumbs: &[(String, String)]) -> Markup {
    html! {
        @if !crumbs.is_empty() {
            nav.wrap.crumbs aria-label=(look.of(words::CRUMBS)) {
                ol {
                    @for (path, name) in crumbs { li { a href=(look.path(path)) { (name) } } }
                }
            }
        }
    }
}

fn main(drawn: &Drawn) -> Markup {
    html! { (drawn.heading) (blocks(&drawn.blocks)) }
}

/// The parts were rendered by the same templates, once for everyone.
fn blocks(blocks: &[Block]) -> Markup {
    html! {
        @for block in blocks {
            @match block {
                Block::One(part) => (PreEscaped(part.html.as_str())),
                Block::Grid(parts) => div.grid {
                    @for part in parts { (PreEscaped(part.html.as_str())) }
                },
                // Stands in the heading.
                Block::InHeading(_) => {}
            }
        }
    }
}

fn footer(look: Look, drawn: &Drawn) -> Markup {
    html! {
        footer.foot {
            div.wrap {
                p { (drawn.footer) }
                p { a href=(look.path("/unggah")) { (look.of(words::UPLOAD_TITLE)) } }
                p { a href=(look.path("/data")) { (look.of(words::DATA_TITLE)) } }
                p { a href=(look.path("/docs")) { (look.of(api::TITLE)) } }
                noscript { p { (look.of(words::WITHOUT_SCRIPT)) } }
            }
        }
    }
}
