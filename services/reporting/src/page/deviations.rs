//! Counters whose hours deviate: what is alike on several days stands on one line.

use maud::{Markup, html};
use mpp_api::{
    reporting::DeviationReport,
    scheduling::deviation::{Yardstick, finding::Code},
    types::LocalizedText,
    word,
};

use super::{
    format,
    text::{self, Lang},
    view::{View, counter_name, mall_link, table, wire},
};

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
        .filter_map(|yardstick| text::yardstick(*yardstick))
        .map(|phrase| phrase.of(lang))
        .collect();
    html! {
        @if !line.dates.is_empty() { strong { (format::weekdays(lang, &line.dates)) ":" } " " }
        (wire(line.text, lang)) " " code { (word(line.code.as_str_name())) }
        @if !yardsticks.is_empty() {
            span.quiet { " · " (text::AGAINST.of(lang)) " " (yardsticks.join(", ")) }
        }
    }
}

/// Findings that read alike, of the same days, against one or several yardsticks.
#[derive(Debug, PartialEq)]
struct Line<'a> {
    code: Code,
    text: Option<&'a LocalizedText>,
    dates: Vec<&'a str>,
    yardsticks: Vec<Yardstick>,
}

fn lines(findings: &[DeviationReport]) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    for finding in findings.iter().filter(|finding| !finding.implied) {
        let (code, text) = (finding.code(), finding.text.as_ref());
        let dates: Vec<_> = finding.dates.iter().map(String::as_str).collect();
        let alike = lines
            .iter_mut()
            .find(|line| (line.code, line.text, &line.dates) == (code, text, &dates));
        match alike {
            Some(line) => line.yardsticks.push(finding.yardstick()),
            None => lines.push(Line { code, text, dates, yardsticks: vec![finding.yardstick()] }),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONDAY: &str = "2026-11-23";
    const TUESDAY: &str = "2026-11-24";

    fn finding(code: Code, yardstick: Yardstick, dates: &[&str]) -> DeviationReport {
        DeviationReport {
            code: code.into(),
            yardstick: yardstick.into(),
            dates: dates.iter().map(|date| (*date).to_owned()).collect(),
            ..DeviationReport::default()
        }
    }

    #[test]
    fn what_follows_from_another_finding_is_left_out() {
        let implied = DeviationReport {
            implied: true,
            ..finding(Code::ShortHours, Yardstick::Mall, &[MONDAY])
        };
        let found = [
            finding(Code::ClosesEarly, Yardstick::Mall, &[MONDAY]),
            implied,
            finding(Code::ShortHours, Yardstick::Mall, &[TUESDAY]),
            finding(Code::ShortHours, Yardstick::National, &[MONDAY]),
        ];
        let told: Vec<_> = lines(&found).into_iter().map(|line| (line.code, line.dates)).collect();
        assert_eq!(
            told,
            [
                (Code::ClosesEarly, vec![MONDAY]),
                (Code::ShortHours, vec![TUESDAY]),
                (Code::ShortHours, vec![MONDAY])
            ]
        );
    }

    #[test]
    fn what_two_yardsticks_say_alike_stands_once() {
        let found = [
            finding(Code::ClosesEarly, Yardstick::Mall, &[MONDAY]),
            finding(Code::ClosesEarly, Yardstick::National, &[MONDAY]),
            finding(Code::ClosesEarly, Yardstick::Baseline, &[TUESDAY]),
        ];
        let told = lines(&found);
        assert_eq!(told.len(), 2);
        assert_eq!(told[0].yardsticks, [Yardstick::Mall, Yardstick::National]);
    }
}
