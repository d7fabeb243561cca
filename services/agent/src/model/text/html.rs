//! HTML as offices keep it, and text in which entities and tags were left behind.
//!
//! `html5gum` splits it as the WHATWG's standard says, so comments, attributes, scripts and
//! entities end where they do in a browser. No tree is built, so deep nesting costs nothing. Two
//! things differ from a browser, since text that is no HTML is read here, too: a `<` or `&` that
//! begins nothing known is a character of the text, and a text that was encoded twice is decoded
//! twice.

use html5gum::{DefaultEmitter, HtmlString, StartTag, Token, Tokenizer};

use mpp_form::markup::{BLOCKS, UNREAD, VOID, has_markup, with_plain_characters_encoded};

use super::{
    column::Column,
    ruby::Ruby,
    sheet::{self, Around, Sheets},
    unseen::{Element, Visibility, has_colour, shown},
    within::Within,
};

/// Times that a text may have been encoded.
const MOST_PASSES: usize = 4;

/// The text of an HTML fragment: blocks become lines, entities characters, other markup goes.
/// Struck text stays between marks, hidden text goes.
pub fn html_text(html: &str) -> String {
    in_passes(html, false)
}

/// Like [`html_text`], of a list: numbers of a table's first column that run 1, 2, 3 are numbers of
/// the list.
pub fn list_text(html: &str) -> String {
    let reading = HtmlReader { column: Some(Column::default()), ..HtmlReader::default() };
    let (text, column) = reading.read(html);
    let runs = column.is_some_and(|column| column.runs());
    if runs { again(text, false) } else { html_text(html) }
}

/// Like [`html_text`], but hidden text stays between marks, too: a single value with some beside it
/// is not sure.
pub fn with_hidden(html: &str) -> String {
    in_passes(html, true)
}

fn in_passes(html: &str, keeps_hidden: bool) -> String {
    again(read(html, keeps_hidden), keeps_hidden)
}

fn again(mut text: String, keeps_hidden: bool) -> String {
    for _ in 1..MOST_PASSES {
        if !has_markup(&text) {
            break;
        }
        text = read(&text, keeps_hidden);
    }
    text
}

fn read(html: &str, keeps_hidden: bool) -> String {
    HtmlReader { keeps_hidden, ..HtmlReader::default() }.read(html).0
}

fn tokens(source: &str) -> impl Iterator<Item = Token> + use<'_> {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let Ok(all) = Tokenizer::new_with_emitter(source, emitter).collect::<Result<Vec<_>, _>>();
    all.into_iter()
}

/// The texts of a page's `<style>` elements, wherever they are: a rule also holds for elements
/// before it.
fn styles(source: &str) -> String {
    let mut css = String::new();
    if !source.to_ascii_lowercase().contains("<style") {
        return css;
    }
    let mut reading = HtmlReader::default();
    let (mut own, mut media) = (String::new(), String::new());
    for token in tokens(source) {
        match &token {
            Token::StartTag(tag) if &tag.name[..] == b"style" => media = value(tag, b"media"),
            Token::String(text) if reading.is_in_style() => own += &String::from_utf8_lossy(text),
            Token::EndTag(_) if reading.is_in_style() => {
                css += &Sheets::for_media(&std::mem::take(&mut own), &media);
            }
            _ => {}
        }
        reading.read_token(token);
    }
    css
}

fn value(tag: &StartTag<()>, name: &[u8]) -> String {
    let own = tag.attributes.get(&HtmlString(name.to_vec()));
    own.map(|own| lower(&own.value.0)).unwrap_or_default()
}

/// Stands for the end of a block until the ends of lines of the source are gone. No text holds it:
/// the tokenizer gives U+FFFD for a zero character.
const LINE_END: char = '\0';

#[derive(Default)]
struct HtmlReader<'a> {
    /// The styles that the page brings along.
    sheets: Option<sheet::Read<'a>>,
    /// The elements that are open, if there are such styles.
    around: Around,
    ruby: Ruby,
    text: String,
    has_blocks: bool,
    keeps_hidden: bool,
    /// A background of a colour came.
    on_colour: bool,
    /// The element that is passed over, and how often it was opened within itself.
    unread: Option<(Vec<u8>, usize)>,
    /// The element that is struck out, or kept although it is hidden.
    struck: Option<Within>,
    /// The hidden element.
    hidden: Option<Within>,
    /// The first column of a table, in a list.
    column: Option<Column>,
}

/// Stands before and after text that is struck out.
const STRIKE: &str = "~~";

fn lower(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).to_ascii_lowercase()
}

impl HtmlReader<'_> {
    /// One reading. Ends of lines are blanks if the tags say where lines end.
    fn read(self, html: &str) -> (String, Option<Column>) {
        let source = with_plain_characters_encoded(html);
        let page = Sheets::of(&styles(&source));
        let sheets = (!page.is_empty()).then(|| page.read());
        let mut reading = HtmlReader { sheets, ..self };
        tokens(&source).for_each(|token| reading.read_token(token));
        let text = if reading.has_blocks {
            reading.text.replace(['\n', '\r'], " ").replace(LINE_END, "\n")
        } else {
            reading.text
        };
        let lines = text.lines().map(super::squeeze).filter(|line| !line.is_empty());
        (lines.collect::<Vec<_>>().join("\n"), reading.column)
    }

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
                if self.ruby.takes(&text, &mut self.text) {
                    self.text.extend(text.chars().map(|c| if c == LINE_END { ' ' } else { c }));
                }
            }
            _ => {}
        }
    }

    /// Whether a style's rules are being passed over.
    fn is_in_style(&self) -> bool {
        self.unread.as_ref().is_some_and(|(own, _)| own == b"style")
    }

    /// How the element that begins is shown; unknown if the page's rules are not sure.
    fn looks(&mut self, tag: &StartTag<()>) -> Visibility {
        let own = value(tag, b"style");
        let Some(sheets) = &self.sheets else { return self.looks_in(tag, &own) };
        let named = tag.attributes.iter();
        let named = named.map(|(name, own)| (lower(name), lower(&own.value.0)));
        self.around.open(&lower(&tag.name), named.collect());
        let (sure, all) = self.around.styles(sheets, &own);
        if VOID.iter().any(|own| own.as_bytes() == &tag.name[..]) {
            self.around.close(&lower(&tag.name));
        }
        match (self.looks_in(tag, &sure), self.looks_in(tag, &all)) {
            (sure, all) if sure == all => sure,
            _ => Visibility::Unsure,
        }
    }

    /// How the element is shown in a style.
    fn looks_in(&mut self, tag: &StartTag<()>, style: &str) -> Visibility {
        let has = |name: &[u8]| tag.attributes.contains_key(&HtmlString(name.to_vec()));
        let (name, classes, color) = (lower(&tag.name), value(tag, b"class"), value(tag, b"color"));
        let is_closed = name == "dialog" && !has(b"open");
        let flagged = has(b"hidden") || has(b"popover") || is_closed;
        let mut element = Element {
            name: &name,
            classes: &classes,
            style,
            color: &color,
            flagged,
            on_colour: false,
        };
        self.on_colour |= has_colour(&element, &value(tag, b"bgcolor"));
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
            None => {
                self.column.iter_mut().for_each(|own| own.start(name, &mut self.text));
                self.boundary(name);
            }
        }
    }

    fn end(&mut self, name: &[u8]) {
        match &mut self.unread {
            Some((own, depth)) if own == name && *depth == 1 => self.unread = None,
            Some((own, depth)) if own == name => *depth -= 1,
            Some(_) => {}
            None => {
                self.column.iter_mut().for_each(|own| own.end(name, &mut self.text));
                self.boundary(name);
            }
        }
    }

    /// Struck text says that something does not hold: it stays between marks, so that it is not
    /// taken for true. A number that is raised or lowered is no part of the one before it.
    fn open(&mut self, name: &[u8], looks: Visibility, is_open: bool) {
        if self.hidden.as_mut().is_some_and(|own| own.ends_at_start(name)) {
            self.hidden = None;
        }
        if self.struck.as_mut().is_some_and(|own| own.ends_at_start(name)) {
            self.end_strike();
        }
        let marks = matches!(looks, Visibility::Struck | Visibility::Unsure)
            || (looks == Visibility::Hidden && self.keeps_hidden);
        if is_open && self.hidden.is_none() && looks == Visibility::Hidden && !self.keeps_hidden {
            self.hidden = Some(Within::of(name));
        } else if is_open && self.hidden.is_none() && self.struck.is_none() && marks {
            self.struck = Some(Within::of(name));
            self.text.push_str(STRIKE);
        }
        if self.hidden.is_none() {
            self.ruby.start(name, &mut self.text);
        }
        if matches!(name, b"sup" | b"sub") && self.text.ends_with(|c: char| c.is_ascii_digit()) {
            self.text.push(if name == b"sup" { '^' } else { '_' });
        }
    }

    fn close(&mut self, name: &[u8]) {
        if self.hidden.is_none() {
            self.ruby.end(name, &mut self.text);
        }
        if self.sheets.is_some() {
            self.around.close(&lower(name));
        }
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
mod tests;
