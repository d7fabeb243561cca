//! What the stories share: a service with malls and units, and how to write them.

use mpp_api::registry::{Mall, Unit};
use mpp_api::types::LocalizedText;
use mpp_store::{Actor, Db, Labels, Migration, Schema};

/// A service whose malls keep their history.
pub const SCHEMA: Schema = Schema {
    service: "test",
    steps: &[Migration {
        version: 1,
        name: "counter",
        sqlite: "create table place (id bigint primary key, taken bigint not null check (taken <= 1))",
        postgres: "create table place (id bigint primary key, taken bigint not null check (taken <= 1))",
    }],
    history_kinds: &["mall"],
};

pub fn officer() -> Actor {
    Actor { origin: "api".into(), subject: "units/dpmptsp".into() }
}

pub fn mall(name: &str, title: &str) -> Mall {
    let display_name = Some(LocalizedText { id: title.into(), en: String::new() });
    Mall { name: name.into(), display_name, ..Mall::default() }
}

pub fn unit(name: &str, title: &str) -> Unit {
    let display_name = Some(LocalizedText { id: title.into(), en: String::new() });
    Unit { name: name.into(), display_name, ..Unit::default() }
}

pub fn in_region(code: &str) -> Labels {
    Labels::from([("region".to_owned(), code.to_owned())])
}

/// How large the stories are; 1 in CI.
pub fn scale() -> usize {
    std::env::var("MPP_TEST_SCALE").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

/// Writes one mall in a transaction of its own.
pub async fn write(db: &Db, name: &str, title: &str, region: &str) -> i64 {
    let mut tx = db.begin(&officer()).await.unwrap();
    tx.put(name, &mall(name, title), in_region(region), mpp_store::Expect::Any).await.unwrap();
    tx.commit().await.unwrap()
}
