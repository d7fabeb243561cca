//! Harm to a document, as people put it: somebody does it ("bakar ktp", "nyobek kk", "sell my
//! passport"), or it happened ("ktp kebakar", "akta dicuri", "my id card was stolen").
//!
//! The verb is the same, the services are not: after a mishap one gets a new document, but no
//! service harms one on purpose. The form of the verb tells them apart, or else its place: a bare
//! root right before the document is done to it, right after it is the document's state.

use super::deed::{DAMAGED, LOST, PREFIXES, VerbForm, deed};
use crate::search::words::vocabulary::{
    BEFORE_VERBS, DAMAGES, INTENTS, LOSSES, OTHERS, OWNERS, REFUSALS, SPOILED, UNINTENDED,
};

/// The weight of a document's state beside the word for what happened to it.
pub const MISHAP: f32 = 0.8;

/// The state of a document after a mishap: lost after "keselip", damaged after "ketumpahan".
pub fn mishap(term: &str) -> Option<&'static str> {
    let bare = PREFIXES.iter().find_map(|head| term.strip_prefix(head));
    let root = bare.unwrap_or(term);
    let is_one = |of: &[&str]| {
        [root, root.strip_suffix("an").unwrap_or(root)].iter().any(|root| of.contains(root))
    };
    if is_one(LOSSES) {
        return Some(LOST);
    }
    (is_one(DAMAGES) || bare.is_some() && is_one(SPOILED)).then_some(DAMAGED)
}

/// The harm to a document that a verb tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Harm {
    /// Something has happened to it: it is lost or damaged since.
    Happened(&'static str),
    /// Somebody means to do it.
    Meant,
}

/// The harm that the word at a place tells of; `is_document` tells which words name the document.
/// `None` if it is no verb of harm, or does not harm the document: "ikan bakar", "potong rambut".
pub fn harm(words: &[String], at: usize, is_document: &dyn Fn(usize) -> bool) -> Option<Harm> {
    let is_doer = |at: usize| OTHERS.contains(&words[at].as_str());
    if is_doer(at) && words.get(at + 1).is_some_and(|next| deed(next).is_some()) {
        return None;
    }
    let deed = deed(&words[at])?;
    let sentence = Sentence { words, at, is_document };
    let (does, suffers) = (sentence.has_object(), sentence.stands_behind());
    let applies = match deed.form {
        VerbForm::Mishap => true,
        VerbForm::Passive => suffers || !deed.is_a_craft,
        VerbForm::Active => does,
        VerbForm::Bare => does || suffers,
    };
    let meant = match deed.form {
        VerbForm::Mishap => false,
        VerbForm::Passive => sentence.is_intended() && suffers,
        _ if deed.involuntary => deed.form == VerbForm::Active && sentence.is_intended(),
        _ if does => !sentence.has_another_subject(),
        _ => sentence.is_intended(),
    };
    let meant = meant && !sentence.is_unintended();
    applies.then_some(if meant { Harm::Meant } else { Harm::Happened(deed.state) })
}

/// The words around a verb.
struct Sentence<'a> {
    words: &'a [String],
    at: usize,
    is_document: &'a dyn Fn(usize) -> bool,
}

impl Sentence<'_> {
    /// Whether a word may stand between a verb and its document.
    fn is_between(&self, at: usize) -> bool {
        let word = self.words[at].as_str();
        let skipped = OWNERS.contains(&word) || deed(word).is_some() && !OTHERS.contains(&word);
        skipped && !(self.is_document)(at)
    }

    fn before(&self) -> Option<&str> {
        let at = (0..self.at).rev().find(|at| !self.is_between(*at))?;
        Some(self.words[at].as_str())
    }

    /// "Mau dibakar", "cara bakar", "to be destroyed", "sengaja".
    fn is_intended(&self) -> bool {
        let right_before = self.before().is_some_and(|word| INTENTS.contains(&word));
        right_before || self.words.iter().any(|word| word == "sengaja")
    }

    /// "Tidak sengaja merobek", "kena gunting", "accidentally".
    fn is_unintended(&self) -> bool {
        let refuses = |word: &str| REFUSALS.contains(&word) || matches!(word, "tanpa" | "bukan");
        let pairs = self.words.windows(2).any(|two| refuses(&two[0]) && two[1] == "sengaja");
        pairs
            || self.before() == Some("kena")
            || self.words.iter().any(|word| UNINTENDED.contains(&word.as_str()))
    }

    /// "Anak saya merobek kk": somebody else has done it.
    fn has_another_subject(&self) -> bool {
        self.before().is_some_and(|word| OTHERS.contains(&word))
    }

    /// Whether the document follows right after.
    fn has_object(&self) -> bool {
        let behind = (self.at + 1..self.words.len()).find(|at| !self.is_between(*at));
        behind.is_some_and(self.is_document)
    }

    /// Whether the verb follows the document, right away or after words of intent: "ktp mau saya
    /// bakar".
    fn stands_behind(&self) -> bool {
        let skipped = |at: &usize| {
            let word = self.words[*at].as_str();
            let says_when = INTENTS.contains(&word) || BEFORE_VERBS.contains(&word);
            self.is_between(*at) || !(self.is_document)(*at) && says_when
        };
        (0..self.at).rev().find(|at| !skipped(at)).is_some_and(self.is_document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mishap_loses_or_damages() {
        for (word, state) in [
            ("keselip", Some("hilang")),
            ("tercecer", Some("hilang")),
            ("kejatuhan", Some("hilang")),
            ("kecuci", Some("rusak")),
            ("ketumpahan", Some("rusak")),
            ("tergores", Some("rusak")),
            ("kemanapun", None),
            ("terbaru", None),
            ("coret", None),
        ] {
            assert_eq!(mishap(word), state, "{word}");
        }
    }

    fn of_ktp(text: &str) -> Option<Harm> {
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        let is_document = |at: usize| matches!(words[at].as_str(), "ktp" | "passport");
        (0..words.len()).find_map(|at| harm(&words, at, &is_document))
    }

    #[test]
    fn what_somebody_means_to_do_is_told_from_what_has_happened() {
        for text in [
            "bakar ktp",
            "membakar ktp",
            "ngebakar ktp",
            "nyuri ktp",
            "nyobek ktp",
            "mbuang ktp",
            "motong ktp",
            "rusakin ktp",
            "merusak ktp",
            "ktp mau dibakar",
            "ktp mau saya bakar",
            "cara menghilangkan ktp",
            "sengaja menghilangkan ktp",
            "burn my passport",
            "how to destroy passport",
            "tearing my passport",
            "passport to be destroyed",
            "throw away old passport",
        ] {
            assert_eq!(of_ktp(text), Some(Harm::Meant), "{text}");
        }
    }

    #[test]
    fn what_has_happened_loses_or_damages_whoever_did_it() {
        let lost = [
            "ktp dicuri",
            "ktp kecurian",
            "ktp kebuang",
            "ktp dibuang istri",
            "maling nyuri ktp",
            "menghilangkan ktp",
            "ngilangin ktp",
            "hilang ktp",
            "passport stolen",
            "lost passport",
            "someone stole my passport",
            "i threw away my passport",
            "passport was stolen",
            "tidak sengaja membuang ktp",
        ];
        let damaged = [
            "ktp kebakar",
            "ktp dibakar",
            "ktp terbakar",
            "ktp robek",
            "ktp kegunting",
            "anak saya merobek ktp",
            "tikus gigit ktp",
            "ktp kena gunting",
            "rusak ktp",
            "torn passport",
            "my dog chewed my passport",
            "passport burnt",
            "dog bites passport",
        ];
        for (texts, state) in [(&lost[..], "hilang"), (&damaged[..], "rusak")] {
            for text in texts {
                assert_eq!(of_ktp(text), Some(Harm::Happened(state)), "{text}");
            }
        }
    }

    #[test]
    fn other_words_harm_nothing() {
        for text in ["ganti ktp", "bikin ktp", "renew passport", "kertas ktp", "dinding", "main"] {
            assert_eq!(of_ktp(text), None, "{text}");
        }
    }
}
