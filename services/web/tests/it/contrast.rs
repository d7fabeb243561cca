//! Colours: text is at least 4.5 to 1 on its ground, shapes 3 to 1, light and dark.

use std::collections::HashMap;

const STYLE: &str = include_str!("../../assets/style.css");

/// Tokens, their ground, and the least contrast.
const PAIRS: &[(&str, &str, f64)] = &[
    ("ink", "paper", 4.5),
    ("ink", "wash", 4.5),
    ("quiet", "paper", 4.5),
    ("quiet", "wash", 4.5),
    ("accent", "paper", 4.5),
    ("on-accent", "accent", 4.5),
    ("edge", "paper", 3.0),
    ("good", "good-wash", 4.5),
    ("warn", "warn-wash", 4.5),
    ("bad", "bad-wash", 4.5),
    ("ink", "good-wash", 4.5),
    ("ink", "bad-wash", 4.5),
    ("quiet", "good-wash", 4.5),
    ("quiet", "bad-wash", 4.5),
    ("on-sample", "sample", 4.5),
    ("on-c0", "c0", 4.5),
    ("on-c1", "c1", 4.5),
    ("on-c2", "c2", 4.5),
    ("on-c3", "c3", 4.5),
    ("on-c4", "c4", 4.5),
    ("on-c5", "c5", 4.5),
];

#[test]
fn every_pair_of_colours_can_be_read() {
    let light = tokens(STYLE.split(":root {").nth(1).expect("light tokens"));
    let mut dark = light.clone();
    dark.extend(tokens(STYLE.split(":root {").nth(2).expect("dark tokens")));
    for (name, theme) in [("light", &light), ("dark", &dark)] {
        for (text, ground, least) in PAIRS {
            let found = contrast(theme[*text], theme[*ground]);
            assert!(found >= *least, "{name}: --{text} on --{ground} is {found:.1}");
        }
    }
}

#[test]
fn a_judgement_is_never_told_by_its_colour_alone() {
    for class in [".good", ".warn", ".bad", ".none"] {
        assert!(STYLE.contains(&format!("{class}::before {{ content:")), "{class} has a sign");
    }
}

#[test]
fn the_style_needs_no_other_host() {
    for outside in ["http:", "https:", "@import", "url("] {
        assert!(!STYLE.contains(outside), "{outside}");
    }
}

fn tokens(block: &str) -> HashMap<&str, [f64; 3]> {
    let rules = block.split('}').next().expect("a block").split(';');
    let pairs = rules.filter_map(|rule| rule.trim().strip_prefix("--")?.split_once(": #"));
    pairs.filter(|(_, hex)| hex.len() == 6).map(|(name, hex)| (name, rgb(hex))).collect()
}

fn rgb(hex: &str) -> [f64; 3] {
    [0, 2, 4].map(|at| {
        let value = u8::from_str_radix(&hex[at..at + 2], 16).expect("a colour");
        let part = f64::from(value) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    })
}

/// The contrast that WCAG 2.2 defines.
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let light = |[r, g, b]: [f64; 3]| 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    let (one, other) = (light(one), light(other));
    one.max(other) / one.min(other)
}
