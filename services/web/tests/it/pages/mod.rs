//! The answer of each page, in both languages.

mod life_events;
mod mall;
mod nation;
mod overrides;
mod queue;
mod search;
mod service;
mod standard;
mod steps;
mod tables;
mod unreachable;

use crate::{browser::open, document::elements, world::World};

/// The page says all of it.
async fn says(world: &World, path: &str, texts: &[&str]) {
    let html = plain(&open(&world.pages, path).await.html);
    for text in texts {
        assert!(html.contains(text), "{path} lacks '{text}':\n{html}");
    }
}

async fn says_not(world: &World, path: &str, texts: &[&str]) {
    let html = plain(&open(&world.pages, path).await.html);
    for text in texts {
        assert!(!html.contains(text), "{path} says '{text}'");
    }
}

/// The words of a page.
fn plain(html: &str) -> String {
    let body = elements(html).into_iter().find(|element| element.name == "body");
    let text = body.expect("a body").text;
    text.replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}
