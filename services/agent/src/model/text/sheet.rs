//! The style sheets that a page brings along, as far as they hide text: a class of the page's own
//! that hides (`.x{display:none}`).
//!
//! `simplecss` reads rules and matches selectors. Rules that it cannot judge are sorted out before:
//! a rule for print does not hold on a screen; one that holds only on some screens, beside some
//! element, or after a person has done something may hold or not. So there are two sheets, one of
//! the sure rules and one of all, and where they disagree it is not known what is shown.

use std::collections::BTreeMap;

use simplecss::{AttributeOperator, Declaration, Element, PseudoClass, StyleSheet};

/// Elements around one that are looked at.
const MOST_AROUND: usize = 64;

/// Elements that end where another of the same name begins.
const IMPLIED: [&str; 8] = ["p", "li", "td", "th", "tr", "dd", "dt", "option"];

/// Properties that may hide a text.
const TELLING: [&str; 14] = [
    "display",
    "visib",
    "opacity",
    "font",
    "height",
    "zoom",
    "indent",
    "left",
    "top",
    "clip",
    "transform",
    "filter",
    "color",
    "background",
];

/// States that a page is not in when it opens, and parts that are no elements: rules for them hide
/// nothing at first.
const LATER: [&str; 6] = [":hover", ":focus", ":active", ":visited", ":target", "::"];

/// A page's style: once by the rules that are sure, and once by all.
#[derive(Default)]
pub struct Sheets {
    sure: String,
    all: String,
}

impl Sheets {
    /// The sheets of a page's `<style>` elements.
    pub fn of(css: &str) -> Self {
        let mut sheets = Self::default();
        sheets.read_rules(&without_comments(&css.to_lowercase()), true, 0);
        sheets
    }

    /// The text of a `<style>` element for the media that it is for.
    pub fn for_media(css: &str, media: &str) -> String {
        if media.is_empty() { format!("{css}\n") } else { format!("@media {media} {{{css}}}\n") }
    }

    /// True if no rule can hide anything.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Parses both style sheets.
    pub fn read(&self) -> Read<'_> {
        Read { sure: StyleSheet::parse(&self.sure), all: StyleSheet::parse(&self.all) }
    }

    fn read_rules(&mut self, css: &str, sure: bool, depth: usize) {
        for (head, body) in blocks(css) {
            match head.strip_prefix('@') {
                Some(at_rule) if depth < MOST_AROUND => {
                    if let Some(holds) = holds(at_rule) {
                        self.read_rules(body, sure && holds, depth + 1);
                    }
                }
                Some(_) => {}
                None if TELLING.iter().any(|name| body.contains(name)) || strikes(body) => {
                    head.split(',').for_each(|one| self.add(one.trim(), body, sure));
                }
                None => {}
            }
        }
    }

    fn add(&mut self, selector: &str, body: &str, sure: bool) {
        if selector.is_empty() || LATER.iter().any(|state| selector.contains(state)) {
            return;
        }
        let plain = !selector.contains(['+', '~', ':']);
        let selector = if plain { selector } else { last_compound(selector) };
        let rule = format!("{selector}{{{body}}}\n");
        if sure && plain {
            self.sure.push_str(&rule);
        }
        self.all.push_str(&rule);
    }
}

fn strikes(body: &str) -> bool {
    body.contains("text-decoration")
}

/// Whether the rules within an at-rule are sure to hold; `None` if they are for print alone, or it
/// holds no rules.
fn holds(at_rule: &str) -> Option<bool> {
    let (kind, rest) = at_rule.split_once(|c: char| !c.is_alphanumeric() && c != '-')?;
    let media = rest.trim();
    match kind {
        "media" if ["all", "screen", "only screen", ""].contains(&media) => Some(true),
        "media" if media.split(',').all(|one| one.trim().starts_with("print")) => None,
        "media" | "supports" | "layer" | "container" => Some(false),
        _ => None,
    }
}

/// The name, class or id at the end of a selector: ".x" of "a:checked + .x:not(.y)".
fn last_compound(selector: &str) -> &str {
    let start = selector.rfind([' ', '+', '~', '>']).map_or(0, |at| at + 1);
    let last = &selector[start..];
    let own = &last[..last.find(':').unwrap_or(last.len())];
    if own.is_empty() { "*" } else { own }
}

fn without_comments(css: &str) -> String {
    let mut plain = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, behind)| behind);
    }
    plain.push_str(rest);
    plain.replace("<!--", " ").replace("-->", " ")
}

/// The rules of a sheet: the text before the braces of each, and the text within them.
fn blocks(css: &str) -> Vec<(&str, &str)> {
    let (mut blocks, mut depth, mut head, mut open) = (Vec::new(), 0_usize, 0, 0);
    for (at, c) in css.char_indices() {
        match c {
            '{' => {
                open = if depth == 0 { at } else { open };
                depth += 1;
            }
            '}' if depth == 1 => {
                blocks.push((css[head..open].trim(), &css[open + 1..at]));
                (depth, head) = (0, at + 1);
            }
            '}' => depth = depth.saturating_sub(1),
            ';' if depth == 0 => head = at + 1,
            _ => {}
        }
    }
    // A rule without its closing brace ends with the sheet.
    if depth > 0 {
        blocks.push((css[head..open].trim(), &css[open + 1..]));
    }
    blocks
}

/// Style sheets that were read.
pub struct Read<'a> {
    sure: StyleSheet<'a>,
    all: StyleSheet<'a>,
}

/// The elements that are open, the outermost first.
#[derive(Default)]
pub struct Around {
    open: Vec<OpenElement>,
}

struct OpenElement {
    name: String,
    attributes: BTreeMap<String, String>,
}

impl Around {
    /// An element begins.
    pub fn open(&mut self, name: &str, attributes: BTreeMap<String, String>) {
        let ended = IMPLIED.contains(&name) && self.open.last().is_some_and(|own| own.name == name);
        if ended {
            self.open.pop();
        }
        if self.open.len() >= 2 * MOST_AROUND {
            self.open.drain(..MOST_AROUND);
        }
        self.open.push(OpenElement { name: name.to_owned(), attributes });
    }

    /// An element ends, with all that are still open within it.
    pub fn close(&mut self, name: &str) {
        if let Some(at) = self.open.iter().rposition(|own| own.name == name) {
            self.open.truncate(at);
        }
    }

    /// The style of the element that began last, its own included: by the rules that are sure, and
    /// by all.
    pub fn styles(&self, read: &Read<'_>, own: &str) -> (String, String) {
        (self.style(&read.sure, own), self.style(&read.all, own))
    }

    fn style(&self, sheet: &StyleSheet<'_>, own: &str) -> String {
        let Some(at) = self.open.len().checked_sub(1) else { return own.to_owned() };
        let node = Node { open: &self.open, at };
        let matching = sheet.rules.iter().filter(|rule| rule.selector.matches(&node));
        let all: Vec<&Declaration<'_>> = matching.flat_map(|rule| &rule.declarations).collect();
        let said = |important: bool| {
            let those = all.iter().filter(move |one| one.important == important);
            those.map(|one| format!("{}:{};", one.name, one.value)).collect::<String>()
        };
        format!("{}{own};{}", said(false), said(true))
    }
}

/// An open element among those around it.
struct Node<'a> {
    open: &'a [OpenElement],
    at: usize,
}

impl Element for Node<'_> {
    fn parent_element(&self) -> Option<Self> {
        self.at.checked_sub(1).map(|at| Node { open: self.open, at })
    }

    /// Not needed: selectors with siblings are cut before, by `last_compound`.
    fn prev_sibling_element(&self) -> Option<Self> {
        None
    }

    fn has_local_name(&self, name: &str) -> bool {
        self.open[self.at].name == name
    }

    fn attribute_matches(&self, name: &str, operator: AttributeOperator<'_>) -> bool {
        self.open[self.at].attributes.get(name).is_some_and(|value| operator.matches(value))
    }

    fn pseudo_class_matches(&self, _: PseudoClass<'_>) -> bool {
        false
    }
}
