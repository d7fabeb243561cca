//! What the page is rendered from, and the small pieces that its sections share.

use maud::{Markup, html};
use mpp_api::{
    reporting::{MallReport, Report},
    types::LocalizedText,
};

use super::{
    format,
    text::{self, Lang},
};
use crate::model::{OwnCount, State, Text};

/// The report of now, and the state for the names that it does not carry.
pub struct View<'a> {
    /// The report.
    pub report: &'a Report,
    /// Names of regions, units and counters; stages of one mall.
    pub state: &'a State,
    /// Own counts beside the published ones, in their order.
    pub own: &'a [OwnCount],
}

impl View<'_> {
    /// A region's name; its code where it is not known.
    pub fn region<'b>(&'b self, name: &'b str) -> &'b str {
        self.state.regions.get(name).map_or(id_of(name), |row| &row.title)
    }
}

/// The last part of a resource name.
pub fn id_of(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// A text in the page's language; Indonesian where there is no English, marked as such.
pub fn localized(text: &Text, lang: Lang) -> Markup {
    spoken(&text.id, &text.en, lang)
}

/// The same of the contract's text.
pub fn wire(text: Option<&LocalizedText>, lang: Lang) -> Markup {
    text.map_or_else(|| html! {}, |text| spoken(&text.id, &text.en, lang))
}

fn spoken(id: &str, en: &str, lang: Lang) -> Markup {
    match lang {
        Lang::En if en.is_empty() => html! { span lang="id" { (id) } },
        Lang::En => html! { (en) },
        Lang::Id => html! { (id) },
    }
}

/// A text that is Indonesian in both languages, such as a fee.
pub fn indonesian(text: &str, lang: Lang) -> Markup {
    match lang {
        Lang::Id => html! { (text) },
        Lang::En => html! { span lang="id" { (text) } },
    }
}

/// A time, for readers and for machines.
pub fn time(time: &prost_types::Timestamp, lang: Lang) -> Markup {
    html! { time datetime=(format::machine_time(time)) { (format::time(lang, time)) } }
}

/// A bar of `percent`; the number beside it says the same.
pub fn bar(percent: f64) -> Markup {
    html! {
        svg.bar viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.track width="100" height="4" {}
            rect.fill width=(format!("{:.1}", percent.clamp(0.0, 100.0))) height="4" {}
        }
    }
}

/// A table that scrolls in its own box and is reached by the keyboard.
pub fn table(label: &str, tall: bool, head: &[&str], rows: &Markup) -> Markup {
    html! {
        div class=(if tall { "scroll tall" } else { "scroll" }) tabindex="0" role="region" aria-label=(label) {
            table {
                thead { tr { @for column in head { th scope="col" { (column) } } } }
                tbody { (rows) }
            }
        }
    }
}

/// Where a mall's page is.
pub fn mall_path(mall: &str, lang: Lang) -> String {
    format!("{}/malls/{}", lang.prefix(), id_of(mall))
}

/// A mall's name as a link to its page.
pub fn mall_link(view: &View<'_>, mall: &str, lang: Lang) -> Markup {
    html! {
        a href=(mall_path(mall, lang)) {
            @match view.state.malls.get(mall) {
                Some(row) => (localized(&row.title, lang)),
                None => (id_of(mall)),
            }
        }
    }
}

/// How many of a mall's counters keep uniform hours.
pub fn uniformity(mall: &MallReport, lang: Lang) -> Markup {
    let judged = mall.uniform_counters + mall.deviating_counters;
    html! {
        @if judged == 0 {
            span.quiet { (text::UNKNOWN.of(lang)) }
        } @else if mall.deviating_counters == 0 {
            span.good { (judged) " " (text::UNIFORM.of(lang)) }
        } @else {
            span.warn { (mall.deviating_counters) " " (text::DEVIATING.of(lang)) }
            " " span.quiet { (text::OF.of(lang)) " " (judged) }
        }
    }
}

/// A counter's name; its id where it is not known.
pub fn counter_name(view: &View<'_>, counter: &str, lang: Lang) -> Markup {
    match view.state.counters.get(counter) {
        Some(row) => localized(&row.title, lang),
        None => html! { (id_of(counter)) },
    }
}
