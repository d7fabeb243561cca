//! Lists in pages, bounded by count and by bytes.

use std::sync::Arc;

use mpp_api::{Document, method::List};
use mpp_core::Result;
use prost::Message;
use tonic::{Request, Response, Status};

use crate::{
    kind::Kind,
    memory::{MemoryRow, decode},
    page::{self, OnePage, PageRequest},
    service::{Serves, filled},
};

/// Most encoded bytes of a page's records: a client takes 4 MiB in one message by default, and a
/// token and field headers come on top. One record is always smaller than this.
pub const MAX_PAGE_BYTES: usize = 3 * 1024 * 1024;

/// Collects one page out of all records that a filter lets through, in the order of their names.
pub struct Pager<R> {
    page: PageRequest,
    records: Vec<R>,
    bytes: usize,
    /// The name of the last record on the page, or passed over after it.
    last: String,
    total: usize,
    is_full: bool,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed<R> {
    /// The records of the page.
    pub records: Vec<R>,
    /// How many records there are on all pages.
    pub total: usize,
    /// The name after which the next page begins; `None` on the last.
    pub next: Option<String>,
}

impl<R: Message> Pager<R> {
    /// Collects the page that is asked for.
    pub fn new(page: PageRequest) -> Self {
        let last = page.after.clone();
        Self { page, records: Vec::new(), bytes: 0, last, total: 0, is_full: false }
    }

    /// Offers the next record, in the order of names; `record` is called only if it is on the page,
    /// and may return `None` after all: then it is passed over.
    pub fn offer(&mut self, name: &str, record: impl FnOnce() -> Option<R>) {
        self.total += 1;
        if self.is_full || *name <= *self.page.after {
            return;
        }
        if self.records.len() == self.page.size {
            self.is_full = true;
            return;
        }
        if let Some(record) = record() {
            let bytes = record.encoded_len();
            if self.bytes + bytes > MAX_PAGE_BYTES && !self.records.is_empty() {
                self.is_full = true;
                return;
            }
            self.bytes += bytes;
            self.records.push(record);
        }
        name.clone_into(&mut self.last);
    }

    /// Whether the page has ended, so that nothing more needs to be offered.
    pub fn is_full(&self) -> bool {
        self.is_full
    }

    /// Says that more follows than is offered: another page comes, even after an empty one.
    pub fn goes_on(&mut self) {
        self.is_full = true;
    }

    /// The page, once every record was offered.
    pub fn finish(self) -> Listed<R> {
        let next = self.is_full.then_some(self.last);
        Listed { records: self.records, total: self.total, next }
    }
}

/// Rows in the order of their names.
pub type Rows<'a> = Box<dyn Iterator<Item = (&'a Arc<str>, &'a MemoryRow)> + 'a>;

/// Answers a list request from memory. `pick` chooses the rows; their order is that of names.
///
/// # Errors
/// A page token that is not this list's, a negative size, and the errors of `pick`.
pub async fn list<S, M>(
    service: &S,
    request: Request<M>,
    pick: impl for<'a> Fn(&S, &'a M, &'a S::View) -> Result<Rows<'a>>,
) -> Result<Response<M::Response>, Status>
where
    S: Serves<M::Record>,
    M: List,
    M::Record: Kind,
{
    let listed = one_page(service, &request.into_inner(), pick).await;
    listed.map(Response::new).map_err(mpp_rpc::status)
}

/// Like [`list`], for a handler that adds to the records.
///
/// # Errors
/// The same as [`list`].
pub async fn one_page<S, M>(
    service: &S,
    request: &M,
    pick: impl for<'a> Fn(&S, &'a M, &'a S::View) -> Result<Rows<'a>>,
) -> Result<M::Response>
where
    S: Serves<M::Record>,
    M: List,
    M::Record: Kind,
{
    paged(request, |page| async move {
        service.memory().wait_for(request.min_revision()).await?;
        let collect = |view: &S::View| {
            let mut pager = Pager::new(page.clone());
            for (name, row) in pick(service, request, view)? {
                pager.offer(name, || {
                    let found = decode::<M::Record>(name, row)?;
                    let etag = found.etag();
                    let mut record = filled(service, view, found.doc);
                    record.stamp(etag, &found.stamp);
                    Some(record)
                });
            }
            Ok(pager.finish())
        };
        service.memory().settled(collect).await
    })
    .await
}

/// Answers a list request with the page that `collect` makes of whatever it reads.
///
/// # Errors
/// A page token that is not this list's, a negative size, and the errors of `collect`.
pub async fn paged<M, F>(request: &M, collect: impl FnOnce(PageRequest) -> F) -> Result<M::Response>
where
    M: List,
    M::Record: Document,
    F: Future<Output = Result<Listed<M::Record>>>,
{
    page::answer(request, page::OF_RECORDS, |page| async {
        let Listed { records, total, next } = collect(page).await?;
        let response = M::response(records, i32::try_from(total).unwrap_or(i32::MAX));
        Ok(OnePage { response, next })
    })
    .await
}

#[cfg(test)]
mod tests {
    use mpp_api::registry::Region;

    use super::*;

    fn page(size: usize, after: &str) -> Pager<Region> {
        Pager::new(PageRequest { size, after: after.into() })
    }

    fn fill(mut pager: Pager<Region>, count: usize, bytes: usize) -> Listed<Region> {
        for number in 0..count {
            let name = format!("regions/{number:03}");
            let display_name = "x".repeat(bytes);
            let record = Region { name: name.clone(), display_name, ..Region::default() };
            pager.offer(&name, || Some(record));
        }
        pager.finish()
    }

    #[test]
    fn a_page_ends_at_its_count_and_the_last_one_has_no_next() {
        let first = fill(page(2, ""), 4, 1);
        assert_eq!((first.records.len(), first.total), (2, 4));
        assert_eq!(first.next.as_deref(), Some("regions/001"));
        let last = fill(page(2, "regions/001"), 4, 1);
        assert_eq!((last.records.len(), last.next), (2, None));
    }

    #[test]
    fn large_records_end_a_page_early_and_none_is_left_out() {
        let (mut after, mut seen) = (String::new(), Vec::new());
        loop {
            let listed = fill(page(1000, &after), 100, 55 * 1024);
            let bytes: usize = listed.records.iter().map(Message::encoded_len).sum();
            assert!(bytes <= MAX_PAGE_BYTES, "{bytes}");
            seen.extend(listed.records.into_iter().map(|record| record.name));
            let Some(next) = listed.next else { break };
            after = next;
        }
        let all: Vec<_> = (0..100).map(|number| format!("regions/{number:03}")).collect();
        assert_eq!(seen, all);
    }

    #[test]
    fn what_is_passed_over_is_not_looked_at_again_where_more_follows() {
        let mut pager = page(2, "");
        pager.offer("regions/001", || Some(Region::default()));
        pager.offer("regions/002", || None);
        pager.goes_on();
        let listed = pager.finish();
        assert_eq!((listed.records.len(), listed.next.as_deref()), (1, Some("regions/002")));
    }

    #[test]
    fn a_record_larger_than_a_page_is_a_page_of_its_own() {
        let listed = fill(page(1000, ""), 2, MAX_PAGE_BYTES + 1);
        assert_eq!((listed.records.len(), listed.next.as_deref()), (1, Some("regions/000")));
    }
}
