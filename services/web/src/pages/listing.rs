//! Whole tables, each on a page of its own: fifty rows at a time, filtered by the address.

use jiff::civil::Date;
use maud::{Markup, html};
use mpp_api::reporting::{MallReport, RegionReport, Report, SourceReport};
use mpp_calendar::Zone;
use serde::Deserialize;

use super::{
    Block, Drawn, Part, View, as_of,
    differences::{by_counter, counter_and_mall, in_full, name},
    heading, incomplete,
    nation::change_sentence,
};
use crate::{
    components::{
        Look, Tone, id_of,
        table::{Column, Row, table},
        tag,
    },
    policy::Policy,
    words::{Phrase, format, local, stage, table as words},
};

/// Which table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Listing {
    /// Regencies and cities.
    Regions,
    /// Malls.
    Malls,
    /// Counters with other hours.
    Hours,
    /// Changes of services.
    Changes,
    /// Sources of catalogs.
    Sources,
}

/// What the address asks for beside the page.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    /// Only rows of this province, by its code.
    #[serde(default)]
    pub provinsi: String,
    /// Which fifty rows, from 1.
    #[serde(default)]
    pub halaman: String,
    /// A mall's services that hold this text.
    #[serde(default)]
    pub cari: String,
}

impl Listing {
    /// The table of a path.
    pub fn parse(path: &str) -> Option<Self> {
        let all = [Self::Regions, Self::Malls, Self::Hours, Self::Changes, Self::Sources];
        all.into_iter().find(|listing| listing.path() == path)
    }

    /// Its path.
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

    /// True where rows belong to a province.
    fn has_provinces(self) -> bool {
        matches!(self, Self::Regions | Self::Malls)
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
                .map(|counter| {
                    draws(move || {
                        Row::new(counter_and_mall(look, counter), [in_full(look, counter)])
                    })
                })
                .collect(),
            Self::Changes => {
                let rows = report.changes.iter();
                rows.map(|change| {
                    draws(move || {
                        let at = change.time.as_ref();
                        let at = at.map(|at| look.moment(format::micros(at), Zone::Wib));
                        Row::new(at.unwrap_or_default(), [change_sentence(look, change)])
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

type Draw<'a> = Box<dyn Fn() -> Row + 'a>;

fn draws<'a>(row: impl Fn() -> Row + 'a) -> Draw<'a> {
    Box::new(row)
}

const REGION_COLUMNS: [Column; 4] = [
    Column::text(words::REGION),
    Column::flow(words::PROVINCE),
    Column::text(words::MALL),
    Column::text(words::STAGE),
];
const MALL_COLUMNS: [Column; 7] = [
    Column::text(words::MALL),
    Column::text(words::STAGE),
    Column::number(words::COUNTERS),
    Column::number(words::OFFERINGS),
    Column::text(words::UNIFORM),
    Column::text(words::SERVED_TODAY),
    Column::number(words::APPOINTMENTS_TODAY),
];
const HOURS_COLUMNS: [Column; 2] = [Column::text(words::COUNTER), Column::text(words::DIFFERENCE)];
const CHANGE_COLUMNS: [Column; 2] = [Column::text(words::TIME), Column::text(words::CHANGE)];
const SOURCE_COLUMNS: [Column; 9] = [
    Column::text(words::SOURCE),
    Column::text(words::STATE),
    Column::text(words::LAST_SUCCESS),
    Column::text(words::EVERY),
    Column::number(words::RECEIVED),
    Column::number(words::ACCEPTED),
    Column::number(words::UNCHANGED),
    Column::number(words::REJECTED),
    Column::number(words::WAITING_FOR_DATA),
];

/// Draws the page.
pub fn draw(look: Look, view: &View, listing: Listing, asked: &Asked, policy: &Policy) -> Drawn {
    let report = &*view.report;
    let as_of = as_of(look, view, Zone::Wib);
    let title = look.of(listing.title());
    let province = match asked.provinsi.as_str() {
        "" => String::new(),
        code => format!("regions/{code}"),
    };
    let rows = listing.rows(look, report, &province);
    let page = Cut::new(rows.len(), &asked.halaman, policy.table_rows);
    let shown: Vec<Row> = rows[page.range()].iter().map(|row| row()).collect();
    let link = |number: usize| {
        let code = id_of(&province);
        let path = look.path(&format!("/{}", listing.path()));
        if code.is_empty() {
            format!("{path}?halaman={number}")
        } else {
            format!("{path}?provinsi={code}&halaman={number}")
        }
    };
    let body = html! {
        section #table {
            h2.hidden { (title) }
            @if listing.has_provinces() { (filter(look, listing, report, &province)) }
            (cut_short(look, listing, report))
            (incomplete(look, report))
            @if shown.is_empty() { p.help { (look.of(words::NO_ROWS)) } }
            @else { (table(look, "dense", &html! { (look.of(listing.caption())) }, listing.columns(), &shown)) }
            (page.links(look, &link))
        }
    };
    Drawn {
        title: title.to_owned(),
        description: look.of(listing.caption()).to_owned(),
        notice: words::SAMPLE_TEXT,
        crumbs: vec![("/".to_owned(), look.of(words::NATION).to_owned())],
        heading: heading(look, &html! { (title) }, "", &as_of, false),
        blocks: vec![Block::InHeading(as_of), Block::One(Part::new("table", body))],
        footer: html! { (look.of(words::SOURCE_LINE)) },
    }
}

/// What the report itself leaves out.
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

fn region_row(look: Look, report: &Report, region: &RegionReport) -> Row {
    let path = look.path(&format!("/regions/{}", id_of(&region.region)));
    let province = report.provinces.iter().find(|province| province.region == region.province);
    let malls = match region.malls {
        0 => html! { span.quiet { (look.of(words::NOT_RECORDED)) } },
        malls => html! { (look.number(malls)) },
    };
    let stage = match region.malls {
        0 => html! { span.quiet { (look.of(words::NOT_RECORDED)) } },
        _ => stage_since(look, region.stage(), &region.stage_date),
    };
    let province = html! { (province.map_or(id_of(&region.province), |own| &own.display_name)) };
    Row::new(html! { a href=(path) { (region.display_name) } }, [province, malls, stage])
}

fn mall_row(look: Look, mall: &MallReport) -> Row {
    let path = look.path(&format!("/malls/{}", id_of(&mall.mall)));
    let served = [mall.tickets_completed_today, mall.tickets_issued_today];
    let served = served.map(|number| look.number(number));
    let title = html! {
        a href=(path) { (name(look, mall.display_name.as_ref(), &mall.mall)) } " "
        span.minor { (mall.region_name) }
    };
    Row::new(
        title,
        [
            stage_since(look, mall.stage(), &mall.stage_date),
            html! { (look.number(mall.counters)) },
            html! { (look.number(mall.offerings)) },
            uniform(look, mall),
            html! {
                @if mall.tickets_issued_today == 0 { span.quiet { (look.of(words::NONE_YET)) } }
                @else { (words::OUT_OF.text(look.lang, &[&served[0], &served[1]])) }
            },
            html! { (look.number(mall.appointments_today)) },
        ],
    )
}

/// A stage with the day on which it was reached.
pub fn stage_since(look: Look, reached: mpp_api::registry::mall::Stage, date: &str) -> Markup {
    html! {
        (look.of(stage(reached).unwrap_or(words::NO_STAGE)))
        @if date.parse::<Date>().is_ok() {
            " " span.minor { (words::SINCE.say(look.lang, &[&look.date(date)])) }
        }
    }
}

/// How many of a mall's counters, of those whose hours are known, are uniform.
fn uniform(look: Look, mall: &MallReport) -> Markup {
    let judged = mall.uniform_counters + mall.deviating_counters;
    let numbers = [mall.uniform_counters, judged].map(|number| look.number(number));
    html! {
        @if judged == 0 { span.quiet { (look.of(words::UNKNOWN)) } }
        @else { (words::COUNTERS_OF.text(look.lang, &[&numbers[0], &numbers[1]])) }
    }
}

fn source_row(look: Look, source: &SourceReport) -> Row {
    let state = match source.late {
        true => tag(Tone::Bad, look.of(words::LATE)),
        false => tag(Tone::Good, look.of(words::ON_TIME)),
    };
    let last = match &source.last_success_time {
        Some(at) => look.moment(format::micros(at), Zone::Wib),
        None => html! { span.quiet { (look.of(words::NEVER)) } },
    };
    let counts =
        [source.received, source.applied, source.unchanged, source.rejected, source.quarantined];
    let every = format::duration(look.lang, source.freshness_target_seconds);
    let mut cells = vec![state, last, html! { (every) }];
    cells.extend(counts.map(|number| html! { (look.number(number)) }));
    let title = source.display_name.as_ref();
    Row::new(
        match title.filter(|title| !title.id.is_empty()) {
            Some(title) => local(Some(title), look.lang),
            None => html! { (id_of(&source.source)) },
        },
        cells,
    )
}

/// Some rows of many.
pub struct Cut {
    all: usize,
    at: usize,
    rows: usize,
}

impl Cut {
    /// The rows of the page that is asked for; the nearest where there is no such page.
    pub fn new(all: usize, asked: &str, rows: usize) -> Self {
        let last = all.div_ceil(rows.max(1)).max(1);
        let at = asked.parse::<usize>().unwrap_or(1).clamp(1, last);
        Self { all, at, rows: rows.max(1) }
    }

    /// Which rows.
    pub fn range(&self) -> std::ops::Range<usize> {
        let start = (self.at - 1) * self.rows;
        start..self.all.min(start + self.rows)
    }

    /// Which rows these are, and the way to the others; nothing where these are all.
    pub fn links(&self, look: Look, link: &dyn Fn(usize) -> String) -> Markup {
        let range = self.range();
        let numbers = [range.start + 1, range.end, self.all];
        let numbers = numbers.map(|number| format::count(look.lang, number));
        html! {
            @if self.all > self.rows {
                nav.more aria-label=(look.of(words::PAGES)) {
                    p.help { (words::ROWS_SHOWN.text(look.lang, &[&numbers[0], &numbers[1], &numbers[2]])) }
                    p {
                        @if self.at > 1 { a href=(link(self.at - 1)) rel="prev" { (look.of(words::PREVIOUS)) } " " }
                        @if range.end < self.all { a href=(link(self.at + 1)) rel="next" { (look.of(words::NEXT)) } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_not_there_is_the_nearest() {
        assert_eq!(Cut::new(120, "", 50).range(), 0..50);
        assert_eq!(Cut::new(120, "3", 50).range(), 100..120);
        assert_eq!(Cut::new(120, "99", 50).range(), 100..120);
        assert_eq!(Cut::new(120, "-1", 50).range(), 0..50);
        assert_eq!(Cut::new(0, "2", 50).range(), 0..0);
    }
}
