//! Words of the language: how they are cut to terms, what stands for what, and slips of the pen.

pub(super) mod analyze;
pub(super) mod codes;
pub(super) mod derived;
pub(super) mod endings;
pub(super) mod foreign;
pub(super) mod loans;
pub(super) mod numbers;
pub(super) mod shape;
pub(super) mod slips;
pub(super) mod spoken;
pub(super) mod stem;
pub(super) mod telling;
pub(super) mod turn;
pub(super) mod typo;
pub(super) mod vocabulary;
pub(super) mod worded;
pub(super) mod wordnet;
