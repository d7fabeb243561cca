//! What a mall and its windows are called, and the way to the mall from the nation.

use maud::{Markup, html};
use mpp_api::reporting::MallReport;
use mpp_core::id_of;

use crate::{
    components::Look,
    pages::PageView,
    upstream::Records,
    words::{local, local_text, table as words},
};

/// The mall in the report.
pub fn reported<'a>(view: &'a PageView, records: &Records) -> Option<&'a MallReport> {
    view.report.malls.iter().find(|mall| mall.mall == records.name)
}

/// The mall's name.
pub fn title(look: Look, view: &PageView, records: &Records) -> String {
    let record = records.mall.as_ref().and_then(|mall| mall.display_name.as_ref());
    let known = record.or_else(|| reported(view, records)?.display_name.as_ref());
    match local_text(known, look.lang) {
        empty if empty.is_empty() => id_of(&records.name).to_owned(),
        title => title,
    }
}

/// Nation, province, regency.
pub fn crumbs(look: Look, view: &PageView, records: &Records) -> Vec<(String, String)> {
    let mut crumbs = vec![("/".to_owned(), look.of(words::NATION).to_owned())];
    let Some(mall) = reported(view, records) else { return crumbs };
    let mut add = |region: &str, name: &str| {
        if !region.is_empty() && !name.is_empty() {
            crumbs.push((format!("/regions/{}", id_of(region)), name.to_owned()));
        }
    };
    let province = view.report.provinces.iter().find(|own| own.region == mall.province);
    add(&mall.province, province.map_or("", |own| &own.display_name));
    add(&mall.region, &mall.region_name);
    crumbs
}

/// A window's name; "Loket 3" where it has none.
pub fn window(look: Look, records: &Records, window: &str) -> Markup {
    match records.windows.get(window) {
        Some(name) => local(Some(name), look.lang),
        None => html! { (words::WINDOW.text(look.lang, &[id_of(window)])) },
    }
}
