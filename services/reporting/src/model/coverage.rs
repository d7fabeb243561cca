//! Coverage: distinct regions in which a mall operates, of those with a government of their own
//! (508) and of all regencies, cities and administrative units (514). The denominators are counted
//! as of the day, never written down.

use std::collections::{BTreeMap, BTreeSet};

use mpp_api::reporting::{MallReport, ProvinceReport, Share};

use super::{
    facts::RegionRow,
    report::{count, text},
    stage::{Standing, valid},
    state::State,
};

/// A share; of nothing it is 0 percent.
pub fn share(numerator: i32, denominator: i32, name_id: String, name_en: String) -> Share {
    let percent = match denominator {
        0 => 0.0,
        _ => f64::from(numerator) * 100.0 / f64::from(denominator),
    };
    Share { numerator, denominator, denominator_name: Some(text(&name_id, &name_en)), percent }
}

/// Of the autonomous regions.
pub fn autonomous(state: &State, standings: &[Standing<'_>], day: &str) -> Share {
    let (covered, of) = of_regions(state, standings, day, |region| region.autonomous);
    share(
        covered,
        of,
        format!("{of} kabupaten dan kota otonom"),
        format!("{of} autonomous regencies and cities"),
    )
}

/// Of all regencies, cities and administrative units.
pub fn all(state: &State, standings: &[Standing<'_>], day: &str) -> Share {
    let (covered, of) = of_regions(state, standings, day, |_| true);
    share(
        covered,
        of,
        format!("{of} kabupaten dan kota, termasuk wilayah administrasi Jakarta"),
        format!("{of} regencies and cities, Jakarta's administrative units included"),
    )
}

fn of_regions(
    state: &State,
    standings: &[Standing<'_>],
    day: &str,
    counts: impl Fn(&RegionRow) -> bool,
) -> (i32, i32) {
    let regions: BTreeSet<&str> = state
        .regions
        .iter()
        .filter(|(_, row)| is_regency(row) && valid(row, day) && counts(row))
        .map(|(name, _)| name.as_str())
        .collect();
    let covered = covered_regions(standings).intersection(&regions).count();
    (count(covered), count(regions.len()))
}

fn is_regency(region: &RegionRow) -> bool {
    !region.parent.is_empty()
}

/// Distinct regions in which a mall operates.
pub fn covered_regions<'a>(standings: &'a [Standing<'_>]) -> BTreeSet<&'a str> {
    standings.iter().filter(|mall| mall.operates()).filter_map(|mall| mall.region).collect()
}

/// Each province of the day; `malls` are the reports of the same standings.
pub fn provinces(
    state: &State,
    standings: &[Standing<'_>],
    malls: &[MallReport],
    day: &str,
) -> Vec<ProvinceReport> {
    let valid_rows = || state.regions.iter().filter(|(_, row)| valid(row, day));
    let mut reports: BTreeMap<&str, ProvinceReport> = valid_rows()
        .filter(|(_, row)| !is_regency(row))
        .map(|(name, row)| {
            let (region, display_name) = (name.clone(), row.title.clone());
            (name.as_str(), ProvinceReport { region, display_name, ..ProvinceReport::default() })
        })
        .collect();
    let covered = covered_regions(standings);
    for (name, row) in valid_rows().filter(|(_, row)| is_regency(row)) {
        if let Some(province) = reports.get_mut(row.parent.as_str()) {
            province.regions += 1;
            province.covered += i32::from(covered.contains(name.as_str()));
        }
    }
    for mall in malls {
        if let Some(province) = reports.get_mut(province_of(state, &mall.region)) {
            province.malls += 1;
            province.counters += mall.counters;
            province.deviating_counters += mall.deviating_counters;
        }
    }
    reports.into_values().collect()
}

/// The province that a region is or lies in; empty where the region is not known.
pub fn province_of<'a>(state: &'a State, region: &'a str) -> &'a str {
    match state.regions.get(region) {
        Some(row) if is_regency(row) => &row.parent,
        Some(_) => region,
        None => "",
    }
}
