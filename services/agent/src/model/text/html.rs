//! HTML as offices keep it, and text in which entities and tags were left behind.
//!
//! `html5gum` splits it as the WHATWG's standard says, so comments, attributes, scripts and
//! entities end where they do in a browser. A tree is not needed, so that no depth of nesting costs
//! anything. Two things differ from a browser, since a text that is no HTML comes through here too:
//! a `<` or `&` that begins nothing known is a character of the text, and what was encoded twice is
//! read twice.

use html5gum::{DefaultEmitter, Token, Tokenizer};

/// Times that a text may have been encoded.
const MOST_PASSES: usize = 4;

/// Elements that stand on lines of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "dd",
    "details",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "ul",
];
/// Elements within a line.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "area", "audio", "b", "base", "basefont", "bdi", "bdo", "big",
    "button", "canvas", "cite", "code", "col", "colgroup", "data", "del", "dfn", "em", "embed",
    "font", "frame", "i", "iframe", "img", "input", "ins", "kbd", "label", "link", "map", "mark",
    "meta", "nobr", "object", "param", "picture", "q", "s", "samp", "select", "small", "source",
    "span", "strike", "strong", "sub", "sup", "svg", "td", "textarea", "th", "time", "tt", "u",
    "var", "video", "wbr",
];
/// Elements whose content is nothing to read.
const UNREAD: &[&str] = &["noscript", "script", "style", "template", "title", "xml"];

/// The text of an HTML fragment: blocks become lines, entities characters, the rest goes.
pub fn html_text(html: &str) -> String {
    let mut text = read(html);
    for _ in 1..MOST_PASSES {
        if !has_markup(&text) {
            break;
        }
        text = read(&text);
    }
    text
}

/// True where something would be read as more than its characters.
pub fn has_markup(text: &str) -> bool {
    text.char_indices().any(|(at, c)| match c {
        '<' => begins_markup(&text[at + 1..]),
        '&' => begins_entity(&text[at + 1..]),
        _ => false,
    })
}

/// One reading. Ends of lines are blanks where the tags say where lines end.
fn read(html: &str) -> String {
    let source = with_plain_characters_encoded(html);
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut reading = Reading::default();
    for Ok(token) in Tokenizer::new_with_emitter(source.as_str(), emitter) {
        reading.take(token);
    }
    let text = if reading.has_blocks {
        reading.text.replace(['\n', '\r'], " ").replace(LINE_END, "\n")
    } else {
        reading.text
    };
    let lines = text.lines().map(super::squeeze).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// Stands for the end of a block until the ends of lines of the source are gone. No text holds it:
/// the tokenizer gives U+FFFD for a zero character.
const LINE_END: char = '\0';

#[derive(Default)]
struct Reading {
    text: String,
    has_blocks: bool,
    /// The element that is passed over, and how often it was opened within itself.
    unread: Option<(Vec<u8>, usize)>,
}

impl Reading {
    fn take(&mut self, token: Token) {
        match token {
            Token::StartTag(tag) => self.start(&tag.name, tag.self_closing),
            Token::EndTag(tag) => self.end(&tag.name),
            Token::String(text) if self.unread.is_none() => {
                let text = String::from_utf8_lossy(&text);
                self.text.extend(text.chars().map(|c| if c == LINE_END { ' ' } else { c }));
            }
            _ => {}
        }
    }

    fn start(&mut self, name: &[u8], self_closing: bool) {
        match &mut self.unread {
            Some((own, depth)) if own == name && !self_closing => *depth += 1,
            Some(_) => {}
            None if self_closing && UNREAD.iter().any(|own| own.as_bytes() == name) => {}
            None if UNREAD.iter().any(|own| own.as_bytes() == name) => {
                self.unread = Some((name.to_vec(), 1));
            }
            None => self.boundary(name),
        }
    }

    fn end(&mut self, name: &[u8]) {
        match &mut self.unread {
            Some((own, depth)) if own == name && *depth == 1 => self.unread = None,
            Some((own, depth)) if own == name => *depth -= 1,
            Some(_) => {}
            None => self.boundary(name),
        }
    }

    fn boundary(&mut self, name: &[u8]) {
        if BLOCKS.iter().any(|own| own.as_bytes() == name) {
            self.has_blocks = true;
            self.text.push(LINE_END);
        } else if matches!(name, b"td" | b"th") {
            self.text.push(' ');
        }
    }
}

/// Encodes each `<` and `&` that begins nothing known, so that it stays.
fn with_plain_characters_encoded(html: &str) -> String {
    let last_end = html.rfind('>').unwrap_or(0);
    let mut source = String::with_capacity(html.len() + 16);
    for (at, c) in html.char_indices() {
        match c {
            '<' if at > last_end || !begins_markup(&html[at + 1..]) => source.push_str("&lt;"),
            '&' if !begins_entity(&html[at + 1..]) => source.push_str("&amp;"),
            LINE_END => source.push(' '),
            c => source.push(c),
        }
    }
    source
}

/// After a `<`: a comment, a declaration, or a tag of HTML or of a word processor (`o:p`). "usia
/// <17" and "<nama pemohon>" are texts.
fn begins_markup(rest: &str) -> bool {
    let declared = ["!--", "![", "?xml", "!doctype"];
    if declared.iter().any(|start| begins_with(rest, start)) {
        return true;
    }
    let tag = rest.strip_prefix('/').unwrap_or(rest);
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, ':' | '-'));
    let (name, after) = tag.split_at(end.unwrap_or(tag.len()));
    is_element(&name.to_ascii_lowercase())
        && after.starts_with(['>', '/', ' ', '\t', '\n', '\r', '\u{c}'])
}

fn begins_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start))
}

/// Of HTML, or of a word processor's name space.
fn is_element(name: &str) -> bool {
    [BLOCKS, INLINE, UNREAD].iter().any(|all| all.contains(&name))
        || name.split_once(':').is_some_and(|(space, own)| is_word(space) && is_word(own))
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// After a `&`: a whole reference, or `nbsp` whose semicolon was lost. A name that HTML does not
/// know is left by the tokenizer.
fn begins_entity(rest: &str) -> bool {
    let bytes = &rest.as_bytes()[..rest.len().min(40)];
    let run = |from: usize, fits: fn(&u8) -> bool| {
        bytes.get(from..).unwrap_or_default().iter().take_while(|byte| fits(byte)).count()
    };
    match bytes {
        [b'#', b'x' | b'X', ..] => run(2, u8::is_ascii_hexdigit) > 0,
        [b'#', ..] => run(1, u8::is_ascii_digit) > 0,
        [b'n', b'b', b's', b'p', ..] => true,
        _ => {
            let name = run(0, u8::is_ascii_alphanumeric);
            name > 1 && bytes.get(name) == Some(&b';')
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What offices have in their databases, and what it says.
    const CASES: &[(&str, &str)] = &[
        (
            "<p>Syarat&nbsp;:</p><ul><li>KTP &amp; KK</li><li>Usia < 17</li></ul><script>x</script>",
            "Syarat :\nKTP & KK\nUsia < 17",
        ),
        ("usia 5 < 17 tahun, <17 dan a<b", "usia 5 < 17 tahun, <17 dan a<b"),
        ("Izin usaha &ndash; baru", "Izin usaha \u{2013} baru"),
        (
            "&ldquo;Surat&rdquo; &#8211; &#x2013; &#150;",
            "\u{201c}Surat\u{201d} \u{2013} \u{2013} \u{2013}",
        ),
        ("Pas foto 3&times;4; &frac12; lembar", "Pas foto 3\u{d7}4; \u{bd} lembar"),
        ("KTP&amp;nbsp;asli &amp;amp; KK", "KTP asli & KK"),
        ("Izin &lt;b&gt;Usaha&lt;/b&gt;", "Izin Usaha"),
        ("R&D; PPAT&notaris A&B, AT&T", "R&D; PPAT&notaris A&B, AT&T"),
        ("https://a.go.id/?x=1&copy=2&lt=3", "https://a.go.id/?x=1&copy=2&lt=3"),
        ("KTP&nbsp asli&nbspKK", "KTP asli KK"),
        ("<!-- a > b --><p>KTP<!-- > --> asli</p>", "KTP asli"),
        ("<!--[if gte mso 9]><xml><w:View>Normal</w:View></xml><![endif]-->SKCK", "SKCK"),
        (
            "<p class=MsoNormal style='mso-list:l0 level1 lfo1'><![if !supportLists]><span>1.<span>&nbsp;\
          &nbsp;&nbsp;</span></span><![endif]>KTP<o:p></o:p></p>",
            "1. KTP",
        ),
        ("<style><!-- /* Font Definitions */ @font-face {a>b} --></style>SIM", "SIM"),
        ("<xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml>SIM", "SIM"),
        ("KTP<img src=\"file:///C:/Users/a%20b/x>y.gif\" alt=\"a > b\">asli", "KTPasli"),
        ("<p>Surat\nketerangan</p>\n<p>KK</p>", "Surat keterangan\nKK"),
        ("1. KTP\n2. KK <b>asli</b>", "1. KTP\n2. KK asli"),
        ("Diisi <nama pemohon> dan <NIK>", "Diisi <nama pemohon> dan <NIK>"),
        ("nilai <a dan lain-lain", "nilai <a dan lain-lain"),
        ("<table><tr><td>KTP</td><td>asli</td></tr><tr><td>KK</td></tr></table>", "KTP asli\nKK"),
        ("<B>K</B>TP<BR/>KK<br>SIM", "KTP\nKK\nSIM"),
        ("&lt;!--[if gte mso 9]&gt;&lt;xml&gt;x&lt;/xml&gt;&lt;![endif]--&gt;Akta", "Akta"),
        ("pra\u{ad}nikah\u{200b} &shy;&zwnj;baru", "pranikah baru"),
        ("<script>if (a < b) { document.write('</p>') }</script>KTP", "KTP"),
        ("&bogus; &; &#; &#x; & KK", "&bogus; &; &#; &#x; & KK"),
        ("", ""),
    ];

    #[test]
    fn html_of_offices_becomes_their_words() {
        for (html, text) in CASES {
            assert_eq!(html_text(html), *text, "{html}");
        }
    }

    #[test]
    fn no_depth_of_nesting_costs_the_stack() {
        for (open, close) in
            [("<div>", "</div>"), ("<xml>", "</xml>"), ("<b>", ""), ("<!--", "-->")]
        {
            let html = format!("{}KTP{}", open.repeat(100_000), close.repeat(100_000));
            assert!(html_text(&html).len() <= 300_000, "{open}");
        }
        assert!(html_text(&"&amp;".repeat(100_000)).starts_with("&&"));
    }

    proptest! {
        #[test]
        fn words_without_markup_stay(text in "[a-zA-Z0-9 .,;:()<>&-]{0,80}") {
            let html = text.replace('&', "&amp;").replace('<', "&lt;");
            if !has_markup(&text) {
                prop_assert_eq!(html_text(&html), super::super::squeeze(&text));
            }
        }

        #[test]
        fn what_was_read_holds_nothing_more_to_read(
            parts in prop::collection::vec(prop::sample::select(vec![
                "<p>", "</p>", "<!--", "-->", "<o:p>", "&nbsp;", "&amp;", "lt;", "&lt;b&gt;", "<xml>",
                "KTP", " ", "<", ">", "&", "<script>", "</script>", "\n", "<![if x]>", "'", "\"",
            ]), 0..20),
        ) {
            let text = html_text(&parts.concat());
            prop_assert!(!text.contains("  ") && text.trim() == text);
        }
    }
}
