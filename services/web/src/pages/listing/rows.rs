//! Columns and rows of the whole tables.

use jiff::civil::Date;
use maud::{Markup, html};
use mpp_api::{
    reporting::{MallReport, RegionReport, Report, SourceReport},
    sync::Incomplete,
};
use mpp_calendar::Zone;
use mpp_core::id_of;

use crate::{
    components::{
        Look, Tone,
        table::{Column, TableRow, table},
        tag,
    },
    pages::deviations::name,
    words::{Phrase, fed, format, incomplete, stage, table as words},
};

pub const REGION_COLUMNS: [Column; 4] = [
    Column::text(words::REGION),
    Column::flow(words::PROVINCE),
    Column::text(words::MALL),
    Column::text(words::STAGE),
];
pub const MALL_COLUMNS: [Column; 7] = [
    Column::text(words::MALL),
    Column::text(words::STAGE),
    Column::number(words::COUNTERS),
    Column::number(words::OFFERINGS),
    Column::text(words::UNIFORM),
    Column::text(words::SERVED_TODAY),
    Column::number(words::APPOINTMENTS_TODAY),
];
pub const HOURS_COLUMNS: [Column; 2] =
    [Column::text(words::COUNTER), Column::text(words::DIFFERENCE)];
pub const CHANGE_COLUMNS: [Column; 2] = [Column::text(words::TIME), Column::text(words::CHANGE)];
pub const SOURCE_COLUMNS: [Column; 12] = [
    Column::text(words::SOURCE),
    Column::text(words::STATE),
    Column::text(words::LAST_SUCCESS),
    Column::text(words::EVERY),
    Column::number(words::REJECTED_NOW),
    Column::number(words::WAITING_NOW),
    Column::number(words::UNREAD),
    Column::number(words::RECEIVED),
    Column::number(words::ACCEPTED),
    Column::number(words::UNCHANGED),
    Column::number(words::REJECTED),
    Column::number(words::WAITING_FOR_DATA),
];

/// A regency or city.
pub fn region_row(look: Look, report: &Report, region: &RegionReport) -> TableRow {
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
    TableRow::new(html! { a href=(path) { (region.display_name) } }, [province, malls, stage])
}

/// The row of one mall.
pub fn mall_row(look: Look, mall: &MallReport) -> TableRow {
    let path = look.path(&format!("/malls/{}", id_of(&mall.mall)));
    let served = [mall.tickets_completed_today, mall.tickets_issued_today];
    let served = served.map(|number| look.number(number));
    let title = html! {
        a href=(path) { (name(look, mall.display_name.as_ref(), &mall.mall)) } " "
        span.minor { (mall.region_name) }
    };
    TableRow::new(
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

/// How fresh something is: whether it is late, is not known to have ever been whole, and when it
/// was last.
pub struct Fresh<'a> {
    pub late: bool,
    pub unheard: bool,
    pub lacks: Option<&'a Incomplete>,
    pub last: Option<&'a prost_types::Timestamp>,
}

/// Whether a source is as fresh as it has to be, and what its last run lacked.
pub fn freshness(look: Look, fresh: Fresh<'_>) -> Markup {
    let Fresh { late, unheard, lacks, last } = fresh;
    let state = match (late, lacks, last) {
        (true, ..) => tag(Tone::Bad, look.of(words::LATE)),
        (false, Some(_), _) => tag(Tone::Bad, look.of(words::INCOMPLETE_RUN)),
        // Not late yet, and nothing has come.
        (false, None, None) => html! { span.quiet { (look.of(words::NEVER)) } },
        (false, None, Some(_)) if unheard => {
            html! { span.quiet { (look.of(words::FRESH_UNKNOWN)) } }
        }
        (false, None, Some(_)) => tag(Tone::Good, look.of(words::ON_TIME)),
    };
    // The reason only: the text is for the source's keeper and may name files.
    html! {
        (state)
        @if let Some(found) = lacks {
            " " span.minor { (look.of(incomplete(found.reason()))) }
        }
    }
}

/// A source of a catalog.
pub fn source_row(look: Look, source: &SourceReport) -> TableRow {
    let fresh = Fresh {
        late: source.late,
        unheard: source.unheard,
        lacks: source.incomplete.as_ref(),
        last: source.last_success_time.as_ref(),
    };
    let state = freshness(look, fresh);
    let late = source.services.iter().filter(|at| at.late).map(|at| look.of(fed(at.service())));
    let late: Vec<_> = late.collect();
    let state = html! {
        (state)
        @if source.services.len() > 1 && !late.is_empty() {
            " " span.minor { "(" (late.join(", ")) ")" }
        }
    };
    let last = match &source.last_success_time {
        Some(at) => look.moment(format::micros(at), Zone::Wib),
        None => html! { span.quiet { (look.of(words::NEVER)) } },
    };
    let has_run = source.last_success_time.is_some() || source.incomplete.is_some();
    let counts = [
        (source.rejected_now, source.counted),
        (source.waiting_now, source.counted),
        (source.unread_now, source.counted),
        (source.received, has_run),
        (source.applied, has_run),
        (source.unchanged, has_run),
        (source.rejected, has_run),
        (source.quarantined, has_run),
    ];
    let every = format::duration(look.lang, source.freshness_target_seconds);
    let mut cells = vec![state, last, html! { (every) }];
    // Before the first run has counted, 0 would claim that there is none.
    cells.extend(counts.map(|count| match count {
        (0, false) => html! { span.quiet { (look.of(words::UNKNOWN)) } },
        (number, _) => html! { (look.number(number)) },
    }));
    let path = look.path(&format!("/sources/{}", id_of(&source.source)));
    let title = name(look, source.display_name.as_ref(), &source.source);
    TableRow::new(html! { a href=(path) { (title) } }, cells)
}

/// The row of one source alone.
pub fn source_table(look: Look, caption: Phrase, source: &SourceReport) -> Markup {
    let caption = html! { (look.of(caption)) };
    table(look, "dense", &caption, &SOURCE_COLUMNS, &[source_row(look, source)])
}
