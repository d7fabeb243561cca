//! Whole tables, each on a page of its own: fifty rows at a time, filtered by the address.

mod cut;
mod rows;

use axum::{extract::Query, http::Uri};
use maud::{Markup, html};
use mpp_api::reporting::{DeviationReport, Report};
use mpp_calendar::Zone;
use mpp_core::{id_of, region_name};

pub use cut::Cut;
use rows::{
    CHANGE_COLUMNS, HOURS_COLUMNS, MALL_COLUMNS, REGION_COLUMNS, SOURCE_COLUMNS, mall_row,
    region_row, source_row,
};
pub use rows::{Fresh, freshness, source_table, stage_since};

use super::{
    Block, Drawn, PageSection, PageView, as_of,
    deviations::{by_counter, counter_and_mall, in_full},
    heading, incomplete,
    nation::change_sentence,
};
use crate::{
    components::{
        Look,
        table::{Column, TableRow, table},
    },
    policy::Policy,
    words::{Phrase, format, table as words},
};

/// A whole table, which has a page of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Listing {
    /// Regencies and cities.
    Regions,
    /// Malls, one a row.
    Malls,
    /// Counters with other hours.
    Hours,
    /// Changes of services.
    Changes,
    /// Sources of catalogs.
    Sources,
}

/// The address's filters, beside the page.
#[derive(Clone, Debug, Default)]
pub struct AddressQuery {
    /// Only rows of this province, by its code.
    pub provinsi: String,
    /// Which fifty rows, from 1; of answers to a question, the token of the page.
    pub halaman: String,
    /// A citizen's question, or a text that the services of a mall have to contain.
    pub cari: String,
    /// The mall where one goes, by its id.
    pub mal: String,
    /// Services of which one has the product, by name.
    pub punya: Vec<String>,
}

/// Services of which one address says that one has the product; as many as the registry takes.
const MOST_HAD: usize = 100;

impl AddressQuery {
    /// Reads an address. If a key comes twice, the first counts, but for what one has; a key that
    /// no page knows is ignored.
    pub fn read(address: &Uri) -> Self {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(address);
        let pairs = pairs.map(|Query(pairs)| pairs).unwrap_or_default();
        let first = |names: &[&str]| {
            let found = pairs.iter().find(|(name, _)| names.contains(&name.as_str()));
            found.map(|(_, value)| shown(value)).unwrap_or_default()
        };
        let had = pairs.iter().filter(|(name, _)| name == "punya").map(|(_, value)| shown(value));
        Self {
            provinsi: first(&["provinsi"]),
            halaman: first(&["halaman"]),
            cari: first(&["cari", "q"]),
            mal: first(&["mal"]),
            punya: had.take(MOST_HAD).collect(),
        }
    }
}

/// Text of an address as a page may show it: without invisible characters, and without those that
/// turn the direction of the text around it.
fn shown(text: &str) -> String {
    let visible: String = text.chars().filter(|c| c.is_whitespace() || !c.is_control()).collect();
    mpp_core::text::line(&visible).into_owned()
}

impl Listing {
    /// The table of a path.
    pub fn parse(path: &str) -> Option<Self> {
        let all = [Self::Regions, Self::Malls, Self::Hours, Self::Changes, Self::Sources];
        all.into_iter().find(|listing| listing.path() == path)
    }

    /// The table's name in the path of its page.
    pub fn path(self) -> &'static str {
        match self {
            Self::Regions => "regions",
            Self::Malls => "malls",
            Self::Hours => "hours",
            Self::Changes => "changes",
            Self::Sources => "sources",
        }
    }

    fn title(self) -> Phrase {
        match self {
            Self::Regions => words::REGIONS_TITLE,
            Self::Malls => words::MALLS_TITLE,
            Self::Hours => words::HOURS_TITLE,
            Self::Changes => words::CHANGES_TITLE,
            Self::Sources => words::SOURCES_TITLE,
        }
    }

    fn caption(self) -> Phrase {
        match self {
            Self::Regions => words::REGIONS_CAPTION,
            Self::Malls => words::MALLS_CAPTION,
            Self::Hours => words::HOURS_CAPTION,
            Self::Changes => words::CHANGES_CAPTION,
            Self::Sources => words::SOURCES_CAPTION,
        }
    }

    fn columns(self) -> &'static [Column] {
        match self {
            Self::Regions => &REGION_COLUMNS,
            Self::Malls => &MALL_COLUMNS,
            Self::Hours => &HOURS_COLUMNS,
            Self::Changes => &CHANGE_COLUMNS,
            Self::Sources => &SOURCE_COLUMNS,
        }
    }

    /// True if rows belong to a province.
    fn has_provinces(self) -> bool {
        matches!(self, Self::Regions | Self::Malls | Self::Hours)
    }

    /// All rows of the choice, each drawn only where it is shown.
    fn rows<'a>(self, look: Look, report: &'a Report, province: &str) -> Vec<Draw<'a>> {
        let chosen = |own: &str| province.is_empty() || own == province;
        match self {
            Self::Regions => {
                let rows = report.regions.iter().filter(|region| chosen(&region.province));
                rows.map(|region| draws(move || region_row(look, report, region))).collect()
            }
            Self::Malls => {
                let rows = report.malls.iter().filter(|mall| chosen(&mall.province));
                rows.map(|mall| draws(move || mall_row(look, mall))).collect()
            }
            Self::Hours => by_counter(&report.deviations)
                .filter(|counter| chosen(province_of(report, counter)))
                .map(|counter| {
                    draws(move || {
                        TableRow::new(counter_and_mall(look, counter), [in_full(look, counter)])
                    })
                })
                .collect(),
            Self::Changes => {
                let rows = report.changes.iter();
                rows.map(|change| {
                    draws(move || {
                        let at = change.time.as_ref();
                        let at = at.map(|at| look.moment(format::micros(at), Zone::Wib));
                        TableRow::new(at.unwrap_or_default(), [change_sentence(look, change)])
                    })
                })
                .collect()
            }
            Self::Sources => {
                let rows = report.sources.iter();
                rows.map(|source| draws(move || source_row(look, source))).collect()
            }
        }
    }
}

/// The province of the mall of a counter's deviations; empty for one that the report leaves out.
fn province_of<'a>(report: &'a Report, counter: &[DeviationReport]) -> &'a str {
    let mall = counter.first().map_or("", |deviation| &deviation.mall);
    report.malls.iter().find(|own| own.mall == mall).map_or("", |own| &own.province)
}

type Draw<'a> = Box<dyn Fn() -> TableRow + 'a>;

fn draws<'a>(row: impl Fn() -> TableRow + 'a) -> Draw<'a> {
    Box::new(row)
}

/// Draws the page.
pub fn draw(
    look: Look,
    view: &PageView,
    listing: Listing,
    asked: &AddressQuery,
    policy: &Policy,
) -> Drawn {
    let report = &*view.report;
    let as_of = as_of(look, view, Zone::Wib);
    let title = look.of(listing.title());
    let province = match asked.provinsi.as_str() {
        "" => String::new(),
        code => region_name(code),
    };
    let rows = listing.rows(look, report, &province);
    let page = Cut::new(rows.len(), &asked.halaman, policy.table_rows);
    let shown: Vec<TableRow> = rows[page.range()].iter().map(|row| row()).collect();
    let link = |number: usize| address_of(look, listing, id_of(&province), number);
    let body = html! {
        section #table {
            h2.hidden { (title) }
            @if listing.has_provinces() { (filter(look, listing, report, &province)) }
            (cut_short(look, listing, report))
            (incomplete(look, report))
            @if shown.is_empty() { p.help { (look.of(words::NO_ROWS)) } }
            @else { (table(look, "dense", &html! { (look.of(listing.caption())) }, listing.columns(), &shown)) }
            (page.links(look, &link))
            @if listing == Listing::Sources {
                p.more { a href=(look.path("/overrides")) { (look.of(words::SEE_OVERRIDES)) } }
            }
        }
    };
    Drawn {
        title: title.to_owned(),
        description: look.of(listing.caption()).to_owned(),
        notice: words::SAMPLE_TEXT,
        crumbs: vec![("/".to_owned(), look.of(words::NATION).to_owned())],
        heading: heading(look, &html! { (title) }, "", &as_of, false),
        blocks: vec![Block::InHeading(as_of), Block::One(PageSection::new("table", body))],
        footer: html! { (look.of(words::SOURCE_LINE)) },
    }
}

/// The address of a further page of the table, of one province or of all.
fn address_of(look: Look, listing: Listing, province: &str, page: usize) -> String {
    let path = look.path(&format!("/{}", listing.path()));
    match province {
        "" => format!("{path}?halaman={page}"),
        code => format!("{path}?provinsi={code}&halaman={page}"),
    }
}

/// A note on the rows that the report itself leaves out.
fn cut_short(look: Look, listing: Listing, report: &Report) -> Markup {
    let shown = look.number(report.counters_shown);
    let all = look.number(report.counters_with_findings);
    html! {
        @if listing == Listing::Hours && report.counters_shown < report.counters_with_findings {
            p.help { (words::HOURS_CUT.text(look.lang, &[&shown, &all])) }
        }
        @if listing == Listing::Hours && report.findings_left_out > 0 {
            p.help {
                (words::FINDINGS_LEFT_OUT.text(look.lang, &[&look.number(report.findings_left_out)]))
            }
        }
        @if listing == Listing::Changes && (report.changes.len() as i64) < i64::from(report.changes_total) {
            p.help {
                (words::SEE_CHANGES.text(look.lang, &[
                    &format::count(look.lang, report.changes.len()), &look.number(report.changes_total),
                ]))
            }
        }
    }
}

fn filter(look: Look, listing: Listing, report: &Report, chosen: &str) -> Markup {
    html! {
        form.search action=(look.path(&format!("/{}", listing.path()))) method="get" {
            div {
                label for="provinsi" { (look.of(words::PROVINCE)) }
                select.field #provinsi name="provinsi" {
                    option value="" { (look.of(words::ALL_PROVINCES)) }
                    @for province in &report.provinces {
                        option value=(id_of(&province.region)) selected[province.region == chosen] {
                            (province.display_name)
                        }
                    }
                }
            }
            button.button type="submit" { (look.of(words::FILTER)) }
        }
    }
}
