//! JSON over HTTP, page by page, or a file of such a page. It counts as read only if the last page
//! was reached and the source does not say that it has more.

use std::collections::{BTreeSet, HashMap, HashSet};

use jaq_json::Val;

use super::{
    envelope,
    fetch::{Fetch, Page},
    next::Next,
    parse::parse,
    place::{self, Setting},
};
use crate::{
    model::{called::CONTENTS, filled::holds_something},
    policy::Policy,
    source::{
        fault::{Fault, address},
        sink::Sink,
        tables::shape::{self, Shape},
        whole::{
            account::{self, PageSoFar, Unknown},
            extent::{Extent, SeenPage},
            full, more,
        },
    },
};

/// Most keys of an item that is no record but tells of a failure.
const FEW: usize = 2;

/// A catalog in pages.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    /// `http://…`, `https://…` or a path.
    pub location: String,
    /// The place of the records: a key, a dotted path or a JSON pointer; empty if the document is
    /// the list itself.
    pub items: Setting,
    /// How to go on from a page.
    pub next: Next,
    /// Ignore the source's own statement of how much it has.
    pub ignore_totals: bool,
    /// The place of the number of all records; empty: any number that may count them is heeded.
    pub complete: Setting,
    /// Places on a page that neither count these records nor tell of further ones.
    pub ignore: Vec<String>,
    /// The bearer token that is sent.
    pub token: Option<String>,
}

/// Hands on every record of every page.
///
/// # Errors
/// A page cannot be fetched or read, or the last one was not reached.
pub fn read(pages: &Pages, policy: &Policy, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let fetch = Fetch::new(pages.token.as_deref(), policy);
    let mut reading = PagesReader {
        pages,
        policy,
        fetch,
        sink,
        extent: Extent::new(&pages.complete.text),
        items: 0,
        empty: 0,
        stale: false,
        columns: Vec::new(),
        shapes: HashMap::new(),
        unknown: Vec::new(),
        full: None,
    };
    let mut seen = HashSet::new();
    let mut location = pages.location.clone();
    for number in 1..=policy.max_pages {
        if !seen.insert(location.clone()) {
            let text = "the pages lead in a circle, back to this one";
            return Err(Fault::torn(&address(&location), text));
        }
        let step = reading.page(&location, number);
        // The address is told without its query, in which the pages differ.
        match step.map_err(|fault| if number > 1 { fault.on_page(number) } else { fault })? {
            NextPage::To(following) => location = following,
            NextPage::Last => return reading.check_whole(),
            NextPage::Ended => return Ok(()),
        }
    }
    let most = policy.max_pages;
    let text = format!("there are more than {most} pages; raise max_pages where that is right");
    Err(Fault::torn(&address(&location), text))
}

/// The top keys of all items together.
fn keys(items: &[Val]) -> BTreeSet<String> {
    let of_one = |item: &Val| match item {
        Val::Obj(map) => map.keys().filter_map(place::text).collect(),
        _ => Vec::new(),
    };
    items.iter().flat_map(of_one).collect()
}

/// The kind of an item in the contract's own form; empty for any other.
fn kind(item: &Val) -> &'static str {
    let Val::Obj(map) = item else { return "" };
    let objects = map.iter().filter(|(_, value)| matches!(value, Val::Obj(_)));
    let mut keys = objects.filter_map(|(key, _)| place::text(key));
    let kind = keys.find_map(|key| CONTENTS.iter().find(|own| **own == key));
    kind.copied().unwrap_or_default()
}

enum NextPage {
    To(String),
    Last,
    /// The run has ended.
    Ended,
}

/// Pages that are being read.
struct PagesReader<'a, 'b> {
    pages: &'a Pages,
    fetch: Fetch<'a>,
    sink: &'a mut Sink<'b>,
    extent: Extent,
    policy: &'a Policy,
    items: u64,
    /// Empty pages in a row so far.
    empty: usize,
    /// The page before brought nothing new.
    stale: bool,
    /// The keys of the first page's records, as columns.
    columns: Vec<Val>,
    /// One shape for each kind that the contract knows: a list may hold few of one among many of
    /// another.
    shapes: HashMap<&'static str, Shape>,
    /// Members beside the rows that cannot be accounted for.
    unknown: Vec<Unknown>,
    /// The bound that the last page reaches, if it is as full as it may be.
    full: Option<String>,
}

impl PagesReader<'_, '_> {
    fn page(&mut self, location: &str, number: usize) -> Result<NextPage, Fault> {
        let shown = address(location);
        let fetched = self.fetch.page(location)?;
        let page = parse(&fetched.body).map_err(|text| Fault::unreadable(&shown, text))?;
        let items = envelope::items(&page, &self.pages.items, &shown);
        let rows = items.as_ref().map_or(&[][..], |items| *items);
        let heeded = place::without(&page, &self.pages.ignore);
        if let Some(text) = envelope::refusal(&heeded, rows.is_empty()) {
            return Err(Fault::unreadable(&shown, text));
        }
        self.extent
            .page(&SeenPage { page: &heeded, rows, location })
            .map_err(|text| Fault::config(&self.pages.complete.place, text))?;
        self.extent.heed_headers(&fetched.told);
        let items = items?;
        if number == 1 && !items.is_empty() {
            self.sink.check_keys(&shown, &keys(items))?;
        }
        let Ok(new) = self.put(items, number) else { return Ok(NextPage::Ended) };
        let Pages { next, ignore_totals, .. } = self.pages;
        let heeded = self.without_beyond((&heeded, items), location);
        let next =
            next.after((&heeded, items), fetched.link.as_deref(), location, !ignore_totals)?;
        self.account((&heeded, items), location, (number, next.is_none()));
        let Some(next) = next else {
            let is_linked = fetched.link.is_some() || !self.pages.next.link.text.is_empty();
            if !is_linked && !self.extent.says_how_many() && !more::says_last(&heeded, items) {
                self.full = full::bound(&heeded, items, location, &self.pages.ignore);
            }
            self.ends(&fetched, &shown)?;
            return Ok(NextPage::Last);
        };
        self.goes_on(items.len(), new, number).map_err(|text| Fault::torn(&shown, text))?;
        Ok(NextPage::To(next))
    }

    /// The page without links beyond the last record, which some sources always write.
    fn without_beyond(&self, (page, rows): (&Val, &[Val]), location: &str) -> Val {
        match self.extent.all_read(self.items) {
            Some(all) => place::without(page, &account::beyond(page, rows, location, all)),
            None => page.clone(),
        }
    }

    /// Notes the members of a page that cannot be accounted for.
    fn account(&mut self, (page, rows): (&Val, &[Val]), location: &str, at: (usize, bool)) {
        let (pages, is_last) = (u64::try_from(at.0).unwrap_or(u64::MAX), at.1);
        let (next, is_counted) = (self.pages.next.link.text.as_str(), self.extent.is_counted());
        let records = self.items;
        let looked = PageSoFar { page, rows, location, pages, records, next, is_last, is_counted };
        if self.unknown.is_empty() && !self.pages.ignore_totals {
            self.unknown = account::unknown(&looked);
        }
    }

    /// Checks the last answer's header fields: one that tells of a further page is a fault.
    fn ends(&self, fetched: &Page, shown: &str) -> Result<(), Fault> {
        if self.pages.ignore_totals {
            return Ok(());
        }
        if let Some(part) = &fetched.part {
            return Err(Fault::torn(shown, part));
        }
        self.pages.next.ends(&fetched.told, shown)
    }

    /// Hands on the records of a page; answers how many of them no earlier page had.
    fn put(&mut self, items: &[Val], number: usize) -> mpp_core::Result<usize> {
        self.learn(items);
        let mut new = 0;
        for (at, item) in items.iter().enumerate() {
            let found_at = format!("page {number}, item {}", at + 1);
            if !self.sink.takes_trials() && self.is_sparse(item) {
                self.items += u64::from(!self.hear_row(&found_at, item));
                self.sink.hold_back(found_at, shape::foreign(), item.clone())?;
                continue;
            }
            let identity = self.sink.put(found_at.clone(), item.clone())?;
            if !self.sink.took() && self.hear_row(&found_at, item) {
                continue;
            }
            new += usize::from(self.extent.record(number, &found_at, identity));
            self.items += 1;
        }
        Ok(new)
    }

    /// A row that is no record may be a footer, which counts the others.
    fn hear_row(&mut self, found_at: &str, item: &Val) -> bool {
        // {"error": "Query was interrupted"} in place of the rest; a record has more keys.
        if matches!(item, Val::Obj(map) if map.len() <= FEW)
            && let Some(said) = envelope::refusal(item, false)
        {
            self.extent.hear_failure(found_at, said);
        }
        self.extent.hear_row(found_at, &self.cells(item).join(" "))
    }

    /// Learns how full a page's records are, before the first of them is judged.
    fn learn(&mut self, items: &[Val]) {
        if self.columns.is_empty() {
            let keys = items.iter().filter_map(|item| match item {
                Val::Obj(map) => Some(map.keys().cloned()),
                _ => None,
            });
            let mut known = BTreeSet::new();
            self.columns = keys.flatten().filter(|key| known.insert(place::text(key))).collect();
        }
        for item in items {
            let cells = self.cells(item);
            self.shapes.entry(kind(item)).or_default().see(&cells);
        }
    }

    fn is_sparse(&self, item: &Val) -> bool {
        self.shapes.get(kind(item)).is_some_and(|shape| shape.is_sparse(&self.cells(item)))
    }

    /// A record as the cells of a row.
    fn cells(&self, item: &Val) -> Vec<String> {
        let Val::Obj(map) = item else { return place::text(item).into_iter().collect() };
        let cell = |key: &Val| match map.get(key) {
            Some(value @ Val::TStr(_)) => place::text(value).unwrap_or_default(),
            Some(value) if holds_something(value) => value.to_string(),
            _ => String::new(),
        };
        self.columns.iter().map(cell).collect()
    }

    /// A page that brings nothing new and leads to another one may do so for ever.
    fn goes_on(&mut self, items: usize, new: usize, number: usize) -> Result<(), String> {
        self.empty = if items == 0 { self.empty + 1 } else { 0 };
        // One record alone may come twice in the source itself.
        let is_stale = items > 0 && new == 0;
        let was_stale = std::mem::replace(&mut self.stale, is_stale);
        if is_stale && (items > 1 || was_stale) {
            return Err(format!(
                "page {number} holds only records that pages before had already, and leads to \
                 another one; does the source heed the page's number or cursor?"
            ));
        }
        let most = self.policy.max_empty_pages;
        if self.empty > most {
            return Err(format!(
                "page {number} is the last of {} empty ones in a row, and leads to another one; \
                 where that is right, raise max_empty_pages",
                self.empty
            ));
        }
        Ok(())
    }

    fn check_whole(&self) -> Result<(), Fault> {
        match self.extent.beyond(self.items) {
            Some(text) if !self.pages.ignore_totals => {
                let next = match self.pages.next.link.text.as_str() {
                    "" => "set next to where the link is, or ask for all at once",
                    _ => {
                        "the pages that next leads to end before that: ask for all at once, or in a \
                          fixed order, or have the source mended"
                    }
                };
                let way_out = format!(
                    "{next}; where that counts no records of this list, name it in ignore = [\"…\"], or \
                     name in complete = \"…\" what does"
                );
                let place = address(&self.pages.location);
                Err(Fault::torn(&place, format!("{text}; {way_out}")))
            }
            _ if !self.unknown.is_empty() => {
                let file = &self.pages.next.link.place;
                let text = account::message(&self.unknown, file, &self.pages.ignore);
                Err(Fault::torn(&address(&self.pages.location), text))
            }
            _ => match &self.full {
                Some(bound) if !self.pages.ignore_totals => {
                    Err(Fault::torn(&address(&self.pages.location), full::message(bound)))
                }
                _ => Ok(()),
            },
        }
    }
}
