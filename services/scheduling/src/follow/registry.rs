//! The registry's feed into its table and, from there, into the memory.
//!
//! `mpp_resource::copy` moves the feed's position; every replica follows, for its own memory.

use std::collections::BTreeMap;

use mpp_core::{Digest, Error, Result};
use mpp_resource::copy::{Names, Shelf};
use mpp_rpc::Component;
use mpp_store::{Change, Op, Position, Read, Tx};

use crate::{
    memory::{Memory, directory::Directory, dirty::Touched},
    store::upstream::{Copied, count, forget, held, page, put, remove, versions},
};

/// The feed's name in the table.
pub const FEED: &str = "registry";
/// Rows that are read at a time at the start.
const PAGE: i64 = 2000;

/// The table and the memory that the registry is copied to.
pub struct RegistryShelf {
    memory: Memory,
    /// Up once there is a copy.
    component: Component,
    /// Records of a state that has not ended.
    state: Vec<Copied>,
    /// The copy that goes into the memory with the position.
    coming: Directory,
    /// The registry was heard since the table was read.
    is_heard: bool,
}

impl RegistryShelf {
    /// A shelf for this memory; `component` is up once there is a copy.
    pub fn new(memory: Memory, component: Component) -> Self {
        let (state, coming) = (Vec::new(), Directory::default());
        Self { memory, component, state, coming, is_heard: false }
    }

    fn show(&mut self, revision: i64) {
        let mut directory = std::mem::take(&mut self.coming);
        (directory.is_whole, directory.revision) = (true, revision);
        directory.is_heard = self.is_heard;
        self.memory.replace_directory(directory);
        self.component.up();
    }
}

impl Shelf for RegistryShelf {
    async fn load(
        &mut self,
        read: &mut Read,
        position: Option<&Position>,
    ) -> Result<Option<Digest>> {
        let mut held = Digest::default();
        self.coming = Directory::default();
        let mut after = (String::new(), String::new());
        loop {
            let rows = page(read, FEED, (&after.0, &after.1), PAGE).await?;
            for row in &rows {
                count(&mut held, row);
                take_in(&mut self.coming, row);
            }
            match rows.last() {
                Some(last) => after = (last.kind.clone(), last.name.clone()),
                None => break,
            }
        }
        // Whether the table holds just these kinds is for the registry to say, by the position.
        self.is_heard = false;
        if let Some(position) = position {
            self.show(position.revision);
        }
        Ok(Some(held))
    }

    async fn versions(
        &mut self,
        tx: &mut Tx,
        records: &Names,
    ) -> Result<BTreeMap<(String, String), i64>> {
        versions(tx, FEED, records).await
    }

    async fn held(&mut self, read: &mut Read) -> Result<Digest> {
        held(read, FEED).await
    }

    async fn begin_state(&mut self, _read: &mut Read) -> Result<()> {
        self.state.clear();
        Ok(())
    }

    async fn add_state(&mut self, _tx: &mut Tx, records: Vec<Change>) -> Result<()> {
        self.state.extend(records.iter().map(copied));
        Ok(())
    }

    async fn end_state(&mut self, tx: &mut Tx, _position: &Position) -> Result<()> {
        let rows = std::mem::take(&mut self.state);
        forget(tx, FEED).await?;
        put(tx, FEED, &rows).await?;
        self.coming = Directory::default();
        rows.iter().for_each(|row| drop(take_in(&mut self.coming, row)));
        Ok(())
    }

    /// Writes the newest state of each record that the changes tell.
    async fn write(&mut self, tx: &mut Tx, changes: &[Change], _position: &Position) -> Result<()> {
        let last: BTreeMap<_, _> =
            changes.iter().map(|change| ((&change.kind, &change.name), change)).collect();
        let (puts, gone): (Vec<_>, Vec<_>) = last.into_values().partition(|c| c.op == Op::Put);
        let rows: Vec<_> = puts.into_iter().map(copied).collect();
        put(tx, FEED, &rows).await?;
        for change in gone {
            remove(tx, FEED, &change.kind, &change.name).await?;
        }
        Ok(())
    }

    fn has_state(&mut self, revision: i64) {
        self.is_heard = true;
        self.show(revision);
    }

    fn has(&mut self, changes: &[Change], revision: i64) {
        self.memory.change_directory(|directory| {
            (directory.revision, directory.is_heard) = (revision, true);
            changes.iter().map(|change| take_in_change(directory, change)).collect()
        });
    }
}

fn copied(change: &Change) -> Copied {
    Copied {
        kind: change.kind.clone(),
        name: change.name.clone(),
        version: change.version,
        doc: change.doc.to_vec(),
        is_proven: true,
    }
}

fn take_in(directory: &mut Directory, row: &Copied) -> Touched {
    let touched = directory.put(&row.kind, &row.name, &row.doc);
    touched.unwrap_or_else(|error| unusable(&row.name, &error))
}

fn take_in_change(directory: &mut Directory, change: &Change) -> Touched {
    match change.op {
        Op::Put => take_in(directory, &copied(change)),
        Op::Deleted | Op::Removed => directory.remove(&change.kind, &change.name),
    }
}

/// A record that cannot be used must not stop the feed: the log names it, and the one before stays.
fn unusable(name: &str, error: &Error) -> Touched {
    tracing::error!(name, error = %error, "a record of the registry cannot be used");
    Touched::Nothing
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use mpp_api::{Document as _, registry::Region};
    use mpp_calendar::Decrees;
    use mpp_core::Reason;
    use mpp_resource::{
        copy::{Copy, Options},
        memory::MemoryPolicy,
    };
    use mpp_rpc::{Readiness, follow::Event};
    use mpp_store::{Db, LastProof};
    use mpp_testkit::on_both;
    use prost::Message as _;

    use super::*;
    use crate::store::own_name;

    async fn replica(db: &Db) -> Copy<RegistryShelf> {
        let component = Readiness::default().component("registry copy");
        let memory = Memory::new(Decrees::national(), MemoryPolicy::default().waits());
        let options = Options {
            feed: FEED,
            by: own_name(),
            bookmark_every: Duration::from_secs(60),
            pace: mpp_store::ProofPace::default(),
            proof: LastProof::default(),
        };
        Copy::open(db.clone(), options, RegistryShelf::new(memory, component)).await.unwrap()
    }

    /// A transaction of the registry that adds a region.
    fn transaction(revision: i64) -> Event {
        let name = format!("regions/{revision}");
        let doc = Region { name: name.clone(), ..Region::default() };
        let change = Change {
            kind: Region::KIND.into(),
            name,
            version: 1,
            op: Op::Put,
            doc: doc.encode_to_vec().into(),
            tombstone: None,
            labels: mpp_store::Labels::new(),
            labels_before: None,
            origin: "api".into(),
            actor: "users/siti".into(),
            session: String::new(),
            at: 0,
            create_time: 0,
            update_time: 0,
            revision,
        };
        Event::Changes(vec![change], position(revision))
    }

    fn position(revision: i64) -> Position {
        Position { token: revision.to_string().into(), revision }
    }

    #[tokio::test]
    async fn a_replica_that_lags_does_not_take_the_table_back() {
        on_both(async |database| {
            let db = database.open(&crate::SCHEMA).await.unwrap();
            let mut ahead = replica(&db).await;
            ahead.apply(Event::StateBegins).await.unwrap();
            ahead.apply(Event::StateEnds(position(1))).await.unwrap();
            let mut behind = replica(&db).await;
            for revision in 2..=5 {
                ahead.apply(transaction(revision)).await.unwrap();
            }
            for revision in 2..=5 {
                behind.apply(transaction(revision)).await.expect("its memory goes on");
                let mut read = db.read().await.unwrap();
                let stands = read.position(FEED).await.unwrap().unwrap();
                assert_eq!(stands.revision, 5, "after {revision}");
                read.end().await.unwrap();
            }
            behind.apply(transaction(6)).await.unwrap();
            assert_eq!(behind.position(), Some(&position(6)), "it has caught up");
        })
        .await;
    }

    /// The registry's regions 1 to 3, as the state of revision 3.
    async fn take_in_state(copy: &mut Copy<RegistryShelf>) {
        copy.apply(Event::StateBegins).await.unwrap();
        for revision in 1..=3 {
            let Event::Changes(records, _) = transaction(revision) else { unreachable!() };
            copy.apply(Event::State(records)).await.unwrap();
        }
        copy.apply(Event::StateEnds(position(3))).await.unwrap();
    }

    fn regions(numbers: impl Iterator<Item = i64>) -> Digest {
        let mut digest = Digest::default();
        numbers.for_each(|number| digest.add("region", &format!("regions/{number}"), 1));
        digest
    }

    async fn alter(db: &Db, text: &'static str) {
        let mut tx = db.begin(&own_name()).await.unwrap();
        sqlx::query(text).execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
    }

    const FAULTS: [&str; 5] = [
        "insert into upstream_record (feed, kind, name, version, doc, proof)
         select feed, kind, 'regions/more', version, doc, proof from upstream_record
         where name = 'regions/2'",
        "delete from upstream_record where name = 'regions/2'",
        "update upstream_record set doc = (select doc from upstream_record where name = 'regions/1')
         where name = 'regions/2'",
        "update upstream_record set version = 0 where name = 'regions/2'",
        "update upstream_record set name = 'regions/none' where name = 'regions/2'",
    ];

    #[tokio::test]
    async fn a_row_that_is_lost_altered_stale_or_extra_is_found_and_healed() {
        for fault in FAULTS {
            on_both(async |database| {
                let db = database.open(&crate::SCHEMA).await.unwrap();
                let mut copy = replica(&db).await;
                take_in_state(&mut copy).await;
                alter(&db, fault).await;
                copy.apply(Event::Digest(regions(1..=3))).await.unwrap();
                assert!(copy.must_start_again(), "{fault}");
                // A replica that starts has read the altered table, and finds it there.
                assert!(replica(&db).await.must_start_again(), "{fault}");

                take_in_state(&mut copy).await;
                copy.apply(transaction(4)).await.unwrap();
                for mut copy in [copy, replica(&db).await] {
                    copy.apply(Event::Digest(regions(1..=4))).await.unwrap();
                    assert!(!copy.must_start_again(), "healed of {fault}");
                }
            })
            .await;
        }
    }

    #[tokio::test]
    async fn a_change_that_never_came_is_found() {
        on_both(async |database| {
            let db = database.open(&crate::SCHEMA).await.unwrap();
            let mut copy = replica(&db).await;
            take_in_state(&mut copy).await;
            copy.apply(transaction(5)).await.unwrap();
            copy.apply(Event::Digest(regions(1..=5))).await.unwrap();
            assert!(copy.must_start_again(), "region 4 is missing");
        })
        .await;
    }

    #[tokio::test]
    async fn which_sources_there_are_is_not_told_of_a_copy_that_may_be_another_programs() {
        on_both(async |database| {
            let db = database.open(&crate::SCHEMA).await.unwrap();
            take_in_state(&mut replica(&db).await).await;
            let mut copy = replica(&db).await;
            let reason = |copy: &mut Copy<RegistryShelf>| {
                let state = copy.shelf().memory.read();
                state.directory.source("sources/mal").expect_err("there is none").reason()
            };
            assert_eq!(reason(&mut copy), Reason::Unavailable);
            copy.apply(transaction(4)).await.unwrap();
            assert_eq!(reason(&mut copy), Reason::NotFound, "the registry has gone on from it");
        })
        .await;
    }
}
