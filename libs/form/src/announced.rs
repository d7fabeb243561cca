//! Which text of a standard holds on a day: one that begins later is announced, and until then the
//! one before holds.

use mpp_api::registry::{Standard, standard::Text};

/// Whether the text of a standard holds on a day.
pub fn holds(standard: &Standard, day: &str) -> bool {
    standard.valid_from.is_empty() || *standard.valid_from <= *day
}

/// A standard with the text that holds on a day; with the announced one where none does.
pub fn text_on(standard: &Standard, day: &str) -> Standard {
    let before = standard.text_before.as_ref().filter(|_| !holds(standard, day));
    let Some(text) = before.cloned() else { return standard.clone() };
    Standard {
        requirements: text.requirements,
        procedure: text.procedure,
        time: text.time,
        fees: text.fees,
        product: text.product,
        channels: text.channels,
        legal_basis: text.legal_basis,
        version: text.version,
        valid_from: text.valid_from,
        origin: text.origin,
        example: text.example,
        text_before: None,
        ..standard.clone()
    }
}

/// Keeps the text that holds, where a standard is written with one that begins later. What was
/// kept stays as long as the first day does, so that writing the same again changes nothing.
pub fn keep_text(standard: &mut Standard, before: Option<&Standard>, day: &str) {
    let same_day = before.is_some_and(|before| before.valid_from == standard.valid_from);
    standard.text_before = match before {
        Some(before) if holds(standard, day) => before.text_before.clone().filter(|_| same_day),
        Some(before) => {
            let held = text_on(before, day);
            holds(&held, day).then(|| text_of(held))
        }
        None => None,
    };
}

fn text_of(standard: Standard) -> Text {
    Text {
        requirements: standard.requirements,
        procedure: standard.procedure,
        time: standard.time,
        fees: standard.fees,
        product: standard.product,
        channels: standard.channels,
        legal_basis: standard.legal_basis,
        version: standard.version,
        valid_from: standard.valid_from,
        origin: standard.origin,
        example: standard.example,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_before_holds_until_the_first_day_of_the_next() {
        let text = |version: &str, from: &str| Standard {
            version: version.into(),
            valid_from: from.into(),
            ..Standard::default()
        };
        let version = |standard: &Standard, day: &str| text_on(standard, day).version;
        let first = text("1", "2026-01-01");
        let mut next = text("2", "2026-07-01");
        keep_text(&mut next, Some(&first), "2026-06-15");
        assert_eq!(
            (version(&next, "2026-06-30"), version(&next, "2026-07-01")),
            ("1".into(), "2".into())
        );
        let mut other = text("3", "2026-08-01");
        keep_text(&mut other, Some(&next), "2026-06-16");
        assert_eq!(version(&other, "2026-07-31"), "1", "the second never held");
        keep_text(&mut other, Some(&next), "2026-07-02");
        assert_eq!(version(&other, "2026-07-31"), "2", "now it does");
        let mut again = text("2", "2026-07-01");
        keep_text(&mut again, Some(&next), "2026-07-02");
        assert_eq!(again, next, "the same written again is the same");
        let mut taken_back = first.clone();
        keep_text(&mut taken_back, Some(&next), "2026-06-16");
        assert_eq!(taken_back, first, "nothing is announced any more");
        let mut made = text("1", "2026-07-01");
        keep_text(&mut made, None, "2026-06-15");
        assert_eq!(made.text_before, None, "none held before");
    }
}
