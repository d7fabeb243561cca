//! Words that tell whether people ask in a place, come from it, go there, or do not want to be
//! there. All as typed, those in [`TRAVEL`] and [`ERRANDS`] as stems.

/// Prepositions for the place where one is: a place follows, whether or not it is known.
pub const WITHIN: &[&str] = &["di", "d", "in", "at"];

/// Prepositions for the place to which one goes.
pub const TOWARDS: &[&str] = &["ke", "to", "menuju", "into", "nang", "menyang", "ka"];

/// Prepositions for the place from which one comes.
pub const FROM: &[&str] = &["dari", "dr", "from", "saka", "soko"];

/// Words before the place where one is at home.
pub const HOME: &[&str] = &["asal", "warga", "orang", "domisili", "wong", "urang", "penduduk"];

/// Stems of going: a place behind them and a "ke" is where one goes, not where one asks.
pub const TRAVEL: &[&str] = &[
    "pindah",
    "mutasi",
    "pergi",
    "berangkat",
    "terbang",
    "datang",
    "move",
    "moving",
    "moved",
    "relocation",
];

/// Words before one of travel that say that it is over.
pub const ARRIVED: &[&str] = &[
    "sudah", "sdh", "udah", "udh", "uda", "dah", "telah", "baru", "abis", "habis", "hbs",
    "selesai", "setelah", "sesudah", "sehabis", "just", "already", "have", "has",
];

/// Words between one of [`ARRIVED`] and one of [`LIVES`] that tell since when, beside numbers and
/// [`UNITS`].
pub const SINCE: &[&str] = &[
    "saja", "aja", "banget", "kemarin", "kemaren", "kmrn", "tadi", "lalu", "beberapa", "sekitar",
    "dua", "tiga", "empat", "lima", "enam",
];

/// Words for having come to live somewhere.
pub const LIVES: &[&str] = &["pindah", "pindahan", "tinggal", "menetap"];

/// Units, as they are written behind numbers: of time, and of electric power.
pub const UNITS: &[&str] = &[
    "tahun", "taun", "thn", "th", "bulan", "bln", "minggu", "mgg", "hari", "hr", "jam", "menit",
    "years", "year", "months", "days", "va", "watt",
];

/// Words of arrival, alone or after a word of travel: "pindah masuk".
pub const MOVED: &[&str] = &["masuk", "datang", "pendatang", "kedatangan", "moved", "arrived"];

/// Stems of errands beside acts: a place behind one is where one asks, wherever one goes to later.
pub const ERRANDS: &[&str] = &["ambil", "bayar", "daftar", "urus"];

/// Words of going that mean nothing between a refusal and a place.
#[rustfmt::skip]
pub const GOING: &[&str] = &[
    "pergi", "datang", "dateng", "jalan", "balik", "pulang", "go", "going", "come", "coming", "travel", "visit",
    "kantor", "tempat", "lokasi", "cabang", "gerai", "orang", "office", "branch", "city", "province", "regency",
];

/// Words that are not searched for, and that a "not" before them refuses alone: "tidak ada di
/// solo", "ga tau".
pub const SAYING_SOMETHING: &[&str] =
    &["ada", "dapat", "dpt", "dapet", "punya", "ngerti", "sengaja", "tahu", "tau", "know", "have"];

/// Words that keep away from the place behind them, beside [`super::EXCEPT`]. "Luar negeri" names
/// no place.
pub const APART: &[&str] = &[
    "luar",
    "diluar",
    "keluar",
    "outside",
    "beyond",
    "excluding",
    "exclude",
    "tanpa",
    "without",
    "nowhere",
    "dudu",
    "sanes",
];

/// Distance keeps away, before a place and behind it.
pub const FAR: &[&str] = &["jauh", "jauhan", "kejauhan", "adoh", "kadohan", "jauah", "far", "away"];

/// Words of refusal, which exclude with one of [`WISHES`] behind them: "tidak mau bikin ktp".
#[rustfmt::skip]
pub const REFUSALS: &[&str] = &[
    "tidak", "tdk", "tak", "gak", "ga", "gk", "nggak", "ngga", "nggk", "enggak", "engga", "ndak", "kagak", "kaga", "ogah",
    "batal", "urung", "not", "t", "dont", "doesnt", "cant", "cannot", "wont", "never",
    "ora", "mboten", "teu", "indak", "idak", "kada", "sonde", "tra",
];

/// Words of wishing.
pub const WISHES: &[&str] = &[
    "mau", "jadi", "ingin", "pengen", "pingin", "pengin", "usah", "perlu", "butuh", "want", "need",
    "arep", "hayang", "hoyong", "handak",
];

/// Words before a place where one does not want to ask: they refuse by themselves.
pub const NOT_THERE: &[&str] = &["jangan", "jgn", "jng", "jangn", "ojo", "moal", "embung"];

/// Words of reluctance: one does not like to ask there.
#[rustfmt::skip]
pub const RELUCTANT: &[&str] = &[
    "ogah", "malas", "males", "mls", "emoh", "moh", "wegah", "enggan", "segan", "sungkan", "keberatan", "kapok",
    "bosan", "bosen", "capek", "cape", "takut", "trauma", "benci", "anti", "hindari", "menghindari", "ngindarin",
    "avoid", "avoiding", "hate", "dislike", "refuse",
];

/// Words before a "but" that excludes the place after it: "anywhere but Solo".
pub const WHEREVER: &[&str] =
    &["anywhere", "everywhere", "any", "all", "place", "where", "city", "office"];

/// Words that ask whether: a "not" behind them in the clause only asks, too ("bisa bikin ktp ga").
pub const ASKS_WHETHER: &[&str] =
    &["bisa", "bs", "bsa", "bisakah", "boleh", "bolehkah", "ada", "adakah", "can", "could", "may"];

/// Words right before a "not" that ask whether: "atau tidak".
pub const OTHERWISE: &[&str] = &["atau", "ato", "apa", "or", "mau", "sudah", "udah", "udh"];

/// Words that go on with another place of the same stance.
pub const AND: &[&str] =
    &["dan", "sama", "ama", "atau", "ato", "serta", "maupun", "ataupun", "and", "or", "nor"];

/// Words that begin a clause of their own: a refusal before them does not reach beyond.
#[rustfmt::skip]
pub const TURNS: &[&str] = &[
    "tapi", "tp", "tetapi", "tpi", "karena", "karna", "krn", "soalnya", "padahal", "makanya", "jadinya", "but", "because",
    "since", "so",
];
