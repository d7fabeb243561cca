//! How many wait at each counter; the list is always whole.

use std::sync::Arc;

use maud::html;
use mpp_api::registry::Counter;

use super::names::window;
use crate::{
    components::{
        Look,
        table::{Column, TableRow, table},
    },
    pages::{PageSection, deviations::name, hours},
    upstream::MallData,
    words::{format, table as words},
};

/// The section on the queues of a mall's counters.
pub fn queue(look: Look, mall: &MallData) -> Arc<PageSection> {
    let records = &*mall.records;
    let columns = [
        Column::text(words::COUNTER),
        Column::number(words::WAITING),
        Column::text(words::HOURS_TODAY),
    ];
    let counters = records.counters.as_deref().unwrap_or_default();
    let rows: Vec<TableRow> =
        counters.iter().map(|counter| queue_row(look, mall, counter)).collect();
    let caption = html! { (look.of(words::QUEUE_CAPTION)) };
    let silent = mall.queues.is_empty() && !counters.is_empty();
    PageSection::new(
        "queue",
        html! {
            section #queue aria-labelledby="queue-title" {
                h2 #queue-title { (look.of(words::QUEUE)) (look.mark()) }
                @if silent { p.help { (look.of(words::QUEUE_UNKNOWN)) } }
                @if rows.is_empty() {
                    p.help {
                        @if records.counters.is_some() { (look.of(words::QUEUE_NONE)) }
                        @else { (look.of(words::UNKNOWN)) }
                    }
                } @else { (table(look, "narrow queue", &caption, &columns, &rows)) }
            }
        },
    )
}

fn queue_row(look: Look, mall: &MallData, counter: &Counter) -> TableRow {
    let records = &*mall.records;
    let queue = mall.queues.get(&counter.name);
    let latest = queue.and_then(|queue| {
        queue.called.iter().max_by_key(|ticket| ticket.call_time.as_ref().map(format::micros))
    });
    let head = html! {
        (name(look, counter.display_name.as_ref(), &counter.name)) " "
        @if let Some(ticket) = latest {
            span.minor {
                (words::CALLED_TO.say(look.lang, &[&ticket.number, &window(look, records, &ticket.window)]))
            }
        }
    };
    let waiting = match queue {
        Some(queue) => html! { b { (look.number(queue.waiting)) } },
        None => html! { span.quiet { (look.of(words::UNKNOWN)) } },
    };
    let today = match records.today.get(&counter.name) {
        Some(day) => html! { (hours::in_words(look.lang, day)) },
        None => html! { span.quiet { (look.of(words::UNKNOWN)) } },
    };
    TableRow::new(head, [html! { span.wait { (waiting) } }, today])
}
