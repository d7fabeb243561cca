//! The one way in which a service writes records that it works out itself from others, such as how
//! a counter departs from its mall's hours: put as they follow from what stands, and withdrawn with
//! what they followed from. What rests on a record, and goes with it, is withdrawn the same way.
//!
//! Nobody sends them, so there is neither an owner nor an etag to compare; one job at a time writes
//! them. For the same reason one that went comes back with what it follows from: no late write of
//! another can be what brings it back.
//!
//! Rejected: one way with the calls of people ([`crate::write`]) or with sources
//! (`mpp_sync::write`). Those judge what somebody asks for and answer it; here there is nobody to
//! be refused.

use mpp_api::{
    Document,
    types::{Tombstone, tombstone::Reason as Why},
};
use mpp_core::{Labels, Reason, Result};
use mpp_store::{Actor, Db, Expect, Tx};

/// A record's name, the record, and what it is filed under.
pub type Derived<D> = (String, D, Labels);

/// Begins a transaction for such records; if `alone`, it also overwrites those of a newer program,
/// which is no longer there.
///
/// # Errors
/// `UNAVAILABLE` or `OVERLOADED` if no connection can be had.
pub async fn begin(db: &Db, by: &Actor, alone: bool) -> Result<Tx> {
    let mut tx = db.begin(by).await?;
    if alone {
        tx.stand_in_for_newer();
    }
    Ok(tx)
}

/// Writes records; those that are there already as they are make no change. Answers how many were
/// written.
///
/// # Errors
/// `UNAVAILABLE` or `WRITE_CONFLICT`, as the database answers; `NEWER_FORM`.
pub async fn put<D: Document>(tx: &mut Tx, records: Vec<Derived<D>>) -> Result<usize> {
    let answers = tx.put_many_anew(records).await?;
    Ok(answers.iter().filter(|put| put.changed).count())
}

/// Deletes records that nothing stands behind any more; those that are gone already stay so.
///
/// # Errors
/// The same as [`put`].
pub async fn withdraw<D: Document>(
    tx: &mut Tx,
    names: impl IntoIterator<Item = String>,
    why: Why,
) -> Result<()> {
    let tombstone = Tombstone { reason: why.into(), successor: String::new() };
    for name in names {
        match tx.delete::<D>(&name, &tombstone, Expect::Any).await {
            Err(error) if matches!(error.reason(), Reason::NotFound | Reason::Tombstoned) => {}
            deleted => drop(deleted?),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use mpp_api::registry::Window;
    use mpp_store::Schema;
    use mpp_testkit::on_both;

    use super::*;

    const SCHEMA: Schema =
        Schema { service: "derived", steps: &[], history_kinds: &[], standing_kinds: &[] };

    fn window(number: u8) -> Derived<Window> {
        let name = format!("malls/a/counters/b/windows/{number}");
        let window = Window { name: name.clone(), ..Window::default() };
        (name, window, Labels::new())
    }

    async fn there(tx: &mut Tx) -> Vec<u8> {
        let mut there = Vec::new();
        for number in 1..=3 {
            let found = tx.get::<Window>(&window(number).0).await.expect("read");
            there.extend(found.map(|_| number));
        }
        there
    }

    #[tokio::test]
    async fn what_follows_from_others_comes_goes_and_comes_back_with_them() {
        on_both(async |database| {
            let db = database.open(&SCHEMA).await.expect("open");
            let by = Actor::new("api", "services/derived");
            let mut tx = begin(&db, &by, false).await.expect("a transaction");
            put(&mut tx, vec![window(1), window(2)]).await.expect("written");
            let first = tx.commit().await.expect("committed");

            let mut tx = begin(&db, &by, false).await.expect("a transaction");
            let same = put(&mut tx, vec![window(1), window(2)]).await.expect("nothing changes");
            assert_eq!(same, 0);
            assert_eq!(tx.commit().await.expect("committed"), first, "no change is told");

            for _ in 0..2 {
                let mut tx = begin(&db, &by, true).await.expect("a transaction");
                let gone = [window(2).0, window(3).0];
                withdraw::<Window>(&mut tx, gone, Why::Withdrawn)
                    .await
                    .expect("gone, or never there");
                assert_eq!(there(&mut tx).await, [1]);
                tx.commit().await.expect("committed");
            }

            let mut tx = begin(&db, &by, false).await.expect("a transaction");
            let back = put(&mut tx, vec![window(1), window(2), window(3)]).await.expect("written");
            assert_eq!(back, 2);
            assert_eq!(there(&mut tx).await, [1, 2, 3]);
        })
        .await;
    }
}
