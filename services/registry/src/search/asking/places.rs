//! Places that a question names: all regions of the table, by their official names and short forms.
//!
//! Names are compared without blanks and hyphens, since "Tanjung Pinang", "Tanjungpinang" and
//! "Bau-Bau" are written either way.

use std::collections::BTreeMap;
use std::ops::{Bound, Range};
use std::sync::LazyLock;

use mpp_core::region_code;

use crate::{
    model::region::{TABLE, parse_table},
    search::words::{
        analyze::{is_faint, term},
        shape::is_no_word,
        slips::{has_same_letters, slips},
        vocabulary::{
            APART, DIRECTIONS, EXCEPT, KINDS, NOT_THERE, ORDINARY, REFUSALS, RELUCTANT, SEATS,
            SHORT_FORMS, WHERE,
        },
    },
};

/// Most words of a name ("penukal abab lematang ilir", "timor tengah utara").
const MOST_WORDS: usize = 6;

/// Letters from which a name is known in spite of one slip, and of two: more than of a word of the
/// catalog (`search_one_slip_letters`), since of 514 short names many are near an everyday word.
const SLIP_LETTERS: [usize; 2] = [6, 11];

/// A place that a question names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceWords {
    /// The words of the question, by number; a kind before the name included.
    pub words: Range<usize>,
    /// Kemendagri codes that it may mean: "malang" is a regency and a city.
    pub codes: Vec<&'static str>,
    /// The words may as well mean something else, or are misspelt.
    pub guessed: bool,
}

/// Facts about a typed word, from the catalog.
pub struct Catalog<'a> {
    /// Whether a service is called by the word, or the word asks how.
    pub has: &'a dyn Fn(&str) -> bool,
    /// Whether it names a document.
    pub is_document: &'a dyn Fn(&str) -> bool,
}

/// A region under one of its names.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Region {
    code: &'static str,
    is_city: bool,
}

impl Region {
    fn is_regency(self) -> bool {
        self.code.len() > 2 && !self.is_city
    }
}

/// The regions that have a name, by the name without blanks.
static REGIONS: LazyLock<BTreeMap<String, Vec<Region>>> = LazyLock::new(|| {
    let mut regions: BTreeMap<String, Vec<Region>> = BTreeMap::new();
    // The table is part of the binary and was read at the start already.
    for row in parse_table(TABLE).unwrap_or_default() {
        let code: &'static str = region_code(&row.name).to_owned().leak();
        let region = Region { code, is_city: row.display_name.starts_with("Kota") };
        if row.valid_to.is_empty() {
            regions.entry(bare(&row.display_name)).or_default().push(region);
            regions.entry(unspaced(&row.display_name)).or_insert_with(|| vec![region]);
        }
    }
    add_islands(&mut regions);
    add_lands(&mut regions);
    for (seat, regency) in SEATS {
        let governed = regions.get(&bare(regency)).into_iter().flatten();
        let governed: Vec<Region> = governed.filter(|one| one.is_regency()).copied().collect();
        regions.entry((*seat).to_owned()).or_default().extend(governed);
    }
    for (short, codes) in SHORT_FORMS {
        let known = regions.entry((*short).to_owned()).or_default();
        let codes = codes.iter().filter(|code| known.iter().all(|one| one.code != **code));
        known.extend(codes.map(|code| Region { code, is_city: false }).collect::<Vec<_>>());
    }
    regions
});

/// The official names of the regions, by code.
static NAMES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let rows = parse_table(TABLE).unwrap_or_default().into_iter();
    rows.map(|row| (region_code(&row.name).to_owned(), row.display_name)).collect()
});

/// The name of the region with this code, or the code if there is none.
pub fn region_name(code: &str) -> String {
    NAMES.get(code).map_or(code, String::as_str).to_owned()
}

fn unspaced(official: &str) -> String {
    official.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()).collect()
}

/// The name without what every region of its kind has before it, in small letters, unspaced.
fn bare(official: &str) -> String {
    let spelled = official.to_lowercase().replace("kep.", "kepulauan");
    let mut words: Vec<&str> = spelled.split(|c: char| !c.is_alphanumeric()).collect();
    let prefix = ["kabupaten", "kota", "administrasi", "daerah", "khusus", "ibukota", "istimewa"];
    while words.len() > 1 && prefix.contains(&words[0]) {
        words.remove(0);
    }
    words.concat()
}

/// "Kepulauan Mentawai" is called Mentawai; "Kepulauan Riau" is not called Riau, which is another.
fn add_islands(regions: &mut BTreeMap<String, Vec<Region>>) {
    let islands: Vec<(String, Vec<Region>)> = regions
        .iter()
        .filter_map(|(name, own)| Some((name.strip_prefix("kepulauan")?.to_owned(), own.clone())))
        .filter(|(short, _)| short.len() > 4 && short != "seribu" && !regions.contains_key(short))
        .collect();
    regions.extend(islands);
}

/// "Halmahera" and "Jawa" stand for all regions that have the name with a direction behind it.
fn add_lands(regions: &mut BTreeMap<String, Vec<Region>>) {
    let mut lands: BTreeMap<String, Vec<Region>> = BTreeMap::new();
    for (name, own) in regions.iter() {
        let mut land = name.as_str();
        while let Some(rest) = DIRECTIONS.iter().find_map(|one| land.strip_suffix(one)) {
            land = rest;
        }
        if land.len() > 3 && land.len() < name.len() && !regions.contains_key(land) {
            lands.entry(land.to_owned()).or_default().extend(own);
        }
    }
    regions.extend(lands);
}

/// The places that the words of a question name, in order.
pub fn named(words: &[String], catalog: &Catalog<'_>) -> Vec<PlaceWords> {
    let mut found: Vec<PlaceWords> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match place_at(words, at, catalog) {
            Some(place) => {
                at = place.words.end;
                found.push(place);
            }
            None => at += 1,
        }
    }
    found
}

/// Prepositions that are joined to the name of a place.
const JOINED: [&str; 3] = ["dari", "di", "ke"];

/// Letters from which what stands behind such a preposition may be a name; "disia" is no place.
const JOINED_LETTERS: usize = 4;

/// The preposition that begins the first of these words, where the rest of it is a place's name,
/// with the words behind it or without them, and means nothing else: "dijakarta", "kebandung".
pub fn joined(words: &[String]) -> Option<&'static str> {
    let (first, behind) = words.split_first()?;
    let is_name = |rest: &str| {
        let mut name = rest.to_owned();
        let longer = behind.iter().take(MOST_WORDS - 1).map(|word| spelled(word));
        std::iter::once("").chain(longer).any(|word| {
            name += word;
            REGIONS.contains_key(&name) && !ORDINARY.contains(&name.as_str())
        })
    };
    let fits = |head: &&&str| {
        first.strip_prefix(**head).is_some_and(|rest| rest.len() >= JOINED_LETTERS && is_name(rest))
    };
    if begins_name(first) { None } else { JOINED.iter().find(fits).copied() }
}

/// Words before a name that say that it is one by keeping away from it: "selain medan".
const KEPT_AWAY: [&[&str]; 5] = [EXCEPT, APART, REFUSALS, NOT_THERE, RELUCTANT];

fn place_at(words: &[String], at: usize, catalog: &Catalog<'_>) -> Option<PlaceWords> {
    if !begins_name(&words[at]) && (catalog.has)(&words[at]) {
        return None;
    }
    let before = at.checked_sub(1).map(|before| words[before].as_str());
    let kind = before.filter(|word| KINDS.contains(word));
    let refused = before.is_some_and(|word| KEPT_AWAY.iter().any(|of| of.contains(&word)));
    let apart = refused && !(catalog.has)(&words[at]);
    let sure = kind.is_some() || apart || before.is_some_and(|word| WHERE.contains(&word));
    let context = Context { words, at, sure, catalog };
    let PlaceName { end, regions, guessed } = exact(&context).or_else(|| misspelt(&context))?;
    let behind = context.kind_behind(end);
    let codes = of_kind(regions, kind.or(behind));
    let end = end + usize::from(behind.is_some());
    let words_of = at - kinds_before(words, at)..end;
    Some(PlaceWords { words: words_of, codes, guessed })
}

/// All names in their order, from this one on.
fn names_from(name: &str) -> impl Iterator<Item = (&'static String, &'static Vec<Region>)> {
    REGIONS.range::<str, _>((Bound::Included(name), Bound::Unbounded))
}

/// Whether a name of a region begins with the word; most words of a catalog begin none.
fn begins_name(word: &str) -> bool {
    names_from(word).next().is_some_and(|(name, _)| name.starts_with(word))
}

/// How many words before tell the kind: "kota adm." is two.
fn kinds_before(words: &[String], at: usize) -> usize {
    words[..at].iter().rev().take_while(|word| KINDS.contains(&word.as_str())).count()
}

/// The start of a name, and the words around it.
struct Context<'a> {
    words: &'a [String],
    at: usize,
    /// The word before says that a place follows.
    sure: bool,
    catalog: &'a Catalog<'a>,
}

/// A name: the word after it, and the regions that have it.
struct PlaceName {
    end: usize,
    regions: &'static [Region],
    guessed: bool,
}

/// The longest name that begins here and is meant as one.
fn exact(context: &Context<'_>) -> Option<PlaceName> {
    let (words, at) = (context.words, context.at);
    let mut name = String::new();
    let mut best = None;
    for end in at + 1..=words.len().min(at + MOST_WORDS) {
        name += spelled(&words[end - 1]);
        match names_from(&name).next() {
            Some((found, regions)) if *found == name => {
                let guessed = context.is_guess(&name, regions, end);
                best = guessed.map(|guessed| PlaceName { end, regions, guessed }).or(best);
            }
            Some((longer, _)) if longer.starts_with(&name) => {}
            _ => break,
        }
    }
    best
}

/// "Kep. Mentawai" is written out in the names.
fn spelled(word: &str) -> &str {
    if word == "kep" { "kepulauan" } else { word }
}

impl<'a> Context<'a> {
    /// The kind, if it stands behind the name: "medan kota", "pasuruan kab". A kind that another
    /// name follows belongs to that one: "dari malang kota surabaya".
    fn kind_behind(&self, end: usize) -> Option<&'a str> {
        let kind = self.words.get(end).map(String::as_str).filter(|word| KINDS.contains(word))?;
        let next = Context { at: end + 1, sure: true, ..*self };
        let led = self.words.len() > end + 1 && exact(&next).is_some();
        (!led).then_some(kind)
    }

    /// Whether the name is only a guess; nothing if no place is meant.
    fn is_guess(&self, name: &str, regions: &[Region], end: usize) -> Option<bool> {
        if self.sure || !is_ordinary(name, regions) || self.kind_behind(end).is_some() {
            return Some(false);
        }
        let known = self.words[self.at..end].iter().all(|word| (self.catalog.has)(word));
        let last = self.words[end..].iter().all(|word| asks_how(word));
        let mut before = self.words[..self.at].iter().rev().filter(|word| !asks_how(word));
        match before.next().is_some_and(|word| (self.catalog.is_document)(word)) {
            _ if !last => None,
            true => Some(known),
            false => (!known && name.len() > SHORT).then_some(true),
        }
    }
}

/// Letters of a short form that may as well be short for something else: "smg", "sda".
const SHORT: usize = 3;

/// Whether a name is a word of the language, or as short as one of a chat; provinces are known by
/// their letters.
fn is_ordinary(name: &str, regions: &[Region]) -> bool {
    let short = name.len() <= SHORT && regions.iter().any(|region| region.code.len() > 2);
    short || ORDINARY.contains(&name)
}

fn asks_how(word: &str) -> bool {
    term(word).is_none_or(|term| is_faint(&term))
}

/// A long name with a slip in it: where the word before asks for a place, or the letters make no
/// word. "Barang" is one letter from "Batang" and a word of its own.
fn misspelt(context: &Context<'_>) -> Option<PlaceName> {
    let typed = &context.words[context.at];
    let letters = typed.chars().count();
    let most = SLIP_LETTERS.iter().filter(|from| letters >= **from).count();
    if most == 0 || asks_how(typed) || (context.catalog.has)(typed) {
        return None;
    }
    let no_word = context.sure || is_no_word(typed);
    let first = &typed[..typed.char_indices().nth(1).map_or(0, |(second, _)| second)];
    let near = names_from(first)
        .take_while(|(name, _)| name.starts_with(first))
        .filter(|(name, _)| name.len().abs_diff(typed.len()) <= most && name.len() > 4)
        .filter(|(name, _)| !ORDINARY.contains(&name.as_str()))
        .filter(|(name, _)| no_word || has_same_letters(typed, name));
    let (distance, regions) =
        near.map(|(name, regions)| (slips(typed, name), regions)).min_by_key(|near| near.0)?;
    (distance <= most).then_some(PlaceName { end: context.at + 1, regions, guessed: true })
}

/// Only the places of the kind that was named, or all if none is of that kind.
fn of_kind(regions: &[Region], kind: Option<&str>) -> Vec<&'static str> {
    let fits = |region: &&Region| match kind {
        Some("kab" | "kabupaten" | "pemkab") => region.code.len() > 2 && !region.is_city,
        Some("kota" | "kotamadya" | "kotamadia" | "kodya" | "adm" | "administrasi" | "pemkot") => {
            region.is_city
        }
        Some("provinsi" | "propinsi" | "prov" | "prop") => region.code.len() == 2,
        _ => true,
    };
    let fitting: Vec<&str> = regions.iter().filter(fits).map(|region| region.code).collect();
    if fitting.is_empty() { regions.iter().map(|region| region.code).collect() } else { fitting }
}

/// The codes that a title or keyword names, as terms: only what is certainly a place.
pub fn code_terms(words: &[String]) -> Vec<String> {
    let catalog = Catalog { has: &|_| true, is_document: &|_| false };
    let places = named(words, &catalog).into_iter().filter(|place| !place.guessed);
    places.flat_map(|place| place.codes).map(code_term).collect()
}

/// How a region's code stands in the index; no word looks like that.
pub fn code_term(code: &str) -> String {
    format!("@{code}")
}
