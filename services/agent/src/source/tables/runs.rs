//! Texts of a workbook of which a part is struck through, raised or lowered: put together without
//! that, they say something else ("Rp 50.000" of a struck "0", "31" of 3 and a footnote's 1).

use std::{
    collections::HashSet,
    io::{BufReader, Read},
};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

/// Parts of a workbook that hold texts.
pub fn holds_texts(part: &str) -> bool {
    part.ends_with("sharedStrings.xml") || part.contains("worksheets/")
}

/// A text as it is compared: XML may write the other signs in several ways.
pub fn key(text: &str) -> String {
    text.chars().filter(|sign| sign.is_alphanumeric()).collect()
}

/// The keys of the texts of which only a part is formatted so. Errors are ignored here: they are
/// told when the same part is read for its values.
pub fn formatted(part: impl Read) -> HashSet<String> {
    let mut reader = Reader::from_reader(BufReader::new(part));
    let (mut found, mut buffer, mut text) = (HashSet::new(), Vec::new(), Text::default());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) => text.begin(&tag, true),
            Ok(Event::Empty(tag)) => text.begin(&tag, false),
            Ok(Event::Text(part)) if text.is_open => text.key.push_str(&key(&part)),
            Ok(Event::End(tag)) => match tag.local_name().as_ref() {
                "t" => text.is_open = false,
                "si" | "is" if text.is_formatted && !text.key.is_empty() => {
                    found.insert(std::mem::take(&mut text).key);
                }
                _ => {}
            },
            Ok(Event::Eof) | Err(_) => return found,
            Ok(_) => {}
        }
    }
}

/// A text that is being read.
#[derive(Default)]
struct Text {
    key: String,
    is_open: bool,
    is_formatted: bool,
}

impl Text {
    fn begin(&mut self, tag: &BytesStart<'_>, has_content: bool) {
        let value = || tag.try_get_attribute("val").ok().flatten();
        let is = |text: &str| value().is_some_and(|value| value.value.as_ref() == text);
        match tag.local_name().as_ref() {
            "si" | "is" => *self = Self::default(),
            "t" => self.is_open = has_content,
            "strike" | "dstrike" => self.is_formatted |= !is("0") && !is("false"),
            "vertAlign" => self.is_formatted |= !is("baseline"),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_which_a_part_is_struck_or_raised_is_found() {
        let part = "<sst><si><t>Rp 5.000</t></si><si><r><t>Rp 5</t></r><r><rPr><strike/></rPr>\
            <t>0</t></r><r><t>.000</t></r></si><si><r><rPr><strike val=\"0\"/></rPr><t>KTP</t></r></si>\
            <si><r><t>3</t></r><r><rPr><vertAlign val=\"superscript\"/></rPr><t>1</t></r></si></sst>";
        assert_eq!(formatted(part.as_bytes()), HashSet::from(["Rp50000".into(), "31".into()]));
    }
}
