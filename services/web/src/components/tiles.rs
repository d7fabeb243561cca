//! The tile map: one tile of equal size for each province, about where it lies. The places of the
//! tiles are in `style.css` (`.t35`); without styles it is a list of links.

use maud::{Markup, html};
use mpp_api::reporting::ProvinceReport;
use mpp_core::id_of;

use super::Look;
use crate::words::{Phrase, format, table as words};

/// Province codes and the letters on their tiles.
const LETTERS: [(&str, &str); 38] = [
    ("11", "AC"),
    ("12", "SU"),
    ("13", "SB"),
    ("14", "RI"),
    ("15", "JA"),
    ("16", "SS"),
    ("17", "BE"),
    ("18", "LA"),
    ("19", "BB"),
    ("21", "KR"),
    ("31", "JK"),
    ("32", "JB"),
    ("33", "JT"),
    ("34", "YO"),
    ("35", "JI"),
    ("36", "BT"),
    ("51", "BA"),
    ("52", "NB"),
    ("53", "NT"),
    ("61", "KB"),
    ("62", "KT"),
    ("63", "KS"),
    ("64", "KI"),
    ("65", "KU"),
    ("71", "SA"),
    ("72", "ST"),
    ("73", "SN"),
    ("74", "SG"),
    ("75", "GO"),
    ("76", "SR"),
    ("81", "MA"),
    ("82", "MU"),
    ("91", "PA"),
    ("92", "PB"),
    ("93", "PS"),
    ("94", "PT"),
    ("95", "PP"),
    ("96", "PD"),
];

/// How much of a province is covered. If no mall is on record in its regions, the index knows of
/// none, which does not mean that there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    NotRecorded,
    Below25,
    Below50,
    Below75,
    Below100,
    All,
}

impl Level {
    const ALL: [Level; 6] = [
        Level::NotRecorded,
        Level::Below25,
        Level::Below50,
        Level::Below75,
        Level::Below100,
        Level::All,
    ];

    fn of(covered: i32, regions: i32) -> Self {
        match covered * 100 / regions.max(1) {
            _ if covered == 0 => Level::NotRecorded,
            0..25 => Level::Below25,
            25..50 => Level::Below50,
            50..75 => Level::Below75,
            _ if covered < regions => Level::Below100,
            _ => Level::All,
        }
    }

    /// The class of its colour.
    fn class(self) -> &'static str {
        ["c0", "c1", "c2", "c3", "c4", "c5"][self as usize]
    }

    fn label(self, look: Look) -> &'static str {
        match self {
            Level::NotRecorded => look.of(words::NOT_RECORDED),
            Level::Below25 => look.of(words::BELOW_25),
            Level::Below50 => "25–49%",
            Level::Below75 => "50–74%",
            Level::Below100 => "75–99%",
            Level::All => look.of(words::ALL_OF_THEM),
        }
    }
}

/// The tiles and what their colours mean.
pub fn tiles(look: Look, provinces: &[ProvinceReport]) -> Markup {
    let many = format::count(look.lang, provinces.len());
    let legend: Phrase = words::LEGEND;
    html! {
        ol.tiles aria-label=(words::MAP_LABEL.text(look.lang, &[&many])) {
            @for province in provinces { (tile(look, province)) }
        }
        ul.legend aria-label=(look.of(legend)) {
            @for level in Level::ALL { li { i class=(level.class()) {} (level.label(look)) } }
        }
    }
}

fn tile(look: Look, province: &ProvinceReport) -> Markup {
    let code = id_of(&province.region);
    let letters = LETTERS.iter().find(|(known, _)| *known == code).map(|(_, letters)| *letters);
    let level = Level::of(province.covered, province.regions);
    let share = format::percent(look.lang, province.covered.into(), province.regions.into());
    let spoken = match level {
        Level::NotRecorded => look.of(words::NOT_RECORDED).to_owned(),
        _ => share.unwrap_or_default(),
    };
    html! {
        li class=(format!("{} t{}", level.class(), letters.map_or("x", |_| code))) {
            a href=(look.path(&format!("/regions/{code}"))) title=(province.display_name) {
                b { (letters.unwrap_or(code)) } " "
                span { (province.covered) "/" (province.regions) } " "
                span.hidden { (province.display_name) ", " (spoken) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_province_has_a_place_on_the_map_and_no_two_share_one() {
        let css = include_str!("../../assets/style.css");
        let mut places = std::collections::HashSet::new();
        for (code, _) in LETTERS {
            let start = css.find(&format!(".t{code} ")).expect(code);
            let rule = css[start..].split('}').next().expect("a rule");
            assert!(places.insert(rule.split_once('{').expect("a rule").1.to_owned()), "{code}");
        }
    }

    #[test]
    fn only_a_whole_province_has_the_last_colour_and_none_the_first() {
        let levels = [(0, 9), (1, 9), (3, 9), (6, 9), (8, 9), (37, 38), (9, 9)];
        let levels = levels.map(|(covered, regions)| Level::of(covered, regions).class());
        assert_eq!(levels, ["c0", "c1", "c2", "c3", "c4", "c4", "c5"]);
    }
}
