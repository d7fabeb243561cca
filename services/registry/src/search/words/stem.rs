//! A light stemmer for Indonesian.
//!
//! It follows Nazief and Adriani: affixes are taken off in every order that the morphology allows,
//! and the first result that is a known root wins. The root list holds the words of public service,
//! not the language: where it knows nothing, only unmistakable pairs of affixes (`per-…-an`,
//! `me-…-kan`) come off, as in Tala's porter-style stemmer. A wrong stem does little harm as long
//! as it is the same for a query and a document, so the list matters most for words that *look*
//! derived (`berita`, `terminal`) and for roots that lose their first letter (`kirim` in
//! *pengiriman*).

/// How many prefixes one word carries at most (`memperpanjang`, `keberangkatan`).
const PREFIX_DEPTH: usize = 2;

/// Words shorter than this are roots or abbreviations.
const SHORTEST_DERIVED: usize = 5;

/// Roots of the field and words that only look derived. Sorted, for the binary search.
#[rustfmt::skip]
const ROOTS: &[&str] = &[
    "adil", "adopsi", "adu", "agama", "ajar", "aju", "akta", "alamat", "alih", "aman", "ambil", "andal", "anggota",
    "angkat", "angkut", "antar", "asing", "asuh", "asuransi", "atur", "awas", "ayah", "badan", "baik", "bakar", "balik",
    "bangun", "banjir", "bantu", "baru", "batal", "batas", "bayar", "bayi", "beku", "belajar", "beli", "benar", "bendahara",
    "berangkat", "beras", "berita", "berkas", "bersih", "betul", "biaya", "bina", "boga", "bongkar", "buat", "bubar",
    "budaya", "budi", "buka", "bukti", "buku", "bupati", "buru", "buruh", "cabut", "cair", "calon", "camat", "cantum",
    "cari", "catat", "cegah", "cek", "cerai", "cetak", "cipta", "coba", "copet", "curi", "cuti", "daerah", "daftar",
    "dagang", "dana", "dapat", "data", "datang", "depan", "desa", "didik", "digital", "dinas", "diploma", "diri",
    "disabilitas", "distribusi", "domisili", "duda", "duduk", "dukung", "dunia", "edar", "elektronik", "emisi", "empat",
    "fungsi", "gadai", "gaji", "ganti", "garap", "gedung", "gelar", "guna", "hadir", "halal", "hapus", "harga", "hasil",
    "hibah", "hidup", "hilang", "hukum", "hutan", "ibadah", "identitas", "ikan", "ikut", "imigrasi", "impor",
    "indonesia", "industri", "inovasi", "instansi", "investasi", "isi", "istri", "izin", "jabat", "jadi", "jalan",
    "jamin", "janji", "jual", "jumlah", "kaji", "kandung", "karantina", "kartu", "kawin", "kecewa", "kelola", "keluar",
    "keluarga", "kemas", "kembali", "kembang", "kemudi", "kena", "kendara", "kepala", "kereta", "kerja", "kesan",
    "kirim", "klaim", "konsultasi", "konversi", "koperasi", "koreksi", "kota", "kuasa", "kubur", "kuliah", "kunjung",
    "kurang", "kurus", "kutip", "lahan", "lahir", "laik", "laku", "lalu", "lamar", "langgan", "lapor", "latih", "laut",
    "layan", "layar", "legalisasi", "lelang", "lengkap", "lepas", "lestari", "libur", "lindung", "lingkung", "lulus",
    "lurah", "makam", "makan", "mampu", "mandiri", "manfaat", "masa", "masalah", "masuk", "mati", "medis", "menara",
    "meninggal", "menteri", "mercu", "merek", "minta", "minum", "miskin", "modal", "mohon", "motor", "muat", "muda",
    "mula", "mulai", "musik", "muslim", "musnah", "mutakhir", "mutasi", "nama", "negara", "nikah", "nilai", "obat",
    "organisasi", "oto", "pajak", "pakai", "paket", "palsu", "pandu", "pangan", "pangkas", "panjang", "pariwisata",
    "pasang", "pasar", "paspor", "patah", "pecah", "pekan", "pelabuh", "pemuda", "pensiun", "perdata", "perempuan",
    "periksa", "perintah", "perkara", "permanen", "permit", "perseroan", "pertama", "pesan", "peserta", "peta",
    "petani", "pidana", "pilih", "pimpin", "pindah", "pinjam", "polisi", "praktik", "pribadi", "produksi", "profesi",
    "putih", "putus", "radio", "rantau", "rawat", "rekam", "reklame", "rekomendasi", "renovasi", "resmi", "retribusi",
    "riset", "robek", "rumah", "rumahan", "rusak", "sah", "sahabat", "saji", "sakit", "saksi", "salah", "salin", "sambung",
    "sampah", "sandang", "santun", "sapi", "satu", "sedia", "sehat", "sejarah", "sekolah", "selam", "selenggara",
    "selesai", "semak", "sembelih", "serah", "sertifikasi", "sertifikat", "sesuai", "sewa", "siap", "siar", "sikap",
    "simpan", "sipil", "siswa", "sita", "sosial", "stasiun", "suami", "suntik", "surat", "survei", "susun", "tagih",
    "tahan", "tahun", "tambah", "tambang", "tanah", "tanam", "tanda", "tanggung", "tani", "tanya", "tarif", "tarik",
    "tebang", "teliti", "tempat", "tempuh", "temu", "tenaga", "tera", "terang", "terbang", "terbatas", "terbit",
    "terima", "terminal", "ternak", "tetap", "tiket", "timbang", "tinggal", "tinggi", "titip", "transaksi", "tukar",
    "tulis", "tumbuh", "tunggak", "tunggu", "tutup", "uang", "ubah", "uji", "ujian", "undang", "unduh", "unggah",
    "ungsi", "upah", "urus", "usaha", "usia", "usul", "utang", "vaksin", "wafat", "wajib", "wakaf", "wali", "wanita",
    "warga", "waris", "warung", "wisata", "yatim", "yayasan",
];

/// The stem of a word that is already folded to lower case; the word itself if it is short, not
/// ASCII, or a root.
///
/// Never empty for a word that is not empty, and `stem(stem(word)) == stem(word)`.
pub fn stem(word: &str) -> String {
    let mut current = word.to_owned();
    while let Some(shorter) = step(&current) {
        current = shorter;
    }
    current
}

/// Everything that the word may be derived from, the closest first, for callers that know more
/// roots than the list: "ditilang" may be `tilang`.
pub fn readings(word: &str) -> Vec<String> {
    let mut readings = Vec::new();
    for base in without_suffixes(word) {
        readings.push(base.to_owned());
        readings.extend(without_prefix(base));
    }
    readings.retain(|reading| reading != word && reading.len() >= SHORTEST_READING);
    readings
}

/// Shorter rests are chance.
const SHORTEST_READING: usize = 4;

/// One round: a root inside the word, or else the rest that the safe rules leave. `None` when the
/// word is its own stem.
fn step(word: &str) -> Option<String> {
    let derived = word.len() >= SHORTEST_DERIVED && word.bytes().all(|b| b.is_ascii_lowercase());
    if !derived || is_root(word) {
        return None;
    }
    root_within(word).or_else(|| without_inflection(word)).or_else(|| without_affix_pair(word))
}

/// Whether a word is a root of the language in one of the forms that nobody hits by a slip:
/// "perikanan", "kehutanan". Then it is a word.
pub fn is_derived(word: &str) -> bool {
    let within = |head: &&str| word.strip_prefix(*head)?.strip_suffix("an");
    ["per", "pe", "ke"].iter().filter_map(within).any(is_root)
}

pub fn is_root(word: &str) -> bool {
    ROOTS.binary_search(&word).is_ok()
}

fn root_within(word: &str) -> Option<String> {
    without_suffixes(word).into_iter().find_map(|base| root_behind_prefixes(base, PREFIX_DEPTH))
}

/// The word with nothing, one suffix, or a suffix and a possessive or particle taken off its end.
fn without_suffixes(word: &str) -> Vec<&str> {
    let mut bases = vec![word];
    bases.extend(
        ["lah", "kah", "pun", "nya", "ku", "mu"].iter().filter_map(|end| word.strip_suffix(end)),
    );
    let derived: Vec<&str> = bases
        .iter()
        .flat_map(|base| ["an", "kan", "i", "in"].iter().filter_map(|end| base.strip_suffix(end)))
        .collect();
    bases.extend(derived);
    bases
}

fn root_behind_prefixes(base: &str, depth: usize) -> Option<String> {
    if is_root(base) {
        return Some(base.to_owned());
    }
    if depth == 0 {
        return None;
    }
    without_prefix(base).into_iter().find_map(|rest| root_behind_prefixes(&rest, depth - 1))
}

/// Every reading of the word's first prefix, with the letter restored that the prefix has
/// swallowed.
fn without_prefix(word: &str) -> Vec<String> {
    let mut readings = Vec::new();
    for head in ["di", "ke", "se", "ter", "ber", "per", "bel", "pel", "me", "pe"] {
        readings.extend(word.strip_prefix(head).map(str::to_owned));
    }
    // Colloquial forms drop the vowel: ngurus, nyari, mbuat.
    for (head, lost) in
        [("meng", "k"), ("peng", "k"), ("ng", "k"), ("meny", "s"), ("peny", "s"), ("ny", "c")]
    {
        readings.extend(nasal(word, head, lost));
    }
    for (head, lost) in
        [("mem", "p"), ("pem", "p"), ("men", "t"), ("pen", "t"), ("menge", ""), ("penge", "")]
    {
        readings.extend(nasal(word, head, lost));
    }
    readings
}

fn nasal(word: &str, head: &str, lost: &str) -> Vec<String> {
    match word.strip_prefix(head) {
        Some(rest) if starts_with_vowel(rest) && !lost.is_empty() => {
            vec![rest.to_owned(), format!("{lost}{rest}")]
        }
        Some(rest) => vec![rest.to_owned()],
        None => Vec::new(),
    }
}

/// Takes off `-nya` and the particles, which stand on any word.
fn without_inflection(word: &str) -> Option<String> {
    let base = ["nya", "kah", "lah"].iter().find_map(|end| word.strip_suffix(end))?;
    (syllables(base) >= 2 && base.len() >= 4).then(|| base.to_owned())
}

/// Takes off a prefix and a suffix that belong together, of a word whose root is not known.
fn without_affix_pair(word: &str) -> Option<String> {
    let pairs = [
        ("me", "kan"),
        ("di", "kan"),
        ("me", "i"),
        ("pe", "an"),
        ("per", "an"),
        ("ke", "an"),
        ("ber", "an"),
    ];
    let (head, end) =
        pairs.iter().find(|(head, end)| word.starts_with(head) && word.ends_with(end))?;
    let base = word.strip_suffix(end)?;
    let rest = match *head {
        "me" | "pe" => nasal_default(base),
        head => base.strip_prefix(head).map(str::to_owned),
    }?;
    (syllables(&rest) >= 2 && rest.len() >= 4).then_some(rest)
}

/// The likeliest reading of a `me-` or `pe-` prefix when no root decides.
fn nasal_default(word: &str) -> Option<String> {
    for (head, lost) in [
        ("meny", "s"),
        ("peny", "s"),
        ("meng", ""),
        ("peng", ""),
        ("mem", "p"),
        ("pem", "p"),
        ("men", "t"),
        ("pen", "t"),
    ] {
        if let Some(rest) = word.strip_prefix(head) {
            let restored = if starts_with_vowel(rest) { lost } else { "" };
            return Some(format!("{restored}{rest}"));
        }
    }
    word.strip_prefix("per")
        .or_else(|| word.strip_prefix("me"))
        .or_else(|| word.strip_prefix("pe"))
        .map(str::to_owned)
}

fn starts_with_vowel(word: &str) -> bool {
    word.bytes().next().is_some_and(is_vowel)
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u')
}

fn syllables(word: &str) -> usize {
    word.bytes().filter(|letter| is_vowel(*letter)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_root_list_is_sorted() {
        let unsorted = ROOTS.windows(2).find(|pair| pair[0] >= pair[1]);
        assert_eq!(unsorted, None);
    }

    #[test]
    fn derived_words_share_the_stem_of_their_root() {
        let table = [
            ("hilang", "kehilangan menghilangkan hilangnya"),
            ("lahir", "kelahiran dilahirkan"),
            ("mati", "kematian"),
            ("terbit", "penerbitan menerbitkan diterbitkan"),
            ("panjang", "perpanjangan memperpanjang diperpanjang perpanjang"),
            ("urus", "pengurusan mengurus ngurus urusan"),
            ("izin", "perizinan mengizinkan"),
            ("ganti", "penggantian mengganti gantinya"),
            ("ubah", "perubahan mengubah diubah"),
            ("kirim", "pengiriman mengirim"),
            ("catat", "pencatatan mencatat tercatat"),
            ("duduk", "penduduk kependudukan"),
            ("selenggara", "penyelenggara penyelenggaraan menyelenggarakan"),
            ("polisi", "kepolisian"),
            ("tanam", "penanaman menanam"),
            ("mohon", "permohonan pemohon memohon"),
            ("mutakhir", "pemutakhiran memutakhirkan"),
            ("kemudi", "mengemudi pengemudi"),
            ("betul", "pembetulan membetulkan"),
            ("kendara", "kendaraan berkendara"),
            ("usaha", "perusahaan berusaha pengusaha"),
            ("sah", "pengesahan"),
            ("buat", "pembuatan membuat dibuatkan"),
            ("ambil", "pengambilan mengambil"),
            ("layan", "pelayanan melayani dilayani"),
        ];
        for (root, words) in table {
            for word in words.split(' ') {
                assert_eq!(stem(word), root, "of {word}");
            }
        }
    }

    #[test]
    fn words_that_only_look_derived_stay() {
        for word in [
            "berita",
            "terminal",
            "sekolah",
            "kepala",
            "meninggal",
            "disabilitas",
            "ktp",
            "skck",
            "perdata",
            "ujian",
        ] {
            assert_eq!(stem(word), word);
        }
    }

    #[test]
    fn an_unknown_root_loses_only_affixes_that_belong_together() {
        assert_eq!(stem("perbengkelan"), "bengkel");
        assert_eq!(stem("kebandarudaraan"), "bandarudara");
        assert_eq!(stem("permata"), "permata");
    }

    proptest! {
        #[test]
        fn a_stem_is_never_empty_and_is_its_own_stem(word in "[a-zé0-9]{1,20}|(me|pe|ke|per|ber|di)[a-z]{2,9}(kan|an|i|nya)") {
            let once = stem(&word);
            prop_assert!(!once.is_empty());
            prop_assert_eq!(stem(&once), once);
        }
    }
}
