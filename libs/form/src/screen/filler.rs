//! Titles that a person typed so that something stands there: "Layanan 1", "Admin", "Hapus saja",
//! "asdfgh", "haha".

/// Words that a form or a list uses for its own entries.
const GENERIC: &str = "layanan pelayanan service services jenis item data judul nama menu \
    submenu kategori produk post page halaman artikel konten content file record row baris \
    entri entry title name sub fitur modul module form formulir dokumen berkas izin perizinan \
    surat isi";
/// A program of the state that services are named after: "Layanan Satu Data".
const ONE_DATA: [&str; 2] = ["satu", "data"];
/// With "baru" or a letter these may be the name of a service: "Izin baru", "Surat C".
const OFTEN_REAL: [&str; 3] = ["izin", "perizinan", "surat"];
/// Words that tell one such entry from the next.
const WHICH: &str = "baru kosong copy copied salinan new saja aja lagi dulu satu dua tiga empat \
    lima pertama kedua ketiga ke one two";
/// Names for whoever fills in the form.
const ROLES: &str = "admin administrator superadmin super user username password operator root \
    guest tamu petugas pengguna editor author webmaster owner developer";
/// Notes from one editor of the row to the next.
const ORDERS: &str = "hapus dihapus delete deleted remove removed jangan abaikan diabaikan \
    ignore skip lewati buang batal dibatalkan cancel edit salah keliru double dobel ganda \
    duplikat duplicate pending revisi hold";
/// Words that may stand beside an order, and name nothing.
const BESIDE: &str = "saja aja ini itu dulu ya yg yang please mohon tolong lagi nanti sudah \
    akan mau bisa harus untuk to be me this the it dong deh di data layanan record row baris \
    entri entry item input ketik isi dipakai digunakan pakai semua";
/// Whole titles, as letters.
const WHOLE: &str = "ok oke okay sip halo hallo hello helloworld hai hi hmm entah gatau gaktau \
    sesuatu apaaja apasaja bebas isinanti nanti menyusul default new baru unnamed namanya \
    judulnya iseng ngasal asal asalisi sembarang final fix selesai";
/// Repeated, these syllables are laughter or singing; repeated others may be real words.
const SYLLABLES: [&str; 14] =
    ["ha", "he", "hi", "ho", "hu", "wk", "xi", "bla", "la", "na", "ya", "yu", "du", "ah"];
/// Starts of titles: no service is called "Contoh …".
const BEGINS: [&str; 6] = ["contoh", "dummy", "example", "placeholder", "lorem", "testing"];
/// The rows of keys of a keyboard, and the alphabet.
const ROWS: [&str; 4] = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz"];

/// True for a title, by its words in lower case, that stands for nothing.
pub fn is_filler(words: &[&str]) -> bool {
    let all = words.concat();
    let begins = words.len() > 1 && BEGINS.contains(&words[0]);
    has(WHOLE, &all)
        || begins
        || is_numbered(words)
        || all_of(words, ROLES)
        || all_of(words, ORDERS)
        || is_chant(&all)
        || matches!(words, [word] if is_letters(word) || is_walk(word))
}

/// True for words of `first` and of [`BESIDE`] alone, with at least one of `first`.
fn all_of(words: &[&str], first: &str) -> bool {
    let is_first = |word: &&str| has(first, bare(word));
    let is_beside = |word: &&str| bare(word).is_empty() || has(BESIDE, word);
    words.iter().any(is_first) && words.iter().all(|word| is_first(word) || is_beside(word))
}

/// "Layanan 1", "Item A", "Data baru", "Menu ke 2"; "110" is the name of a service.
fn is_numbered(words: &[&str]) -> bool {
    let is_generic = |word: &&str| has(GENERIC, bare(word));
    let is_number = |word: &&str| bare(word).is_empty();
    let tells = |word: &&str| has(WHICH, word) || word.chars().count() == 1;
    let known = |word: &&str| is_generic(word) || is_number(word) || tells(word);
    let has_number = words.iter().any(|word| word.ends_with(|sign: char| sign.is_ascii_digit()));
    let is_short =
        words.iter().any(|word| word.len() == 3 && word.starts_with('1') && is_number(word));
    let is_real = words.iter().any(|word| OFTEN_REAL.contains(word));
    words.iter().any(is_generic)
        && words.iter().all(known)
        && !is_short
        && !words.windows(2).any(|two| two == ONE_DATA)
        && (has_number || (!is_real && words.iter().any(tells)))
}

/// One letter, or one twice; "KK" is a document.
fn is_letters(word: &str) -> bool {
    let mut letters = word.chars();
    let (first, second) = (letters.next(), letters.next());
    let is_one = second.is_none() || (second == first && letters.next().is_none() && word != "kk");
    is_one && first.is_some_and(char::is_alphabetic)
}

/// "haha", "wkwkwk", "blabla".
fn is_chant(word: &str) -> bool {
    SYLLABLES.iter().any(|part| {
        let rest = word.trim_start_matches(part);
        word.len() - rest.len() >= 2 * part.len() && part.starts_with(rest)
    })
}

/// True for keys that were hit along the keyboard, in runs of three and more.
fn is_walk(word: &str) -> bool {
    let (word, is_numbered) = (bare(word), bare(word) != word);
    let (mut at, mut runs) = (0, 0);
    while let Some(run) = word.get(at..).map(run).filter(|run| *run >= 3) {
        at += run;
        runs += run;
    }
    (runs >= 4 && word.len() - at <= 2) || (is_numbered && runs == word.len() && runs > 0)
}

/// How many letters from the start lie side by side on one row, in one direction.
fn run(word: &str) -> usize {
    let along = |row: &str, step: isize| {
        let places: Vec<_> =
            word.bytes().map_while(|sign| row.bytes().position(|own| own == sign)).collect();
        let steps =
            places.windows(2).take_while(|pair| pair[0].checked_add_signed(step) == Some(pair[1]));
        if places.is_empty() { 0 } else { steps.count() + 1 }
    };
    let both = ROWS.iter().flat_map(|row| [along(row, 1), along(row, -1)]);
    both.max().unwrap_or_default()
}

/// Whether a list of words holds one.
pub fn has(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|own| own == word)
}

fn bare(word: &str) -> &str {
    word.trim_end_matches(|sign: char| sign.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(title: &str) -> bool {
        let lower = title.to_lowercase();
        let words: Vec<&str> = lower
            .split(|sign: char| !sign.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        is_filler(&words)
    }

    #[test]
    fn what_only_fills_a_place_is_told_from_a_name() {
        for title in [
            "Admin",
            "admin2",
            "Super Admin",
            "User 1",
            "Operator",
            "Layanan 1",
            "LAYANAN 02",
            "Layanan1",
            "Layanan A",
            "Item 3",
            "Menu baru",
            "Data kosong",
            "Izin 1",
            "Surat 12",
            "Layanan ke 2",
            "Hapus saja",
            "hapus",
            "Mau dihapus",
            "jangan dihapus",
            "Abaikan data ini",
            "delete me",
            "to be deleted",
            "Duplikat",
            "salah input",
            "Oke",
            "halo",
            "hello world",
            "haha",
            "wkwkwk",
            "bla bla",
            "blablabla",
            "lalala",
            "x",
            "P",
            "aa",
            "xx",
            "sdfgh",
            "poiuyt",
            "abcdef",
            "qweasd",
            "asdfghjkl",
            "Contoh layanan KTP",
            "Dummy izin usaha",
            "Isi nanti",
            "Menyusul",
            "New",
            "abc123",
        ] {
            assert!(is(title), "{title}");
        }
        for title in [
            "KK",
            "SKCK",
            "SIM C",
            "Izin baru",
            "Surat C",
            "Layanan 110",
            "Layanan 112",
            "Layanan III",
            "Perizinan III",
            "Legalisir",
            "Hapus data kependudukan ganda",
            "Penghapusan data",
            "Gigi",
            "Kuku",
            "Poli umum",
            "Layanan 24 jam",
            "Pengaduan",
            "Izin usaha",
            "Mutasi",
            "Administrasi",
            "Petugas haji",
            "Duplikat STNK",
            "Duplikat buku nikah",
            "Salah nama pada akta",
            "Ganti nama",
            "Revisi PBG",
            "Pembatalan akta",
            "Edit foto KTP",
            "Uji contoh",
            "TNKB",
            "Layanan data",
            "Input Data",
            "Desa",
            "Opera",
            "Power",
        ] {
            assert!(!is(title), "{title}");
        }
    }
}
