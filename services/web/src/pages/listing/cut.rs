//! Some rows of a table, and the way to the others.

use maud::{Markup, html};

use crate::{
    components::Look,
    words::{format, table as words},
};

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

    /// The rows of this page, among all rows from 0.
    pub fn range(&self) -> std::ops::Range<usize> {
        let start = (self.at - 1) * self.rows;
        start..self.all.min(start + self.rows)
    }

    /// Which rows these are, with links to the others; nothing if these are all.
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
