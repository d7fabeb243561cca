//! Counters whose hours deviate: what is alike on several days stands on one line.

use maud::{Markup, html};
use mpp_api::{reporting::DeviationReport, types::LocalizedText};

use super::{
    format,
    text::{self, Lang},
    view::{View, counter_name, mall_link, table, wire},
};

/// Codes of which "short of minutes" on the same day and against the same yardstick is the sum.
const TELL_MORE: [&str; 3] = ["OPENS_LATE", "CLOSES_EARLY", "MISSING_DAY"];

/// The nation's section.
pub fn deviations(view: &View<'_>, lang: Lang) -> Markup {
    let report = view.report;
    html! {
        section #deviations aria-labelledby="deviations-title" {
            h2 #deviations-title { (text::DEVIATIONS.of(lang)) }
            p.help { (text::DEVIATIONS_HELP.of(lang)) }
            @if report.counters_shown < report.counters_with_findings {
                p.help {
                    strong {
                        (format::number(lang, report.counters_shown)) " " (text::OF.of(lang)) " "
                        (format::number(lang, report.counters_with_findings)) " "
                        (text::COUNTERS_SHOWN.of(lang))
                    }
                    " " (text::ALL_DEVIATIONS.of(lang))
                }
            }
            (left_out(report.findings_left_out, lang))
            (deviation_table(view, &report.deviations, lang))
        }
    }
}

/// Says that some findings were too many to keep.
pub fn left_out(count: i32, lang: Lang) -> Markup {
    html! {
        @if count > 0 {
            p.help {
                (format::number(lang, count)) " " (text::FINDINGS_LEFT_OUT.of(lang)) " "
                (text::ALL_DEVIATIONS.of(lang))
            }
        }
    }
}

/// A table of deviations, one row for each counter.
pub fn deviation_table(view: &View<'_>, found: &[DeviationReport], lang: Lang) -> Markup {
    let head = [text::COUNTER, text::MALL, text::FINDING, text::WEEK].map(|phrase| phrase.of(lang));
    let counters = found.chunk_by(|one, next| one.counter == next.counter);
    let rows = html! { @for findings in counters { (row(view, findings, &head, lang)) } };
    html! {
        @if found.is_empty() { p.quiet { (text::NO_DEVIATIONS.of(lang)) } }
        @else { (table(text::DEVIATIONS.of(lang), true, &head, &rows)) }
    }
}

/// All findings are of one counter.
fn row(view: &View<'_>, findings: &[DeviationReport], head: &[&str; 4], lang: Lang) -> Markup {
    let Some(first) = findings.first() else {
        return html! {};
    };
    html! {
        tr {
            th scope="row" { (counter_name(view, &first.counter, lang)) }
            td data-label=(head[1]) { (mall_link(view, &first.mall, lang)) }
            td data-label=(head[2]) {
                @for line in lines(findings) { span.line { (line_text(&line, lang)) } }
            }
            td data-label=(head[3]) { (format::date(lang, &first.week)) }
        }
    }
}

/// "Mon–Thu: Closes at 14:00, 120 minutes before 16:00. CLOSES_EARLY · mall, national template".
fn line_text(line: &Line<'_>, lang: Lang) -> Markup {
    let yardsticks: Vec<_> = line
        .yardsticks
        .iter()
        .filter_map(|name| text::yardstick(name))
        .map(|phrase| phrase.of(lang))
        .collect();
    html! {
        @if !line.dates.is_empty() { strong { (format::weekdays(lang, &line.dates)) ":" } " " }
        (wire(line.text, lang)) " " code { (line.code) }
        @if !yardsticks.is_empty() {
            span.quiet { " · " (text::AGAINST.of(lang)) " " (yardsticks.join(", ")) }
        }
    }
}

/// Findings that read alike, of the same days, against one or several yardsticks.
#[derive(Debug, PartialEq)]
struct Line<'a> {
    code: &'a str,
    text: Option<&'a LocalizedText>,
    dates: Vec<&'a str>,
    yardsticks: Vec<&'a str>,
}

fn lines(findings: &[DeviationReport]) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    for finding in findings {
        let dates = telling_dates(finding, findings);
        if dates.is_empty() && !finding.dates.is_empty() {
            continue;
        }
        let (code, text) = (finding.code.as_str(), finding.text.as_ref());
        let alike = lines
            .iter_mut()
            .find(|line| (line.code, line.text, &line.dates) == (code, text, &dates));
        match alike {
            Some(line) => line.yardsticks.push(&finding.yardstick),
            None => lines.push(Line { code, text, dates, yardsticks: vec![&finding.yardstick] }),
        }
    }
    lines
}

/// The days on which a finding says something that no other of the counter says already.
fn telling_dates<'a>(finding: &'a DeviationReport, all: &[DeviationReport]) -> Vec<&'a str> {
    let told = |date: &&str| {
        finding.code == "SHORT_HOURS"
            && all.iter().any(|other| {
                other.yardstick == finding.yardstick
                    && TELL_MORE.contains(&other.code.as_str())
                    && other.dates.iter().any(|day| day == date)
            })
    };
    let dates = finding.dates.iter().map(String::as_str);
    dates.filter(|date| !told(date)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONDAY: &str = "2026-11-23";
    const TUESDAY: &str = "2026-11-24";

    fn finding(code: &str, yardstick: &str, dates: &[&str]) -> DeviationReport {
        DeviationReport {
            code: code.into(),
            yardstick: yardstick.into(),
            dates: dates.iter().map(|date| (*date).to_owned()).collect(),
            ..DeviationReport::default()
        }
    }

    #[test]
    fn short_hours_that_only_repeat_are_left_out_day_by_day() {
        let found = [
            finding("CLOSES_EARLY", "MALL", &[MONDAY]),
            finding("SHORT_HOURS", "MALL", &[MONDAY, TUESDAY]),
            finding("SHORT_HOURS", "NATIONAL", &[MONDAY]),
        ];
        let told: Vec<_> = lines(&found).into_iter().map(|line| (line.code, line.dates)).collect();
        assert_eq!(
            told,
            [
                ("CLOSES_EARLY", vec![MONDAY]),
                ("SHORT_HOURS", vec![TUESDAY]),
                ("SHORT_HOURS", vec![MONDAY])
            ]
        );
        let only =
            [finding("OPENS_LATE", "MALL", &[MONDAY]), finding("SHORT_HOURS", "MALL", &[MONDAY])];
        assert_eq!(lines(&only).len(), 1);
    }

    #[test]
    fn what_two_yardsticks_say_alike_stands_once() {
        let found = [
            finding("CLOSES_EARLY", "MALL", &[MONDAY]),
            finding("CLOSES_EARLY", "NATIONAL", &[MONDAY]),
            finding("CLOSES_EARLY", "BASELINE", &[TUESDAY]),
        ];
        let told = lines(&found);
        assert_eq!(told.len(), 2);
        assert_eq!(told[0].yardsticks, ["MALL", "NATIONAL"]);
    }
}
