//! The words that may name what is asked for: documents and licences, by how owners call their
//! services.

use crate::search::{
    indexing::{
        index::{IndexView, Part},
        names::{document, head, subject},
    },
    words::{
        analyze::{Alternative, Via, is_abbreviation},
        vocabulary::{ACTS, NO_DOCUMENTS},
    },
};

/// The ranks of leading words: a document, another word that names a service by itself, a slip of
/// either.
pub const RANKS: usize = 3;

/// Alternatives below this weight do not stand for the word in a name.
pub const SAME_WORD: f32 = 0.7;

/// The rank of a word that may name what is asked for, 0 is the surest: a document, another word
/// that names a service by itself, or a slip of either.
pub fn leads(view: &IndexView, word: &Alternative) -> tantivy::Result<Option<usize>> {
    let Alternative { term, via, weight } = word;
    if *via == Via::Related && *weight < SAME_WORD {
        return Ok(None);
    }
    let rank = if is_document(view, term)? {
        0
    } else if is_subject(view, term)? {
        1
    } else {
        return Ok(None);
    };
    Ok(Some(if *via == Via::Typo { 2 } else { rank }))
}

/// One in this many of the services whose keywords hold a word has to keep it as a keyword by
/// itself: one owner among many does not decide what a word means.
const SHARE_OF_KEYWORDS: u64 = 4;

/// Whether a word names a document or licence: an abbreviation of the field, or a keyword that
/// owners keep by itself, if most titles with the word are about it or half of them belong to such
/// owners. "Hilang" is what happens to documents, whoever keeps it as a keyword, and no act is a
/// document: "legalisir buku nikah" names the book.
pub fn is_document(view: &IndexView, term: &str) -> tantivy::Result<bool> {
    if ACTS.contains(&term) {
        return Ok(false);
    }
    if is_abbreviation(term) && !NO_DOCUMENTS.contains(&term) {
        return Ok(true);
    }
    let alone = view.frequency(Part::Names, &document(term))?;
    if alone == 0 || !is_shared(view, term, alone)? {
        return Ok(false);
    }
    let about = view.frequency(Part::Names, &head(term))?;
    Ok(2 * about.max(alone) >= view.frequency(Part::Title, term)?)
}

/// Whether a keyword consists of this word alone, beside words that ask how.
pub fn is_subject(view: &IndexView, term: &str) -> tantivy::Result<bool> {
    let own = view.frequency(Part::Names, &subject(term))?;
    let own = own + view.frequency(Part::Names, &document(term))?;
    Ok(own > 0 && is_shared(view, term, own)?)
}

fn is_shared(view: &IndexView, term: &str, owners: u64) -> tantivy::Result<bool> {
    Ok(owners * SHARE_OF_KEYWORDS >= view.frequency(Part::Keywords, term)?)
}
