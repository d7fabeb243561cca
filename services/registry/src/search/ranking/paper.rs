//! Whether the best answer gives the paper that the question asks for.
//!
//! "Surat keterangan domisili" is no "surat keterangan pindah", even where the office that gives
//! that one also keeps "pindah domisili" among its keywords: an answer that is put together from
//! two names, neither of them whole in the question, is near.

use super::filter::Candidate;
use crate::search::{
    asking::{
        leading::SAME_WORD,
        needle::{Needle, QuestionWords},
        paper::{PAPER, Paper},
    },
    indexing::table::SlotTable,
    words::{
        analyze::{QueryTerm, index_terms},
        vocabulary::PAPERS,
    },
};

/// Whether a paper is asked for that the best answer does not give, or only by words of different
/// names.
pub fn is_other_paper(best: &Candidate, table: &SlotTable, needles: &QuestionWords) -> bool {
    let Some(paper) = needles.paper else { return false };
    let gives =
        |(bit, needle): (usize, &Needle)| needle.term.own == PAPER && best.strong >> bit & 1 == 1;
    let gives = needles.all.iter().enumerate().any(gives);
    paper.states && !gives || !best.named && is_put_together(best, table, needles, paper)
}

/// Whether no single title or keyword holds both the paper and what it is about.
fn is_put_together(
    best: &Candidate,
    table: &SlotTable,
    needles: &QuestionWords,
    paper: Paper,
) -> bool {
    let about = needles.all.iter().enumerate();
    let Some((bit, needle)) = about.into_iter().find(|(_, one)| Some(one.term.at) == paper.about)
    else {
        return false;
    };
    // A document that is called a paper is meant itself: "surat KK".
    let is_document = needles.document && needles.leading >> bit & 1 == 1;
    let Some(service) = table.slots[best.slot as usize].service.as_ref() else { return false };
    let titles = [&*service.title_id, &*service.title_en].into_iter();
    let mut names = titles.chain(service.keywords.iter().map(|keyword| &**keyword));
    !is_document && !names.any(|name| says_both(name, &needle.term, paper))
}

fn says_both(name: &str, about: &QueryTerm, paper: Paper) -> bool {
    let said = index_terms(name);
    let mut papers = PAPERS.iter().filter(|one| !paper.states || **one == PAPER);
    let mut same = about.alternatives.iter().filter(|one| one.weight >= SAME_WORD);
    papers.any(|one| said.contains(*one)) && same.any(|one| said.contains(&one.term))
}
