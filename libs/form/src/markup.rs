//! Recognises markup in a text that may or may not be HTML: tags, comments and entities by name.

/// A tag's first attribute has to begin within this many characters after its name.
const FIRST_ATTRIBUTE: usize = 200;
/// The reader of HTML uses this character for itself.
const ZERO: char = '\0';

/// Elements that stand on lines of their own.
pub const BLOCKS: &[&str] = &[
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
    "dialog",
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
    "button", "canvas", "cite", "code", "col", "colgroup", "data", "datalist", "del", "dfn", "em",
    "embed", "font", "frame", "i", "iframe", "img", "input", "ins", "kbd", "label", "link", "map",
    "mark", "meta", "meter", "nobr", "noembed", "noframes", "object", "param", "picture",
    "progress", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "select", "small", "source",
    "span", "strike", "strong", "sub", "sup", "svg", "td", "textarea", "th", "time", "tt", "u",
    "var", "video", "wbr",
];
/// Attributes that have no value.
const FLAGS: &[&str] = &[
    "checked", "compact", "disabled", "hidden", "inert", "multiple", "noshade", "nowrap", "open",
    "popover", "readonly", "required", "reversed", "selected",
];
/// Elements that hold nothing.
pub const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];
/// Elements whose content no person reads.
pub const UNREAD: &[&str] = &["noscript", "script", "style", "template", "title", "xml"];

/// True if something would be read as more than its characters.
pub fn has_markup(text: &str) -> bool {
    text.char_indices().any(|(at, c)| match c {
        '<' => begins_markup(&text[at + 1..]),
        '&' => begins_entity(&text[at + 1..]),
        _ => false,
    })
}

/// References that are not taken for words: those of text that was HTML once.
const REFERENCES: &str = " nbsp amp lt gt quot apos ndash mdash lsquo rsquo sbquo ldquo rdquo bdquo laquo raquo \
    bull middot times divide hellip copy reg trade deg plusmn frac12 frac14 frac34 sup2 sup3 micro \
    para sect cent pound euro yen iexcl iquest shy ensp emsp thinsp zwnj zwj eacute egrave agrave ";

/// True if a reader of HTML would read something else than the characters: of a tag that ends,
/// of a comment, of a reference that is known.
pub fn is_read(text: &str) -> bool {
    if !text.contains(['<', '&']) {
        return false;
    }
    let ends = Ends::of(text);
    text.char_indices().any(|(at, c)| match c {
        '<' => ends.close(at, &text[at + 1..]),
        '&' => begins_entity(&text[at + 1..]) && is_reference(&text[at + 1..]),
        _ => false,
    })
}

fn is_reference(rest: &str) -> bool {
    let name = rest.split(';').next().unwrap_or_default();
    rest.starts_with('#') || rest.starts_with("nbsp") || REFERENCES.contains(&format!(" {name} "))
}

/// Encodes each `<` and `&` that begins nothing known, so that it stays.
pub fn with_plain_characters_encoded(html: &str) -> String {
    let ends = Ends::of(html);
    let mut source = String::with_capacity(html.len() + 16);
    for (at, c) in html.char_indices() {
        match c {
            '<' if !ends.close(at, &html[at + 1..]) => source.push_str("&lt;"),
            '&' if !begins_entity(&html[at + 1..]) => source.push_str("&amp;"),
            ZERO => source.push(' '),
            c => source.push(c),
        }
    }
    source
}

/// Where the things that a text can begin have their ends: one without an end would swallow the
/// rest of the text.
struct Ends {
    /// The last `>`.
    tag: usize,
    /// The last end tag of each element that is not read.
    unread: Vec<usize>,
}

impl Ends {
    fn of(html: &str) -> Self {
        let lower = html.to_ascii_lowercase();
        let last = |name: &&str| lower.rfind(&format!("</{name}")).unwrap_or(0);
        Self { tag: html.rfind('>').unwrap_or(0), unread: UNREAD.iter().map(last).collect() }
    }

    /// True if a `<` at `at` begins markup that ends. A comment may end with the text.
    fn close(&self, at: usize, rest: &str) -> bool {
        let unread = UNREAD.iter().position(|name| name.eq_ignore_ascii_case(tag_name(rest)));
        let end = unread.map_or(self.tag, |index| self.unread[index]);
        begins_markup(rest) && (at < end || rest.starts_with("!--"))
    }
}

/// After a `<`: a comment, a declaration, or a tag of HTML or of a word processor (`o:p`). "usia
/// <17" and "<nama pemohon>" are texts.
fn begins_markup(rest: &str) -> bool {
    let declared = ["!--", "![", "?xml", "!doctype"];
    if declared.iter().any(|start| begins_with(rest, start)) {
        return true;
    }
    let tag = rest.strip_prefix('/').unwrap_or(rest);
    let after = &tag[tag_name(tag).len()..];
    is_element(&tag_name(tag).to_ascii_lowercase())
        && (after.starts_with('>') || has_attributes(after))
}

fn tag_name(tag: &str) -> &str {
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, ':' | '-'));
    &tag[..end.unwrap_or(tag.len())]
}

/// True for text that may stand between a tag's name and its end; "<data pemohon>" is a blank to be
/// filled in.
fn has_attributes(after: &str) -> bool {
    let near = after.char_indices().nth(FIRST_ATTRIBUTE).map_or(after, |(at, _)| &after[..at]);
    let within = near.split('>').next().unwrap_or_default();
    let mut words =
        within.split([' ', '\t', '\n', '\r', '\u{c}', '/']).filter(|word| !word.is_empty());
    after.starts_with([' ', '\t', '\n', '\r', '\u{c}', '/'])
        && (within.contains('=')
            || words.all(|word| FLAGS.contains(&word.to_ascii_lowercase().as_str())))
}

fn begins_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start))
}

/// True for an element of HTML, or of a word processor's name space.
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
