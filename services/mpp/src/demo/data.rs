//! The demo's data, as the files in `demo/` hold it.

use std::collections::BTreeMap;

use mpp_core::{Error, Result};
use serde::{Deserialize, de::DeserializeOwned};

#[derive(Clone, Deserialize)]
pub struct Text {
    pub id: String,
    pub en: String,
}

#[derive(Deserialize)]
pub struct Unit {
    pub id: String,
    pub display_name: Text,
    pub kind: String,
    pub parent: String,
    pub region: String,
    pub valid_from: String,
    pub valid_to: String,
    pub predecessor: String,
    pub names: Vec<DatedName>,
}

#[derive(Deserialize)]
pub struct DatedName {
    pub name: String,
    pub from: String,
    pub to: String,
}

#[derive(Deserialize)]
pub struct Source {
    pub id: String,
    pub display_name: Text,
    pub unit: String,
    pub also_writes: Vec<String>,
    pub freshness_target_seconds: i64,
    pub kind: String,
    pub files: Vec<String>,
    pub mapping: String,
}

#[derive(Deserialize)]
pub struct Place {
    pub latitude: f64,
    pub longitude: f64,
}

#[derive(Deserialize)]
pub struct Site {
    pub address: String,
    pub latitude: f64,
    pub longitude: f64,
}

#[derive(Deserialize)]
pub struct Stage {
    pub stage: String,
    pub date: String,
    pub evidence: String,
}

#[derive(Deserialize)]
pub struct Mall {
    pub id: String,
    pub display_name: Text,
    pub region: String,
    pub organiser: String,
    pub organiser_since: String,
    pub location: Place,
    pub address: String,
    pub sites: Vec<Site>,
    pub stages: Vec<Stage>,
    pub counters: Vec<Counter>,
}

#[derive(Deserialize)]
pub struct Counter {
    pub id: String,
    pub unit: String,
    pub display_name: Text,
    pub ticket_prefix: String,
    pub regime: String,
    pub agreement: Agreement,
    pub windows: Vec<Window>,
    pub offerings: Vec<Offering>,
}

#[derive(Deserialize)]
pub struct Agreement {
    pub number: String,
    pub signed: String,
    pub expires: String,
}

#[derive(Deserialize)]
pub struct Window {
    pub id: String,
    pub display_name: Text,
}

#[derive(Deserialize)]
pub struct Offering {
    pub id: String,
    pub service: String,
    #[serde(default)]
    pub fees: Vec<Fee>,
    pub quota_per_day: i32,
    pub slot_minutes: i32,
    pub slot_capacity: i32,
}

#[derive(Deserialize)]
pub struct Fee {
    pub label: String,
    pub source_text: String,
    pub kind: String,
    pub amount_rupiah: i64,
    pub max_rupiah: i64,
}

#[derive(Deserialize)]
pub struct HoursRule {
    pub id: String,
    pub target: String,
    pub season: String,
    #[serde(default)]
    pub valid_from: Option<String>,
    #[serde(default)]
    pub valid_to: Option<String>,
    pub weekly: Option<BTreeMap<String, Vec<(String, String)>>>,
    #[serde(default)]
    pub observes: Option<Observes>,
    pub closure: Option<Closure>,
    pub source: String,
}

#[derive(Deserialize)]
pub struct Observes {
    pub national: bool,
    pub collective: bool,
}

#[derive(Deserialize)]
pub struct Closure {
    pub mandatory: bool,
    pub reason: String,
    pub referral: String,
}

/// Everything, parsed.
pub struct Data {
    pub units: Vec<Unit>,
    pub sources: Vec<Source>,
    pub malls: Vec<Mall>,
    pub hours: Vec<HoursRule>,
}

impl Data {
    /// Parses what was compiled in.
    ///
    /// # Errors
    /// A file of the demo is broken, which a test would have shown.
    pub fn load() -> Result<Self> {
        Ok(Self {
            units: parse(include_str!("../../demo/units.json"))?,
            sources: parse(include_str!("../../demo/sources.json"))?,
            malls: parse(include_str!("../../demo/malls.json"))?,
            hours: parse(include_str!("../../demo/hours.json"))?,
        })
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(Error::internal)
}

/// The ministries' own files and mappings, by their path in `demo/`.
pub const FILES: [(&str, &str); 10] = [
    ("kemendagri/services.csv", include_str!("../../demo/kemendagri/services.csv")),
    ("bkpm/services-page-1.json", include_str!("../../demo/bkpm/services-page-1.json")),
    ("bkpm/services-page-2.json", include_str!("../../demo/bkpm/services-page-2.json")),
    ("bkpm/services-page-3.json", include_str!("../../demo/bkpm/services-page-3.json")),
    ("kominfo/services.json", include_str!("../../demo/kominfo/services.json")),
    ("banyuwangi/services.csv", include_str!("../../demo/banyuwangi/services.csv")),
    ("mapping/kemendagri.jq", include_str!("../../demo/mapping/kemendagri.jq")),
    ("mapping/bkpm.jq", include_str!("../../demo/mapping/bkpm.jq")),
    ("mapping/kominfo.jq", include_str!("../../demo/mapping/kominfo.jq")),
    ("mapping/banyuwangi.jq", include_str!("../../demo/mapping/banyuwangi.jq")),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_demo_is_whole() {
        let data = Data::load().expect("parses");
        let units: HashSet<_> =
            data.units.iter().map(|unit| format!("units/{}", unit.id)).collect();
        assert!(data.malls.len() >= 15);
        for counter in data.malls.iter().flat_map(|mall| &mall.counters) {
            assert!(units.contains(&counter.unit), "{}", counter.unit);
        }
        for source in &data.sources {
            assert!(units.contains(&source.unit), "{}", source.unit);
            for file in source.files.iter().chain([&source.mapping]) {
                assert!(FILES.iter().any(|(path, _)| path == file), "{file}");
            }
        }
    }

    #[test]
    fn every_source_yields_what_its_readme_says() {
        let mapped = |file: &str, mapping: &str| {
            let text = |path: &str| FILES.iter().find(|(name, _)| *name == path).expect("a file").1;
            let program =
                mpp_agent::model::mapping::Mapping::compile(text(mapping)).expect("compiles");
            let pages: serde_json::Value = serde_json::from_str(text(file)).expect("JSON");
            let items = pages["data"].as_array().expect("items").clone();
            items.iter().map(|item| program.apply(item).expect("maps").len()).sum::<usize>()
        };
        assert_eq!(mapped("kominfo/services.json", "mapping/kominfo.jq"), 15);
    }
}
