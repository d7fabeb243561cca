//! How people name places, beside the official names of the region table.

/// Words before a name that say what kind of region it is: with one of them any name is a place.
pub const KINDS: &[&str] = &[
    "kab",
    "kabupaten",
    "kota",
    "kotamadya",
    "kodya",
    "kotamadia",
    "adm",
    "administrasi",
    "provinsi",
    "propinsi",
    "prov",
    "prop",
    "wilayah",
    "pemkab",
    "pemkot",
];

/// Words before a name that make a place likely.
pub const WHERE: &[&str] = &[
    "di",
    "d",
    "ke",
    "dari",
    "dr",
    "asal",
    "daerah",
    "area",
    "warga",
    "domisili",
    "sekitar",
    "mpp",
    "mal",
    "kantor",
    "disdukcapil",
    "dukcapil",
    "capil",
    "samsat",
    "polres",
    "polresta",
    "kanim",
    "imigrasi",
    "disnaker",
    "kua",
    "kejari",
    "pn",
    "in",
    "at",
    "from",
    "near",
    "to",
    "luar",
    "diluar",
    "outside",
    "but",
    "nang",
    "menyang",
    "menuju",
    "kecamatan",
];

/// Names of regions that are words of the language as well. They are a place only if the word
/// before them says so; behind the subject of a question they may be one.
pub const ORDINARY: &[&str] = &[
    "agam",          // religion, cut short
    "banjar",        // row; a ward on Bali
    "bangka",        // stubborn
    "barru",         // one slip from "baru"
    "batang",        // a stem, a rod
    "batu",          // stone
    "batubara",      // coal
    "belu",          // one slip from "belum"
    "bima",          // a name
    "bone",          // English
    "buru",          // to hunt
    "karo",          // "karo" is Javanese for "with"
    "kotabaru",      // a new town
    "kudus",         // holy
    "kuningan",      // brass
    "lahat",         // one slip from "lihat"
    "landak",        // porcupine
    "limapuluhkota", // fifty towns
    "lebak",         // a valley
    "lingga",        // a name
    "lombok",        // chilli
    "malang",        // unlucky
    "medan",         // field
    "meranti",       // a timber
    "metro",         // of the metropolis
    "muna",          // a hypocrite, in chats
    "padang",        // a plain; a kitchen
    "palu",          // hammer
    "pati",          // starch
    "pesisir",       // a coast
    "puncak",        // summit
    "sabang",        // of Sabang and Merauke
    "serang",        // to attack
    "siak",          // the population register
    "solok",         // one slip from "selok"
    "sorong",        // to push
    "subang",        // an ear stud
    "sumba",         // a name
    "tanahdatar",    // level ground
    "tanahlaut",     // land and sea
    "tapin",         // one slip from "taping"
    "tegal",         // a field
];

/// Short forms in use and former names, and the codes that they mean. Two letters more or less are
/// no slip here: a short form counts only as it stands.
#[rustfmt::skip]
pub const SHORT_FORMS: &[(&str, &[&str])] = &[
    // Provinces, as officials and newspapers shorten them.
    ("babel", &["19"]), ("banten", &["36"]), ("diy", &["34"]), ("dki", &["31"]), ("dkijakarta", &["31"]),
    ("jabar", &["32"]), ("jakarta", &["31"]), ("jateng", &["33"]), ("jatim", &["35"]),
    ("jkt", &["31"]), ("kalbar", &["61"]), ("kalsel", &["63"]), ("kaltara", &["65"]), ("kalteng", &["62"]),
    ("kaltim", &["64"]), ("kepri", &["21"]), ("malut", &["82"]), ("nad", &["11"]), ("nanggroeacehdarussalam", &["11"]),
    ("ntb", &["52"]), ("ntt", &["53"]), ("sulbar", &["76"]), ("sulsel", &["73"]), ("sulteng", &["72"]),
    ("sultra", &["74"]), ("sulut", &["71"]), ("sumbar", &["13"]), ("sumsel", &["16"]), ("sumut", &["12"]),
    ("bangkabelitung", &["19"]), ("yogyakarta", &["34", "34.71"]), ("westjava", &["32"]), ("centraljava", &["33"]), ("eastjava", &["35"]),
    // Yogyakarta is a province and its city.
    ("jogja", &["34", "34.71"]), ("jogjakarta", &["34", "34.71"]), ("yogya", &["34", "34.71"]), ("jogya", &["34", "34.71"]),
    // The capital's parts.
    ("jakbar", &["31.73"]), ("jakpus", &["31.71"]), ("jaksel", &["31.74"]), ("jaktim", &["31.75"]),
    ("jakut", &["31.72"]), ("pulauseribu", &["31.01"]),
    // Cities as residents shorten them in chats.
    ("bdg", &["32.73"]), ("bgr", &["32.71", "32.01"]), ("bks", &["32.75", "32.16"]), ("bpp", &["64.71"]), ("btm", &["21.71"]),
    ("bwi", &["35.10"]), ("dpk", &["32.76"]), ("dps", &["51.71"]), ("kdr", &["35.71", "35.06"]), ("mdn", &["12.71"]), ("mks", &["73.71"]),
    ("mlg", &["35.73", "35.07"]), ("pky", &["62.71"]), ("pku", &["14.71"]), ("pnk", &["61.71"]), ("sby", &["35.78"]),
    ("sda", &["35.15"]), ("smd", &["64.72"]), ("smg", &["33.74"]), ("tgr", &["36.71", "36.03"]),
    ("tangsel", &["36.74"]), ("suroboyo", &["35.78"]),
    // Other names of the same place.
    ("makasar", &["73.71"]), ("ujungpandang", &["73.71"]), ("solo", &["33.72"]),
    ("lombok", &["52.01", "52.02", "52.03", "52.08", "52.71"]), ("madura", &["35.26", "35.27", "35.28", "35.29"]),
    ("flores", &["53.06", "53.07", "53.08", "53.09", "53.10", "53.15", "53.16", "53.19"]),
    // Regencies that are called by their first letters.
    ("kubar", &["64.07"]), ("kukar", &["64.02"]), ("kutim", &["64.08"]), ("ppu", &["64.09"]), ("pangkep", &["73.10"]),
    ("sidrap", &["73.14"]), ("sitaro", &["71.09"]), ("bolmong", &["71.01"]), ("minsel", &["71.05"]), ("minut", &["71.06"]),
    ("tapsel", &["12.03"]), ("tapteng", &["12.01"]), ("taput", &["12.02"]), ("labusel", &["12.22"]), ("labura", &["12.23"]),
    ("madina", &["12.13"]), ("paluta", &["12.20"]), ("sergai", &["12.18"]), ("inhil", &["14.04"]), ("inhu", &["14.02"]),
    ("rohil", &["14.07"]), ("rohul", &["14.06"]), ("oki", &["16.02"]), ("oku", &["16.01"]), ("muba", &["16.06"]),
    ("lobar", &["52.01"]), ("loteng", &["52.02"]), ("lotim", &["52.03"]), ("kobar", &["62.01"]), ("kotim", &["62.02"]),
    ("siau", &["71.09"]), ("kepulauansiau", &["71.09"]),
    ("hst", &["63.07"]), ("hss", &["63.06"]), ("hsu", &["63.08"]),
];
