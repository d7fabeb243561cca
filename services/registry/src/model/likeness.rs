//! How alike a service and a standard are, for suggestions that a person then judges.
//!
//! The name decides: what both titles say speaks for the pair, what each says alone speaks against
//! it, since services of the same document differ by a word ("KTP hilang", "KTP rusak"). A word
//! that only one of them says is often a mere explanation and weighs less. Product, requirements
//! and legal basis support a name and never stand for one: all services of an office share them.

use std::collections::{BTreeMap, BTreeSet};

use super::marks::{self, Marks};

/// Words that tell a title from others, with their weights.
pub type Title = BTreeMap<String, u32>;

/// What is compared of a service or a standard: its words, as search has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Portrait {
    /// Its title.
    pub title: Title,
    /// The same of each keyword.
    pub keywords: Vec<Title>,
    /// The documents that its title names.
    pub documents: BTreeSet<String>,
    /// The documents that title, keywords and product name.
    pub all_documents: BTreeSet<String>,
    /// Words of the product.
    pub product: BTreeSet<String>,
    /// Words of all requirements.
    pub requirements: BTreeSet<String>,
    /// What in its title tells it from others of nearly the same name.
    pub marks: Marks,
    /// Regulations that it names, as [`super::regulation::cited`] has them.
    pub laws: BTreeSet<String>,
}

/// Why a pair is suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// Both titles.
    Title,
    /// A keyword of one, the title of the other.
    Keyword,
    /// What the applicant gets.
    Product,
    /// What the applicant must bring.
    Requirements,
    /// The regulations that both name.
    LegalBasis,
}

/// A ground, how far it reaches, and the words on which it rests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The ground.
    pub ground: Ground,
    /// 0 to 100.
    pub percent: u32,
    /// What both say.
    pub words: Vec<String>,
}

/// How alike two are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Likeness {
    /// 0 to 100.
    pub percent: u32,
    /// The weightiest first; none that does not speak for the pair.
    pub reasons: Vec<Reason>,
}

/// The weight of words that stand against each other, one on each side: each names another service.
const AGAINST: f64 = 2.0;
/// The weight of words that only one side has.
const BESIDE: f64 = 0.5;
/// What a keyword is worth beside a title: owners give several services the same one.
const KEYWORD: f64 = 0.85;
/// What all names together are worth: their words may belong to different matters.
const TOGETHER: f64 = 0.8;
/// What a name is worth where each title names a document that the other has nowhere.
const OTHER_DOCUMENT: f64 = 0.5;
/// What a name is worth whose support says nothing for it.
const BARE: f64 = 0.75;
/// What a name is worth where one side gives nothing that could support it.
const ALONE: f64 = 0.9;
/// How much product, requirements and legal basis each count within the support.
const SUPPORT: [(Ground, f64); 3] =
    [(Ground::Product, 2.0), (Ground::Requirements, 2.0), (Ground::LegalBasis, 1.0)];
/// Words of a reason that are told at the most.
const MOST_WORDS: usize = 12;

/// How alike two are; the same from either side. Not at all where a letter, a number or a denial
/// in the titles tells them apart.
pub fn likeness(one: &Portrait, other: &Portrait) -> Likeness {
    if marks::apart((&one.marks, &one.title), (&other.marks, &other.title)) {
        return Likeness::default();
    }
    let (ground, name, words) = name(one, other);
    let mut reasons = vec![reason(ground, name, words)];
    let (mut sum, mut weights) = (0.0, 0.0);
    for (ground, weight) in SUPPORT {
        let (own, others) = (said(one, ground), said(other, ground));
        if own.is_empty() || others.is_empty() {
            continue;
        }
        let share = overlap(own, others);
        sum += weight * share;
        weights += weight;
        reasons.push(reason(ground, share, own.intersection(others).cloned().collect()));
    }
    let worth = if weights > 0.0 { BARE + (1.0 - BARE) * sum / weights } else { ALONE };
    reasons.retain(|reason| reason.percent > 0);
    Likeness { percent: percent(name * worth), reasons }
}

/// The likeness of the names: of the titles, or where that is greater, of a title and a keyword, or
/// of a title and all names together.
fn name(one: &Portrait, other: &Portrait) -> (Ground, f64, Vec<String>) {
    let titles = (Ground::Title, likeness_of(&one.title, &other.title), &one.title, &other.title);
    let theirs = other.keywords.iter().map(|keyword| (&one.title, keyword));
    let ours = one.keywords.iter().map(|keyword| (&other.title, keyword));
    let called = theirs.chain(ours).map(|(title, keyword)| {
        (Ground::Keyword, KEYWORD * likeness_of(title, keyword), title, keyword)
    });
    let (mine, yours) = (names(one), names(other));
    let together = [
        (Ground::Keyword, TOGETHER * found_in(&one.title, other, &yours), &one.title, &yours),
        (Ground::Keyword, TOGETHER * found_in(&other.title, one, &mine), &other.title, &mine),
    ];
    let (ground, share, title, names) =
        called.chain(together).fold(titles, |best, next| if next.1 > best.1 { next } else { best });
    let both = title.keys().filter(|word| names.contains_key(*word)).cloned().collect();
    let share = if other_documents(one, other) { OTHER_DOCUMENT * share } else { share };
    (ground, share, both)
}

/// The words of title and keywords, with their weights.
fn names(portrait: &Portrait) -> Title {
    let mut names: Title =
        portrait.keywords.iter().flatten().map(|(w, n)| (w.clone(), *n)).collect();
    names.extend(portrait.title.clone());
    names
}

/// How far the words of a title are found among all names of another. An act that is not found
/// there, or where it does none of those of the other's title, makes it another service.
fn found_in(title: &Title, other: &Portrait, names: &Title) -> f64 {
    let both: u32 =
        title.iter().filter(|(word, _)| names.contains_key(*word)).map(|(_, w)| w).sum();
    if both == 0 {
        return 0.0;
    }
    let is_act = |weight: &u32| *weight > 1;
    let lacking = |acts: bool| {
        let beyond = title.iter().filter(|(word, _)| !names.contains_key(*word));
        beyond.map(|(_, weight)| *weight).filter(|weight| is_act(weight) == acts).sum::<u32>()
    };
    let does_some = title.iter().any(|(word, weight)| is_act(weight) && names.contains_key(word));
    let undone: u32 = match does_some {
        true => 0,
        false => other.title.values().filter(|weight| is_act(weight)).sum(),
    };
    let both = f64::from(both);
    let against = AGAINST * f64::from(lacking(true) + undone);
    both / (both + against + BESIDE * f64::from(lacking(false)))
}

/// Whether each title names a document, and neither one that the other has anywhere.
fn other_documents(one: &Portrait, other: &Portrait) -> bool {
    !one.documents.is_empty()
        && !other.documents.is_empty()
        && one.documents.is_disjoint(&other.all_documents)
        && other.documents.is_disjoint(&one.all_documents)
}

fn likeness_of(one: &Title, other: &Title) -> f64 {
    let both: u32 = one.iter().filter(|(word, _)| other.contains_key(*word)).map(|(_, w)| w).sum();
    if both == 0 {
        return 0.0;
    }
    let (mine, theirs) = (beyond(one, other), beyond(other, one));
    let stands_alone = |words: &Title, others: &Title| acts(words) && !acts(others);
    // An act that only one of them does makes it another service: "KTP hilang" is no new card.
    let is_act = stands_alone(one, other) || stands_alone(other, one);
    let against = if is_act { mine.max(theirs) } else { mine.min(theirs) };
    let beside = mine.max(theirs) - against;
    let both = f64::from(both);
    both / (both + AGAINST * f64::from(against) + BESIDE * f64::from(beside))
}

/// The weight of the words that another has not.
fn beyond(one: &Title, other: &Title) -> u32 {
    one.iter().filter(|(word, _)| !other.contains_key(*word)).map(|(_, weight)| weight).sum()
}

/// Whether a title names an act, which weighs more than a thing.
fn acts(title: &Title) -> bool {
    title.values().any(|weight| *weight > 1)
}

fn said(portrait: &Portrait, ground: Ground) -> &BTreeSet<String> {
    match ground {
        Ground::Requirements => &portrait.requirements,
        Ground::LegalBasis => &portrait.laws,
        Ground::Title | Ground::Keyword | Ground::Product => &portrait.product,
    }
}

/// What both have, as a share of what the shorter one has: lists differ in how much they explain.
fn overlap(one: &BTreeSet<String>, other: &BTreeSet<String>) -> f64 {
    let both = one.intersection(other).count();
    both as f64 / one.len().min(other.len()).max(1) as f64
}

fn reason(ground: Ground, share: f64, mut words: Vec<String>) -> Reason {
    words.truncate(MOST_WORDS);
    Reason { ground, percent: percent(share), words }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn percent(share: f64) -> u32 {
    (share * 100.0).round() as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> BTreeMap<String, u32> {
        let weight = |word: &str| if ["hilang", "rusak", "ganti"].contains(&word) { 2 } else { 1 };
        text.split_whitespace().map(|word| (word.to_owned(), weight(word))).collect()
    }

    fn titled(title: &str) -> Portrait {
        Portrait { title: words(title), ..Portrait::default() }
    }

    fn set(text: &str) -> BTreeSet<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_word_against_another_tells_two_services_apart() {
        let lost = titled("ganti ktp hilang");
        let same = likeness(&lost, &titled("ktp hilang")).percent;
        let other = likeness(&lost, &titled("ganti ktp rusak")).percent;
        assert!(same > 55 && other < 50, "{same} and {other}");
        assert_eq!(likeness(&lost, &titled("paspor")).percent, 0, "they share nothing");
    }

    #[test]
    fn what_supports_a_name_never_stands_for_one() {
        let requirements = set("ktp kk foto");
        let of = |title: &str| Portrait { requirements: requirements.clone(), ..titled(title) };
        assert_eq!(likeness(&of("sip perawat"), &of("akta lahir")).percent, 0);
        let named = likeness(&of("sip perawat"), &of("sip perawat"));
        assert_eq!(named.percent, 100);
        let grounds: Vec<_> = named.reasons.iter().map(|reason| reason.ground).collect();
        assert_eq!(grounds, [Ground::Title, Ground::Requirements]);
    }

    #[test]
    fn names_of_two_documents_are_two_services_and_all_names_together_find_one() {
        let of = |title: &str, document: &str| Portrait {
            documents: set(document),
            all_documents: set(document),
            ..titled(title)
        };
        let lost = of("ganti ktp hilang", "ktp");
        assert!(likeness(&lost, &of("ganti kia hilang", "kia")).percent < 50);
        let keywords = vec![words("rekam ktp"), words("ktp pemula")];
        let new = Portrait { keywords, ..of("ktp", "ktp") };
        assert!(likeness(&of("rekam ktp pemula", "ktp"), &new).percent > 70);
    }

    #[test]
    fn a_keyword_finds_what_the_title_calls_otherwise() {
        let called = Portrait { keywords: vec![words("kartu kuning")], ..titled("ak1") };
        let found = likeness(&titled("kartu kuning"), &called);
        assert_eq!(found.reasons[0].ground, Ground::Keyword);
        assert_eq!(found.reasons[0].words, ["kartu", "kuning"]);
        assert!(found.percent > 70, "{}", found.percent);
    }

    fn any_words() -> impl Strategy<Value = BTreeMap<String, u32>> {
        prop::collection::btree_map("[a-e]", 1..3_u32, 0..5)
    }

    fn any_set() -> impl Strategy<Value = BTreeSet<String>> {
        prop::collection::btree_set("[a-e]", 0..5)
    }

    fn any_portrait() -> impl Strategy<Value = Portrait> {
        let keywords = prop::collection::vec(any_words(), 0..3);
        (any_words(), keywords, any_set(), any_set(), any_set()).prop_map(
            |(title, keywords, product, requirements, laws)| {
                // A word weighs the same wherever it stands.
                let weigh = |words: BTreeMap<String, u32>| {
                    words.into_keys().map(|word| (word.clone(), 1 + u32::from(word.as_str() < "c")))
                };
                let title = weigh(title).collect();
                let keywords = keywords.into_iter().map(|one| weigh(one).collect()).collect();
                Portrait { title, keywords, product, requirements, laws, ..Portrait::default() }
            },
        )
    }

    proptest! {
        #[test]
        fn it_is_a_share_and_the_same_from_either_side(one in any_portrait(), other in any_portrait()) {
            let (here, there) = (likeness(&one, &other), likeness(&other, &one));
            prop_assert!(here.percent <= 100);
            prop_assert_eq!(here.percent, there.percent);
            prop_assert!(here.reasons.iter().all(|reason| (1..=100).contains(&reason.percent)));
        }

        #[test]
        fn a_word_that_only_one_of_them_has_makes_no_pair_more_alike(
            one in any_portrait(),
            other in any_portrait(),
        ) {
            let mut longer = other.clone();
            longer.title.insert("z".into(), 1);
            prop_assert!(likeness(&one, &longer).percent <= likeness(&one, &other).percent);
        }

        #[test]
        fn what_both_say_makes_no_pair_less_alike(one in any_portrait(), other in any_portrait()) {
            let (mut mine, mut theirs) = (one.clone(), other.clone());
            for portrait in [&mut mine, &mut theirs] {
                portrait.keywords.clear();
                portrait.title.insert("z".into(), 1);
            }
            let before = Portrait { keywords: Vec::new(), ..one };
            let after = Portrait { keywords: Vec::new(), ..other };
            prop_assert!(likeness(&mine, &theirs).percent >= likeness(&before, &after).percent);
        }

        #[test]
        fn names_without_a_word_in_common_are_not_alike(support in any_set()) {
            let one = Portrait { product: support.clone(), ..titled("x y") };
            let other = Portrait { product: support, ..titled("v w") };
            prop_assert_eq!(likeness(&one, &other), Likeness {
                reasons: likeness(&one, &other).reasons, percent: 0,
            });
        }
    }
}
