//! The latest changes of services, as sentences.

use std::sync::Arc;

use maud::{Markup, html};
use mpp_api::reporting::{CatalogChange, Report};
use mpp_calendar::Zone;

use crate::{
    components::Look,
    pages::PageSection,
    words::{self as say, Lang, format, indonesian, local, table as words},
};

/// Changes beside other parts.
const FEW_CHANGES: usize = 4;

/// The section: the newest first.
pub fn changes(look: Look, report: &Report) -> Arc<PageSection> {
    let (total, shown) = (report.changes_total, report.changes.len());
    PageSection::new(
        "changes",
        html! {
            section #changes.w7 aria-labelledby="changes-title" {
                h2 #changes-title { (look.of(words::CHANGES)) (look.mark()) }
                @if report.changes.is_empty() { p.help { (look.of(words::NO_CHANGES)) } }
                @else {
                    ul.news {
                        @for change in report.changes.iter().take(FEW_CHANGES) {
                            li {
                                @if let Some(at) = &change.time { (look.moment(format::micros(at), Zone::Wib)) }
                                span { (change_sentence(look, change)) }
                            }
                        }
                    }
                    @if shown > FEW_CHANGES {
                        p.more { a href=(look.path("/changes")) {
                            (words::SEE_CHANGES.text(look.lang, &[
                                &format::count(look.lang, shown), &look.number(total),
                            ]))
                        } }
                    }
                }
            }
        },
    )
}

/// "SKCK: biaya berubah dari Rp30.000 menjadi Rp50.000.", after the body's name.
pub fn change_sentence(look: Look, change: &CatalogChange) -> Markup {
    let value = |text: &str, english: &str| match (text, english) {
        ("", _) => html! { (look.of(words::NOTHING)) },
        (_, english) if look.lang == Lang::En && !english.is_empty() => html! { (english) },
        (text, _) => indonesian(text, look.lang),
    };
    let title = html! { strong { (local(change.title.as_ref(), look.lang)) } };
    let phrase = say::change(change.field(), !change.before.is_empty());
    let sentence = phrase.say(
        look.lang,
        &[
            &title,
            &value(&change.before, &change.before_en),
            &value(&change.after, &change.after_en),
        ],
    );
    html! {
        (sentence)
        @if let Some(unit) = change.unit_name.as_ref().filter(|name| !name.id.is_empty()) {
            " " span.quiet { (local(Some(unit), look.lang)) }
        }
    }
}
