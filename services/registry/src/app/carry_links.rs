//! Links of what lives on under another name: what a person has said of it holds there, too.

use std::sync::Arc;

use mpp_api::{
    Document,
    registry::{Service, Standard, StandardLink},
};
use mpp_core::{Error, Reason, Result, id_of, parent_of};
use mpp_resource::{Call, memory::MemoryRow};
use mpp_store::{Label, Labels, Tx};

use super::{
    Registry,
    filing::{lineage, owned},
    standards::{
        ConfirmedLink, confirmed_by, confirmed_links, link_labels, rival, said, service_of,
    },
};

impl Registry {
    /// A service is deleted as one that has moved: its links go along. The memory must have caught
    /// up.
    ///
    /// # Errors
    /// `WRONG_STATE` if it is not there yet, or something else is said there: what a person has
    /// decided is not lost without a word; `PERMISSION_DENIED` for a caller who may not write
    /// there.
    pub async fn move_links(
        &self,
        tx: &mut Tx,
        call: &Call,
        (from, to): (&str, &str),
    ) -> Result<()> {
        let many = self.links_of(from).len();
        if many == 0 {
            return Ok(());
        }
        lives_on::<Service>(tx, to, many).await?;
        let unit = lineage(tx, parent_of(to), "tombstone.successor").await?;
        let owners = owned(&unit);
        call.grant.check(&owners.iter().map(String::as_str).collect::<Vec<_>>())?;
        match self.carry_links(tx, &[from.to_owned()], to).await?.first() {
            Some(left) => Err(otherwise(left)),
            None => Ok(()),
        }
    }

    /// A standard is deleted as one that has moved: these links now belong to its successor. The
    /// memory must have caught up.
    ///
    /// # Errors
    /// `WRONG_STATE` if that is not there yet, or something else is said of it.
    pub async fn rename_links(&self, tx: &mut Tx, links: &[String], to: &str) -> Result<()> {
        lives_on::<Standard>(tx, to, links.len()).await?;
        for (link, labels) in self.renamed(links, to) {
            match tx.get::<StandardLink>(&link.name).await? {
                Some(there) if said(&there.doc) == said(&link) => {}
                Some(_) => return Err(otherwise(&link)),
                None => drop(tx.put_anew(&link.name, &link, labels).await?),
            }
        }
        Ok(())
    }

    /// Links, under the name that they have as links to another standard.
    fn renamed(&self, links: &[String], to: &str) -> Vec<(StandardLink, Labels)> {
        let state = self.memory.read();
        let id = to.trim_start_matches("standards/");
        let renamed = |name: &String| {
            let row = state.records.row::<StandardLink>(name)?;
            let link = state.records.get::<StandardLink>(name)?.doc;
            let name = format!("{}/links/{id}", service_of(&link));
            let link = StandardLink { name, standard: to.to_owned(), ..link };
            let labels = link_labels(&link, row.label(Label::Unit), row.label(Label::Agency));
            Some((link, labels))
        };
        links.iter().filter_map(renamed).collect()
    }

    /// A service has moved: what a person has said of it holds where it is now, unless something
    /// else is said there of the same standard, or of which standard it is. Answers the links that
    /// were not carried. The memory must have caught up.
    ///
    /// # Errors
    /// `WRITE_CONFLICT` if a race was lost.
    pub async fn carry_links(
        &self,
        tx: &mut Tx,
        from: &[String],
        to: &str,
    ) -> Result<Vec<StandardLink>> {
        let (carried, mut confirmed) = self.links_for(from, to);
        let mut left = Vec::new();
        if carried.is_empty() {
            return Ok(left);
        }
        let unit = lineage(tx, parent_of(to), "unit").await?;
        for link in carried {
            match tx.get::<StandardLink>(&link.name).await? {
                Some(there) if said(&there.doc) == said(&link) => {}
                Some(_) => left.push(link),
                None if rival(&link, &confirmed).is_some() => left.push(link),
                None => {
                    let labels = link_labels(&link, unit.unit(), unit.agency());
                    tx.put_anew(&link.name, &link, labels).await?;
                    confirmed.extend(confirmed_by(link));
                }
            }
        }
        Ok(left)
    }

    /// The links of services that have moved, under the name that they have now, and those that
    /// already say there of which standard the service is.
    fn links_for(&self, from: &[String], to: &str) -> (Vec<StandardLink>, Vec<ConfirmedLink>) {
        let state = self.memory.read();
        let renamed = |(name, _): (&Arc<str>, &MemoryRow)| {
            let link = state.records.get::<StandardLink>(name)?.doc;
            Some(StandardLink { name: format!("{to}/links/{}", id_of(name)), ..link })
        };
        let all = from.iter().flat_map(|from| state.links_of(from));
        let carried = all.filter_map(renamed).collect();
        (carried, confirmed_links(&state, to))
    }
}

/// Checks that what lives on is there, and keeps it there until the commit.
async fn lives_on<D: Document>(tx: &mut Tx, to: &str, links: usize) -> Result<()> {
    match tx.require::<D>(to, "tombstone.successor").await {
        Err(error) if error.reason() == Reason::ReferenceInvalid => {
            let text = format!(
                "{links} decisions about standards go along to tombstone.successor, and {to} is not \
                 there; make it first, or delete as superseded or withdrawn, and they are gone"
            );
            Err(Error::new(Reason::WrongState, text))
        }
        found => found.map(drop),
    }
}

fn otherwise(link: &StandardLink) -> Error {
    let text = format!(
        "something else is said of {} and {} already; take one of the two back first: \
         mpp link {} {} --open",
        service_of(link),
        link.standard,
        service_of(link),
        link.standard
    );
    Error::new(Reason::WrongState, text)
}
