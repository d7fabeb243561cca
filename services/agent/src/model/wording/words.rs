//! Words that may turn what stands beside them into something else, wherever they stand.

use super::phrase::lists;

/// Negations, exceptions, minima, and what speaks of another matter than a service's own time or
/// fee.
pub fn turns(word: &str) -> bool {
    lists(TURNING, word)
}

/// Units, currencies and words of a reading: a name or a label that holds one is none.
pub fn counts(word: &str) -> bool {
    lists(COUNTING, word)
}

/// What a condition begins with.
pub fn opens(word: &str) -> bool {
    matches!(
        word,
        "untuk"
            | "bagi"
            | "khusus"
            | "khususnya"
            | "di"
            | "pada"
            | "jika"
            | "apabila"
            | "bila"
            | "kalau"
            | "kecuali"
            | "selain"
            | "hanya"
    )
}

/// Headings, which name no case.
pub fn says_nothing(word: &str) -> bool {
    matches!(
        word,
        "biaya"
            | "tarif"
            | "total"
            | "jumlah"
            | "waktu"
            | "lama"
            | "retribusi"
            | "pnbp"
            | "harga"
            | "dan"
            | "atau"
            | "serta"
            | "adalah"
            | "sebesar"
            | "yang"
            | "dari"
            | "juga"
            | "lalu"
            | "kemudian"
            | "wajib"
            | "besaran"
            | "durasi"
    )
}

const TURNING: &str = "\
    tidak | tdk | x | tak | bukan | belum | jangan | tanpa | kecuali | selain | minimal \
     | minimum | min | lebih | kurang | paling | maksimal | maksimum | maks | max | mulai \
     | hingga | sampai | sebelum | setiap | sekali | berlaku | kadaluarsa | kedaluwarsa | \
     denda | sanksi | santunan | bantuan | materai | meterai | bermaterai | bermeterai | \
     potongan | diskon | subsidi | ke | batas | hanya | namun | tetapi | tapi | melainkan \
     | pelaporan | jatuh | tempo | ditambah | dikurangi | belumnya | sedikitnya | \
     sekurang | serendah | terlambat | keterlambatan | melebihi | lewat | dikalikan | \
     atas | bawah | diatas | dibawah | dikembalikan | jaminan | deposit | saldo | modal | \
     tahunan";

const COUNTING: &str = "\
    menit | mnt | jam | hari | hr | hk | minggu | pekan | bulan | bln | tahun | thn | \
     detik | rp | idr | rupiah | usd | ribu | rb | juta | jt | miliar | milyar | gratis | \
     nihil | cuma | persen | % | free | bebas | s | sd | nol | dolar | dollar | euro | \
     seharga";
