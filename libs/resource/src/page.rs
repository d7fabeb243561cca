//! Pages of a list. A token is opaque: it continues after the last name of the page before, and
//! is bound to the list's filter, so that it cannot be carried over to another one.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use mpp_core::{Error, FieldCode, Reason, Result};

/// Entries on a page if the request names no size.
pub const DEFAULT_SIZE: usize = 100;
/// Most entries of a page; who asks for more gets this many.
pub const MAX_SIZE: usize = 1000;
const LONGEST_TOKEN: usize = 1024;
const VERSION: u8 = 1;
const PREFIX: usize = 1 + size_of::<u64>();

/// The page that a list request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// How many entries at most.
    pub size: usize,
    /// Continue after this name; empty for the first page.
    pub after: String,
}

/// Reads a list request. `filter_hash` is any stable hash of what the list is filtered and
/// ordered by ([`hash`]).
///
/// # Errors
/// A negative size (names `page_size`), or a token that this list did not give out.
pub fn parse(page_size: i32, page_token: &str, filter_hash: u64) -> Result<PageRequest> {
    let size = match usize::try_from(page_size) {
        Ok(0) => DEFAULT_SIZE,
        Ok(size) => size.min(MAX_SIZE),
        Err(_) => {
            let text = format!("{page_size} is negative; say 1 to {MAX_SIZE}, or nothing");
            return Err(Error::field("page_size", FieldCode::OutOfRange, text));
        }
    };
    let after = if page_token.is_empty() {
        String::new()
    } else {
        read(page_token, filter_hash).ok_or_else(|| {
            let text = "page_token is not one of this list with this filter; start without one";
            Error::new(Reason::InvalidPageToken, text)
        })?
    };
    Ok(PageRequest { size, after })
}

/// The token that continues after `after`.
pub fn token(after: &str, filter_hash: u64) -> String {
    let mut bytes = Vec::with_capacity(PREFIX + after.len());
    bytes.push(VERSION);
    bytes.extend(filter_hash.to_be_bytes());
    bytes.extend(after.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A hash of a list's filter that all replicas and versions agree on (FNV-1a).
pub fn hash<T: AsRef<[u8]>>(parts: &[T]) -> u64 {
    parts
        .iter()
        .flat_map(|part| part.as_ref().iter().copied().chain([0]))
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        })
}

fn read(token: &str, filter_hash: u64) -> Option<String> {
    if token.len() > LONGEST_TOKEN {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (head, after) = bytes.split_at_checked(PREFIX)?;
    let fits = head[0] == VERSION && head[1..] == filter_hash.to_be_bytes();
    String::from_utf8(after.to_vec()).ok().filter(|_| fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_goes_on_after_its_last_name() {
        let filter = hash(&["malls", "35"]);
        let next = token("malls/banyuwangi", filter);
        let page = parse(0, &next, filter).expect("its own token");
        assert_eq!(page, PageRequest { size: DEFAULT_SIZE, after: "malls/banyuwangi".into() });
    }

    #[test]
    fn a_token_of_another_filter_is_refused() {
        let next = token("malls/banyuwangi", hash(&["malls", "35"]));
        let error = parse(0, &next, hash(&["malls", "36"])).expect_err("another filter");
        assert_eq!(error.reason(), Reason::InvalidPageToken);
        for text in ["!", "AA", "AQ", &"A".repeat(2000)] {
            assert!(parse(0, text, 0).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_bounded_and_negative_ones_refused() {
        assert_eq!(parse(5000, "", 0).expect("a size").size, MAX_SIZE);
        assert_eq!(parse(7, "", 0).expect("a size").size, 7);
        assert_eq!(parse(-1, "", 0).expect_err("negative").violations()[0].field, "page_size");
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
    }
}
