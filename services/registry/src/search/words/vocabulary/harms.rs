//! Verbs for harm that is done or happens to a document, which is lost or damaged then, and the
//! words around them that tell whether it was meant.

/// Roots after which a document is gone.
#[rustfmt::skip]
pub const LOSSES: &[&str] = &[
    "begal", "buang", "cecer", "cemplung", "cicir", "colong", "copet", "curi", "embat", "gondol", "hanyut", "ilang",
    "jambret", "jatuh", "lenyap", "maling", "raib", "rampas", "rampok", "selip", "tilep", "umpet",
];

/// Roots after which it is still there.
#[rustfmt::skip]
pub const DAMAGES: &[&str] = &[
    "baret", "belah", "bolong", "gigit", "hancur", "kelupas", "kotor", "kunyah", "leleh", "lindas", "lindes", "lupas",
    "noda", "patah", "remuk", "rendam", "robek", "sobek", "tumpah",
];

/// Further roots of damage that is also done on purpose: a mishap only with the prefix.
#[rustfmt::skip]
pub const SPOILED: &[&str] = &[
    "bakar", "coret", "cuci", "gores", "gunting", "injak", "iris", "jepit", "lipat", "potong", "remas", "setrika",
    "siram", "tekuk", "tindih", "tusuk",
];

/// Roots that are a state by themselves, wherever they stand: "hilang ktp" has lost one.
#[rustfmt::skip]
pub const STATES: &[&str] = &[
    "baret", "bolong", "cecer", "cemplung", "cicir", "hancur", "hanyut", "hilang", "ilang", "jatuh", "kelupas", "kotor",
    "leleh", "lenyap", "lupas", "noda", "patah", "raib", "remuk", "rusak", "selip", "tumpah",
];

/// Roots of harm that nobody does on purpose, in whatever form: "ngilangin ktp".
pub const INVOLUNTARY: &[&str] = &["hilang", "ilang", "jatuh", "selip", "cecer", "cicir", "tumpah"];

/// English verbs: the base, forms of the past that no rule makes, whether the document is gone, and
/// whether nobody does it on purpose.
#[rustfmt::skip]
pub const ENGLISH_HARMS: &[(&str, &[&str], bool, bool)] = &[
    ("bend", &["bent"], false, false), ("bite", &["bit", "bitten"], false, false), ("break", &["broke", "broken"], false, false),
    ("burn", &["burnt"], false, false), ("chew", &[], false, false), ("crack", &[], false, true), ("crush", &[], false, false),
    ("crumple", &[], false, false), ("cut", &[], false, false), ("damage", &[], false, false), ("destroy", &[], false, false),
    ("discard", &[], true, false), ("drop", &[], true, true), ("eat", &["ate", "eaten"], false, false),
    ("fade", &[], false, true), ("fall", &["fell", "fallen"], true, true), ("hide", &["hid", "hidden"], true, false),
    ("lose", &["lost"], true, true), ("melt", &[], false, true), ("misplace", &[], true, true),
    ("pickpocket", &[], true, false), ("rip", &[], false, false), ("rob", &[], true, false), ("ruin", &[], false, false),
    ("scratch", &[], false, true), ("shred", &[], false, false), ("snatch", &[], true, false), ("soak", &[], false, true),
    ("stain", &[], false, true), ("steal", &["stole", "stolen"], true, false), ("tear", &["tore", "torn"], false, false),
    ("throw", &["threw", "thrown"], true, false), ("toss", &[], true, false), ("wash", &[], false, false),
];

/// Words right before a verb that say that somebody means to do it.
#[rustfmt::skip]
pub const INTENTS: &[&str] = &[
    "mau", "ingin", "pengen", "pengin", "pingin", "boleh", "bolehkah", "bisa", "bisakah", "harus", "wajib", "cara", "caranya",
    "carane", "gimana", "bagaimana", "untuk", "buat", "mesti", "perlu", "arep", "hayang", "nak", "to", "be", "can", "should",
    "how", "want", "may", "must",
];

/// Words between a document and the verb that tells its fate.
#[rustfmt::skip]
pub const BEFORE_VERBS: &[&str] = &[
    "sudah", "sdh", "udah", "udh", "telah", "ikut", "kena", "habis", "abis", "malah", "baru", "is", "was", "were", "are", "got",
    "has", "have", "been", "being", "get", "gets", "card",
];

/// Words anywhere that say that nobody meant it.
pub const UNINTENDED: &[&str] =
    &["accidentally", "accident", "kepencet", "gasengaja", "mistakenly"];

/// Papers, whatever they are about: harm to one is harm to a document. Stems.
#[rustfmt::skip]
pub const PAPERS: &[&str] = &[
    "akta", "berkas", "buku", "card", "certificate", "dokumen", "document", "identitas", "ijazah", "izin", "kartu", "licence",
    "paper", "papers", "paspor", "passport", "permit", "plat", "sertifikat", "surat",
];

/// Words for its owner or its age, between a verb and its document or its subject.
#[rustfmt::skip]
pub const OWNERS: &[&str] = &[
    "saya", "sy", "sya", "aku", "ak", "aq", "gue", "gua", "gw", "ku", "kita", "kami", "punya", "i", "we", "my", "our", "your",
    "his", "her", "their", "the", "a", "an", "this", "that", "old", "away", "out", "up", "down", "off", "new", "s",
    "someone", "somebody", "tadi", "kemarin", "kmrn", "malah", "lagi", "yang", "yg", "itu", "ini",
];

/// Others who may have done it: kin, people, animals and forces of nature.
#[rustfmt::skip]
pub const OTHERS: &[&str] = &[
    "anak", "anakku", "adik", "adek", "adikku", "kakak", "bapak", "bapakku", "ayah", "ibu", "ibuku", "emak", "istri", "istriku",
    "bini", "suami", "suamiku", "mantan", "pacar", "teman", "temen", "temenku", "tetangga", "pembantu", "orang", "wong",
    "maling", "pencuri", "copet", "pencopet", "jambret", "penjambret", "begal", "rampok", "anjing", "anjingku", "kucing",
    "kucingku", "tikus", "rayap", "kambing", "ayam", "monyet", "bayi", "bayiku", "balita", "ponakan", "cucu", "api", "banjir",
    "he", "she", "they", "it", "thief", "thieves", "dog", "cat", "rat", "rats", "mouse", "goat", "baby", "kid", "kids",
    "child", "son", "daughter", "wife", "husband", "ex", "brother", "sister", "friend", "maid", "neighbour", "neighbor",
];
