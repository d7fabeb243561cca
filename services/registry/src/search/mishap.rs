//! What becomes of a document by a mishap, as people say it: the prefixes "ke-", "ter-" and "di-"
//! tell that something happened to it, whatever a catalog calls the state that it is in then.

use super::vocabulary::{DAMAGES, LOSSES, SPOILED};

/// What says that something happened, and that nobody meant it to.
const PREFIXES: [&str; 3] = ["ke", "ter", "di"];

/// How much less what has become of a document is worth than the word for what happened.
pub const MISHAP: f32 = 0.8;

/// What has become of a document by a mishap: "keselip" it is lost, "ketumpahan" it is damaged.
pub fn mishap(term: &str) -> Option<&'static str> {
    let bare = PREFIXES.iter().find_map(|head| term.strip_prefix(head));
    let root = bare.unwrap_or(term);
    let is_one = |of: &[&str]| {
        [root, root.strip_suffix("an").unwrap_or(root)].iter().any(|root| of.contains(root))
    };
    if is_one(LOSSES) {
        return Some("hilang");
    }
    (is_one(DAMAGES) || bare.is_some() && is_one(SPOILED)).then_some("rusak")
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
}
