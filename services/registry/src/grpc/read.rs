//! Reads from memory, the same for every record.

use mpp_core::{Error, Label, RegionCode, Result, check_name};
use mpp_rpc::page;

use crate::{
    memory::{Listed, Row, Show, State, Stored},
    resource::Resource,
    store::Registry,
};

/// What every list request has.
pub struct ListOf<'a> {
    /// Entries on a page.
    pub page_size: i32,
    /// Where the page begins.
    pub page_token: &'a str,
    /// Answer only once the replica has seen this revision.
    pub min_revision: i64,
    /// What the list is filtered by, in one order.
    pub filter: &'a [&'a str],
}

/// One page as a list answers it.
pub struct Page<R> {
    /// The records.
    pub records: Vec<R>,
    /// Continues after the last; empty at the end.
    pub next_page_token: String,
    /// How many there are on all pages.
    pub total_size: i32,
}

/// One record as readers get it.
///
/// # Errors
/// `NOT_FOUND`; a name of another form.
pub async fn get<R: Show>(registry: &Registry, name: &str, min_revision: i64) -> Result<Stored<R>> {
    check_name(name, R::COLLECTIONS, "name")?;
    registry.memory.wait_for(min_revision).await?;
    let state = registry.memory.read();
    let mut found = state.get::<R>(name).ok_or_else(|| Error::not_found(name))?;
    found.doc.show(&state, registry.now());
    Ok(found)
}

/// As [`get`], with etag and times.
///
/// # Errors
/// As [`get`].
pub async fn get_stamped<R: Show + Resource>(
    registry: &Registry,
    name: &str,
    min_revision: i64,
) -> Result<R> {
    get(registry, name, min_revision).await.map(stamped)
}

/// One page of what `pick` finds.
///
/// # Errors
/// A page token that is not this list's, a negative size.
pub async fn list<R: Show>(
    registry: &Registry,
    of: &ListOf<'_>,
    pick: impl FnOnce(&State, &page::Page) -> Listed<R>,
) -> Result<Page<Stored<R>>> {
    let filter = page::hash(&[&[R::KIND], of.filter].concat());
    let page = page::parse(of.page_size, of.page_token, filter)?;
    registry.memory.wait_for(of.min_revision).await?;
    let state = registry.memory.read();
    let Listed { mut records, total, next } = pick(&state, &page);
    records.iter_mut().for_each(|record| record.doc.show(&state, registry.now()));
    Ok(Page {
        records,
        next_page_token: next.map(|after| page::token(&after, filter)).unwrap_or_default(),
        total_size: i32::try_from(total).unwrap_or(i32::MAX),
    })
}

/// As [`list`], with etags and times.
///
/// # Errors
/// As [`list`].
pub async fn list_stamped<R: Show + Resource>(
    registry: &Registry,
    of: &ListOf<'_>,
    pick: impl FnOnce(&State, &page::Page) -> Listed<R>,
) -> Result<Page<R>> {
    let Page { records, next_page_token, total_size } = list(registry, of, pick).await?;
    Ok(Page { records: records.into_iter().map(stamped).collect(), next_page_token, total_size })
}

fn stamped<R: Resource>(found: Stored<R>) -> R {
    let Stored { mut doc, stamp, .. } = found;
    doc.stamp(&stamp);
    doc
}

/// The prefix of the names below `parent`, where "-" stands for any id and ends the prefix.
///
/// # Errors
/// Names `parent` where it is not of that form.
pub fn below(parent: &str, collections: &[&str]) -> Result<String> {
    check_name(parent, collections, "parent")?;
    let whole = format!("{parent}/");
    Ok(whole.split_once("/-/").map_or(whole.clone(), |(before, _)| format!("{before}/")))
}

/// Which regions a filter lets through: all for an empty one.
///
/// # Errors
/// Names `region` where it is no Kemendagri code.
pub fn within(region: &str) -> Result<impl Fn(&Row) -> bool + use<>> {
    let wanted = match region {
        "" => None,
        region => Some(region.parse::<RegionCode>()?),
    };
    Ok(move |row: &Row| {
        let own = || row.label(Label::Region).parse::<RegionCode>().ok();
        wanted.is_none_or(|wanted| own().is_some_and(|own| wanted.contains(own)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dash_stands_for_any_parent() {
        assert_eq!(below("malls/-", &["malls"]).expect("all"), "malls/");
        assert_eq!(below("malls/a", &["malls"]).expect("one"), "malls/a/");
        assert_eq!(below("malls/-/counters/-", &["malls", "counters"]).expect("all"), "malls/");
        assert_eq!(
            below("malls/a/counters/-", &["malls", "counters"]).expect("one's"),
            "malls/a/counters/"
        );
        assert!(below("units/a", &["malls"]).is_err());
    }
}
