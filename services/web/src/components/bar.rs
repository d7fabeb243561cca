//! A bar from zero to the whole.

use maud::{Markup, html};

use super::Look;
use crate::words::table as words;

/// `part` of `whole`; the numbers beside it say the same.
pub fn bar(look: Look, part: i32, whole: i32) -> Markup {
    let width = f64::from(part.clamp(0, whole)) * 320.0 / f64::from(whole.max(1));
    let label = words::BAR.text(look.lang, &[&look.number(part), &look.number(whole)]);
    html! {
        svg.chart.short viewBox="0 18 320 28" role="img" aria-label=(label) {
            rect.track x="0" y="18" width="320" height="10" rx="1.5" {}
            rect.fill x="0" y="18" width=(format!("{width:.1}")) height="10" rx="1.5" {}
            text x="0" y="42" { "0" }
            text.end x="320" y="42" { (look.number(whole)) }
        }
    }
}
