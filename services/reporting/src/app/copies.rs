//! Everything that reporting keeps, read anew to be compared: its own records, the inbox of each
//! feed, the projections that follow from the inbox, and the nation in this replica's memory, which
//! follows from those.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use mpp_core::Result;
use mpp_resource::copies::{
    self, Books, Code, Finding, Held, KeptCopy, PartCheck, Place, RepairRequest, Repaired, Work,
    moves_on,
};
use mpp_store::{Actor, CountedNames, Db, Feed, LastProof, Progress};
use tokio::time::sleep;

pub use super::verify::rows;
use crate::{
    memory::{self, Memory},
    metrics, model,
    model::Upstream,
    store,
};

/// How often the memory is compared before it counts as changing too fast.
const TRIES: usize = 5;
/// How long to wait in between: longer than the memory takes to look again.
const PAUSE: Duration = Duration::from_millis(400);

/// The places where reporting keeps data, and the way to rebuild it.
#[derive(Clone)]
pub struct CopyPlaces {
    /// The database that reporting owns.
    pub db: Db,
    /// This replica's memory.
    pub memory: Arc<Memory>,
    /// The writer that the database notes.
    pub by: Actor,
    /// Projects the inbox anew, after accepting altered events of these feeds as they are, where
    /// nobody sends them again. Answers how many those were; `None` if it still goes on.
    pub rebuild: Arc<dyn Fn(&'static [Upstream]) -> Work<Option<i64>> + Send + Sync>,
}

/// All that is kept, in the order in which it is made.
pub fn kept(feed: &Feed, keeping: &CopyPlaces, proofs: &[LastProof; 2]) -> Vec<KeptCopy> {
    let own = copies::records(feed, model::KINDS, keeping.by.clone());
    let inboxes = Upstream::ALL.map(|upstream| {
        inbox(upstream, keeping).of_kinds(upstream.kinds()).proven_by(&proofs[upstream as usize])
    });
    let derived = [bookkeeping(keeping), projections(keeping), nation(keeping)];
    [own].into_iter().chain(inboxes).chain(derived).collect()
}

fn bookkeeping(keeping: &CopyPlaces) -> KeptCopy {
    let (by, closes) = (keeping.by.clone(), keeping.clone());
    let check: PartCheck = Arc::new(|conn, now, _| Box::pin(store::disagreements(conn, now)));
    let accepts = Arc::new(move |progress: Progress| -> Work<i64> {
        let CopyPlaces { db, by, .. } = closes.clone();
        Box::pin(async move { store::close_gaps(&db, &by, &progress).await })
    });
    let books = Books::bookkeeping(&keeping.db, by, (store::TABLES, store::TABLES), check);
    books.accepting(accepts).kept("bookkeeping")
}

fn inbox(upstream: Upstream, keeping: &CopyPlaces) -> KeptCopy {
    let name = match upstream {
        Upstream::Registry => "registry-inbox",
        Upstream::Scheduling => "scheduling-inbox",
    };
    let (reads, starts) = (keeping.clone(), keeping.clone());
    let read = move || -> Work<Held> { Box::pin(received(reads.db.clone(), upstream)) };
    let repair = move |asked: RepairRequest| -> Work<Repaired> {
        Box::pin(start_again(starts.clone(), upstream, asked.accept))
    };
    KeptCopy::new(name, upstream.as_str(), Place::Database, read, repair)
}

async fn received(db: Db, upstream: Upstream) -> Result<Held> {
    let mut read = db.read().await?;
    let position = read.position(upstream.as_str()).await?;
    let all = store::received(&mut read, upstream).await?;
    read.end().await?;
    let position = position.ok_or_else(|| moves_on("the inbox has no whole state yet, and"))?;
    let held =
        Held::records(position.revision, all.contents, Finding::each(Code::Altered, all.altered));
    Ok(held.unproven(all.unproven))
}

/// The state sets records' last events right; nobody sends earlier ones again.
async fn start_again(keeping: CopyPlaces, upstream: Upstream, accept: bool) -> Result<Repaired> {
    let feeds: &[Upstream] = match upstream {
        Upstream::Registry => &[Upstream::Registry],
        Upstream::Scheduling => &[Upstream::Scheduling],
    };
    let accepted = if accept { (keeping.rebuild)(feeds).await? } else { Some(0) };
    let accepted = accepted
        .map_or_else(|| "how many is not known yet".to_owned(), |count| format!("{count} were"));
    let mut tx = keeping.db.begin(&keeping.by).await?;
    tx.forget_position(upstream.as_str()).await?;
    tx.commit().await?;
    let text = format!(
        "the inbox starts again from the whole state, within seconds; altered events that a later \
         one has followed stay: restore a backup, or take them as they are with --accept-altered \
         ({accepted})"
    );
    Ok(Repaired::starts_again(&text))
}

fn projections(keeping: &CopyPlaces) -> KeptCopy {
    let (reads, rebuilds) = (keeping.clone(), keeping.clone());
    let read = move || -> Work<Held> { Box::pin(compared(reads.db.clone())) };
    let repair = move |asked: RepairRequest| -> Work<Repaired> {
        let keeping = rebuilds.clone();
        Box::pin(async move {
            if !asked.accept {
                store::inboxes_are_sound(&keeping.db).await?;
            }
            let accepted =
                (keeping.rebuild)(if asked.accept { &Upstream::ALL } else { &[] }).await?;
            let text = match accepted {
                Some(accepted) => {
                    format!("projected anew from the inbox; {accepted} altered events accepted")
                }
                None => "they are projected anew from the inbox, which goes on; what is there is \
                         served meanwhile, and `mpp doctor` says when they are well"
                    .to_owned(),
            };
            Ok(Repaired { mended: 1, text, ..Repaired::default() })
        })
    };
    KeptCopy::new("projections", store::SCHEMA.service, Place::Derived, read, repair)
}

/// The projections, compared with what the inbox makes of them.
async fn compared(db: Db) -> Result<Held> {
    let verified = rows(&db).await?;
    let mut differing = BTreeMap::<String, CountedNames>::new();
    for (table, key) in verified.differing() {
        differing.entry(table.clone()).or_default().add(key);
    }
    let count: i64 = differing.values().map(|found| found.count).sum();
    metrics::PROJECTIONS_DIFFER.add(count.unsigned_abs(), [""; 0]);
    let named = differing.iter().map(|(table, found)| (table.as_str(), found.clone()));
    let mut held = Held::derived(0, verified.count(), named.collect());
    held.revision = verified.inbox_head;
    Ok(held)
}

fn nation(keeping: &CopyPlaces) -> KeptCopy {
    let (reads, starts) = (keeping.clone(), keeping.memory.clone());
    let read = move || -> Work<Held> { Box::pin(in_memory(reads.clone())) };
    let repair = move |_| -> Work<Repaired> {
        starts.start_again();
        let text = "this replica's memory reads all projections again; reports go on meanwhile";
        Box::pin(async move { Ok(Repaired::starts_again(text)) })
    };
    KeptCopy::new("nation", store::SCHEMA.service, Place::Derived, read, repair)
}

/// The memory, compared with the rows once both stand at the same place.
async fn in_memory(keeping: CopyPlaces) -> Result<Held> {
    for _ in 0..TRIES {
        let anew = memory::load(&keeping.db, keeping.memory.policy()).await?;
        if let Some(held) = keeping.memory.compared(&anew) {
            return Ok(held);
        }
        sleep(PAUSE).await;
    }
    Err(moves_on("what reports show"))
}
