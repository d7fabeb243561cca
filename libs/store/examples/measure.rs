//! Measures the store: bulk writes, bookings, commit to follower.
//!
//! `cargo run --release -p mpp-store --example measure -- sqlite:measure.db`, or with the URL of
//! an empty PostgreSQL database. Prints one line for each figure.
#![allow(clippy::unwrap_used)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use mpp_api::{
    registry::{Mall, Unit},
    types::LocalizedText,
};
use mpp_core::{Clock, Result};
use mpp_store::{
    Actor, Db, Expect, Feed, FeedOptions, Filter, Label, Labels, Migration, Options, Schema, Start,
    Statements,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

const SLOT: &str = "create table slot (id bigint primary key, taken bigint not null)";
const SCHEMA: Schema = Schema {
    service: "measure",
    steps: &[Migration { version: 1, name: "slot", statements: Statements::Both(SLOT) }],
    history_kinds: &[],
    standing_kinds: &[],
};

#[tokio::main]
async fn main() -> Result<()> {
    let url = std::env::args().nth(1).expect("the URL of an empty database");
    let options = Options::new(url, 64, Clock::system());
    let db = Db::open_migrated(&options, &SCHEMA).await?;
    bulk(&db, "made", 500).await?;
    bulk(&db, "changed", 500).await?;
    bulk(&db, "changed", 500).await?;
    bare(&db).await?;
    for clients in [1, 8, 32] {
        bookings(&db, clients, 4_000).await?;
    }
    for followers in [1, 1_000] {
        latency(&db, followers).await?;
    }
    Ok(())
}

fn actor() -> Actor {
    Actor::new("sources/bkpm", "units/bkpm")
}

fn labels() -> Labels {
    [Label::Unit, Label::Agency, Label::Category, Label::Source]
        .map(|key| (key, format!("units/{key}")))
        .into()
}

/// About 2 KB that does not repeat.
fn text(seed: usize) -> String {
    (0..250)
        .map(|word| format!("{:07x} ", (seed * 31 + word) * 2_654_435_761 % 0xfff_ffff))
        .collect()
}

fn unit(number: usize, what: &str) -> (String, Unit, Labels) {
    let name = format!("units/u{number:06}");
    let display_name =
        Some(LocalizedText { id: format!("{what} {}", text(number)), en: String::new() });
    (name.clone(), Unit { name, display_name, ..Unit::default() }, labels())
}

async fn bulk(db: &Db, what: &str, batch: usize) -> Result<()> {
    const RECORDS: usize = 20_000;
    let batches: Vec<Vec<_>> = (0..RECORDS)
        .step_by(batch)
        .map(|first| (first..first + batch).map(|number| unit(number, what)).collect())
        .collect();
    let begun = Instant::now();
    let mut changed = 0;
    for items in batches {
        let mut tx = db.begin(&actor()).await?;
        changed += tx.put_many(items).await?.iter().filter(|put| put.changed).count();
        tx.commit().await?;
    }
    let rate = RECORDS as f64 / begun.elapsed().as_secs_f64();
    println!("put_many, batches of {batch}, {changed} of {RECORDS} {what}: {rate:.0} records/s");
    Ok(())
}

/// The same rows as a bare bulk insert: no versions, no feed.
async fn bare(db: &Db) -> Result<()> {
    const RECORDS: usize = 20_000;
    let rows: Vec<_> = (0..RECORDS)
        .map(|number| {
            (format!("u{number}"), prost::Message::encode_to_vec(&unit(number, "bare").1))
        })
        .collect();
    let blob = if db.is_sqlite() { "blob" } else { "bytea" };
    let mut tx = db.begin(&actor()).await?;
    let text = format!("create table bare (name text primary key, doc {blob} not null)");
    sqlx::raw_sql(sqlx::AssertSqlSafe(text))
        .execute(tx.conn())
        .await
        .map_err(mpp_store::db_error)?;
    tx.commit().await?;
    let begun = Instant::now();
    for chunk in rows.chunks(500) {
        let mut tx = db.begin(&actor()).await?;
        for part in chunk.chunks(250) {
            let places: Vec<_> =
                (0..part.len()).map(|row| format!("(${},${})", row * 2 + 1, row * 2 + 2)).collect();
            let text = format!("insert into bare values {}", places.join(","));
            let mut query = sqlx::query(sqlx::AssertSqlSafe(text));
            for (name, doc) in part {
                query = query.bind(name).bind(&doc[..]);
            }
            query.execute(tx.conn()).await.map_err(mpp_store::db_error)?;
        }
        tx.commit().await?;
    }
    let rate = RECORDS as f64 / begun.elapsed().as_secs_f64();
    println!("bare bulk insert of the same rows: {rate:.0} records/s");
    Ok(())
}

/// A slot is taken and an appointment put, as a booking does.
async fn booking(db: &Db, number: usize) -> Result<()> {
    let mut tx = db.begin(&actor()).await?;
    sqlx::query("update slot set taken = taken + 1 where id = $1")
        .bind((number % 1_000) as i64)
        .execute(tx.conn())
        .await
        .map_err(mpp_store::db_error)?;
    let name = format!("malls/a/appointments/{}-{number}", uuid::Uuid::now_v7());
    let doc = Mall { name: name.clone(), ..Mall::default() };
    tx.put(&name, &doc, labels(), Expect::New).await?;
    tx.commit().await?;
    Ok(())
}

async fn bookings(db: &Db, clients: usize, count: usize) -> Result<()> {
    let mut tx = db.begin(&actor()).await?;
    for id in 0..1_000_i64 {
        let query = sqlx::query("insert into slot values ($1, 0) on conflict do nothing");
        query.bind(id).execute(tx.conn()).await.map_err(mpp_store::db_error)?;
    }
    tx.commit().await?;
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..clients {
        let (db, next) = (db.clone(), next.clone());
        running.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return;
                }
                booking(&db, number).await.unwrap();
            }
        });
    }
    running.join_all().await;
    let rate = count as f64 / begun.elapsed().as_secs_f64();
    println!("bookings, {clients} clients: {rate:.0}/s");
    Ok(())
}

fn halfway_and_most(mut took: Vec<f64>) -> (f64, f64) {
    took.sort_by(f64::total_cmp);
    let at = |part: f64| took[((took.len() - 1) as f64 * part) as usize];
    (at(0.5), at(0.99))
}

/// From the commit's answer to a follower's batch, at 50 commits a second.
async fn latency(db: &Db, followers: usize) -> Result<()> {
    const COMMITS: usize = 250;
    let stop = CancellationToken::new();
    let feed = Feed::start(db.clone(), FeedOptions::default(), stop.clone()).await?;
    let mut running = JoinSet::new();
    for _ in 0..followers {
        let mut follower = feed.subscribe(Start::Now, Filter::default()).await?;
        running.spawn(async move {
            let mut seen = Vec::with_capacity(COMMITS);
            while seen.len() < COMMITS {
                let batch = follower.next().await.unwrap().unwrap();
                if !batch.changes.is_empty() {
                    seen.push((batch.revision, Instant::now()));
                }
            }
            seen
        });
    }
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let mut begun = std::collections::HashMap::new();
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(20));
    for number in 0..COMMITS {
        tick.tick().await;
        let mut tx = db.begin(&actor()).await?;
        let name = format!("malls/w{number}");
        let title = Some(LocalizedText { id: format!("{followers}"), en: String::new() });
        let doc = Mall { name: name.clone(), display_name: title, ..Mall::default() };
        tx.put(&name, &doc, labels(), Expect::Any).await?;
        let at = Instant::now();
        begun.insert(tx.commit().await?, at);
    }
    let seen = running.join_all().await.into_iter().flatten();
    let took = seen.map(|(revision, at)| at.duration_since(begun[&revision]).as_secs_f64() * 1e3);
    let (half, most) = halfway_and_most(took.collect());
    println!("commit sent to follower, {followers} followers: p50 {half:.2} ms, p99 {most:.2} ms");
    stop.cancel();
    feed.ended().await;
    Ok(())
}
