//! The tile map: one tile of equal size for each province, near where it lies. Where each tile
//! stands is in `app.css` (`.t35`); without styles it is a list of links.

use maud::{Markup, html};
use mpp_api::reporting::ProvinceReport;

use super::{
    format,
    text::{self, Lang},
    view::{View, id_of},
};

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

/// The map with its legend.
pub fn map(view: &View<'_>, lang: Lang) -> Markup {
    html! {
        section #map aria-labelledby="map-title" {
            h2 #map-title { (text::MAP.of(lang)) }
            p.help { (text::MAP_HELP.of(lang)) }
            ol.tiles { @for province in &view.report.provinces { (tile(province, lang)) } }
            (legend(lang))
        }
    }
}

fn tile(province: &ProvinceReport, lang: Lang) -> Markup {
    let code = id_of(&province.region);
    let letters = LETTERS.iter().find(|(known, _)| *known == code).map(|(_, letters)| *letters);
    let percent = format::percent(lang, share(province));
    let spoken = format!(
        "{}: {percent}, {} {} {} {}",
        province.display_name,
        province.covered,
        text::OF.of(lang),
        province.regions,
        text::REGIONS_COVERED.of(lang),
    );
    html! {
        li class=(format!("{} t{}", level(share(province)), if letters.is_some() { code } else { "x" })) {
            a id=(format!("tile-{code}")) href=(format!("{}/regions/{code}", lang.prefix()))
                aria-label=(spoken) title=(province.display_name) {
                span.letters aria-hidden="true" { (letters.unwrap_or(code)) }
                span.place aria-hidden="true" { (province.display_name) }
                span.share aria-hidden="true" { (province.covered) "/" (province.regions) }
            }
        }
    }
}

fn share(province: &ProvinceReport) -> f64 {
    match province.regions {
        0 => 0.0,
        regions => f64::from(province.covered) * 100.0 / f64::from(regions),
    }
}

/// The class of a tile's colour.
fn level(percent: f64) -> &'static str {
    match percent {
        p if p <= 0.0 => "c0",
        p if p < 25.0 => "c1",
        p if p < 50.0 => "c2",
        p if p < 75.0 => "c3",
        p if p < 100.0 => "c4",
        _ => "c5",
    }
}

fn legend(lang: Lang) -> Markup {
    let levels = [
        ("c0", "0%"),
        ("c1", "< 25%"),
        ("c2", "< 50%"),
        ("c3", "< 75%"),
        ("c4", "< 100%"),
        ("c5", "100%"),
    ];
    html! {
        ul.legend aria-label=(text::LEGEND.of(lang)) {
            @for (class, label) in levels { li { span class=(format!("swatch {class}")) {} (label) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_province_has_a_place_on_the_map_and_no_two_share_one() {
        let css = include_str!("../../assets/app.css");
        let mut places = std::collections::HashSet::new();
        for (code, _) in LETTERS {
            let start = css.find(&format!(".t{code} ")).expect(code);
            let rule = css[start..].split('}').next().expect("a rule");
            assert!(places.insert(rule.split_once('{').expect("a rule").1.to_owned()), "{code}");
        }
    }

    #[test]
    fn only_a_whole_province_has_the_last_colour() {
        assert_eq!([level(0.0), level(0.1), level(99.9), level(100.0)], ["c0", "c1", "c4", "c5"]);
    }
}
