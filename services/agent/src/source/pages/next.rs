//! The link to the next page, in the forms in which sources write it. A form that is not known is
//! an error that names what was found: it must not end the list in silence.

use std::path::{Component, Path};

use jaq_json::Val;
use url::Url;

use super::{
    link_header,
    links::{ADDRESSES, purposes, says_else, says_next},
    place::{self, Setting, key, shape, text},
};
use crate::source::{
    fault::{Fault, address, shown},
    whole::more,
};

/// How to go on from a page.
#[derive(Clone, Debug, Default)]
pub struct Next {
    /// The place of the link; empty: only the `Link` header counts.
    pub link: Setting,
    /// The parameter of the address that takes a page's number or a cursor.
    pub parameter: String,
}

impl Next {
    /// The next page's address; `None` on the last page. It must be on the same host: a page cannot
    /// send the agent elsewhere. With `heed_signs` whatever else speaks of more must lead there.
    ///
    /// # Errors
    /// The link leads to no known place.
    pub fn after(
        &self,
        (page, rows): (&Val, &[Val]),
        header: Option<&str>,
        location: &str,
        heed_signs: bool,
    ) -> Result<Option<String>, Fault> {
        let at = address(location);
        let place = if self.link.place.is_empty() { &at } else { &self.link.place };
        let configured = &self.link.text;
        let unknown =
            |text: String| Fault::config(place, format!("next = \"{configured}\": {text}"));
        let found = place::find(page, configured).filter(|_| !configured.is_empty());
        let step =
            found.map_or(Ok(None), |value| self.resolve(value, location)).map_err(unknown)?;
        if step.is_some() {
            return Ok(step);
        }
        let linked = header.map_or(Ok(None), |header| of_header(header, location));
        if let Some(next) = linked.map_err(|text| Fault::unreadable(&at, text))? {
            return Ok(Some(next));
        }
        match more::sign(page, rows, configured) {
            Some(sign) if heed_signs => Err(Fault::config(place, self.is_not_last(&sign))),
            _ => Ok(None),
        }
    }

    /// Checks that the fields of the last page's answer speak of no further one.
    ///
    /// # Errors
    /// Names the one that does.
    pub fn ends(&self, told: &Val, at: &str) -> Result<(), Fault> {
        let place = if self.link.place.is_empty() { at } else { &self.link.place };
        match more::sign(told, &[], "") {
            Some(sign) => Err(Fault::config(place, self.is_not_last(&sign))),
            None => Ok(()),
        }
    }

    fn is_not_last(&self, sign: &str) -> String {
        format!(
            "the page has {sign}, so it is not the last, and next = \"{}\" leads to nothing; set next \
             to where the link is, or name in ignore = [\"…\"] what says something else",
            self.link.text
        )
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
        if self.is_address(found, location) {
            return join(location, found).map(Some);
        }
        self.with_parameter(found, location).map(Some)
    }

    /// A cursor may hold any sign; if a parameter takes it, only what can be nothing else is an
    /// address.
    fn is_address(&self, found: &str, location: &str) -> bool {
        if found.contains("://") || found.contains('?') || found.starts_with("./") {
            return true;
        }
        let Ok(url) = Url::parse(location) else { return true };
        if !self.parameter.is_empty() {
            let folder = url.path().rsplit_once('/').map_or("", |(folder, _)| folder);
            return folder.len() > 1
                && found.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        }
        let is_base64 = found.ends_with('=') || found.contains('+');
        (found.contains('/') && !is_base64)
            || (found.contains('.') && found.parse::<f64>().is_err())
    }

    /// A page's number, or a cursor: it goes into the parameter that is configured, or that held
    /// the number before.
    fn with_parameter(&self, found: &str, location: &str) -> Result<String, String> {
        let mut url = Url::parse(location).map_err(|_| {
            format!("there is \"{}\", which is no address, and {location} is a file", shown(found))
        })?;
        let before = found.parse::<u64>().ok().map(|number| number.saturating_sub(1).to_string());
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let counting: Vec<_> =
            pairs.iter().filter(|(_, value)| Some(value) == before.as_ref()).collect();
        let name = match (self.parameter.as_str(), counting.as_slice()) {
            ("", [(name, _)]) => name.clone(),
            ("", _) => {
                return Err(format!(
                    "there is \"{}\", which is no address; name the parameter of the address \
                     that takes it, such as page_parameter = \"page\"",
                    shown(found)
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
        if !links.iter().all(|link| matches!(link, Val::Obj(_))) {
            return Err(format!("there is a list of {}, and no link", links.len()));
        }
        if let Some(link) = links.iter().find(|link| says_next(link)) {
            return self.resolve(link, location);
        }
        match links.iter().find(|link| !says_else(link)) {
            Some(link) => Err(format!(
                "there is a link of which nobody can say where it leads: {}",
                purposes(link)
            )),
            None => Ok(None),
        }
    }
}

fn no_address(value: &Val) -> String {
    format!("there is {}, which leads to no page that the agent could read", shape(value))
}

fn of_header(header: &str, location: &str) -> Result<Option<String>, String> {
    link_header::next(header)?.map(|link| join(location, &link)).transpose()
}

/// Resolves a link as a browser would, and stays on the host.
fn join(location: &str, link: &str) -> Result<String, String> {
    let Ok(base) = Url::parse(location) else { return join_file(location, link) };
    let mut next =
        base.join(link).map_err(|error| format!("\"{}\" is no address: {error}", shown(link)))?;
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
        return Err(format!("\"{}\" is no file beside {location}", shown(link)));
    }
    let folder = Path::new(location).parent().unwrap_or(Path::new("."));
    Ok(folder.join(link_path).display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "http://bkpm.test/api/list?page=1&jumlah=50";

    fn after(link: &str, page: &str, header: Option<&str>) -> Result<Option<String>, String> {
        let page = jaq_json::read::parse_single(page.as_bytes()).expect("JSON");
        let next = Next { link: link.into(), ..Next::default() };
        next.after((&page, &[]), header, PAGE, true)
            .map_err(|fault| fault.error.message().to_owned())
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
            r#"[{"label": "«", "url": "?page=0"}, {"label": "»", "url": "?page=2"}]"#,
            r#"[{"rel": ["self"], "href": "?page=1"}, {"rel": ["next"], "href": "?page=2"}]"#,
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
            r#"[{"label": "&laquo; Previous", "url": "x"}, {"label": "1", "url": "x"}]"#,
            r#"[{"label": "Next &raquo;", "url": null}]"#,
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
            (r#"[{"label": "Maju", "url": "?page=2"}]"#, "maju"),
            (r#""YWJj/ZGVm+Zw==""#, "page_parameter"),
            (r#""eyJpZCI6MTB9""#, "page_parameter"),
            ("7", "\"7\""),
        ] {
            let fault = after("next", &format!(r#"{{"next": {found}}}"#), None).expect_err(found);
            assert!(fault.contains(said), "{found}: {fault}");
        }
        for unseen in [
            r#"{"pagination": {"hasMorePages": true}}"#,
            r#"{"links": {"next": "?page=2"}}"#,
            r#"{"next_page_url": "?page=2"}"#,
            r#"{"meta": {"has_more": true}}"#,
            r#"{"_links": {"next": {"href": "?page=2"}}}"#,
            r#"{"@odata.nextLink": "?page=2"}"#,
            r#"{"next": "", "has_more": true}"#,
            r#"{"next": {}, "has_more": true}"#,
            r#"{"next": false, "nextToken": "x"}"#,
        ] {
            assert!(after("", unseen, None).expect_err(unseen).contains("not the last"));
            assert!(after("next_link_of_old", unseen, None).is_err(), "{unseen}");
            if unseen.contains(r#""next": "#) && !unseen.contains("link") {
                assert!(after("next", unseen, None).is_err(), "{unseen}");
            }
        }
        assert_eq!(
            after("", r#"{"links": {"next": null}, "has_more": false, "next": {}}"#, None),
            Ok(None)
        );
    }

    #[test]
    fn a_cursor_with_any_sign_goes_into_its_parameter() {
        for cursor in ["YWJj/ZGVm", "/9j/4AAQ", "a.b.c", "YWJj+Zw=="] {
            let page = format!(r#"{{"next": "{cursor}"}}"#);
            let page = jaq_json::read::parse_single(page.as_bytes()).expect("JSON");
            let next = Next { link: "next".into(), parameter: "c".into() };
            let found =
                next.after((&page, &[]), None, PAGE, true).expect("an address").expect("a page");
            let url = Url::parse(&found).expect("an address");
            assert_eq!(url.path(), "/api/list", "{cursor}");
            assert!(url.query_pairs().any(|(name, value)| name == "c" && value == cursor));
        }
    }

    #[test]
    fn no_query_is_told() {
        for page in [
            r#"{"nextUrl": "http://bkpm.test/x?page=2&token=RAHASIA"}"#,
            r#"{"next": "page=2&token=RAHASIA"}"#,
            r#"{"next": "http://[x?token=RAHASIA"}"#,
            r#"{"next": {"x?token=RAHASIA": 1}}"#,
            r#"{"next": [{"label": "http://x.test/?token=RAHASIA"}]}"#,
        ] {
            let said = after("next", page, None).expect_err(page);
            assert!(!said.contains("RAHASIA"), "{said}");
        }
        assert!(!join("dir/p1.json", "p2.json?token=RAHASIA").expect_err("x").contains("RAHASIA"));
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
