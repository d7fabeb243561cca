//! What a word's neighbours turn it into.

/// What a word is turned into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// "Belum menikah".
    Denied,
    /// "Anak hilang": nobody has lost a document.
    OfPerson,
    /// "Lahir mati".
    Stillborn,
}
