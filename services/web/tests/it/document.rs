//! A document as a list of elements, enough to check it.

use std::collections::HashMap;

/// An element of a page.
#[derive(Debug)]
pub struct Element {
    pub name: String,
    pub attributes: HashMap<String, String>,
    /// Its text, that of its children included.
    pub text: String,
    /// Names of the elements around it, the outermost first.
    pub around: Vec<String>,
}

impl Element {
    pub fn get(&self, attribute: &str) -> &str {
        self.attributes.get(attribute).map_or("", String::as_str)
    }

    pub fn has(&self, attribute: &str) -> bool {
        self.attributes.contains_key(attribute)
    }
}

const VOID: [&str; 6] = ["meta", "link", "input", "br", "img", "!DOCTYPE"];

/// Elements within a line; the text of others ends where they do.
const INLINE: [&str; 7] = ["a", "b", "small", "span", "strong", "time", "text"];

/// All elements, in the order of their starts.
pub fn elements(html: &str) -> Vec<Element> {
    let mut all: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for piece in html.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag that ends");
        if let Some(name) = tag.strip_prefix('/') {
            let ended = open.pop().expect("an element that was open");
            assert_eq!(all[ended].name, name, "elements end in their order");
            if !INLINE.contains(&name) {
                open.iter().for_each(|place| all[*place].text.push(' '));
            }
        } else {
            let around = open.iter().map(|place| all[*place].name.clone()).collect();
            let (name, attributes) = read(tag.trim_end_matches('/'));
            let void = VOID.contains(&name.as_str());
            all.push(Element { name, attributes, text: String::new(), around });
            if !void {
                open.push(all.len() - 1);
            }
        }
        for place in &open {
            all[*place].text.push_str(text);
        }
    }
    assert!(open.is_empty(), "every element ends");
    all
}

fn read(tag: &str) -> (String, HashMap<String, String>) {
    let (name, rest) = tag.split_once(' ').unwrap_or((tag, ""));
    let mut attributes = HashMap::new();
    let mut rest = rest.trim_start();
    while !rest.is_empty() {
        let end = rest.find(['=', ' ']).unwrap_or(rest.len());
        let key = rest[..end].to_owned();
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let (text, after) = quoted.split_once('"').expect("a value that ends");
            value = text.to_owned();
            rest = after;
        }
        assert!(attributes.insert(key, value).is_none(), "an attribute twice: {tag}");
        rest = rest.trim_start();
    }
    (name.to_owned(), attributes)
}
