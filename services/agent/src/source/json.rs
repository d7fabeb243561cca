//! JSON over HTTP, page by page, or a file of such a page. It counts as read only where the last
//! page was reached and the source does not say that it has more.

use std::collections::{BTreeSet, HashSet};

use jaq_json::Val;
use sha2::{Digest as _, Sha256};

use super::{
    envelope,
    fault::{Fault, address},
    fetch::Fetch,
    next::Next,
    parse::parse,
    place::{self, Setting},
    sink::Sink,
};
use crate::policy::Policy;

/// A catalog in pages.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    /// `http://…`, `https://…` or a path.
    pub location: String,
    /// Where the records are: a key, a dotted path or a JSON pointer; empty where the document is
    /// the list itself.
    pub items: Setting,
    /// How to go on from a page.
    pub next: Next,
    /// What the source says of how much it has is not heeded.
    pub ignore_totals: bool,
    /// Sent as a bearer token.
    pub token: Option<String>,
}

/// Hands on every record of every page.
///
/// # Errors
/// A page cannot be had or read, or the last one was not reached.
pub fn read(pages: &Pages, policy: &Policy, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let fetch = Fetch::new(pages.token.as_deref(), policy);
    let mut seen = HashSet::new();
    let mut location = pages.location.clone();
    let (mut records, mut before) = (0, None);
    for number in 1..=policy.max_pages {
        let shown = address(&location);
        if !seen.insert(location.clone()) {
            return Err(Fault::torn(&shown, "the pages lead in a circle, back to this one"));
        }
        let fetched = fetch.page(&location)?;
        let digest = Sha256::digest(&fetched.body);
        let page = parse(&fetched.body).map_err(|text| Fault::unreadable(&shown, text))?;
        if let Some(text) = envelope::refusal(&page) {
            return Err(Fault::unreadable(&shown, text));
        }
        let items = envelope::items(&page, &pages.items, &shown)?;
        if !items.is_empty() && before == Some(digest) {
            let text = format!(
                "page {number} is the same as the one before; does the source heed the page's number?"
            );
            return Err(Fault::torn(&shown, text));
        }
        if number == 1 && !items.is_empty() {
            sink.check_keys(&shown, &keys(items))?;
        }
        before = Some(digest);
        records += items.len() as u64;
        if put(items, number, sink).is_err() {
            return Ok(()); // The run has ended.
        }
        match pages.next.after(&page, fetched.link.as_deref(), &location)? {
            Some(following) => location = following,
            None => return check_whole(pages, &page, records, number as u64),
        }
    }
    let text = format!(
        "there are more than {} pages; raise max_pages where that is right",
        policy.max_pages
    );
    Err(Fault::torn(&address(&location), text))
}

/// The uppermost keys of any of them.
fn keys(items: &[Val]) -> BTreeSet<String> {
    let of_one = |item: &Val| match item {
        Val::Obj(map) => map.keys().filter_map(place::text).collect(),
        _ => Vec::new(),
    };
    items.iter().flat_map(of_one).collect()
}

fn put(items: &[Val], number: usize, sink: &mut Sink<'_>) -> mpp_core::Result<()> {
    for (at, item) in items.iter().enumerate() {
        sink.put(format!("page {number}, item {}", at + 1), item.clone())?;
    }
    Ok(())
}

fn check_whole(pages: &Pages, page: &Val, records: u64, number: u64) -> Result<(), Fault> {
    match envelope::beyond(page, records, number) {
        Some(text) if !pages.ignore_totals => {
            let way_out = "set next to where the link is, or ask for all at once; where the number is no count of records, set ignore_totals = true";
            Err(Fault::torn(&address(&pages.location), format!("{text}; {way_out}")))
        }
        _ => Ok(()),
    }
}
