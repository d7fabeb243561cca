//! Words of the regions' languages and of their Indonesian, as citizens mix them into questions:
//! Javanese, Sundanese, Balinese, Madurese, Minangkabau, Malay, Banjar, Betawi, Batak, Makassar,
//! and the Malay of Manado, Ambon, Kupang and Papua. Written down from what these languages say for
//! "how", "where", "I", "want" and the like; words that mean something else in Indonesian are left
//! out ("awak", "iso", "lan", "layang").

/// Words that say nothing about the question, like [`super::FILLERS`].
#[rustfmt::skip]
pub const REGIONAL_FILLERS: &[&str] = &[
    // Javanese, familiar and polite.
    "arep", "arepe", "carane", "dereng", "durung", "endi", "iki", "iku", "inggih", "kados", "kanggo", "kangge", "kawula",
    "kenopo", "kepiye", "kepriye", "kowe", "kui", "kula", "kulo", "kuwi", "lha", "mangke", "marang", "mawon", "mboten",
    "menapa", "menika", "menyang", "monggo", "nandi", "nang", "nek", "ngendi", "nggih", "nggo", "nggon", "niki", "niku",
    "ning", "ngono", "ngene", "njaluk", "njih", "nopo", "ono", "opo", "ora", "panjenengan", "pira", "piro", "pinten",
    "piye", "pripun", "pundi", "rek", "sampeyan", "sampun", "saged", "saka", "sak", "seko", "sampek", "sing", "soko", "sopo",
    "sinten", "wae", "wes", "wis", "wonten", "yen", "yo", "badhe", "bade", "ngopo", "njur", "teko", "tekan", "liya", "liyane",
    // Sundanese.
    "abdi", "acan", "anu", "atos", "atuh", "ayeuna", "deui", "dina", "eta", "geura", "hatur", "hayang", "hoyong", "ieu",
    "iraha", "jeung", "kamana", "keur", "kuring", "kumaha", "naha", "naon", "nuhun", "nu", "palay", "sabaraha", "saha",
    "sareng", "teh", "teu", "ti", "tiasa", "timana", "tos",
    // Minangkabau, Palembang, Jambi and other Malay.
    "ado", "alun", "ambo", "ape", "apo", "baa", "bara", "cakmano", "cakmane", "cemane", "cak", "dak", "dima", "galo", "idak",
    "indak", "jo", "kama", "kamek", "lai", "macammane", "mane", "mano", "nak", "nan", "saye", "untuak", "bilo", "ciek",
    // Betawi and Jakarta.
    "aje", "ame", "ampe", "ane", "dah", "dimane", "elu", "ente", "entu", "gimane", "kemane", "loe", "lu", "noh", "nyang",
    "nyok", "pan", "pegimane", "ude", "udeh",
    // Batak and Medan.
    "bah", "cemmana", "cemana", "kalok", "kek", "kekmana", "kelen", "kian", "lae",
    // Banjar.
    "dimapa", "gasan", "handak", "ikam", "kada", "kadada", "kayapa", "lawan", "napa", "pian", "ulun", "unda",
    // Balinese, Madurese, Makassar.
    "dija", "encen", "engken", "icang", "jagi", "kenken", "punapi", "titiang", "tiyang", "beremma", "dimma", "engkok",
    "sengkok", "iye", "iyek", "tabe", "mauka", "bisaka",
    // Manado, Ambon, Kupang and Papua.
    "bae", "bagimana", "beta", "deng", "dolo", "dorang", "katong", "kam", "mo", "ngana", "ose", "par", "pigi", "sa", "sapa",
    "so", "son", "sonde", "su", "torang", "tra", "trada", "bolo",
];

/// Words with the Indonesian that catalogs use, as [`super::SPELLINGS`].
#[rustfmt::skip]
pub const REGIONAL: &[(&str, &str)] = &[
    // Numbers.
    ("limang", "lima"), ("limo", "lima"), ("telung", "tiga"),
    // To make, to do, to get done.
    ("gae", "buat"), ("gawe", "buat"), ("gawekno", "buat"), ("nggae", "buat"), ("nggawe", "buat"), ("gawean", "kerja"),
    ("damel", "buat"), ("ndamel", "buat"), ("ngadamel", "buat"), ("nyieun", "buat"), ("maulah", "buat"),
    ("buek", "buat"), ("mambuek", "buat"), ("bekeng", "buat"), ("beking", "buat"), ("biking", "buat"), ("ngae", "buat"),
    ("ngaryanin", "buat"), ("agabay", "buat"), ("dhaptar", "daftar"), ("ndaftar", "daftar"), ("ndaptar", "daftar"),
    ("uruih", "urus"), ("diuruih", "urus"), ("mauruih", "urus"), ("ngurusi", "urus"), ("mbayar", "bayar"), ("mayar", "bayar"),
    ("mayah", "bayar"), ("tuku", "beli"), ("adol", "jual"), ("nyilih", "pinjam"), ("golek", "cari"), ("nggolek", "cari"),
    ("milari", "cari"), ("gantos", "ganti"), ("nambahan", "tambah"), ("ngrubah", "ubah"),
    ("ngganti", "ganti"), ("manjangin", "panjang"), ("manjangke", "panjang"), ("njaluki", "minta"),
    // New, old, lost, gone.
    ("anyar", "baru"), ("hanyar", "baru"), ("lawas", "lama"), ("lami", "lama"), ("ical", "hilang"),
    ("leungit", "hilang"), ("telas", "habis"), ("entek", "habis"), ("entong", "habis"),
    ("seep", "habis"), ("ruksak", "rusak"), ("bosok", "rusak"), ("teles", "basah"), ("baseuh", "basah"), ("kobong", "bakar"),
    // Birth, marriage, death, people.
    ("lair", "lahir"), ("rabi", "nikah"), 
    ("maot", "meninggal"), ("seda", "meninggal"), ("tilar", "meninggal"), ("ninggal", "meninggal"), ("pejah", "meninggal"),
    ("padem", "meninggal"), ("bojo", "istri"), ("garwa", "istri"), ("pamajikan", "istri"),
    ("budak", "anak"), ("orok", "bayi"), ("wong", "orang"), ("urang", "orang"), ("tuwo", "tua"),
    ("sepuh", "tua"), ("sorangan", "sendiri"), ("dewe", "sendiri"), ("dhewe", "sendiri"), ("surang", "sendiri"),
    // Things and places.
    ("omah", "rumah"), ("griya", "rumah"), ("imah", "rumah"), ("kutha", "kota"), ("kampuang", "desa"),
    ("pajeg", "pajak"), ("pajeug", "pajak"), ("jeneng", "nama"), ("ngaran", "nama"),
    ("duwit", "duit"), ("artos", "uang"), ("pitih", "uang"), ("pitis", "uang"), ("regane", "biaya"), ("rega", "biaya"),
    ("dinten", "hari"), ("sasih", "bulan"), ("wulan", "bulan"),
];
