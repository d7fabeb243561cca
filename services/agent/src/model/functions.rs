//! The agent's own filters, as people are told of them.

/// What `mpp agent functions` tells of a filter of the agent's own.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// As a program calls it.
    pub name: &'static str,
    /// What it does.
    pub what: &'static str,
    /// What it reads.
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
