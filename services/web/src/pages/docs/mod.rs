//! The API for authors of programs: drawn from the OpenAPI document, so that it
//! says what the document says. Its requests are those of `proto/examples.json`, which a test sends
//! to a running suite.

mod document;
mod fields;
mod service;
mod text;

use maud::{Markup, html};
use mpp_core::Reason;

use self::{
    document::{Document, Tag, document},
    text::{line, text},
};
use super::{Block, Drawn, PageSection};
use crate::{
    components::{
        Look,
        table::{Column, TableRow, table},
    },
    words::{Lang, api as words, table as frame},
};

/// The address of `mpp up` and the caller's token, for calls.
const SETTING: &str = "MPP=http://127.0.0.1:7401\nTOKEN=$(cat mpp-data/keys/reader.jwt)";

/// The page of all services, or of one; `None` if there is none of that name.
pub fn draw(look: Look, service: Option<&str>) -> Option<Drawn> {
    let document = document();
    match service {
        None => Some(overview(look, document)),
        Some(name) => {
            let tag = document.tags.iter().find(|tag| tag.name == name)?;
            Some(of_service(look, document, tag))
        }
    }
}

fn overview(look: Look, document: &Document) -> Drawn {
    let blocks = vec![
        Block::One(PageSection::new("calling", calling(look))),
        Block::One(PageSection::new("addresses", addresses(look, document))),
        Block::One(PageSection::new("refusals", refusals(look))),
    ];
    let lead = html! { p { (look.of(words::LEAD)) } };
    drawn(look, look.of(words::TITLE), lead, blocks)
}

fn of_service(look: Look, document: &Document, tag: &Tag) -> Drawn {
    let list = html! {
        section.api #addresses { (service::addresses(look, document, tag, "")) }
    };
    let blocks = vec![
        Block::One(PageSection::new("addresses", list)),
        Block::One(PageSection::new("operations", service::operations(look, document, tag))),
        Block::One(PageSection::new("messages", service::messages(look, document, tag))),
    ];
    let lead = text(look, &tag.description);
    let crumb = ("/docs".to_owned(), look.of(words::TITLE).to_owned());
    Drawn { crumbs: vec![crumb], ..drawn(look, &tag.name, lead, blocks) }
}

fn drawn(look: Look, title: &str, lead: Markup, blocks: Vec<Block>) -> Drawn {
    Drawn {
        title: title.to_owned(),
        description: look.of(words::LEAD).to_owned(),
        notice: frame::SAMPLE_TEXT,
        crumbs: vec![("/".to_owned(), look.of(frame::NATION).to_owned())],
        heading: html! { div.title { h1 { (title) } (lead) } },
        blocks,
        footer: html! { a href="/openapi.json" { (look.of(words::DOCUMENT)) } },
    }
}

fn calling(look: Look) -> Markup {
    html! {
        section #calling aria-labelledby="calling-title" {
            h2 #calling-title { (look.of(words::CALLING)) }
            p { (look.of(words::SETTING)) }
            pre { code { (SETTING) } }
            p { (look.of(words::WHERE)) }
            p { a href="/openapi.json" { (look.of(words::DOCUMENT)) } }
        }
    }
}

fn addresses(look: Look, document: &Document) -> Markup {
    html! {
        div #addresses {
            @for tag in &document.tags {
                @let path = look.path(&format!("/docs/{}", tag.name));
                section.api id=(tag.name) {
                    h2 { a href=(path) { (tag.name) } }
                    (text(look, &tag.description))
                    (service::addresses(look, document, tag, &path))
                }
            }
        }
    }
}

fn refusals(look: Look) -> Markup {
    let columns = [
        Column::text(words::REASON),
        Column::number(words::STATUS),
        Column::flow(words::MEANING),
        Column::flow(words::WAY_OUT),
    ];
    let row = |reason: &Reason| {
        let meaning = match look.lang {
            Lang::Id => html! { (reason.indonesian()) },
            Lang::En => html! { (reason.meaning()) },
        };
        let status = html! { (mpp_rpc::http_status_of(*reason)) };
        let name = html! { code { (reason.as_str()) } };
        TableRow::new(name, [status, meaning, line(look, reason.way_out())])
    };
    let rows: Vec<TableRow> = Reason::ALL.iter().map(row).collect();
    html! {
        section #refusals aria-labelledby="refusals-title" {
            h2 #refusals-title { (look.of(words::REFUSALS)) }
            p { (look.of(words::REFUSED)) }
            (table(look, "", &html! { (look.of(words::REASONS)) }, &columns, &rows))
        }
    }
}
