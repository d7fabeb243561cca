//! The link to the next page, in the forms in which sources write it. A form that is not known is
//! an error that names what was found: it must not end the list in silence.

use std::path::{Component, Path};

use jaq_json::Val;
use url::Url;

use super::{
    fault::Fault,
    place::{self, Setting, count, each, key, shape, text},
};

/// Keys of a link's address, within an object that is the link.
const ADDRESSES: [&str; 6] = ["href", "url", "link", "uri", "@id", "page"];

/// Keys by which sources name a next page, where it is not configured.
const NEXT: [&str; 18] = [
    "next",
    "next_page",
    "nextPage",
    "next_page_url",
    "nextPageUrl",
    "next_url",
    "nextUrl",
    "next_link",
    "nextLink",
    "@odata.nextLink",
    "next_href",
    "nextHref",
    "berikutnya",
    "selanjutnya",
    "next_cursor",
    "nextCursor",
    "next_page_token",
    "nextPageToken",
];
const MORE: [&str; 7] = [
    "has_more",
    "hasMore",
    "has_next",
    "hasNext",
    "hasNextPage",
    "has_next_page",
    "has_more_pages",
];

/// How to go on from a page.
#[derive(Clone, Debug, Default)]
pub struct Next {
    /// Where the link stands; empty: only the `Link` header counts.
    pub link: Setting,
    /// The parameter of the address that takes a page's number or a cursor.
    pub parameter: String,
}

impl Next {
    /// The next page's address; `None` on the last page. It must be on the same host: a page cannot
    /// send the agent elsewhere.
    ///
    /// # Errors
    /// What is there leads nowhere that is known.
    pub fn after(
        &self,
        page: &Val,
        header: Option<&str>,
        location: &str,
    ) -> Result<Option<String>, Fault> {
        let shown = super::fault::address(location);
        let found = match self.link.text.as_str() {
            "" => None,
            place => place::find(page, place),
        };
        let place = if self.link.place.is_empty() { &shown } else { &self.link.place };
        let unknown =
            |text: String| Fault::config(place, format!("next = \"{}\": {text}", self.link.text));
        let step = match found {
            Some(value) => self.resolve(value, location).map_err(unknown)?,
            None => None,
        };
        if step.is_some() {
            return Ok(step);
        }
        match header.and_then(of_header) {
            Some(link) => {
                join(location, &link).map(Some).map_err(|text| Fault::unreadable(&shown, text))
            }
            None if found.is_some_and(|value| !matches!(value, Val::Null)) => Ok(None),
            None => match elsewhere(page, &self.link.text) {
                Some(text) => Err(Fault::config(place, text)),
                None => Ok(None),
            },
        }
    }

    fn resolve(&self, value: &Val, location: &str) -> Result<Option<String>, String> {
        match value {
            Val::Null | Val::Bool(false) => Ok(None),
            Val::TStr(_) => self.resolve_text(&text(value).unwrap_or_default(), location),
            Val::Num(_) => self.resolve_text(&value.to_string(), location),
            Val::Arr(links) => self.of_links(links, location),
            Val::Obj(map) if map.is_empty() => Ok(None),
            Val::Obj(_) => match ADDRESSES.iter().find_map(|name| key(value, name)) {
                Some(Val::Obj(_) | Val::Arr(_)) | None => Err(no_address(value)),
                Some(inner) => self.resolve(inner, location),
            },
            _ => Err(no_address(value)),
        }
    }

    fn resolve_text(&self, found: &str, location: &str) -> Result<Option<String>, String> {
        let found = found.trim();
        if found.is_empty() {
            return Ok(None);
        }
        if found.contains(['/', '?']) || (found.contains('.') && found.parse::<f64>().is_err()) {
            return join(location, found).map(Some);
        }
        self.with_parameter(found, location).map(Some)
    }

    /// A page's number, or a cursor: it goes into the parameter that is configured, or that held the
    /// number before.
    fn with_parameter(&self, found: &str, location: &str) -> Result<String, String> {
        let mut url = Url::parse(location).map_err(|_| {
            format!("there is \"{found}\", which is no address, and {location} is a file")
        })?;
        let before = found.parse::<u64>().ok().map(|number| number.saturating_sub(1).to_string());
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let counting: Vec<_> =
            pairs.iter().filter(|(_, value)| Some(value) == before.as_ref()).collect();
        let name = match (self.parameter.as_str(), counting.as_slice()) {
            ("", [(name, _)]) => name.clone(),
            ("", _) => {
                return Err(format!(
                    "there is \"{found}\", which is no address; name the parameter of the address \
                     that takes it, such as page_parameter = \"page\""
                ));
            }
            (name, _) => name.to_owned(),
        };
        let kept = pairs.into_iter().filter(|(other, _)| *other != name).collect::<Vec<_>>();
        url.query_pairs_mut().clear().extend_pairs(kept).append_pair(&name, found);
        Ok(url.into())
    }

    fn of_links(&self, links: &[Val], location: &str) -> Result<Option<String>, String> {
        if links.is_empty() {
            return Ok(None);
        }
        let says_next = |link: &&Val| {
            let names = ["rel", "relation", "label", "name"];
            let says = names.iter().find_map(|name| text(key(link, name)?)).unwrap_or_default();
            let says = says.to_lowercase();
            ["next", "berikut", "selanjut"].iter().any(|word| says.contains(word))
        };
        if !links.iter().all(|link| matches!(link, Val::Obj(_))) {
            return Err(format!("there is a list of {}, and no link", links.len()));
        }
        links.iter().find(says_next).map_or(Ok(None), |link| self.resolve(link, location))
    }
}

fn no_address(value: &Val) -> String {
    format!("there is {}, which leads to no page that the agent could read", shape(value))
}

/// Resolves a link as a browser would, and stays on the host.
fn join(location: &str, link: &str) -> Result<String, String> {
    let Ok(base) = Url::parse(location) else { return join_file(location, link) };
    let mut next = base.join(link).map_err(|error| format!("\"{link}\" is no address: {error}"))?;
    let is_default = |url: &Url| url.port().is_none();
    if base.scheme() == "https" && next.scheme() == "http" && is_default(&base) && is_default(&next)
    {
        // Behind a gateway a system does not know that it is called by https.
        let _ = next.set_scheme("https");
    }
    if base.origin() != next.origin() {
        let host = next.host_str().unwrap_or(next.scheme());
        return Err(format!("the next page is on another host ({host}), which is not followed"));
    }
    next.set_fragment(None);
    Ok(next.into())
}

/// A page that is a file: the next one lies beside it.
fn join_file(location: &str, link: &str) -> Result<String, String> {
    let link_path = Path::new(link);
    let stays =
        link_path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !stays || link.contains("://") || link.contains('?') {
        return Err(format!("\"{link}\" is no file beside {location}"));
    }
    let folder = Path::new(location).parent().unwrap_or(Path::new("."));
    Ok(folder.join(link_path).display().to_string())
}

/// `Link: <https://…?page=2>; rel="next"`.
fn of_header(header: &str) -> Option<String> {
    let mut rest = header;
    while let Some((_, link)) = rest.split_once('<') {
        let (address, after) = link.split_once('>')?;
        let own = after.split('<').next().unwrap_or(after).to_lowercase();
        let own: String = own.chars().filter(|sign| !matches!(sign, '"' | ' ')).collect();
        if own.split([';', ',']).any(|part| part == "rel=next") {
            return Some(address.to_owned());
        }
        rest = after;
    }
    None
}

/// A next page that is named where nobody looked for it.
fn elsewhere(page: &Val, configured: &str) -> Option<String> {
    let mut found = None;
    each(page, "", 3, &mut |place, value| {
        let name =
            if NEXT.contains(&place) { place } else { place.rsplit('.').next().unwrap_or(place) };
        let is_set = match value {
            Val::Null | Val::Bool(false) => false,
            Val::TStr(_) => !text(value).unwrap_or_default().trim().is_empty(),
            Val::Num(_) => count(value).is_none_or(|number| number > 0),
            Val::Arr(items) => !items.is_empty(),
            Val::Obj(_) => ADDRESSES
                .iter()
                .any(|name| key(value, name).is_some_and(|inner| !matches!(inner, Val::Null))),
            _ => true,
        };
        let names =
            NEXT.contains(&name) || (MORE.contains(&name) && matches!(value, Val::Bool(true)));
        if names && is_set && found.is_none() {
            found = Some(format!(
                "the page has {} at \"{place}\", so it is not the last, and next = \"{configured}\" \
                 leads to nothing; set next to where the link is",
                shape(value)
            ));
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "http://bkpm.test/api/list?page=1&jumlah=50";

    fn after(link: &str, page: &str, header: Option<&str>) -> Result<Option<String>, String> {
        let page = jaq_json::read::parse_single(page.as_bytes()).expect("JSON");
        let next = Next { link: link.into(), parameter: String::new() };
        next.after(&page, header, PAGE).map_err(|fault| fault.error.message().to_owned())
    }

    #[test]
    fn the_next_page_is_found_in_all_its_forms() {
        let second = Ok(Some("http://bkpm.test/api/list?page=2".to_owned()));
        for link in [
            r#""?page=2""#,
            r#""list?page=2""#,
            r#""/api/list?page=2""#,
            r#""./list?page=2""#,
            r#""//bkpm.test/api/list?page=2""#,
            r#""http://bkpm.test/api/list?page=2""#,
            r#"{"href": "list?page=2"}"#,
            r#"{"url": "?page=2", "label": "x"}"#,
            r#"[{"rel": "prev", "href": "?page=0"}, {"rel": "next", "href": "?page=2"}]"#,
            r#"[{"label": "1", "url": "?page=1"}, {"label": "Next &raquo;", "url": "?page=2"}]"#,
        ] {
            assert_eq!(after("next", &format!(r#"{{"next": {link}}}"#), None), second, "{link}");
        }
        assert_eq!(after("links.next", r#"{"links": {"next": "?page=2"}}"#, None), second);
        assert_eq!(after("links.next", r#"{"links.next": "?page=2"}"#, None), second);
        assert_eq!(after("/links/next", r#"{"links": {"next": "?page=2"}}"#, None), second);
        let header = "<?page=0>; rel=\"prev\", <http://bkpm.test/api/list?page=2>; rel=\"next\"";
        assert_eq!(after("", "[]", Some(header)), second);
        let numbered = Ok(Some("http://bkpm.test/api/list?jumlah=50&page=2".to_owned()));
        assert_eq!(after("next", r#"{"next": 2}"#, None), numbered);
        assert_eq!(after("next", r#"{"next": "2"}"#, None), numbered);
        for last in [
            "null",
            "\"\"",
            "false",
            "{}",
            "[]",
            r#"{"href": null}"#,
            r#"[{"rel": "prev", "href": "x"}]"#,
        ] {
            assert_eq!(after("next", &format!(r#"{{"next": {last}}}"#), None), Ok(None), "{last}");
        }
        assert_eq!(after("next", "{}", None), Ok(None));
    }

    #[test]
    fn a_form_that_is_not_known_is_named_and_ends_no_list_in_silence() {
        for (found, said) in [
            ("true", "true"),
            (r#"{"halaman": 2}"#, "keys halaman"),
            (r#"[2, 3]"#, "a list of 2"),
            (r#""eyJpZCI6MTB9""#, "page_parameter"),
            ("7", "\"7\""),
        ] {
            let fault = after("next", &format!(r#"{{"next": {found}}}"#), None).expect_err(found);
            assert!(fault.contains(said), "{found}: {fault}");
        }
        for unseen in [
            r#"{"links": {"next": "?page=2"}}"#,
            r#"{"next_page_url": "?page=2"}"#,
            r#"{"meta": {"has_more": true}}"#,
            r#"{"_links": {"next": {"href": "?page=2"}}}"#,
            r#"{"@odata.nextLink": "?page=2"}"#,
        ] {
            assert!(after("", unseen, None).expect_err(unseen).contains("not the last"));
            assert!(after("next_link_of_old", unseen, None).is_err(), "{unseen}");
        }
        assert_eq!(
            after("", r#"{"links": {"next": null}, "has_more": false, "next": {}}"#, None),
            Ok(None)
        );
    }

    #[test]
    fn a_page_cannot_send_the_agent_elsewhere() {
        for link in [
            "http://169.254.169.254/meta",
            "//evil.test/x",
            "http://bkpm.test.evil/x",
            "file:///etc/passwd",
            "https://bkpm.test:8443/x",
        ] {
            let fault = after("next", &format!(r#"{{"next": "{link}"}}"#), None).expect_err(link);
            assert!(fault.contains("another host"), "{link}: {fault}");
        }
        let upgraded = join("https://a.test/x?page=1", "http://a.test/x?page=2");
        assert_eq!(upgraded.as_deref(), Ok("https://a.test/x?page=2"));
        assert_eq!(join("dir/p1.json", "p2.json").as_deref(), Ok("dir/p2.json"));
        assert!(join("dir/p1.json", "../../etc/passwd").is_err());
        assert!(join("dir/p1.json", "/etc/passwd").is_err());
    }
}
