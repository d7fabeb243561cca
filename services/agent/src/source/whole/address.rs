//! Addresses among what stands beside the rows: one that leads to another part of the same list is
//! a link to more, however it is called.

use url::Url;

use super::spoken::{self, holds};

/// Links that lead to this page, to those before it, or to no page of the list.
const ELSEWHERE: &str = " self first prev previous start current up search profile help docs path home feed \
    logo schema context id type canonical alternate describedby find curies pertama awal sebelumnya item base \
    website homepage license url request documentation ";
/// Parameters that say how many records are passed over.
const OFFSETS: [&str; 6] = ["offset", "start", "skip", "$skip", "startindex", "_offset"];
/// Parameters of a page's number.
const PAGES: [&str; 8] =
    ["page", "p", "halaman", "hal", "pagenumber", "page_number", "pageno", "page[number]"];
const UNKNOWN: &str = "http://unknown.invalid/";
const LAST: &str = " last terakhir akhir end ";

/// An address, against the one that was asked.
pub struct Address {
    /// True if it has that one's path, and another query.
    is_of_this_list: bool,
    /// The greatest number in its query.
    number: Option<u64>,
    /// How many records it passes over.
    offset: Option<u64>,
    /// The number of its page.
    page: Option<u64>,
}

impl Address {
    /// Reads a text that can only be an address.
    pub fn of(said: &str, location: &str) -> Option<Self> {
        let said = said.trim();
        let is_address = said.contains("://") || said.starts_with('/') || said.starts_with('?');
        if !is_address || said.contains(' ') {
            return None;
        }
        let asked = Url::parse(location).ok();
        let is_file = asked.is_none();
        // The origin of a file is not known; the query of an address in it can be read all the
        // same.
        let own = asked.or_else(|| Url::parse(said).or_else(|_| Url::parse(UNKNOWN)).ok())?;
        // "{?page,size}" is a form of addresses, and none.
        let other = own.join(said.split('{').next().unwrap_or(said)).ok()?;
        let is_same_path = other.path().trim_end_matches('/') == own.path().trim_end_matches('/');
        let numbers = other.query_pairs().filter_map(|(_, value)| value.parse().ok());
        let number = numbers.max();
        let of = |names: &[&str]| {
            let is_named = |name: &str| names.contains(&name.to_lowercase().as_str());
            let found = other.query_pairs().find(|(name, _)| is_named(name));
            found.and_then(|(_, value)| value.parse().ok())
        };
        let (offset, page) = (of(&OFFSETS), of(&PAGES));
        let leads_within = is_same_path && other.query() != own.query();
        let is_of_this_list = other.query().is_some() && (is_file || leads_within);
        Some(Self { is_of_this_list, number, offset, page })
    }

    /// The number of its page, where a parameter says it.
    pub fn page(&self) -> Option<u64> {
        self.page
    }

    /// How many records it passes over.
    pub fn offset(&self) -> Option<u64> {
        self.offset
    }
}

/// Whether it leads only to what has been read already.
pub fn is_elsewhere(address: &Address, path: &[String], pages: u64, denied: bool) -> bool {
    let name = |list: &str| path.iter().any(|word| holds(list, word));
    if name(LAST) {
        // A page's number is plain, also where the page says that it is the last.
        return match address.page {
            Some(page) => page <= pages.max(1),
            None => denied || address.number.is_none_or(|number| number <= pages.max(1)),
        };
    }
    !address.is_of_this_list || name(ELSEWHERE) || spoken::is_aside(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::whole::more::words;

    #[test]
    fn an_address_of_the_same_list_with_another_query_leads_on() {
        let here = "http://a.test/api/layanan?rows=50";
        let leads = |name: &str, said: &str| {
            let address = Address::of(said, here).expect("an address");
            !is_elsewhere(&address, &words(name), 1, false)
        };
        assert!(leads("kelanjutan", "/api/layanan?rows=50&offset=12"));
        assert!(leads("lain", "?offset=12") && leads("lagi", "http://a.test/api/layanan?hal=2"));
        assert!(leads("last_page_url", "http://a.test/api/layanan?page=4"));
        for (name, said) in [
            ("self", "http://a.test/api/layanan?page=1"),
            ("last_page_url", "http://a.test/api/layanan?page=1"),
            ("tautan", "http://a.test/api/layanan?rows=50"),
            ("panduan", "/docs?bab=2"),
            ("find", "/api/layanan{?id}"),
        ] {
            assert!(!leads(name, said), "{name}");
        }
        let denied = |said: &str| {
            let address = Address::of(said, here).expect("an address");
            is_elsewhere(&address, &words("last"), 1, true)
        };
        assert!(!denied("?page=7"), "six pages were not read, whatever the page says beside it");
        assert!(denied("?page=1") && denied("?rows=50&offset=120"));
        assert!(Address::of("Jalan / gang", here).is_none() && Address::of("k-11", here).is_none());
    }
}
