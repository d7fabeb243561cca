//! A page's bytes as JSON. Numbers keep all their digits, and a key that stands twice in one object
//! is refused, since only one of its values would be read.

use std::{collections::HashSet, fmt};

use encoding_rs::Encoding;
use jaq_json::Val;
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, SeqAccess, Visitor},
};

use crate::source::fault::excerpt;

/// Reads a page.
///
/// # Errors
/// Says what it is instead of JSON.
pub fn parse(body: &[u8]) -> Result<Val, String> {
    let text = decode(body)?;
    let start = text.trim_start();
    if start.is_empty() {
        return Err("it is empty".to_owned());
    }
    if start.starts_with("<?xml") && !start.to_ascii_lowercase().contains("<html") {
        return Err("XML instead of JSON; ask the source for JSON".to_owned());
    }
    if start.starts_with('<') {
        return Err(page_of_html(start));
    }
    // Checks the depth, too: otherwise what follows would go as deep as the text does.
    serde_json::from_str::<Strict>(&text).map_err(|error| {
        format!(
            "not JSON: {error}; it begins \"{}\"",
            excerpt(&start.chars().take(60).collect::<String>())
        )
    })?;
    jaq_json::read::parse_single(text.as_bytes()).map_err(|error| format!("not JSON: {error}"))
}

/// How a file begins that gzip has packed.
const GZIP: &[u8] = b"\x1f\x8b";

/// Decodes UTF-8, or the encoding that a byte order mark names.
fn decode(body: &[u8]) -> Result<String, String> {
    let (encoding, mark) = Encoding::for_bom(body).unwrap_or((encoding_rs::UTF_8, 0));
    let (text, damaged) = encoding.decode_without_bom_handling(&body[mark..]);
    if damaged && body.starts_with(GZIP) {
        return Err("it is packed (gzip); give it unpacked".to_owned());
    }
    if damaged {
        let at = std::str::from_utf8(body).err().map_or(0, |error| error.valid_up_to()) + 1;
        let name = encoding.name();
        return Err(format!(
            "it is not {name}, which JSON must be, from about byte {at} on; where it is in another \
             encoding, such as windows-1252, have it written as UTF-8"
        ));
    }
    Ok(text.into_owned())
}

fn page_of_html(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|start| {
        let text = &page[start..];
        Some(&text[text.find('>')? + 1..text.to_ascii_lowercase().find("</title")?])
    });
    let is_login =
        ["password", "login", "masuk", "sign in"].iter().any(|word| lower.contains(word));
    let what = if is_login { "an HTML page that asks to log in" } else { "an HTML page" };
    match title.map(excerpt).filter(|title| !title.is_empty()) {
        Some(title) => format!("{what} (\"{title}\") instead of JSON"),
        None => format!("{what} instead of JSON"),
    }
}

/// Any JSON in which no object has a key twice.
struct Strict;

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Strict;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_str<E>(self, _: &str) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_unit<E>(self) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Strict, A::Error> {
        while items.next_element::<Strict>()?.is_some() {}
        Ok(Strict)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Strict, A::Error> {
        let mut keys = HashSet::new();
        while let Some((key, Strict)) = map.next_entry::<String, Strict>()? {
            if let Some(key) = keys.replace(key) {
                return Err(A::Error::custom(format!(
                    "the key \"{key}\" stands twice in one object"
                )));
            }
        }
        Ok(Strict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_keep_their_digits_and_marks_are_passed_over() {
        let read = |body: &[u8]| parse(body).map(|page| page.to_string());
        let long = r#"{"id":123456789012345678901,"x":0.12345678901234567890}"#;
        assert_eq!(read(long.as_bytes()).as_deref(), Ok(long));
        assert_eq!(read(b"\xef\xbb\xbf[1]").as_deref(), Ok("[1]"));
        let wide: Vec<u8> = "\u{feff}[\"é\"]".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&wide).as_deref(), Ok("[\"é\"]"));
    }

    #[test]
    fn what_is_no_json_is_told_as_what_it_is() {
        let said = |body: &[u8]| parse(body).expect_err("no JSON");
        let login = b"<!DOCTYPE html><html><head><title>\n Masuk SIMPEL </title></head><input type=password>";
        assert_eq!(
            said(login),
            "an HTML page that asks to log in (\"Masuk SIMPEL\") instead of JSON"
        );
        assert!(said(b"<html><body>502</body>").contains("an HTML page instead"));
        assert!(said(b"<?xml version=\"1.0\"?><layanan/>").starts_with("XML instead"));
        assert!(said(b"\x1f\x8b\x08\xff").contains("gzip"));
        assert!(said(b"").contains("empty"));
        assert!(said(b"[1, 2").contains("line 1 column 5"));
        assert!(said(b"{\"a\": 1}\n{\"a\": 2}").contains("line 2"));
        assert!(said(b"[\"\xff\"]").contains("UTF-8"));
        assert!(said(br#"[{"biaya": 1, "biaya": 2}]"#).contains("\"biaya\" stands twice"));
        assert!(said("[".repeat(100_000).as_bytes()).contains("recursion"));
        assert!(said(b"[NaN]").contains("not JSON"));
    }

    #[test]
    fn no_bytes_make_it_panic() {
        bolero::check!().with_iterations(5_000).for_each(|body: &[u8]| {
            if let Ok(page) = parse(body) {
                let _ = crate::source::pages::envelope::refusal(&page, true);
                let seen = crate::source::whole::extent::SeenPage {
                    page: &page,
                    rows: &[],
                    location: "x",
                };
                let _ = crate::source::whole::extent::Extent::default().page(&seen);
                let next =
                    crate::source::pages::next::Next { link: "next".into(), ..Default::default() };
                let _ = next.after((&page, &[]), None, "http://a.test/x?page=1", true);
            }
        });
    }
}
