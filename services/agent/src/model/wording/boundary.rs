//! Boundaries between the pieces of a text: marks, words that join sentences, numbering.

use super::token::{Kind, Tokens};

/// How a piece follows on the one before it; a later one of these outweighs an earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Join {
    /// "," or "dan": the next words may belong to the piece before.
    Soft,
    /// ";", a new line, "sedangkan", the next number: a new piece.
    Hard,
    /// "atau" or "/": as soft, and the pieces never add up.
    Either,
    /// "+" or "ditambah": it adds up.
    Plus,
}

/// The places of the numbers of a numbered list.
pub struct Plan {
    numbered: Vec<usize>,
}

impl Plan {
    pub fn new(tokens: Tokens) -> Self {
        Self { numbered: numbered(tokens) }
    }

    /// The boundary at a place and how many tokens it takes.
    pub fn boundary(&self, tokens: Tokens, at: usize) -> Option<(Join, usize)> {
        if self.numbered.contains(&at) {
            return Some((Join::Hard, 2));
        }
        let join = match tokens.get(at)?.text {
            "+" | "ditambah" | "plus" => Join::Plus,
            ";" | "\n" | "|" | "•" | "●" | "▪" | "namun" | "tetapi" | "tapi" | "sedangkan"
            | "sementara" | "adapun" => Join::Hard,
            "dan" | "serta" => Join::Soft,
            "atau" => Join::Either,
            "," if !is_next(tokens, at, "-") => Join::Soft,
            "/" if stands_alone(tokens, at) || parts_prices(tokens, at) => Join::Either,
            "." if ends_sentence(tokens, at) => Join::Soft,
            "-" if at == 0 || is_before(tokens, at, "\n") => Join::Hard,
            _ => return None,
        };
        Some((join, 1))
    }
}

/// "1." or "1)" and its successors, or "a." and its, where there are at least two.
fn numbered(tokens: Tokens) -> Vec<usize> {
    let letter = |place: usize| ('a'..='z').nth(place).map(String::from);
    let found = in_order(tokens, Kind::Number, |place| Some((place + 1).to_string()));
    if found.is_empty() { in_order(tokens, Kind::Word, letter) } else { found }
}

fn in_order(tokens: Tokens, kind: Kind, name: impl Fn(usize) -> Option<String>) -> Vec<usize> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Some(expected) = name(found.len()) else { break };
        let named = at > 0 && matches!(tokens[at - 1].text, "no" | "nomor" | "huruf" | "." | ":");
        let marked = is_next(tokens, at, ".") || is_next(tokens, at, ")");
        if token.kind == kind && token.text == expected && marked && !named {
            found.push(at);
        }
    }
    if found.len() > 1 { found } else { Vec::new() }
}

fn is_next(tokens: Tokens, at: usize, text: &str) -> bool {
    tokens.get(at + 1).is_some_and(|next| next.text == text)
}

fn is_before(tokens: Tokens, at: usize, text: &str) -> bool {
    at > 0 && tokens[at - 1].text == text
}

/// Blanks on both sides; not the slash of "s / d".
fn stands_alone(tokens: Tokens, at: usize) -> bool {
    tokens[at].spaced && tokens.get(at + 1).is_some_and(|next| next.spaced && next.text != "d")
}

/// "Rp 5.000 (motor)/Rp 10.000 (mobil)".
fn parts_prices(tokens: Tokens, at: usize) -> bool {
    is_before(tokens, at, ")") && (is_next(tokens, at, "rp") || is_next(tokens, at, "idr"))
}

/// A full stop with a blank behind it, but not an abbreviation's.
fn ends_sentence(tokens: Tokens, at: usize) -> bool {
    let before = if at > 0 { tokens[at - 1].text } else { "" };
    let short =
        ["rp", "no", "s", "d", "tgl", "jl", "kab", "prov", "gol", "th", "st", "maks", "max", "min"];
    tokens.get(at + 1).is_none_or(|next| next.spaced) && !short.contains(&before)
}
