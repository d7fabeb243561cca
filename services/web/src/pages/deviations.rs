//! Counters whose hours differ: what is the same on several days and against several yardsticks
//! stands on one line, and what follows from another line gets none. Counters stay in the report's
//! order (`order_of_deviations` in reporting's `model/deviations.rs`).

use jiff::civil::Date;
use maud::{Markup, html};
use mpp_api::{
    reporting::DeviationReport,
    scheduling::deviation::{Yardstick, finding::Code},
    types::LocalizedText,
};
use mpp_core::id_of;

use crate::{
    components::{
        Look,
        table::{Column, TableRow, table},
    },
    words::{deviation, format, local, table as words, yardstick},
};

/// The findings of one counter.
pub type OfCounter<'a> = &'a [DeviationReport];

/// Groups deviations by counter, in the order in which they come.
pub fn by_counter(found: &[DeviationReport]) -> impl Iterator<Item = OfCounter<'_>> {
    found.chunk_by(|one, next| one.counter == next.counter)
}

/// The first counters in a table of two columns: which, and how they differ in a word.
pub fn few(look: Look, found: &[DeviationReport], most: usize, caption: &Markup) -> Markup {
    let columns = [Column::text(words::COUNTER), Column::text(words::DIFFERENCE)];
    let row = |counter: OfCounter<'_>| {
        TableRow::new(counter_and_mall(look, counter), [html! { (in_words(look, counter)) }])
    };
    let rows: Vec<TableRow> = by_counter(found).take(most).map(row).collect();
    html! {
        @if rows.is_empty() { p.help { (look.of(words::NO_DIFFERENCE)) } }
        @else { (table(look, "dense", caption, &columns, &rows)) }
    }
}

/// A counter's name with its mall, which links to the mall's page.
pub fn counter_and_mall(look: Look, counter: OfCounter<'_>) -> Markup {
    let Some(first) = counter.first() else { return html! {} };
    let path = look.path(&format!("/malls/{}", id_of(&first.mall)));
    html! {
        (name(look, first.counter_name.as_ref(), &first.counter)) " "
        span.minor { a href=(path) { (name(look, first.mall_name.as_ref(), &first.mall)) } }
    }
}

/// A record's name; its id where the name is not known.
pub fn name(look: Look, title: Option<&LocalizedText>, resource: &str) -> Markup {
    match title.filter(|title| !title.id.is_empty()) {
        Some(title) => local(Some(title), look.lang),
        None => html! { (id_of(resource)) },
    }
}

/// "Tutup lebih awal (Senin–Kamis)".
fn in_words(look: Look, counter: OfCounter<'_>) -> String {
    let mut told: Vec<(Code, Vec<Date>)> = Vec::new();
    for line in lines(counter) {
        match told.iter_mut().find(|(code, _)| *code == line.code) {
            Some((_, dates)) => {
                dates.extend(line.dates);
                dates.sort_unstable();
                dates.dedup();
            }
            None => told.push((line.code, line.dates)),
        }
    }
    let words = told.into_iter().map(|(code, dates)| match dates.is_empty() {
        true => look.of(deviation(code)).to_owned(),
        false => {
            format!("{} ({})", look.of(deviation(code)), format::weekdays(look.lang, &dates))
        }
    });
    words.collect::<Vec<_>>().join("; ")
}

/// Each line in full: the days, the sentence, and what it is compared with.
pub fn in_full(look: Look, counter: OfCounter<'_>) -> Markup {
    let told = lines(counter);
    html! {
        @for (place, line) in told.iter().enumerate() {
            @if place > 0 { br; }
            @if !line.dates.is_empty() { (format::weekdays(look.lang, &line.dates)) ": " }
            @match line.text.filter(|text| !text.id.is_empty()) {
                Some(text) => (local(Some(text), look.lang)),
                None => (look.of(deviation(line.code))),
            }
            (against(look, &line.yardsticks))
        }
    }
}

fn against(look: Look, yardsticks: &[Yardstick]) -> Markup {
    let names = yardsticks.iter().filter_map(|name| yardstick(*name));
    let names: Vec<&str> = names.map(|name| look.of(name)).collect();
    html! {
        @if !names.is_empty() {
            " " span.quiet { (words::AGAINST.text(look.lang, &[&names.join(", ")])) }
        }
    }
}

/// Findings that read alike, of the same days, against one or several yardsticks.
#[derive(Debug, PartialEq)]
struct Line<'a> {
    code: Code,
    text: Option<&'a LocalizedText>,
    dates: Vec<Date>,
    yardsticks: Vec<Yardstick>,
}

fn lines(findings: OfCounter<'_>) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    for finding in findings.iter().filter(|finding| !finding.implied) {
        let dates: Vec<Date> = finding.dates.iter().filter_map(|day| day.parse().ok()).collect();
        let (code, text) = (finding.code(), finding.text.as_ref());
        let alike = lines
            .iter_mut()
            .find(|line| (line.code, line.text, &line.dates) == (code, text, &dates));
        match alike {
            Some(line) => line.yardsticks.push(finding.yardstick()),
            None => {
                lines.push(Line { code, text, dates, yardsticks: vec![finding.yardstick()] });
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    fn finding(code: Code, yardstick: Yardstick, dates: &[&str]) -> DeviationReport {
        DeviationReport {
            code: code.into(),
            yardstick: yardstick.into(),
            dates: dates.iter().map(|date| (*date).to_owned()).collect(),
            ..DeviationReport::default()
        }
    }

    #[test]
    fn what_follows_from_another_line_has_none() {
        let found = [
            finding(Code::ClosesEarly, Yardstick::Mall, &["2026-11-23"]),
            DeviationReport {
                implied: true,
                ..finding(Code::ShortHours, Yardstick::Mall, &["2026-11-23"])
            },
        ];
        assert_eq!(lines(&found).len(), 1);
    }

    #[test]
    fn what_two_yardsticks_say_alike_stands_once() {
        let found = [
            finding(Code::ClosesEarly, Yardstick::Mall, &["2026-11-23", "2026-11-24"]),
            finding(Code::ClosesEarly, Yardstick::National, &["2026-11-23", "2026-11-24"]),
            finding(Code::ClosesEarly, Yardstick::Baseline, &["2026-11-25"]),
        ];
        let told = lines(&found);
        assert_eq!(told.len(), 2);
        assert_eq!(told[0].yardsticks, [Yardstick::Mall, Yardstick::National]);
        let look = Look { lang: Lang::En, sample: false, now: 0 };
        assert_eq!(in_words(look, &found), "Closes earlier (Monday–Wednesday)");
    }
}
