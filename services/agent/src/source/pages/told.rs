//! Header fields of an answer about the list that it holds a page of, as one more part of the page:
//! `X-Total`, `X-Next-Page`, `Content-Range` and others.

use jaq_json::Val;
use ureq::http::{HeaderMap, StatusCode, header};

use super::{link_header, parse::parse};
use crate::source::whole::{address::Address, more::words};

/// Words of header fields that do not count the list, but the caller's calls or a cache's work.
const OF_TRANSPORT: [&str; 9] =
    ["ratelimit", "rate", "limit", "quota", "retry", "nextjs", "cache", "cookie", "token"];

/// The fields as an object; the total of a range stands as `content range total`.
pub fn fields(headers: &HeaderMap) -> Val {
    let named = headers.iter().filter(|(name, _)| {
        let words = words(name.as_str());
        !words.iter().any(|word| OF_TRANSPORT.iter().any(|other| word.starts_with(other)))
    });
    let pairs = named.filter_map(|(name, value)| {
        let text = value.to_str().ok()?.trim();
        // {"TotalCount": 40}: some write everything in one field.
        let whole = if text.starts_with('{') { parse(text.as_bytes()).ok() } else { None };
        Some((key(name.as_str()), whole.unwrap_or_else(|| key(text))))
    });
    let total = range(headers).filter(|range| !range.is_bytes()).and_then(|range| range.total);
    let total = total.map(|total| (key("content range total"), key(&total.to_string())));
    let last = headers.get_all(header::LINK).iter().filter_map(|value| value.to_str().ok());
    let last = last.filter_map(link_header::last).filter_map(|target| page_of(&target));
    let last = last.map(|page| (key("last page"), key(&page.to_string())));
    Val::obj(pairs.chain(total).chain(last).collect())
}

/// The page that a link leads to.
fn page_of(target: &str) -> Option<u64> {
    let target = if target.contains('/') { target.to_owned() } else { format!("/{target}") };
    Address::of(&target, "")?.page()
}

/// Why an answer holds only a part of the list that was asked for; `None` if it does not.
pub fn is_part(status: StatusCode, headers: &HeaderMap) -> Option<String> {
    let found = range(headers);
    let said = headers.get(header::CONTENT_RANGE).and_then(|value| value.to_str().ok());
    let is_part = match &found {
        Some(range) if range.is_bytes() => !range.is_whole(),
        // Its total tells whether it is a part.
        Some(range) => range.total.is_none(),
        None => status == StatusCode::PARTIAL_CONTENT,
    };
    is_part.then(|| {
        format!(
            "the source answered {status} with a part only, {}",
            said.unwrap_or("of unknown size")
        )
    })
}

/// `items 0-5/40`; the total may be `*`.
struct Range {
    unit: String,
    first: u64,
    last: u64,
    total: Option<u64>,
}

impl Range {
    fn is_bytes(&self) -> bool {
        self.unit.eq_ignore_ascii_case("bytes")
    }

    fn is_whole(&self) -> bool {
        self.first == 0 && self.total.is_some() && self.total == self.last.checked_add(1)
    }
}

fn range(headers: &HeaderMap) -> Option<Range> {
    let text = headers.get(header::CONTENT_RANGE)?.to_str().ok()?.trim();
    // Some leave the unit out.
    let (unit, rest) = text.split_once(' ').unwrap_or(("", text));
    let (here, total) = rest.split_once('/')?;
    let (first, last) = here.split_once('-').unwrap_or((here, here));
    let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    Some(Range { unit: unit.to_owned(), first, last, total: total.trim().parse().ok() })
}

fn key(text: &str) -> Val {
    Val::utf8_str(text.to_owned().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_the_last_page_tells_how_many_there_are() {
        let link = "<?page=1>; rel=\"first\", <?page=3>; rel=\"last\"".parse().expect("a value");
        let told = fields(&[(header::LINK, link)].into_iter().collect()).to_string();
        assert!(told.contains(r#""last page":"3""#), "{told}");
    }

    #[test]
    fn a_range_of_bytes_or_without_a_total_is_a_part() {
        let part = |status: StatusCode, value: Option<&str>| {
            let value = value.map(|value| (header::CONTENT_RANGE, value.parse().expect("a value")));
            is_part(status, &value.into_iter().collect()).is_some()
        };
        let partial = StatusCode::PARTIAL_CONTENT;
        assert!(part(partial, None) && part(partial, Some("bytes 0-99/200")));
        assert!(part(partial, Some("bytes 50-99/100")), "its tail is not the whole");
        assert!(part(partial, Some("bytes 0-18446744073709551615/1")));
        assert!(part(StatusCode::OK, Some("items 0-5/*")));
        assert!(!part(StatusCode::OK, None) && !part(partial, Some("bytes 0-199/200")));
        assert!(!part(partial, Some("items 0-5/40")), "its total tells, page by page");
    }
}
