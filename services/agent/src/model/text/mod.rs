//! Texts as real catalogs hold them: HTML, entities, bullets and numbers.

mod column;
mod first_column;
mod heading;
mod html;
mod list;
mod mark;
mod ruby;
mod sheet;
mod unseen;
mod within;

use mpp_api::text::{Form, TextPlace, Texts};
use mpp_core::text;
use mpp_form::markup;

pub use html::html_text;
pub use list::list_items;

/// Reads every text of a record as [`html_text`] does where it holds markup, and takes out what no
/// text of the registry may hold, so that a mapping need not do it for each field.
pub fn tidied<T: Texts>(mut record: T) -> T {
    let mut visit = |place: &TextPlace<'_>, text: &mut String| {
        let mut read = read(place.form, text);
        if matches!(place.form, Form::Line) && TITLES.contains(&place.to_string().as_str()) {
            read = without_number(read);
        }
        if read != *text {
            *text = read;
        }
    };
    record.each_text(&mut visit, &TextPlace::default());
    record
}

/// The fields of a record's name: a number in a list is no part of it.
const TITLES: [&str; 2] = ["service.title.id", "service.title.en"];

/// "1. Akta lahir", "- Akta lahir"; what is nothing but a number stays.
fn without_number(title: String) -> String {
    let behind = mark::behind_bullets(&title);
    let marks = mark::numbering(&[behind]);
    let end = marks[0].first().filter(|mark| mark.leads).map_or(0, |mark| mark.end);
    match &behind[end..] {
        "" => title,
        rest => rest.to_owned(),
    }
}

fn read(form: Form, given: &str) -> String {
    plain(form, if markup::has_markup(given) { html_text(given) } else { given.to_owned() })
}

fn plain(form: Form, words: String) -> String {
    let plain = without_control(&words);
    match form {
        Form::Line => text::line(&plain).into_owned(),
        Form::Lines => text::lines(&plain).into_owned(),
    }
}

/// A cell's lines, without its markup; hidden text stands between marks.
pub(super) fn lines(given: &str) -> String {
    let is_html = markup::has_markup(given);
    plain(Form::Lines, if is_html { html::with_hidden(given) } else { given.to_owned() })
}

/// One blank between words, none at the ends, and no invisible characters.
pub fn squeeze(given: &str) -> String {
    text::line(&without_control(given)).into_owned()
}

/// Control characters are what a program left behind, such as the end of a cell of Word's.
fn without_control(given: &str) -> String {
    if !text::has_control(given) {
        return given.to_owned();
    }
    given.chars().map(|c| if c.is_control() && !c.is_whitespace() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use mpp_api::{
        registry::Service,
        sync::{Record, record::Body},
        types::LocalizedText,
    };

    use super::*;

    #[test]
    fn a_mapping_need_not_clean_each_field() {
        let title =
            LocalizedText { id: "Izin usaha &ndash;\n<b>baru</b>\u{7}".into(), en: String::new() };
        let product = "<p>SKCK</p><p>3 lembar</p>".into();
        let service = Service { title: Some(title), product, ..Service::default() };
        let record = Record { body: Some(Body::Service(service)), ..Record::default() };
        let Some(Body::Service(read)) = tidied(record).body else { panic!("a service") };
        assert_eq!(read.title.expect("a title").id, "Izin usaha \u{2013} baru");
        assert_eq!(read.product, "SKCK\n3 lembar");
    }

    #[test]
    fn what_numbers_a_title_is_no_part_of_it() {
        let titled = |id: &str| {
            let title = LocalizedText { id: id.into(), en: String::new() };
            let service = Service { title: Some(title), ..Service::default() };
            let record = Record { body: Some(Body::Service(service)), ..Record::default() };
            let Some(Body::Service(read)) = tidied(record).body else { panic!("a service") };
            read.title.expect("a title").id
        };
        for numbered in ["1. Akta lahir", "12) Akta lahir", "1.Akta lahir", "\u{2022} Akta lahir"] {
            assert_eq!(titled(numbered), "Akta lahir", "{numbered}");
        }
        for whole in ["A. Yani", "3.5 GT ke atas", "17 Agustus", "1.", "H. Ahmad", "KTP-el"] {
            assert_eq!(titled(whole), whole);
        }
        assert_eq!(titled("\u{ff2b}\u{ff34}\u{ff30} baru"), "KTP baru");
    }

    #[test]
    fn every_end_of_a_line_parts_requirements() {
        for end in ["\n", "\r", "\r\n", "\u{2028}", "\u{2029}", "\u{85}", "\u{b}"] {
            assert_eq!(list_items(&format!("KTP{end}KK")), ["KTP", "KK"], "{end:?}");
        }
        assert_eq!(list_items("KTP\tasli"), ["KTP asli"]);
    }

    /// True for a text as reading leaves it: single blanks and no control characters.
    fn is_plain(text: &str) -> bool {
        text.lines().all(|line| line == squeeze(line)) && !text::has_control(text)
    }

    #[test]
    fn any_bytes_become_plain_text() {
        bolero::check!().with_type::<Vec<u8>>().for_each(|bytes: &Vec<u8>| {
            let given = String::from_utf8_lossy(bytes);
            assert!(is_plain(&html_text(&given)));
            assert!(list_items(&given).iter().all(|item| is_plain(item) && !item.is_empty()));
            assert!(is_plain(&read(Form::Lines, &given)));
        });
    }

    #[test]
    fn any_row_of_what_offices_paste_becomes_plain_text() {
        const PASTED: [&str; 16] = [
            "<p>",
            "</li>",
            "<!--",
            "-->",
            "<![if",
            "&nbsp;",
            "&amp;",
            "&#0;",
            "\u{ad}",
            "\u{202e}",
            "1. ",
            " 2) ",
            "\u{2022} ",
            "- ",
            "(a; b)",
            "\r\n",
        ];
        bolero::check!().with_type::<Vec<u8>>().for_each(|picks: &Vec<u8>| {
            let parts = picks.iter().map(|pick| PASTED[usize::from(*pick) % PASTED.len()]);
            let given = parts.collect::<String>();
            assert!(is_plain(&html_text(&given)));
            assert!(list_items(&given).iter().all(|item| is_plain(item) && !item.is_empty()));
        });
    }
}
