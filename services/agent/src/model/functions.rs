//! The agent's own filters, as people are told of them.

/// A filter of the agent's own, as `mpp agent functions` lists it.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Its name in a program.
    pub name: &'static str,
    /// Its result, in words.
    pub what: &'static str,
    /// An example of its input.
    pub from: &'static str,
}

/// The agent's own filters.
pub const FUNCTIONS: &[Function] = &[
    Function {
        name: "rupiah",
        what: "a fee; its wording is kept, and what is not sure is marked as not read",
        from: "\"Rp. 350.000,-\"",
    },
    Function {
        name: "service_time",
        what: "how long a service takes; its wording is kept, too",
        from: "\"Maksimal 20 (dua puluh) hari\"",
    },
    Function {
        name: "list_items",
        what: "the items of a list, without their numbers and bullets",
        from: "\"1. KTP asli\\n2) Surat pengantar; - Pas foto\"",
    },
    Function {
        name: "html_text",
        what: "the plain text of a web editor's markup",
        from: "\"<p>KTP &amp; KK</p>\"",
    },
];
