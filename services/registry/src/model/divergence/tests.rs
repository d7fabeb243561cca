use proptest::prelude::*;

use super::*;

/// A line, whose pieces stand between commas.
fn line(text: &str) -> TextLine {
    let piece = |part: &str| {
        let mut words: SortedWords = part.split_whitespace().map(str::to_owned).collect();
        words.sort();
        words
    };
    TextLine {
        pieces: text.split(',').map(piece).collect(),
        text: text.to_owned(),
        ..TextLine::default()
    }
}

fn lines(texts: &[&str]) -> Saying {
    Saying { lines: texts.iter().map(|text| line(text)).collect(), ..Saying::default() }
}

fn read(meaning: &str, text: &str) -> Saying {
    Saying { meaning: Some(meaning.into()), ..lines(&[text]) }
}

/// The services of each variant, of a standard that says nothing.
fn groups(services: &[Saying]) -> Vec<Vec<usize>> {
    let found = variants(&Saying::default(), services);
    found.into_iter().map(|variant| variant.services).collect()
}

fn same(one: Saying, other: Saying) -> bool {
    groups(&[one, other]).is_empty()
}

#[test]
fn what_was_read_counts_by_its_meaning_and_what_was_not_by_its_words() {
    assert!(same(read("0", "gratis"), read("0", "tidak dipungut biaya")));
    assert!(!same(read("0", "gratis"), read("5", "gratis")));
    assert!(same(lines(&["sesuai perda"]), lines(&["perda sesuai"])));
    assert!(same(read("0", "gratis"), lines(&["gratis"])), "the words are the same");
    assert!(!same(read("0", "gratis"), lines(&["menyesuaikan"])));
}

#[test]
fn a_variant_is_read_only_where_all_of_it_was() {
    let found = variants(&read("5", "lima"), &[read("0", "gratis"), lines(&["gratis"])]);
    let told: Vec<_> = found.iter().map(|one| (one.services.len(), one.is_read)).collect();
    assert_eq!(told, [(0, true), (2, false)]);
}

#[test]
fn words_that_were_read_in_two_ways_say_nothing_of_who_else_uses_them() {
    let services = [read("0", "sesuai"), read("5", "sesuai"), lines(&["sesuai"])];
    assert_eq!(groups(&services), [[0], [1], [2]]);
}

#[test]
fn lists_compare_in_any_order_and_however_they_are_cut() {
    assert!(same(lines(&["ktp", "kk"]), lines(&["kk", "ktp"])));
    assert!(same(lines(&["ktp,kk"]), lines(&["kk", "ktp"])));
    assert!(!same(lines(&["fotokopi ktp", "kk"]), lines(&["fotokopi kk", "ktp"])));
    assert!(!same(lines(&["ktp", "ktp"]), lines(&["ktp"])), "as often as it stands there");
    let (one, other) = (lines(&["ktp,kk", "akta"]), lines(&["ktp", "foto"]));
    assert_eq!((one.beyond(&other), other.beyond(&one)), (vec!["ktp,kk", "akta"], vec!["foto"]));
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
    assert_eq!(found[0].saying, standard, "its words stand for those that agree");
    assert!(variants(&Saying::default(), &[read("5", "a"), Saying::default()]).is_empty());
    assert_eq!(variants(&standard, &[read("5", "a")]).len(), 2, "it differs from the standard");
    assert_eq!(sayings(&standard, &services), 5);
}

fn any_saying() -> impl Strategy<Value = Saying> {
    let texts = prop::collection::vec("[ab]([ ,][abc]){0,2}", 0..3);
    (prop::option::of("[01]"), texts).prop_map(|(meaning, texts)| {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        Saying { meaning, ..lines(&texts) }
    })
}

proptest! {
    #[test]
    fn it_does_not_matter_in_which_order_they_come(
        standard in any_saying(),
        services in prop::collection::vec(any_saying(), 0..8),
    ) {
        let turned: Vec<Saying> = services.iter().rev().cloned().collect();
        let last = services.len().saturating_sub(1);
        let places = |services: &[Saying], at: &dyn Fn(usize) -> usize| {
            let found = variants(&standard, services).into_iter();
            let mut groups: Vec<(bool, bool, Vec<usize>)> = found
                .map(|one| {
                    let mut own: Vec<usize> = one.services.into_iter().map(at).collect();
                    own.sort_unstable();
                    (one.is_standard, one.is_read, own)
                })
                .collect();
            groups.sort();
            groups
        };
        prop_assert_eq!(places(&services, &|at| at), places(&turned, &|at| last - at));
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

    #[test]
    fn two_that_were_read_stand_together_just_where_they_mean_the_same(
        services in prop::collection::vec(any_saying(), 2..8),
    ) {
        let found = variants(&Saying::default(), &services);
        let group = |place: usize| found.iter().position(|one| one.services.contains(&place));
        for (one, first) in services.iter().enumerate() {
            for (other, second) in services.iter().enumerate() {
                let said = !first.lines.is_empty() && !second.lines.is_empty();
                if let (true, Some(mine), Some(theirs)) = (said, &first.meaning, &second.meaning) {
                    prop_assert_eq!(group(one) == group(other), found.is_empty() || mine == theirs);
                }
            }
        }
    }
}
