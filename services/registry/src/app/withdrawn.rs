//! The fate of a record that is gone: withdrawn, replaced or moved.

use std::{
    collections::{BTreeSet, HashMap},
    iter,
};

use mpp_api::{
    Document,
    registry::{GetWithdrawnServiceResponse, Service},
    time::to_timestamp,
    types::tombstone::Reason as Why,
};
use mpp_core::{A_PERSON, Error, Reason, Result, as_told, check_name, in_words};
use mpp_resource::{Kind, Serves, handler::read};
use mpp_store::{Change, Op, Read};

use super::Registry;

/// Moves of one service that are followed.
const MOST_MOVES: usize = 8;

/// What was found out about services that are gone.
#[derive(Default)]
pub(super) struct Moves {
    /// Those that have moved → where to.
    pub to: HashMap<String, String>,
    /// Those of which the database could not be asked.
    pub not_looked_up: BTreeSet<String>,
}

impl Registry {
    /// Tells from a service's own history why it is gone.
    ///
    /// # Errors
    /// `NOT_FOUND` for one that never was, or that is there; a name of another form.
    pub async fn withdrawn_service(&self, name: &str) -> Result<GetWithdrawnServiceResponse> {
        check_name(name, Service::COLLECTIONS, "name")?;
        let (last, before) = self.last_versions(Service::KIND, name).await?;
        let gone = last.filter(|change| change.op == Op::Deleted);
        let gone = gone.ok_or_else(|| Error::not_found(name))?;
        let service: Service = match before {
            Some(before) => before.decode()?,
            // The window of changes has moved over what it was.
            None => Service::default(),
        };
        Ok(GetWithdrawnServiceResponse {
            title: service.title,
            tombstone: gone.tombstone,
            withdraw_time: Some(to_timestamp(gone.at)),
            actor: as_told(&gone.actor).to_owned(),
            source: service.source,
        })
    }

    /// A record as readers get it; of one that is gone the error says what became of it.
    ///
    /// # Errors
    /// `NOT_FOUND`; a name of another form.
    pub async fn read_or_gone<K: Kind>(&self, name: &str, min_revision: i64) -> Result<K>
    where
        Self: Serves<K>,
    {
        match read(self, name, min_revision).await {
            Err(error) if error.reason() == Reason::NotFound => {
                Err(self.gone::<K>(name).await.unwrap_or(error))
            }
            found => found,
        }
    }

    /// Why a record that was there is not found: since when, by whom, and what took its place.
    /// `None` for one that never was, and if its history cannot be read just now.
    async fn gone<K: Document>(&self, name: &str) -> Option<Error> {
        let (last, _) = self.last_versions(K::KIND, name).await.ok()?;
        let gone = last.filter(|change| change.op == Op::Deleted)?;
        let (since, actor) = (to_timestamp(gone.at).to_string(), as_told(&gone.actor));
        let tombstone = gone.tombstone.unwrap_or_default();
        let is_undone = tombstone.reason() == Why::Undone;
        let successor = tombstone.successor;
        let instead = match successor.as_str() {
            "" => "nothing is recorded that took its place".to_owned(),
            successor => format!("{successor} took its place"),
        };
        let by = if actor == A_PERSON { "an officer" } else { in_words(actor) };
        let text = match is_undone {
            true => format!(
                "{name} was undone on {since}, by {by}, with the sync that had made it; its name is \
                 free"
            ),
            false => format!("{name} was withdrawn on {since}, by {by}; {instead}"),
        };
        let error = Error::new(Reason::NotFound, text).with_fact("withdraw_time", since);
        let error = error.with_fact("actor", actor);
        Some(if successor.is_empty() { error } else { error.with_fact("successor", successor) })
    }

    /// Where services that are gone have moved, over as many moves as they made, to one that is
    /// there. Once the database cannot be asked, the rest is not looked up: nobody waits for it as
    /// often as there are names.
    pub(super) async fn moved(&self, gone: BTreeSet<String>) -> Moves {
        let mut moves = Moves::default();
        if gone.is_empty() {
            return moves;
        }
        let Ok(mut read) = self.db.read().await else {
            return Moves { not_looked_up: gone, ..moves };
        };
        let mut left = gone.into_iter();
        while let Some(name) = left.next() {
            match self.moved_to(&mut read, &name).await {
                Ok(Some(to)) => drop(moves.to.insert(name, to)),
                Ok(None) => {}
                Err(_) => moves.not_looked_up = iter::once(name).chain(left.by_ref()).collect(),
            }
        }
        moves
    }

    async fn moved_to(&self, read: &mut Read, name: &str) -> Result<Option<String>> {
        let mut at = name.to_owned();
        for _ in 0..MOST_MOVES {
            let last = read.versions_below((Service::KIND, &at), None, 1).await?.into_iter().next();
            let tombstone = last.and_then(|last| last.tombstone);
            let Some(moved) = tombstone.filter(|why| why.reason() == Why::Moved) else {
                return Ok(None);
            };
            at = moved.successor;
            if self.memory.read().records.row::<Service>(&at).is_some() {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// The last change of a record, and what it was before that; after a deletion, as it last was.
    pub(super) async fn last_versions(
        &self,
        kind: &'static str,
        name: &str,
    ) -> Result<(Option<Change>, Option<Change>)> {
        let mut read = self.db.read().await?;
        let mut newest = read.versions_below((kind, name), None, 2).await?.into_iter();
        read.end().await?;
        let (last, before) = (newest.next(), newest.next());
        Ok((last, before.filter(|change| change.op == Op::Put)))
    }
}
