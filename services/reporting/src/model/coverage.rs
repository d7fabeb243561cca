//! Coverage: distinct regions in which a mall operates, out of those with a government of their own
//! (508 in 2026) and out of all regencies, cities and administrative units (514). The denominators
//! are counted as of the day, never constants.

use std::collections::{BTreeMap, BTreeSet};

use mpp_api::{
    registry::mall::Stage,
    reporting::{Extent, MallReport, ProvinceReport, PublishedCount, RegionReport, Share},
};
use mpp_core::id_of;

use super::{
    facts::RegionRow,
    message::{count, text},
    nation::Nation,
    stage::{MallThen, operates, valid},
};

/// A share; of nothing it is 0 percent.
pub fn share(numerator: i32, denominator: i32, name_id: String, name_en: String) -> Share {
    let percent = match denominator {
        0 => 0.0,
        _ => f64::from(numerator) * 100.0 / f64::from(denominator),
    };
    Share { numerator, denominator, denominator_name: Some(text(&name_id, &name_en)), percent }
}

/// The share of the autonomous regions.
pub fn autonomous(nation: &Nation, malls_then: &[MallThen<'_>], day: &str) -> Share {
    let (covered, of) = of_regions(nation, malls_then, day, |region| region.autonomous);
    share(
        covered,
        of,
        format!("{of} kabupaten dan kota otonom"),
        format!("{of} autonomous regencies and cities"),
    )
}

/// The share of all regencies, cities and administrative units.
pub fn all(nation: &Nation, malls_then: &[MallThen<'_>], day: &str) -> Share {
    let (covered, of) = of_regions(nation, malls_then, day, |_| true);
    share(
        covered,
        of,
        format!("{of} kabupaten dan kota, termasuk wilayah administrasi Jakarta"),
        format!("{of} regencies and cities, Jakarta's administrative units included"),
    )
}

fn of_regions(
    nation: &Nation,
    malls_then: &[MallThen<'_>],
    day: &str,
    counts: impl Fn(&RegionRow) -> bool,
) -> (i32, i32) {
    let regions: BTreeSet<&str> = nation
        .regions
        .iter()
        .filter(|(_, row)| is_regency(row) && valid(row, day) && counts(row))
        .map(|(name, _)| name.as_str())
        .collect();
    let covered = covered_regions(malls_then).intersection(&regions).count();
    (count(covered), count(regions.len()))
}

fn is_regency(region: &RegionRow) -> bool {
    !region.parent.is_empty()
}

/// Distinct regions in which a mall operates.
pub fn covered_regions<'a>(malls_then: &'a [MallThen<'_>]) -> BTreeSet<&'a str> {
    malls_then.iter().filter(|mall| mall.operates()).filter_map(|mall| mall.region).collect()
}

/// Each province of the day; `malls` are the reports of the same malls.
pub fn provinces(
    nation: &Nation,
    malls_then: &[MallThen<'_>],
    malls: &[MallReport],
    day: &str,
) -> Vec<ProvinceReport> {
    let valid_rows = || nation.regions.iter().filter(|(_, row)| valid(row, day));
    let mut reports: BTreeMap<&str, ProvinceReport> = valid_rows()
        .filter(|(_, row)| !is_regency(row))
        .map(|(name, row)| {
            let (region, display_name) = (name.clone(), row.title.clone());
            (name.as_str(), ProvinceReport { region, display_name, ..ProvinceReport::default() })
        })
        .collect();
    let covered = covered_regions(malls_then);
    for (name, row) in valid_rows().filter(|(_, row)| is_regency(row)) {
        if let Some(province) = reports.get_mut(row.parent.as_str()) {
            province.regions += 1;
            province.covered += i32::from(covered.contains(name.as_str()));
        }
    }
    for mall in malls {
        if let Some(province) = reports.get_mut(province_of(nation, &mall.region)) {
            province.malls += 1;
            province.counters += mall.counters;
            province.deviating_counters += mall.deviating_counters;
        }
    }
    reports.into_values().collect()
}

/// The province that a region is or lies in; empty if the region is not known.
pub fn province_of<'a>(nation: &'a Nation, region: &'a str) -> &'a str {
    match nation.regions.get(region) {
        Some(row) if is_regency(row) => &row.parent,
        Some(_) => region,
        None => "",
    }
}

/// A region's name; its code if the name is not known.
pub fn region_name<'a>(nation: &'a Nation, region: &'a str) -> &'a str {
    nation.regions.get(region).map_or(id_of(region), |row| &row.title)
}

/// Each regency and city of the day, with the stage of the mall there that has come furthest.
pub fn regions(nation: &Nation, malls_then: &[MallThen<'_>], day: &str) -> Vec<RegionReport> {
    let mut malls: BTreeMap<&str, Vec<&MallThen<'_>>> = BTreeMap::new();
    for mall_then in malls_then {
        malls.entry(mall_then.region.unwrap_or_default()).or_default().push(mall_then);
    }
    let rows = nation.regions.iter().filter(|(_, row)| is_regency(row) && valid(row, day));
    rows.map(|(name, row)| region(name, row, malls.get(name.as_str()).map_or(&[], Vec::as_slice)))
        .collect()
}

fn region(name: &str, row: &RegionRow, malls: &[&MallThen<'_>]) -> RegionReport {
    let furthest = malls.iter().filter_map(|mall| mall.stage).max_by_key(|fact| rank(fact.stage));
    RegionReport {
        region: name.to_owned(),
        display_name: row.title.clone(),
        province: row.parent.clone(),
        autonomous: row.autonomous,
        malls: count(malls.len()),
        covered: malls.iter().any(|mall| mall.operates()),
        stage: furthest.map_or(0, |fact| fact.stage),
        stage_date: furthest.map_or_else(String::new, |fact| fact.date.clone()),
    }
}

/// The rank of a stage: a mall that operates has come furthest, one that was returned, suspended or
/// closed least far.
fn rank(stage: i32) -> (bool, bool, i32) {
    let left = [Stage::Returned, Stage::Suspended, Stage::Closed];
    (operates(stage), !left.into_iter().any(|end| end as i32 == stage), stage)
}

/// How much of the nation the index holds.
pub fn extent(malls_then: &[MallThen<'_>], published: &[PublishedCount], day: &str) -> Extent {
    let known =
        published.iter().rev().find(|row| row.date.as_str() <= day && row.operating.is_some());
    Extent {
        malls: count(malls_then.len()),
        operating_malls: count(malls_then.iter().filter(|mall| mall.operates()).count()),
        published_malls: known.and_then(|row| row.operating),
        publisher: known.map(|row| row.publisher.clone()).unwrap_or_default(),
        published_date: known.map(|row| row.date.clone()).unwrap_or_default(),
    }
}
