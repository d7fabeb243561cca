//! Pages of a list. A token is opaque: it continues after the last entry of the page before, and is
//! bound to the list and its filter, so that it cannot be carried over to another one. Every list
//! of the suite reads its request and gives its tokens out here ([`answer`]), whatever its entries
//! are ordered by; use cases know keys only. What is ordered by name is collected by
//! [`Pager`](crate::list::Pager). Only the versions of a record are no such list: they go by their
//! own numbers (`before_version`), which a caller may name without having been given them. How many
//! entries a request asks for is read in one place for all of them ([`Sizes`]).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use mpp_api::method::Paginated;
use mpp_core::{Error, FieldCode, Reason, Result};

pub use mpp_core::Sizes;

/// The sizes of lists of records.
pub const OF_RECORDS: Sizes = Sizes { usual: 100, most: 1000 };
/// The sizes of lists whose entries are worked out when they are asked for: a screenful each.
pub const OF_FINDINGS: Sizes = Sizes { usual: 20, most: 100 };

/// Bytes of a token as it is sent: the longest name of a record, encoded, and room to spare.
const LONGEST_TOKEN: usize = 1024;
/// The form of a token; one of another form is refused.
const VERSION: u8 = 1;
/// Bytes before the place in the list: the form, and the question that the token belongs to.
const PREFIX: usize = 1 + size_of::<u64>();

/// The page that a list request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// How many entries at most.
    pub size: usize,
    /// Continue after this entry; empty for the first page.
    pub after: String,
}

/// What a use case answers for one page, before it has its token.
#[derive(Clone, Debug, PartialEq)]
pub struct OnePage<R> {
    /// The answer, without the token of the next page.
    pub response: R,
    /// The key of the entry after which the next page begins; `None` on the last page.
    pub next: Option<String>,
}

impl PageRequest {
    /// Where the page begins, in a list that is not ordered by names; `None` for the first page.
    ///
    /// # Errors
    /// A token that `read` cannot make sense of.
    pub fn position<'a, T>(&'a self, read: impl FnOnce(&'a str) -> Option<T>) -> Result<Option<T>> {
        if self.after.is_empty() {
            return Ok(None);
        }
        read(&self.after).map(Some).ok_or_else(foreign)
    }
}

/// Answers a request with the page that `collect` makes for it.
///
/// # Errors
/// A negative size (names `page_size`), a token that this list did not give out for this filter,
/// and the errors of `collect`.
pub async fn answer<M, F>(
    request: &M,
    sizes: Sizes,
    collect: impl FnOnce(PageRequest) -> F,
) -> Result<M::Response>
where
    M: Paginated,
    F: Future<Output = Result<OnePage<M::Response>>>,
{
    let bound = hash(&[M::METHOD.as_bytes(), &request.filter()]);
    let page = parse(request.page_size(), request.page_token(), bound, sizes)?;
    let OnePage { mut response, next } = collect(page).await?;
    M::set_next_page_token(&mut response, next.map_or_else(String::new, |key| token(&key, bound)));
    Ok(response)
}

fn parse(page_size: i32, page_token: &str, bound: u64, sizes: Sizes) -> Result<PageRequest> {
    let size = sizes.asked(page_size, "page_size")?;
    let after = if page_token.is_empty() {
        String::new()
    } else {
        read(page_token, bound).ok_or_else(foreign)?
    };
    Ok(PageRequest { size, after })
}

fn foreign() -> Error {
    let text = "is not one of this list with this filter; start without one";
    Error::refused(Reason::InvalidPageToken, "page_token", FieldCode::Format, text)
}

fn token(after: &str, bound: u64) -> String {
    let mut bytes = Vec::with_capacity(PREFIX + after.len());
    bytes.push(VERSION);
    bytes.extend(bound.to_be_bytes());
    bytes.extend(after.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A hash of a list and its filter that all replicas and versions agree on (FNV-1a).
fn hash<T: AsRef<[u8]>>(parts: &[T]) -> u64 {
    parts
        .iter()
        .flat_map(|part| part.as_ref().iter().copied().chain([0]))
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        })
}

fn read(token: &str, bound: u64) -> Option<String> {
    if token.len() > LONGEST_TOKEN {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (head, after) = bytes.split_at_checked(PREFIX)?;
    let fits = head[0] == VERSION && head[1..] == bound.to_be_bytes();
    String::from_utf8(after.to_vec()).ok().filter(|_| fits)
}

#[cfg(test)]
mod tests {
    use mpp_api::registry::{ListMallsRequest, ListMallsResponse};

    use super::*;

    async fn page(request: &ListMallsRequest, next: Option<&str>) -> Result<(PageRequest, String)> {
        let mut asked = None;
        let answer = answer(request, OF_RECORDS, |page| {
            asked = Some(page);
            let next = next.map(str::to_owned);
            async { Ok(OnePage { response: ListMallsResponse::default(), next }) }
        });
        let token = answer.await?.next_page_token;
        Ok((asked.expect("collected"), token))
    }

    fn malls(region: &str, page_token: &str) -> ListMallsRequest {
        let (region, page_token) = (region.into(), page_token.into());
        ListMallsRequest { region, page_token, ..Default::default() }
    }

    #[tokio::test]
    async fn a_list_goes_on_after_its_last_name() {
        let (first, last) = page(&malls("35", ""), None).await.expect("the first page");
        assert_eq!((first.size, &*first.after, &*last), (100, "", ""));
        let name = "malls/banyuwangi";
        let (_, next) = page(&malls("35", ""), Some(name)).await.expect("a page");
        let other = ListMallsRequest { page_size: 7, min_revision: 3, ..malls("35", &next) };
        let (second, _) = page(&other, None).await.expect("its own token");
        assert_eq!(second, PageRequest { size: 7, after: name.into() }, "of whatever size");
    }

    #[tokio::test]
    async fn a_token_of_another_filter_or_list_is_refused() {
        let name = Some("malls/banyuwangi");
        let (_, next) = page(&malls("35", ""), name).await.expect("a page");
        let other = ListMallsRequest { organiser: "units/a".into(), ..malls("35", &next) };
        for request in [malls("36", &next), other] {
            let error = page(&request, None).await.expect_err("another filter");
            assert_eq!(error.reason(), Reason::InvalidPageToken);
        }
        for text in [&*next, "!", "AA", "AQ", &"A".repeat(2000)] {
            let error = parse(0, text, 0, OF_RECORDS).expect_err(text);
            assert_eq!(error.reason(), Reason::InvalidPageToken, "{text}");
            assert_eq!(error.violations()[0].field, "page_token", "{text}");
        }
    }

    #[test]
    fn a_token_without_the_lists_own_position_is_refused_as_any_other() {
        let page = parse(0, &token("malls/banyuwangi", 0), 0, OF_RECORDS).expect("a token");
        let error = page.position(|after| after.split_once(' ')).expect_err("no position");
        assert_eq!(error.reason(), Reason::InvalidPageToken);
        let first = parse(0, "", 0, OF_RECORDS).expect("the first page");
        assert_eq!(first.position(|after| after.split_once(' ')).expect("none"), None);
    }

    #[test]
    fn sizes_are_bounded_and_negative_ones_refused() {
        for sizes in [OF_RECORDS, OF_FINDINGS] {
            let size = |asked: i32| parse(asked, "", 0, sizes).map(|page| page.size);
            assert_eq!(size(5000).expect("a size"), sizes.most);
            assert_eq!(size(7).expect("a size"), 7);
            let error = size(-1).expect_err("negative");
            assert_eq!(error.violations()[0].field, "page_size");
            let bound = format!("1 to {}", sizes.most);
            assert!(error.violations()[0].description.contains(&bound), "{error}");
        }
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
    }
}
