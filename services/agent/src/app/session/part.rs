//! A part of a source: the rows that its database has named as changed. They are read, judged and
//! sent as in a run; of the others nothing is known, so nothing counts as gone, and the source does
//! not count as read whole.
//!
//! **Whatever is not plain is left to a whole run**, which judges each row by all the others: a key
//! of which no row is there (it was deleted, or the query leaves it out), one that yields no record
//! or several, a row that is refused or held back, and a record whose id is not that of the key:
//! then it may be made of other rows as well.

use std::collections::BTreeSet;

use mpp_api::sync::{End, record::Body};
use mpp_core::Result;

use super::{Context, Ended, Session};
use crate::{
    app::survey::Survey,
    model::filled::Relied,
    source::{self, Input, ReadResult, Remembered, Way, Yielded},
};

/// Sends the rows of these keys. `None`: the whole has to be read; what was sent stays sent.
pub async fn part(context: &Context<'_>, keys: &BTreeSet<String>) -> Option<Ended> {
    let items = rows(context, keys).await?;
    // Whatever the registry says against it, the whole run hears, too, and has patience.
    send(context, items).await.ok().flatten()
}

async fn rows(context: &Context<'_>, keys: &BTreeSet<String>) -> Option<Vec<ReadResult>> {
    let Input::Sql(database) = &context.run.input else { return None };
    let input = Input::Sql(database.only(keys)?);
    let released = context.store.released().await.ok()?;
    let way = Way { released, remembered: Remembered::default(), ..context.run.way.clone() };
    let mut found = source::read(input, way, Relied::default(), &context.run.policy);
    let (mut all, mut named) = (Vec::new(), BTreeSet::new());
    while let Some(one) = found.recv().await {
        match one {
            Yielded::Record(item) => {
                let record = item.record.as_ref().ok()?;
                let is_put = !matches!(record.body, None | Some(Body::Delete(_)));
                named.insert(is_put.then(|| as_id(&record.source_id))?);
                all.push(*item);
            }
            Yielded::Keys(_) => {}
            Yielded::Fault(_) | Yielded::PassedOver(..) | Yielded::Raw(_) => return None,
        }
    }
    let wanted: BTreeSet<String> = keys.iter().map(|key| as_id(key)).collect();
    (named == wanted && all.len() == keys.len()).then_some(all)
}

async fn send(context: &Context<'_>, items: Vec<ReadResult>) -> Result<Option<Ended>> {
    let mut session = Session::open(context).await?;
    if session.welcome.send_all || session.comparison.is_some() {
        return Ok(None);
    }
    for item in items {
        session.take_up(Yielded::Record(Box::new(item))).await?;
    }
    let tally = &session.survey.tally;
    if tally.unread() > 0 || tally.duplicate > 0 {
        return Ok(None);
    }
    let last = std::mem::take(&mut session.gathered);
    if !last.records.is_empty() {
        session.send(last).await?;
    }
    while !session.waiting.is_empty() {
        session.store_answer().await?;
    }
    let summary = session.stream.end(End { part: true, ..End::default() }).await?;
    let Survey { tally, difference, .. } = session.survey;
    context.store.is_back(|id| difference.is_there(id)).await?;
    context.store.welcome_back(|id| difference.is_there(id)).await?;
    Ok(Some(Ended {
        tally,
        summary,
        withdrawn: Vec::new(),
        gone_of_others: false,
        lack: None,
        spooled: 0,
    }))
}

/// A key as an id that is made of it.
fn as_id(key: &str) -> String {
    let plain = |sign: char| if sign.is_alphanumeric() { sign } else { '-' };
    let plain: String = key.to_lowercase().chars().map(plain).collect();
    plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_known_as_its_keys_however_it_is_written() {
        for (key, id) in [("KTP", "ktp"), ("PRZ.001 / a", "prz-001-a"), ("17", "17")] {
            assert_eq!(as_id(key), as_id(id), "{key}");
        }
        assert_ne!(as_id("17"), as_id("ktp"));
    }
}
