//! Whether one asks in a place that a question names, comes from it, goes there, or wants to be
//! anywhere but there.
//!
//! A word that keeps away from a place ("selain", "luar", "jauh", "ogah", "not") reaches it over
//! words that mean nothing by themselves ("mau", "ke", "kantor", "kota"). Two of them cancel each
//! other ("tidak jauh dari"). An act or a document in between cuts a word off from the place,
//! unless it is an outright refusal ("tidak mau bikin ktp di solo"); with anything else in between
//! it is not clear what is refused: the place is no preference, and is told as [`Stance::Unclear`].

use std::ops::Range;

use crate::search::words::{
    analyze::term,
    vocabulary::{
        ACTS, AND, APART, ARRIVED, ASKS_WHETHER, ERRANDS, EXCEPT, FAR, FROM, GOING, HOME, KINDS,
        MOVED, NEW, NOT_THERE, OTHERWISE, REFUSALS, RELUCTANT, SAYING_SOMETHING, TOWARDS, TRAVEL,
        WHERE, WHEREVER, WISHES, WITHIN,
    },
};

/// How a question bears on a place that it names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stance {
    /// One asks there: a preference.
    #[default]
    Wanted,
    /// One comes from there, and asks elsewhere.
    Origin,
    /// One goes there, and asks before.
    Destination,
    /// One does not want to ask there.
    Avoided,
    /// Something is refused, and whether it is the place is not understood.
    Unclear,
}

/// A question's words, and where its clauses and places are.
pub struct Spoken<'a> {
    pub words: &'a [String],
    /// The number of the clause that each word stands in.
    pub clauses: &'a [usize],
    pub places: &'a [Range<usize>],
    /// Whether a service is called by a word, or it says nothing.
    pub has: &'a dyn Fn(&str) -> bool,
}

/// The stances to all places, in their order, and the words that only tell them, by number.
pub fn stances(spoken: &Spoken<'_>) -> (Vec<Stance>, Vec<usize>) {
    let mut told = Vec::new();
    let mut stances: Vec<Stance> = Vec::new();
    for at in 0..spoken.places.len() {
        let (own, words) = spoken.kept_away(at);
        let same = own == Stance::Wanted && at > 0 && spoken.goes_on(at);
        let before = stances.last().copied().filter(|_| same);
        stances.push(match before {
            Some(before @ (Stance::Avoided | Stance::Unclear)) => before,
            _ if own == Stance::Wanted => spoken.way(at),
            _ => own,
        });
        told.extend(words);
    }
    spoken.set_origins(&mut stances);
    (stances, told)
}

/// How a word bears on the place behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sense {
    /// It means nothing by itself.
    Bridge,
    /// It leads to a place: "di", "ke".
    Preposition,
    /// It keeps away from the place right after it.
    Away,
    /// The same, by distance: it may stand behind the place as well.
    Far,
    /// It keeps away from all that follows in its clause, and may stand behind the place.
    Refusal,
    /// A word of content, for a thing or an act; `known` if the catalog has it.
    Content { known: bool },
}

fn is(word: &str, of: &[&str]) -> bool {
    of.contains(&word)
}

fn stem_is(word: &str, of: &[&str]) -> bool {
    term(word).is_some_and(|term| of.contains(&&*term))
}

/// "Gamau", "gausah": a refusal and a wish in one word.
fn is_refusal_in_one(word: &str) -> bool {
    let wished = |rest: &str| is(rest, WISHES) || matches!(rest, "bisa" | "bs" | "harus");
    REFUSALS.iter().any(|head| word.strip_prefix(head).is_some_and(wished))
}

impl Spoken<'_> {
    fn word(&self, at: usize) -> &str {
        &self.words[at]
    }

    fn sense(&self, at: usize) -> Sense {
        let word = self.word(at);
        let next = self.words.get(at + 1).map(String::as_str).unwrap_or_default();
        let before = at.checked_sub(1).map(|before| self.word(before)).unwrap_or_default();
        match word {
            "but" if is(before, WHEREVER) => Sense::Away,
            "other" | "rather" if next == "than" => Sense::Away,
            "no" if next == "need" => Sense::Refusal,
            _ if is(word, RELUCTANT) || is(word, NOT_THERE) || is_refusal_in_one(word) => {
                Sense::Refusal
            }
            _ if is(word, REFUSALS) && is(next, WISHES) => Sense::Refusal,
            _ if is(word, REFUSALS) && !self.asks_whether(at) => Sense::Away,
            _ if is(word, EXCEPT) || is(word, APART) => Sense::Away,
            _ if is(word, FAR) && !is(before, &["berapa", "how"]) => Sense::Far,
            _ if is(word, WITHIN) || is(word, TOWARDS) || is(word, FROM) => Sense::Preposition,
            _ if is(word, SAYING_SOMETHING) => Sense::Content { known: true },
            _ if self.is_bridge(word) => Sense::Bridge,
            _ => Sense::Content { known: self.is_known(word) },
        }
    }

    fn is_bridge(&self, word: &str) -> bool {
        is(word, KINDS)
            || is(word, WHERE)
            || is(word, WISHES)
            || is(word, GOING)
            || term(word).is_none()
    }

    fn is_known(&self, word: &str) -> bool {
        stem_is(word, ACTS) || stem_is(word, NEW) || stem_is(word, ERRANDS) || (self.has)(word)
    }

    /// Whether a "not" only asks whether: "bisa ga di malang", "bisa bikin ktp ga di malang".
    fn asks_whether(&self, at: usize) -> bool {
        let clause = self.clauses[at];
        let from =
            (0..at).rev().take_while(|one| self.clauses[*one] == clause).last().unwrap_or(at);
        let may = (from..at).any(|one| is(self.word(one), ASKS_WHETHER));
        may || at > from && is(self.word(at - 1), OTHERWISE)
    }

    /// The words before a place and in its clause, from the nearest on, up to another place.
    fn before(&self, place: usize) -> impl Iterator<Item = usize> + use<'_> {
        let start = self.places[place].start;
        let from = place.checked_sub(1).map_or(0, |before| self.places[before].end);
        let same = move |one: &usize| self.clauses[*one] == self.clauses[start];
        (from..start).rev().take_while(same)
    }

    /// The words behind a place and in its clause, up to another place.
    fn behind(&self, place: usize) -> Vec<usize> {
        let end = self.places[place].end;
        let until = self.places.get(place + 1).map_or(self.words.len(), |next| next.start);
        let same = |one: &usize| self.clauses[*one] == self.clauses[end - 1];
        (end..until).take_while(same).collect()
    }

    /// Whether one wants to be elsewhere, with the words that say so.
    fn kept_away(&self, place: usize) -> (Stance, Vec<usize>) {
        let (mut told, unclear) = self.refused_before(place);
        let (after, unclear_after) = self.refused_behind(place);
        told.extend(after);
        let runs = told.iter().filter(|at| !self.repeats(**at)).count();
        let stance = match runs {
            0 if unclear || unclear_after => Stance::Unclear,
            odd if odd % 2 == 1 => Stance::Avoided,
            _ => Stance::Wanted,
        };
        (stance, told)
    }

    /// "Jauh-jauh" is said once.
    fn repeats(&self, at: usize) -> bool {
        at > 0 && self.word(at - 1) == self.word(at)
    }

    /// The words before that keep away, and whether something else is refused.
    fn refused_before(&self, place: usize) -> (Vec<usize>, bool) {
        let (mut told, mut parted, mut other) = (Vec::new(), false, false);
        for at in self.before(place) {
            match self.sense(at) {
                Sense::Refusal if other => return (told, true),
                Sense::Refusal => told.push(at),
                Sense::Far if self.is_said_of_the_one_before(place, at) => break,
                Sense::Away | Sense::Far if !parted => told.push(at),
                Sense::Preposition => other |= parted,
                Sense::Content { known } => {
                    parted = true;
                    other |= !known;
                }
                Sense::Away | Sense::Far | Sense::Bridge => {}
            }
        }
        (told, false)
    }

    /// Whether a distance is said of the place before: "medan jauh dari binjai".
    fn is_said_of_the_one_before(&self, place: usize, at: usize) -> bool {
        let end = place.checked_sub(1).map(|before| self.places[before].end);
        let bridges = |end: usize| (end..at).all(|one| self.sense(one) == Sense::Bridge);
        end.is_some_and(|end| self.clauses[end - 1] == self.clauses[at] && bridges(end))
    }

    /// The words after the place that keep away from it, if they come first: "ke medan kejauhan".
    fn refused_behind(&self, place: usize) -> (Vec<usize>, bool) {
        let behind = self.behind(place);
        let says = |at: &usize| self.sense(*at) != Sense::Bridge;
        let Some(first) = behind.iter().position(says) else { return (Vec::new(), false) };
        let rest = behind[first + 1..].iter().map(|at| self.sense(*at));
        let next = rest.clone().find(|sense| *sense != Sense::Bridge);
        let at = behind[first];
        match (self.sense(at), next) {
            (Sense::Refusal, None) if !self.leads_on(place) => (vec![at], false),
            (Sense::Refusal, Some(Sense::Content { known: true })) => (Vec::new(), true),
            (Sense::Far, _) => (vec![at], false),
            _ => (Vec::new(), false),
        }
    }

    /// Whether another place follows in the clause: words in between belong to that one.
    fn leads_on(&self, place: usize) -> bool {
        let next = self.places.get(place + 1);
        next.is_some_and(|next| self.clauses[next.start] == self.clauses[self.places[place].start])
    }

    /// Whether nothing but "and" stands between a place and the one before it.
    fn goes_on(&self, place: usize) -> bool {
        let between = self.places[place - 1].end..self.places[place].start;
        let joins = |at: usize| is(self.word(at), AND) || self.sense(at) == Sense::Preposition;
        let same = self.clauses[between.start] == self.clauses[self.places[place].start];
        let and = between.clone().any(|at| is(self.word(at), AND));
        same && and && between.into_iter().all(|at| joins(at) || is(self.word(at), KINDS))
    }

    /// The preposition right before a place.
    fn preposition(&self, place: usize) -> &str {
        let before = self.places[place].start.checked_sub(1);
        before.map(|at| self.word(at)).unwrap_or_default()
    }

    /// Whether one comes from the place or goes there: "pindah dari malang ke batu". A request in
    /// between means that one asks there: "mau pergi umroh, bikin paspor ke malang". People who
    /// have arrived ask where they are.
    fn way(&self, place: usize) -> Stance {
        let before = &self.words[..self.places[place].start];
        let Some(travel) = before.iter().rposition(|word| stem_is(word, TRAVEL)) else {
            return Stance::Wanted;
        };
        let asks =
            |word: &String| stem_is(word, NEW) || stem_is(word, ACTS) || stem_is(word, ERRANDS);
        if before[travel + 1..].iter().any(asks) {
            return Stance::Wanted;
        }
        let (to, from) = (is(self.preposition(place), TOWARDS), is(self.preposition(place), FROM));
        match self.has_arrived(travel) {
            true if from => Stance::Origin,
            false if to => Stance::Destination,
            _ => Stance::Wanted,
        }
    }

    fn has_arrived(&self, travel: usize) -> bool {
        let before = travel.checked_sub(1).map(|before| self.word(before)).unwrap_or_default();
        let next = self.words.get(travel + 1).map(String::as_str).unwrap_or_default();
        is(before, ARRIVED) || is(self.word(travel), MOVED) || is(next, MOVED)
    }

    /// Marks as origins the places that people only come from, when they also say where they ask:
    /// "dari kediri, bikin paspor di madiun".
    fn set_origins(&self, stances: &mut [Stance]) {
        let travels = self.words.iter().any(|word| stem_is(word, TRAVEL));
        let leads = |place: usize| {
            is(self.preposition(place), WITHIN) || is(self.preposition(place), TOWARDS)
        };
        let asked = (0..stances.len()).any(|at| stances[at] == Stance::Wanted && leads(at));
        if travels || !asked {
            return;
        }
        for (at, stance) in stances.iter_mut().enumerate() {
            let home = is(self.preposition(at), FROM) || is(self.preposition(at), HOME);
            if *stance == Stance::Wanted && home {
                *stance = Stance::Origin;
            }
        }
    }
}
