//! A source's records as the service has answered them, for a client that compares: sealed once,
//! and compared by [`mpp_form::reconcile`].
//!
//! A set is made from the stored answers and the present state: a record counts as taken, rejected
//! or waiting only if both say so. A record whose refusal is forgotten is none of these, whatever
//! else is published under its name: it has to be sent again. Comparing stores nothing: a set that
//! another replica has sealed, or that was dropped, is made again. Two sets of one source are the
//! same unless a record has changed meanwhile; that record is then sent without need, or with the
//! next reconcile.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use mpp_api::sync::{LoneItem, Range, Reconciliation};
use mpp_core::{Error, Overridden, Result};
use mpp_form::reconcile::{AnswerState, ComparedRecord, Set, compare, key_of};
use mpp_resource::memory::View as _;
use mpp_store::{Conn, Label};

use crate::{
    model::clients::SentBy,
    own,
    store::{
        batches, clients,
        digests::{self, Answered, StoredDigest},
        rejected, waiting,
    },
    syncs::Syncs,
};

/// The records of a source, sealed.
#[derive(Debug, Default)]
pub struct Sealed {
    set: Set,
    /// The names of records by key, for a client that does not have one of them.
    known: HashMap<u64, KnownRecord>,
    /// Keys of the records that are published as they were sent.
    taken: HashSet<u64>,
    /// The source's clients by name, each with its number, and whether it may still send.
    clients: HashMap<String, (i64, bool)>,
    /// The source's last batch that was answered before the set was sealed.
    last_sequence: i64,
}

#[derive(Debug, Default)]
struct KnownRecord {
    name: String,
    held: bool,
    sent_by: SentBy,
}

/// The records that are not published as they were sent.
#[derive(Debug, Default)]
pub(super) struct Unsettled {
    /// Keys of names, as `sync_rejected` has them.
    pub(super) rejected: Vec<String>,
    /// Names of the records that wait.
    pub(super) waiting: Vec<String>,
}

impl Unsettled {
    pub(super) async fn of(conn: &mut Conn, source: &str) -> Result<Self> {
        let rejected = rejected::names(conn, source).await?;
        Ok(Self { rejected, waiting: waiting::names(conn, source).await? })
    }
}

/// How the records of a source stand now, whatever was answered.
struct PresentState {
    /// Keys of the records that are refused.
    rejected: HashSet<u64>,
    /// Keys of the records that wait.
    waiting: HashSet<u64>,
    /// Keys of the published records that the source has sent.
    sent: HashSet<u64>,
    /// All that wait or are published.
    known: HashMap<u64, KnownRecord>,
}

impl PresentState {
    /// `own` are the records that the source publishes, each with whether it has sent it.
    fn new(unsettled: Unsettled, own: Vec<(String, bool)>) -> Self {
        let rejected = unsettled.rejected.iter().filter_map(|digest| key_of_digest(digest));
        let rejected = rejected.collect();
        let waits = |name: String| (key_of(&name), KnownRecord { name, ..<_>::default() });
        let mut known: HashMap<u64, KnownRecord> =
            unsettled.waiting.into_iter().map(waits).collect();
        let waiting = known.keys().copied().collect();
        let mut sent = HashSet::with_capacity(own.len());
        for (name, is_sent) in own {
            let key = key_of(&name);
            sent.extend(is_sent.then_some(key));
            known.insert(key, KnownRecord { name, held: true, ..<_>::default() });
        }
        Self { rejected, waiting, sent, known }
    }

    /// What counts of a record's answer; `None` if nothing does: the record was deleted by hand,
    /// was handed over, or has to be sent after a hand-over.
    fn standing(&self, one: &StoredDigest) -> Option<AnswerState> {
        let key = one.sent.key;
        let held = self.known.get(&key).is_some_and(|named| named.held);
        let (is_refused, waits) = (self.rejected.contains(&key), self.waiting.contains(&key));
        Some(match one.sent.answered {
            Answered::NotTaken if is_refused && one.is_of_these_rules => {
                AnswerState::Rejected(held)
            }
            Answered::NotTaken if waits && !is_refused => AnswerState::Waiting(held),
            Answered::NotTaken => AnswerState::Unknown,
            _ if is_refused || waits => AnswerState::Unknown,
            _ if !self.sent.contains(&key) => return None,
            Answered::Remarked => AnswerState::Remarked,
            Answered::Taken => AnswerState::Taken,
        })
    }
}

/// The key of a name whose digest is written out.
pub(super) fn key_of_digest(digest: &str) -> Option<u64> {
    digest.get(..16).and_then(|start| u64::from_str_radix(start, 16).ok())
}

impl Sealed {
    /// Seals a source's records as they stand now.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the database is away.
    pub async fn of<S: Syncs>(service: &S, conn: &mut Conn, source: &str) -> Result<Self> {
        let stored = digests::all(conn, source).await?;
        let unsettled = Unsettled::of(conn, source).await?;
        let last_sequence = batches::last_sequence(conn, source).await?;
        let clients = clients::all(conn, source).await?;
        let since = service.settings().away(service.time());
        let clients =
            clients.into_iter().map(|(name, number, heard)| (name, (number, heard >= since)));
        let clients = clients.collect();
        let own = published(service, source);
        // The hashes of many records take long enough to make other tasks wait.
        let sealed = tokio::task::spawn_blocking(move || Self::new(&stored, unsettled, own));
        Ok(Self { clients, last_sequence, ..sealed.await.map_err(Error::internal)? })
    }

    /// `own` are the records that the source publishes, each with whether it has sent it.
    fn new(stored: &[StoredDigest], unsettled: Unsettled, own: Vec<(String, bool)>) -> Self {
        let mut state = PresentState::new(unsettled, own);
        let (mut items, mut taken) = (Vec::with_capacity(stored.len()), HashSet::new());
        let mut seen = HashSet::with_capacity(stored.len());
        for one in stored {
            let key = one.sent.key;
            let Some(standing) = state.standing(one) else { continue };
            if let Some(named) = state.known.get_mut(&key) {
                named.sent_by = SentBy { client: one.client, alone: one.alone };
            }
            taken.extend(
                matches!(standing, AnswerState::Taken | AnswerState::Remarked).then_some(key),
            );
            seen.insert(key);
            items.push(ComparedRecord::new(key, &one.sent.digest, standing));
        }
        let unknown = state.known.keys().filter(|key| !seen.contains(*key));
        items.extend(unknown.map(|key| ComparedRecord::new(*key, &[0; 16], AnswerState::Unknown)));
        Self { set: Set::new(items), known: state.known, taken, ..Self::default() }
    }

    /// The number of a client by its name; 0 for one that has opened no session yet.
    pub fn client(&self, name: &str) -> i64 {
        self.clients.get(name).map_or(0, |(number, _)| *number)
    }

    /// Compares ranges with it for a client; `None`: it does not say which it is.
    ///
    /// # Errors
    /// The ranges are too many, or not of the form.
    pub fn compare(&self, asked: &[Range], client: Option<i64>) -> Result<Reconciliation> {
        let here = self.clients.values().filter(|(_, is_here)| *is_here);
        let here: HashSet<i64> = here.map(|(number, _)| *number).collect();
        let mut answer = compare(&self.set, asked, |key| {
            let Some(KnownRecord { name, held, sent_by }) = self.known.get(&key) else {
                return LoneItem { key, ..LoneItem::default() };
            };
            let sender = sent_by.to(client, |other| here.contains(&other)).into();
            LoneItem { key, name: name.clone(), held: *held, sender }
        })?;
        answer.last_sequence = self.last_sequence;
        Ok(answer)
    }

    /// The keys of the records that are published as they were sent, without the unconfirmed ones.
    pub(super) fn confirmed(&self, unconfirmed: &HashSet<u64>) -> Vec<u64> {
        self.taken.iter().filter(|key| !unconfirmed.contains(key)).copied().collect()
    }
}

/// The records that a source publishes, each with whether it has sent it: one that was handed over
/// to it has another's content until it does.
fn published<S: Syncs>(service: &S, source: &str) -> Vec<(String, bool)> {
    let state = service.memory().read();
    let own = own::rows::<S::Doc>(state.records(), source);
    let is_sent = |label: &str| label != Overridden::Handed.as_str();
    own.map(|(name, row)| (name.to_string(), is_sent(row.label(Label::Overridden)))).collect()
}

/// The last few sets for clients that compare by single calls, each kept for a while.
#[derive(Clone, Default)]
pub struct Seals {
    kept: Arc<Mutex<VecDeque<CachedSeal>>>,
}

struct CachedSeal {
    source: String,
    at: Instant,
    sealed: Arc<Sealed>,
}

impl Seals {
    /// The set of a source: the one that was sealed when its client began, if this replica still
    /// has it, else a new one.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the database is away.
    pub async fn of<S: Syncs>(
        &self,
        service: &S,
        source: &str,
        asked: &[Range],
    ) -> Result<Arc<Sealed>> {
        let begins = asked.iter().any(|range| range.prefix.is_empty());
        let for_seconds = Duration::from_secs(service.settings().reconcile_set_seconds);
        if let Some(sealed) = self.find(source, for_seconds).filter(|_| !begins) {
            return Ok(sealed);
        }
        let mut db = service.db().read().await?;
        // Memory and database have to show the same moment.
        service.memory().catch_up(db.revision()).await?;
        let sealed = Arc::new(Sealed::of(service, db.conn(), source).await?);
        db.end().await?;
        self.put(source, Arc::clone(&sealed), service.settings().reconcile_sets);
        Ok(sealed)
    }

    fn find(&self, source: &str, for_seconds: Duration) -> Option<Arc<Sealed>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|one| one.at.elapsed() < for_seconds);
        kept.iter().find(|one| one.source == source).map(|one| Arc::clone(&one.sealed))
    }

    fn put(&self, source: &str, sealed: Arc<Sealed>, most: usize) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|one| one.source != source);
        kept.push_back(CachedSeal { source: source.to_owned(), at: Instant::now(), sealed });
        while kept.len() > most {
            kept.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use mpp_form::reconcile::Walk;

    use super::*;
    use crate::store::digests::Sent;

    fn stored(name: &str, answered: Answered, is_of_these_rules: bool) -> StoredDigest {
        let sent = Sent { key: key_of(name), digest: [7; 16], answered, is_new: false };
        StoredDigest { sent, is_of_these_rules, client: 0, alone: 0 }
    }

    /// Which of these names a client without a state is told to send, and which names only the
    /// service has.
    fn wanted(sealed: &Sealed, names: &[&str]) -> (Vec<String>, Vec<String>) {
        let item = |name: &&str| ComparedRecord::new(key_of(name), &[7; 16], AnswerState::Taken);
        let mut walk = Walk::new(Set::new(names.iter().map(item).collect()));
        while let Some(asked) = walk.next_message() {
            walk.hear(sealed.compare(&asked, None).expect("of the form")).expect("an answer");
        }
        let found = walk.found();
        let is_wanted = |name: &&&str| found.wanted.contains_key(&item(name));
        let wanted = names.iter().filter(is_wanted).map(|name| (*name).to_owned()).collect();
        (wanted, found.lone.into_iter().map(|one| one.name).collect())
    }

    #[test]
    fn only_what_stands_as_it_was_sent_need_not_come_again() {
        let all = ["a", "b", "c", "d", "e", "f"].map(|id| format!("units/x/services/{id}"));
        let [a, b, c, d, e, f] = all.each_ref().map(String::as_str);
        let answers = [a, b, c, d, e].map(|name| match name == a || name == e {
            true => stored(name, Answered::Taken, true),
            false => stored(name, Answered::NotTaken, name != c),
        });
        let unsettled = Unsettled {
            rejected: vec![rejected::key(b), rejected::key(c)],
            waiting: vec![d.to_owned()],
        };
        // e was deleted by hand; f is published, and the source has not sent it.
        let own = vec![(a.to_owned(), true), (b.to_owned(), true), (f.to_owned(), false)];
        let sealed = Sealed::new(&answers, unsettled, own);
        let (sent, lone) = wanted(&sealed, &[a, b, c, d, e]);
        assert_eq!(sent, [b, c, d, e], "only a stands so");
        assert_eq!(lone, [f]);
        assert_eq!(sealed.confirmed(&HashSet::new()), [key_of(a)]);
        assert!(sealed.confirmed(&HashSet::from([key_of(a)])).is_empty());
        let (_, lone) = wanted(&sealed, &[]);
        let mut named: Vec<_> = lone.iter().map(String::as_str).collect();
        named.sort_unstable();
        assert_eq!(named, ["", a, b, d, f], "of one that was rejected only the key is known");
    }

    /// Its refusal is forgotten, such as that of a record that was gone from its source for a
    /// while, and an earlier record is still published; or the service failed on a record that it
    /// had taken before.
    #[test]
    fn what_was_refused_is_never_taken_for_what_is_published() {
        let name = "units/x/services/a";
        let own = || vec![(name.to_owned(), true)];
        let is_sent = |answered: Answered, unsettled: Unsettled| {
            let sealed = Sealed::new(&[stored(name, answered, true)], unsettled, own());
            assert!(sealed.confirmed(&HashSet::new()).is_empty(), "{answered:?}");
            let (sent, _) = wanted(&sealed, &[name]);
            sent == [name]
        };
        assert!(is_sent(Answered::NotTaken, Unsettled::default()));
        for answered in [Answered::Taken, Answered::Remarked] {
            let rejected = Unsettled { rejected: vec![rejected::key(name)], waiting: Vec::new() };
            assert!(is_sent(answered, rejected));
            let waiting = Unsettled { rejected: Vec::new(), waiting: vec![name.to_owned()] };
            assert!(is_sent(answered, waiting));
        }
    }
}
