//! Where the services of one standard differ, component by component.
//!
//! What was surely read is compared by its meaning, all else by its words, in whatever spelling and
//! order. A difference of spelling alone is none. What one says nothing of, it does not say
//! otherwise.

use std::{cmp::Reverse, collections::BTreeSet};

/// What one service, or the standard, says of a component.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saying {
    /// What it means, where all of it was surely read.
    pub meaning: Option<String>,
    /// Its lines; none if it says nothing.
    pub lines: Vec<Line>,
    /// True where a text that explains more says the same as one that explains less.
    pub may_explain: bool,
}

/// A line of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its words, whatever their spelling and order.
    pub words: BTreeSet<String>,
    /// The source's words.
    pub text: String,
}

impl Saying {
    fn lines(&self) -> BTreeSet<&BTreeSet<String>> {
        self.lines.iter().map(|line| &line.words).collect()
    }

    fn words(&self) -> BTreeSet<&String> {
        self.lines.iter().flat_map(|line| &line.words).collect()
    }

    /// The lines that another has not.
    pub fn beyond<'a>(&'a self, other: &Self) -> Vec<&'a str> {
        let known = other.lines();
        let lacks = self.lines.iter().filter(|line| !known.contains(&line.words));
        lacks.map(|line| line.text.as_str()).collect()
    }
}

/// Whether two say the same.
pub fn same(one: &Saying, other: &Saying) -> bool {
    if let (Some(mine), Some(theirs)) = (&one.meaning, &other.meaning) {
        return mine == theirs;
    }
    let (mine, theirs) = (one.words(), other.words());
    if one.may_explain && other.may_explain {
        return mine.is_subset(&theirs) || theirs.is_subset(&mine);
    }
    // One may list in a line what the other lists in several.
    one.lines() == other.lines() || (one.lines.len() != other.lines.len() && mine == theirs)
}

/// Those that say the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Whether the standard itself is among them; its saying then stands for all of them.
    pub is_standard: bool,
    /// The saying that stands for them.
    pub saying: Saying,
    /// The services among them, by their places in what was given.
    pub services: Vec<usize>,
}

/// The variants of a component, the standard's first, then the commonest; none where all agree.
pub fn variants(standard: &Saying, services: &[Saying]) -> Vec<Variant> {
    let mut found: Vec<Variant> = Vec::new();
    if !standard.lines.is_empty() {
        found.push(Variant { is_standard: true, ..only(standard) });
    }
    for (place, saying) in services.iter().enumerate().filter(|(_, said)| !said.lines.is_empty()) {
        match found.iter_mut().find(|known| same(&known.saying, saying)) {
            Some(known) => known.services.push(place),
            None => found.push(Variant { services: vec![place], ..only(saying) }),
        }
    }
    found.sort_by_key(|variant| (!variant.is_standard, Reverse(variant.services.len())));
    if found.len() < 2 { Vec::new() } else { found }
}

fn only(saying: &Saying) -> Variant {
    Variant { is_standard: false, saying: saying.clone(), services: Vec::new() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(text: &str) -> Line {
        let words = text.split_whitespace().map(str::to_owned).collect();
        Line { words, text: text.to_owned() }
    }

    fn lines(texts: &[&str]) -> Saying {
        Saying { lines: texts.iter().map(|text| line(text)).collect(), ..Saying::default() }
    }

    fn read(meaning: &str, text: &str) -> Saying {
        Saying { meaning: Some(meaning.into()), ..lines(&[text]) }
    }

    #[test]
    fn what_was_read_counts_by_its_meaning_and_what_was_not_by_its_words() {
        assert!(same(&read("0", "gratis"), &read("0", "tidak dipungut biaya")));
        assert!(!same(&read("0", "gratis"), &read("5", "gratis")));
        assert!(same(&lines(&["sesuai perda"]), &lines(&["perda sesuai"])));
        assert!(same(&read("0", "gratis"), &lines(&["gratis"])), "the words are the same");
        assert!(!same(&read("0", "gratis"), &lines(&["menyesuaikan"])));
    }

    #[test]
    fn lists_compare_in_any_order_and_however_they_are_cut() {
        assert!(same(&lines(&["ktp", "kk"]), &lines(&["kk", "ktp"])));
        assert!(same(&lines(&["ktp kk"]), &lines(&["kk", "ktp"])));
        assert!(!same(&lines(&["fotokopi ktp", "kk"]), &lines(&["fotokopi kk", "ktp"])));
        let (one, other) = (lines(&["ktp", "kk"]), lines(&["ktp", "foto"]));
        assert_eq!((one.beyond(&other), other.beyond(&one)), (vec!["kk"], vec!["foto"]));
    }

    #[test]
    fn the_standard_stands_first_then_what_most_say_and_silence_is_no_difference() {
        let standard = read("0", "gratis");
        let services = [
            read("5", "lima"),
            Saying::default(),
            read("9", "sembilan"),
            read("5", "rp 5"),
            read("0", "bebas"),
        ];
        let found = variants(&standard, &services);
        let told: Vec<_> = found.iter().map(|one| (one.is_standard, &one.services[..])).collect();
        assert_eq!(told, [(true, &[4][..]), (false, &[0, 3]), (false, &[2])]);
        assert!(variants(&Saying::default(), &[read("5", "a"), Saying::default()]).is_empty());
        assert_eq!(variants(&standard, &[read("5", "a")]).len(), 2, "it differs from the standard");
    }

    fn any_saying() -> impl Strategy<Value = Saying> {
        let texts = prop::collection::vec("[ab]( [abc]){0,2}", 0..3);
        (prop::option::of("[01]"), texts, any::<bool>()).prop_map(
            |(meaning, texts, may_explain)| {
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                Saying { meaning, may_explain, ..lines(&texts) }
            },
        )
    }

    proptest! {
        #[test]
        fn all_agree_with_themselves_and_with_each_other_alike(one in any_saying(), other in any_saying()) {
            prop_assert!(same(&one, &one));
            prop_assert_eq!(same(&one, &other), same(&other, &one));
        }

        #[test]
        fn spelling_alone_is_no_difference(saying in any_saying(), count in 1..5_usize) {
            let mut turned = saying.clone();
            turned.lines.reverse();
            turned.lines.iter_mut().for_each(|line| line.text = line.text.to_uppercase());
            let services = vec![turned; count];
            prop_assert!(variants(&saying, &services).is_empty());
        }

        #[test]
        fn each_that_says_something_is_in_one_variant(
            standard in any_saying(),
            services in prop::collection::vec(any_saying(), 0..8),
        ) {
            let found = variants(&standard, &services);
            prop_assert_ne!(found.len(), 1);
            let mut places: Vec<_> = found.iter().flat_map(|one| one.services.clone()).collect();
            places.sort_unstable();
            let said = (0..services.len()).filter(|place| !services[*place].lines.is_empty());
            prop_assert!(found.is_empty() || places == said.collect::<Vec<_>>());
        }
    }
}
