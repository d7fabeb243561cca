//! Pages of a list. A token is opaque: it continues after the last entry of the page before, and
//! is bound to the list and its filter, so that it cannot be carried over to another one. Every
//! list of the suite reads its request and gives its tokens out here, whatever its entries are
//! ordered by; what is ordered by name is collected by [`Pager`](crate::list::Pager). The versions
//! of a record alone are no such list: they go by their own numbers (`before_version`), which a
//! caller may name without having been given them. How many entries a request asks for is read in
//! one place for all of them ([`Sizes`]).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use mpp_core::{Error, FieldCode, Reason, Result};

pub use mpp_core::Sizes;

/// The sizes of lists of records.
pub const OF_RECORDS: Sizes = Sizes { usual: 100, most: 1000 };
/// The sizes of lists whose entries are worked out when they are asked for: a screenful each.
pub const OF_FINDINGS: Sizes = Sizes { usual: 20, most: 100 };

const LONGEST_TOKEN: usize = 1024;
const VERSION: u8 = 1;
const PREFIX: usize = 1 + size_of::<u64>();

/// The page that a list request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// How many entries at most.
    pub size: usize,
    /// Continue after this entry; empty for the first page.
    pub after: String,
    bound: u64,
}

impl PageRequest {
    /// The token of the next page, which continues after this entry; empty where none follows.
    pub fn next(&self, after: Option<&str>) -> String {
        after.map(|after| token(after, self.bound)).unwrap_or_default()
    }

    /// Where the page begins, in a list that is not ordered by names; `None` for the first page.
    ///
    /// # Errors
    /// A token that `read` makes nothing of.
    pub fn position<'a, T>(&'a self, read: impl FnOnce(&'a str) -> Option<T>) -> Result<Option<T>> {
        if self.after.is_empty() {
            return Ok(None);
        }
        read(&self.after).map(Some).ok_or_else(foreign)
    }
}

/// Reads a list request. `bound` is a stable hash of which list it is and what that is filtered
/// and ordered by ([`hash`]).
///
/// # Errors
/// A negative size (names `page_size`), or a token that this list did not give out.
pub fn parse(page_size: i32, page_token: &str, bound: u64, sizes: Sizes) -> Result<PageRequest> {
    let size = sizes.asked(page_size, "page_size")?;
    let after = if page_token.is_empty() {
        String::new()
    } else {
        read(page_token, bound).ok_or_else(foreign)?
    };
    Ok(PageRequest { size, after, bound })
}

/// Refuses a token that the list did not give out, or not for this filter.
pub fn foreign() -> Error {
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
pub fn hash<T: AsRef<[u8]>>(parts: &[T]) -> u64 {
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
    use super::*;

    #[test]
    fn a_list_goes_on_after_its_last_name() {
        let filter = hash(&["malls", "35"]);
        let first = parse(0, "", filter, OF_RECORDS).expect("the first page");
        assert_eq!((first.size, first.next(None)), (100, String::new()));
        let next = first.next(Some("malls/banyuwangi"));
        let page = parse(0, &next, filter, OF_RECORDS).expect("its own token");
        assert_eq!(page, PageRequest { after: "malls/banyuwangi".into(), ..first });
    }

    #[test]
    fn a_token_of_another_filter_is_refused() {
        let next = token("malls/banyuwangi", hash(&["malls", "35"]));
        for (text, bound) in [
            (&*next, hash(&["malls", "36"])),
            ("!", 0),
            ("AA", 0),
            ("AQ", 0),
            (&"A".repeat(2000), 0),
        ] {
            let error = parse(0, text, bound, OF_RECORDS).expect_err(text);
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
