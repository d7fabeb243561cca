//! The chart of published counts: from zero to the whole, drawn with classes and attributes only.

use jiff::civil::Date;
use maud::{Markup, html};
use mpp_api::reporting::PublishedCount;

use super::Look;
use crate::words::{format, table as words};

/// The drawing's area: the left and right end of time, the height of the whole and of zero.
const LEFT: f64 = 38.0;
const RIGHT: f64 = 468.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 256.0;
/// The body whose counts make the line; those of others are hollow points beside it.
const MAIN_BODY: &str = "PANRB";
/// Counts further apart than this are joined by dots: nothing was published between them.
const GAP_DAYS: i32 = 730;

/// A published count at its day.
struct Point<'a> {
    day: Date,
    count: i32,
    publisher: &'a str,
}

/// The chart; `None` if fewer than two counts were published.
pub fn growth(look: Look, published: &[PublishedCount], whole: i32) -> Option<Markup> {
    let points: Vec<Point<'_>> = published.iter().filter_map(point).collect();
    let line: Vec<&Point<'_>> =
        points.iter().filter(|point| point.publisher == MAIN_BODY).collect();
    let (first, last) = (line.first()?, line.last()?);
    if first.day == last.day {
        return None;
    }
    let scale = Scale::over(first.day, last.day, whole);
    let say = |point: &Point<'_>| [look.number(point.count), format::day(look.lang, point.day)];
    let ([from, from_day], [to, to_day]) = (say(first), say(last));
    let text =
        words::GROWTH_TEXT.text(look.lang, &[&from, &from_day, &to, &to_day, &look.number(whole)]);
    let years = [first.day.year(), last.day.year()].map(|year| year.to_string());
    Some(html! {
        figcaption {
            (words::GROWTH.text(look.lang, &[&from, &years[0], &to, &years[1]]))
            span.minor { (look.of(words::GROWTH_NOTE)) }
        }
        svg.chart viewBox="0 0 480 284" role="img" aria-labelledby="growth-name growth-text" {
            title #growth-name { (look.of(words::GROWTH_TITLE)) }
            desc #growth-text { (text) }
            (scale.ground(look, whole))
            (scale.line(look, &line))
            @for point in points.iter().filter(|point| point.publisher != MAIN_BODY) {
                circle.hollow cx=(px(scale.x(point.day))) cy=(px(scale.y(point.count))) r="3.5" {}
            }
            (scale.labels(look, first, last))
        }
        @if line.len() < points.len() {
            ul.keys {
                li {
                    svg.chart viewBox="0 0 14 14" aria-hidden="true" { circle.hollow cx="7" cy="7" r="5" {} }
                    (look.of(words::OTHER_BODY))
                }
            }
        }
    })
}

fn point(count: &PublishedCount) -> Option<Point<'_>> {
    Some(Point {
        day: count.date.parse().ok()?,
        count: count.operating?,
        publisher: &count.publisher,
    })
}

fn px(at: f64) -> String {
    format!("{at:.1}")
}

/// From days and counts to the drawing.
struct Scale {
    first_year: i16,
    last_year: i16,
    whole: f64,
}

impl Scale {
    /// From the start of the first year to the end of the last.
    fn over(first: Date, last: Date, whole: i32) -> Self {
        let whole = f64::from(whole.max(1));
        Self { first_year: first.year(), last_year: last.year() + 1, whole }
    }

    fn year(&self, year: f64) -> f64 {
        let years = f64::from(self.last_year - self.first_year);
        LEFT + (year - f64::from(self.first_year)) * (RIGHT - LEFT) / years
    }

    fn x(&self, day: Date) -> f64 {
        self.year(f64::from(day.year()) + f64::from(day.day_of_year() - 1) / 365.25)
    }

    fn y(&self, count: i32) -> f64 {
        BOTTOM - f64::from(count) * (BOTTOM - TOP) / self.whole
    }

    /// Rules, the axis from zero to the whole, and the years.
    fn ground(&self, look: Look, whole: i32) -> Markup {
        html! {
            @for count in (100..whole - 50).step_by(100) {
                line.rule x1=(LEFT) x2=(RIGHT) y1=(px(self.y(count))) y2=(px(self.y(count))) {}
                text.end x="32" y=(px(self.y(count) + 4.0)) { (count) }
            }
            line.base x1=(LEFT) x2=(RIGHT) y1=(TOP) y2=(TOP) {}
            text.end x="32" y="21" { (look.number(whole)) }
            text.roomy x="42" y="31" { (look.of(words::ALL_REGIONS)) }
            line.base x1=(LEFT) x2=(RIGHT) y1=(BOTTOM) y2=(BOTTOM) {}
            text.end x="32" y="260" { "0" }
            @for year in (self.first_year + 1..=self.last_year).filter(|year| year % 2 == 0) {
                @let at = px(self.year(f64::from(year)));
                line.base x1=(at) x2=(at) y1="256" y2="260" {}
                text.mid x=(at) y="276" { (year) }
            }
        }
    }

    /// Runs of counts, joined by dots where nothing was published for long.
    fn line(&self, look: Look, line: &[&Point<'_>]) -> Markup {
        let near = |one: &&Point<'_>, next: &&Point<'_>| {
            next.day.since(one.day).is_ok_and(|span| span.get_days() < GAP_DAYS)
        };
        let runs: Vec<&[&Point<'_>]> = line.chunk_by(near).collect();
        let gaps = runs.windows(2).filter_map(|pair| pair[0].last().zip(pair[1].first()));
        html! {
            @for (before, after) in gaps {
                polyline.gap points=(self.points(&[*before, *after])) {}
                @let middle = f64::midpoint(self.x(before.day), self.x(after.day));
                @let height = f64::midpoint(self.y(before.count), self.y(after.count));
                text.mid.roomy x=(px(middle)) y=(px(height - 12.0)) { (look.of(words::NO_FIGURES)) }
            }
            @for run in &runs {
                @if run.len() > 1 { polyline.run points=(self.points(run)) {} }
            }
            @for point in line {
                circle.dot cx=(px(self.x(point.day))) cy=(px(self.y(point.count))) r="2.75" {}
            }
        }
    }

    fn points(&self, points: &[&Point<'_>]) -> String {
        let pairs = points
            .iter()
            .map(|point| format!("{:.1},{:.1}", self.x(point.day), self.y(point.count)));
        pairs.collect::<Vec<_>>().join(" ")
    }

    fn labels(&self, look: Look, first: &Point<'_>, last: &Point<'_>) -> Markup {
        let (x, y) = (self.x(last.day), self.y(last.count));
        html! {
            circle.dot cx=(px(x)) cy=(px(y)) r="5" {}
            text.strong.mid x=(px(x)) y=(px(y + 24.0)) { (look.number(last.count)) }
            text.mid.roomy x=(px(self.x(first.day))) y=(px(self.y(first.count) - 9.0)) {
                (look.number(first.count))
            }
        }
    }
}
