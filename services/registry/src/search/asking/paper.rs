//! The paper that a question asks for by what it is about: "surat keterangan domisili", "surat
//! pengantar RT".

use crate::search::words::{
    analyze::QueryTerm,
    vocabulary::{ACTS, PAPERS, PAYING},
};

/// The term of a paper.
pub const PAPER: &str = "surat";

/// The term of a paper that states something.
const STATEMENT: &str = "terang";

/// A paper that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paper {
    /// It is a "surat keterangan", which no abbreviation stands for.
    pub states: bool,
    /// The place, among the terms of the question, of the word that says what it is about.
    pub about: Option<usize>,
}

impl Paper {
    /// The first paper of the question's terms. "Surat izin" asks for the licence.
    pub fn of(terms: &[QueryTerm]) -> Option<Self> {
        let at = terms.windows(2).position(|pair| {
            let (paper, next) = (&pair[0], &pair[1]);
            let is_other = next.own != PAPER && PAPERS.contains(&next.own.as_str());
            paper.own == PAPER && (next.follows || next.own == STATEMENT) && !is_other
        })?;
        let behind = terms.iter().enumerate().skip(at + 1);
        let row = behind.take_while(|(_, term)| term.follows || term.own == STATEMENT);
        let about = row.into_iter().find(|(_, term)| term.decides).map(|(at, _)| at);
        Some(Self { states: terms[at + 1].own == STATEMENT, about })
    }
}

/// Whether a thing follows right behind a word for paying.
pub fn asks_to_pay(terms: &[QueryTerm]) -> bool {
    let paid =
        |thing: &QueryTerm| thing.follows && thing.decides && !ACTS.contains(&thing.own.as_str());
    terms.windows(2).any(|pair| PAYING.contains(&pair[0].own.as_str()) && paid(&pair[1]))
}
