//! A page as drawn: parts that replace themselves, and where they stand.

use std::sync::Arc;

use bytes::Bytes;
use maud::Markup;

use crate::words::Phrase;

/// An element with an id, which replaces itself when it changes.
#[derive(Debug, PartialEq, Eq)]
pub struct PageSection {
    /// The element's id in the document.
    pub id: &'static str,
    /// The element as HTML.
    pub html: String,
    /// The same as a message of the page's stream, encoded once for all who listen.
    pub event: Bytes,
}

impl PageSection {
    /// `html` is one element, and `id` is its id.
    pub fn new(id: &'static str, html: Markup) -> Arc<Self> {
        let html = html.into_string();
        let data = serde_json::json!({ "id": id, "html": html });
        let event = Bytes::from(format!("event: section\ndata: {data}\n\n"));
        Arc::new(Self { id, html, event })
    }
}

/// The places of parts.
#[derive(Clone, Debug)]
pub enum Block {
    /// One part by itself.
    One(Arc<PageSection>),
    /// Parts side by side, on screens as wide as a desktop's.
    Grid(Vec<Arc<PageSection>>),
    /// A part within the heading, which shows it.
    InHeading(Arc<PageSection>),
}

/// A page as drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The document's title.
    pub title: String,
    /// For search engines.
    pub description: String,
    /// The note on sample data at the top.
    pub notice: Phrase,
    /// The pages above: path without language, and name.
    pub crumbs: Vec<(String, String)>,
    /// The heading, after which the parts follow.
    pub heading: Markup,
    /// The page's parts, in their order.
    pub blocks: Vec<Block>,
    /// The sources of the figures.
    pub footer: Markup,
}

impl Drawn {
    /// All parts in their order.
    pub fn parts(&self) -> impl Iterator<Item = &Arc<PageSection>> {
        self.blocks.iter().flat_map(|block| match block {
            Block::One(part) | Block::InHeading(part) => std::slice::from_ref(part),
            Block::Grid(parts) => parts,
        })
    }

    /// The parts of `before` stand wherever they still hold, so that comparing pointers tells what
    /// changed.
    #[must_use]
    pub fn keeping(mut self, before: &Drawn) -> Self {
        let old: Vec<&Arc<PageSection>> = before.parts().collect();
        let keep = |part: &mut Arc<PageSection>| {
            if let Some(same) = old.iter().find(|old| ***old == *part) {
                *part = Arc::clone(same);
            }
        };
        for block in &mut self.blocks {
            match block {
                Block::One(part) | Block::InHeading(part) => keep(part),
                Block::Grid(parts) => parts.iter_mut().for_each(keep),
            }
        }
        self
    }
}
