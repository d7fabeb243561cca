//! Words that may turn what stands beside them into something else, wherever they stand.

use super::phrase::lists;

/// Negations, exceptions, minima, and what speaks of another matter than a service's own time or
/// fee.
pub fn turns(word: &str) -> bool {
    lists(TURNING, word)
}

/// Units, currencies and words of amounts: a text that holds one is no name and no label.
pub fn counts(word: &str) -> bool {
    lists(COUNTING, word)
}

/// Words with which a condition begins.
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

/// What says that an amount or a time is not what holds now, or not the service's own: no condition
/// and no label has it.
pub fn cancels(word: &str) -> bool {
    lists(CANCELLING, word)
}

const CANCELLING: &str = "\
    semula | sebelumnya | dahulu | dulu | dulunya | sekarang | kini | menjadi | dihapus | \
     dihapuskan | hapus | batal | dibatalkan | dicabut | rencana | rencananya | direncanakan | \
     usulan | diusulkan | usul | wacana | simulasi | contohnya | materai | meterai | bermaterai | \
     bermeterai | garansi | dinaikkan | diturunkan | berubah | digantikan | diganti | dicoret | coret | \
     dihentikan | ditiadakan | kadaluarsa | kedaluwarsa | dijanjikan | draf | draft";

/// What makes a sentence of the words behind a condition: they are another case, or nobody knows.
pub fn says_more(word: &str) -> bool {
    turns(word) || cancels(word) || pays(word) || counts(word) || lists(SENTENCE, word)
}

const SENTENCE: &str = "\
    sesuai | berdasarkan | menurut | mengikuti | menyesuaikan | tergantung | dihitung | ditentukan \
     | ditetapkan | diatur | wajib | harus | hubungi | lihat | silakan | silahkan | akan | dapat | \
     bisa | perlu | biaya | tarif | retribusi | pnbp | adalah | sebesar | ada";

const TURNING: &str = "\
    tidak | tdk | x | tak | bukan | belum | jangan | tanpa | kecuali | selain | minimal \
     | minimum | min | lebih | kurang | paling | maksimal | maksimum | maks | max | mulai \
     | hingga | sampai | sebelum | setiap | sekali | berlaku | kadaluarsa | kedaluwarsa | \
     denda | sanksi | santunan | bantuan | materai | meterai | bermaterai | bermeterai | \
     potongan | diskon | subsidi | ke | batas | hanya | namun | tetapi | tapi | melainkan \
     | pelaporan | jatuh | tempo | ditambah | dikurangi | belumnya | sedikitnya | \
     sekurang | serendah | terlambat | keterlambatan | melebihi | lewat | dikalikan | \
     atas | bawah | diatas | dibawah | dikembalikan | jaminan | deposit | saldo | modal | \
     tahunan | buka | tutup | operasional | siaga | piket | nonstop | istirahat";

const COUNTING: &str = "\
    menit | mnt | jam | hari | hr | hk | minggu | pekan | bulan | bln | tahun | thn | \
     detik | rp | idr | rupiah | usd | ribu | rb | juta | jt | miliar | milyar | gratis | \
     nihil | cuma | persen | % | free | bebas | s | sd | nol | dolar | dollar | euro | \
     seharga | digratiskan | ½ | ¼ | ¾ | separuh | setengah | sehari | sejam | seminggu";

/// What says that somebody pays, or does not: it is a price of its own, and no part of a condition.
pub fn pays(word: &str) -> bool {
    lists(PAYING, word)
}

const PAYING: &str = "\
    bayar | membayar | berbayar | dibayar | dibayarkan | dibebankan | dibebaskan | dikenakan \
     | dikenai | dipungut | kena | berbiaya | biayanya | tarifnya | ditanggung | menanggung | \
     dipotong | dihapuskan | digratiskan | gratis | bebas | nihil | free | ditambah | denda | \
     didenda | diskon | potongan | subsidi | setengah | separuh";
