//! The hours of this week, and what is unusual in the next.

use std::sync::Arc;

use jiff::civil::{Date, Weekday};
use maud::{Markup, html};
use mpp_api::scheduling::DayHours;

use crate::{
    components::{
        Look,
        table::{Column, TableRow, table},
    },
    pages::{PageSection, hours},
    upstream::Records,
    words::{format, local, table as words},
};

/// This week's days, always all of them, and why one is not as usual.
pub fn week(look: Look, records: &Records) -> Arc<PageSection> {
    let zone = records.zone();
    let today = format::local(look.now, zone).date();
    let columns = [Column::text(words::DAY), Column::text(words::OPEN)];
    let days: Vec<(Date, &DayHours)> = records
        .week
        .iter()
        .flatten()
        .take(7)
        .filter_map(|day| Some((day.date.parse().ok()?, day)))
        .collect();
    let rows = days.iter().map(|(date, day)| week_row(look, *date, day, today));
    let rows: Vec<TableRow> = rows.collect();
    let caption = words::HOURS_WEEK_CAPTION.text(look.lang, &[&zone.to_string()]);
    PageSection::new(
        "hours",
        html! {
            section #hours.w6 aria-labelledby="hours-title" {
                h2 #hours-title { (look.of(words::OPENING_HOURS)) (look.mark()) }
                @if rows.is_empty() { p.help { (look.of(words::HOURS_UNANSWERED)) } }
                @else { (table(look, "hours", &html! { (caption) }, &columns, &rows)) }
                (later(look, records, today))
            }
        },
    )
}

fn week_row(look: Look, date: Date, day: &DayHours, today: Date) -> TableRow {
    let name = look.of(crate::words::weekday(date.weekday()));
    let head = match date == today {
        true => html! { span.nowrap { (words::TODAY_MARK.text(look.lang, &[name])) } },
        false => html! { (name) },
    };
    let cell = html! {
        (hours::in_words(look.lang, day))
        @for reason in hours::why(day) { span.minor { (local(reason.text.as_ref(), look.lang)) } }
    };
    TableRow::new(head, [cell]).today(date == today)
}

/// Days of the next week that are not as usual.
fn later(look: Look, records: &Records, today: Date) -> Markup {
    let days = records.week.iter().flatten().skip(7);
    let days = days.filter_map(|day| Some((day.date.parse::<Date>().ok()?, day)));
    let told: Vec<_> = days
        .filter(|(date, _)| *date > today && !is_weekend(*date))
        .filter_map(|(date, day)| Some((date, day, hours::why(day).next()?)))
        .collect();
    html! {
        @for (date, day, reason) in told {
            p.minor.note {
                (words::DAY_AND_WHY.text(look.lang, &[
                    &format::full_day(look.lang, date), &hours::in_words(look.lang, day),
                ])) ". "
                (local(reason.text.as_ref(), look.lang))
            }
        }
    }
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}
