//! HTML as offices keep it, and text in which entities and tags were left behind.
//!
//! `html5gum` splits it as the WHATWG's standard says, so comments, attributes, scripts and
//! entities end where they do in a browser. A tree is not needed, so that no depth of nesting costs
//! anything. Two things differ from a browser, since a text that is no HTML comes through here too:
//! a `<` or `&` that begins nothing known is a character of the text, and what was encoded twice is
//! read twice.

use html5gum::{DefaultEmitter, HtmlString, StartTag, Token, Tokenizer};

use super::{
    tags::{BLOCKS, UNREAD, VOID, has_markup, with_plain_characters_encoded},
    unseen::{Element, Shown, has_colour, shown},
    within::Within,
};

/// Times that a text may have been encoded.
const MOST_PASSES: usize = 4;

/// The text of an HTML fragment: blocks become lines, entities characters, the rest goes. What is
/// struck out stays between marks; what nobody sees goes as well.
pub fn html_text(html: &str) -> String {
    in_passes(html, false)
}

/// Like [`html_text`], but what nobody sees stays between marks, too: where one value is read, it
/// tells that beside it nothing is sure.
pub fn with_hidden(html: &str) -> String {
    in_passes(html, true)
}

fn in_passes(html: &str, keeps_hidden: bool) -> String {
    let mut text = read(html, keeps_hidden);
    for _ in 1..MOST_PASSES {
        if !has_markup(&text) {
            break;
        }
        text = read(&text, keeps_hidden);
    }
    text
}

/// One reading. Ends of lines are blanks where the tags say where lines end.
fn read(html: &str, keeps_hidden: bool) -> String {
    let source = with_plain_characters_encoded(html);
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut reading = Reading { keeps_hidden, ..Reading::default() };
    for Ok(token) in Tokenizer::new_with_emitter(source.as_str(), emitter) {
        reading.read_token(token);
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
    keeps_hidden: bool,
    /// A background of a colour came.
    on_colour: bool,
    /// The element that is passed over, and how often it was opened within itself.
    unread: Option<(Vec<u8>, usize)>,
    /// The element that is struck out, or kept although it is hidden.
    struck: Option<Within>,
    /// The element that nobody sees.
    hidden: Option<Within>,
}

/// Stands before and after what is struck out.
const STRIKE: &str = "~~";

fn lower(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).to_ascii_lowercase()
}

impl Reading {
    fn read_token(&mut self, token: Token) {
        match token {
            Token::StartTag(tag) => {
                if self.unread.is_none() {
                    let is_open = !tag.self_closing
                        && !VOID.iter().any(|own| own.as_bytes() == &tag.name[..]);
                    let looks = self.looks(&tag);
                    self.open(&tag.name, looks, is_open);
                }
                self.start(&tag.name, tag.self_closing);
            }
            Token::EndTag(tag) => {
                if self.unread.is_none() {
                    self.close(&tag.name);
                }
                self.end(&tag.name);
            }
            Token::String(text) if self.unread.is_none() && self.hidden.is_none() => {
                let text = String::from_utf8_lossy(&text);
                self.text.extend(text.chars().map(|c| if c == LINE_END { ' ' } else { c }));
            }
            _ => {}
        }
    }

    /// How the element that begins is shown.
    fn looks(&mut self, tag: &StartTag<()>) -> Shown {
        let has = |name: &[u8]| tag.attributes.get(&HtmlString(name.to_vec()));
        let value = |name: &[u8]| has(name).map(|own| lower(&own.value.0)).unwrap_or_default();
        let (name, classes, style) = (lower(&tag.name), value(b"class"), value(b"style"));
        let color = value(b"color");
        let flagged = has(b"hidden").is_some() || (name == "dialog" && has(b"open").is_none());
        let mut element = Element {
            name: &name,
            classes: &classes,
            style: &style,
            color: &color,
            flagged,
            on_colour: false,
        };
        self.on_colour |= has_colour(&element, &value(b"bgcolor"));
        element.on_colour = self.on_colour;
        shown(&element)
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

    /// Struck text says that something is not so: it stays between marks, so that nobody takes it
    /// for true. A number that is raised or lowered is no part of the one before it.
    fn open(&mut self, name: &[u8], looks: Shown, is_open: bool) {
        if self.hidden.as_mut().is_some_and(|own| own.ends_at_start(name)) {
            self.hidden = None;
        }
        if self.struck.as_mut().is_some_and(|own| own.ends_at_start(name)) {
            self.end_strike();
        }
        let marks = looks == Shown::Struck || (looks == Shown::Hidden && self.keeps_hidden);
        if is_open && self.hidden.is_none() && looks == Shown::Hidden && !self.keeps_hidden {
            self.hidden = Some(Within::of(name));
        } else if is_open && self.hidden.is_none() && self.struck.is_none() && marks {
            self.struck = Some(Within::of(name));
            self.text.push_str(STRIKE);
        }
        if matches!(name, b"sup" | b"sub") && self.text.ends_with(|c: char| c.is_ascii_digit()) {
            self.text.push(if name == b"sup" { '^' } else { '_' });
        }
    }

    fn close(&mut self, name: &[u8]) {
        if self.hidden.as_mut().is_some_and(|own| own.ends_at_end(name)) {
            self.hidden = None;
        }
        if self.struck.as_mut().is_some_and(|own| own.ends_at_end(name)) {
            self.end_strike();
        }
    }

    fn end_strike(&mut self) {
        self.struck = None;
        if self.text.ends_with(STRIKE) {
            self.text.truncate(self.text.len() - STRIKE.len());
        } else {
            self.text.push_str(STRIKE);
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Texts from offices' databases, and their meaning.
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
        (
            "Isi <data pemohon>, <title> dan <time>; <td nowrap>KTP</td>",
            "Isi <data pemohon>, <title> dan ; KTP",
        ),
        ("KTP <script>dan <style>KK", "KTP <script>dan <style>KK"),
        ("<head><title>Judul</title></head>KTP <!-- catatan", "KTP"),
        ("nilai <a dan lain-lain", "nilai <a dan lain-lain"),
        ("<table><tr><td>KTP</td><td>asli</td></tr><tr><td>KK</td></tr></table>", "KTP asli\nKK"),
        ("<B>K</B>TP<BR/>KK<br>SIM", "KTP\nKK\nSIM"),
        ("&lt;!--[if gte mso 9]&gt;&lt;xml&gt;x&lt;/xml&gt;&lt;![endif]--&gt;Akta", "Akta"),
        ("pra\u{ad}nikah\u{200b} &shy;&zwnj;baru", "pranikah baru"),
        ("<script>if (a < b) { document.write('</p>') }</script>KTP", "KTP"),
        ("&bogus; &; &#; &#x; & KK", "&bogus; &; &#; &#x; & KK"),
        ("<s>Rp 50.000</s> Gratis", "~~Rp 50.000~~ Gratis"),
        ("<del>3 <del>hari</del></del>, <strike>x</strike><s></s>", "~~3 hari~~, ~~x~~"),
        ("<span style='text-decoration: line-through'><b>Gratis</b></span> KK", "~~Gratis~~ KK"),
        ("<span style=\"display:none\">Gratis</span>KTP", "KTP"),
        ("<span hidden>Gratis</span>KTP", "KTP"),
        ("Rp 10<sup>6</sup>, 20 m<sup>2</sup>", "Rp 10^6, 20 m2"),
        ("<b class=\"small d-none\">Gratis</b> KTP<sub>1</sub>", "KTP1"),
        ("<b style='Opacity: 0'>Gratis</b><b style='opacity:0.8'>KTP</b>", "KTP"),
        (
            "<ul><li hidden>Rahasia<ul><li>dalam</li></ul><li>KTP<li class='sr-only'>x</ul>KK",
            "KTP\nKK",
        ),
        ("<p hidden>Lama<p>KTP</p><br hidden>KK<input class=hidden>SIM", "KTP\nKKSIM"),
        ("<tr bgcolor='navy'><td style='color:white'>Syarat</td></tr>", "Syarat"),
        ("<font color=white>Lama</font><span aria-hidden='true'>KTP</span>", "KTP"),
        ("<div style='display:none'><div>a</div>b</div>KTP<template>x</template>", "KTP"),
        ("<i class='material-icons'>check_circle</i> KTP <s>SIM</s>", "KTP ~~SIM~~"),
        ("", ""),
    ];

    #[test]
    fn html_of_offices_becomes_their_words() {
        for (html, text) in CASES {
            assert_eq!(html_text(html), *text, "{html}");
        }
    }

    #[test]
    fn where_one_value_is_read_what_nobody_sees_stays_between_marks() {
        for (html, text) in [
            ("<span class='sr-only'>Gratis</span> Rp 5.000", "~~Gratis~~ Rp 5.000"),
            ("<b style='color:#fff'>Gratis</b>", "~~Gratis~~"),
            ("<p>Rp 5.000<span hidden>.000</span></p>", "Rp 5.000~~.000~~"),
        ] {
            assert_eq!(with_hidden(html), text, "{html}");
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
        for part in ["<p ", "<script>", "<", "&", "<a b=", "<!--"] {
            html_text(&format!("{}>", part.repeat(30_000)));
        }
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
