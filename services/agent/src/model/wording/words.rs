//! Words that may turn what stands beside them into something else, wherever they stand.

use super::{
    phrase::lists,
    token::{Kind, Token},
    ways::{DOCUMENTS, WAYS, names_way},
};
use mpp_form::dates::is_month;

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

/// True for a word that says that an amount or a time does not hold now, or is not the service's
/// own: no condition and no label has one.
pub fn cancels(word: &str) -> bool {
    let known = [CANCELLING, PASSING, UNSURE, WAITING, FOLLOWING, OTHERS];
    is_month(word) || known.iter().any(|list| lists(list, word))
}

/// Words for things that hold for a while only, or held once.
const PASSING: &str = "\
    ini | saat | sementara | masa | periode | promo | promosi | pandemi | terbatas | kemarin | \
    besok | nanti | mendatang | depan | kuota | anggaran | hut";

/// Money that is deposited or paid back, and times that an applicant is given, such as for an
/// objection.
const OTHERS: &str = "\
    deposit | saldo | tabungan | panjar | muka | kas | dikembalikan | melengkapi | keberatan | \
    sanggah | sanggahan | banding";

/// Words that take back, doubt or put off the text beside them, or speak of how it is paid.
const UNSURE: &str = "\
    salah | ralat | koreksi | revisi | bohong | hoax | hoaks | palsu | asumsi | contoh | misal | \
    misalnya | kisaran | dikaji | kajian | menyusul | tentatif | seharusnya | harusnya | mungkin \
    | kabarnya | katanya | tergantung | sukarela | seikhlasnya | lunas | dp | cicilan | angsuran | \
    hub | info | telp | wa | sk | rancangan | konsep | pembahasan | penyusunan | nego | negosiasi";

/// The time that somebody stands in a line is not the time of the service.
const WAITING: &str = "tunggu | menunggu | antri | antre | mengantri | mengantre";

/// Words for a later step, which is not another case.
const FOLLOWING: &str = "lalu | kemudian | selanjutnya | lantas | berikutnya | seterusnya";

/// A year, or a telephone number: the text tells of the past or future, or who to ask.
pub fn dates(token: &Token) -> bool {
    let digits = token.text.bytes().all(|byte| byte.is_ascii_digit());
    let year = token.text.parse().is_ok_and(|number| (1_900..2_100).contains(&number));
    let telephone = token.text.len() > 7 && token.text.starts_with(['0', '6']);
    token.kind == Kind::Number && digits && (year || telephone)
}

/// True for a kind of applicant, of thing or of way in which a service comes: the head of a
/// condition without a word that says so, as in "Rp 50.000 (WNA)".
pub fn names_kind(word: &str) -> bool {
    lists(KINDS, word) || names_way(word)
}

const KINDS: &str = "\
    warga | masyarakat | penduduk | pasien | mahasiswa | siswa | bayi | asn | pns | tni | polri | \
    pemegang | pemilik | peserta | pemohon | pengguna | pelaku | umkm | bpjs | miskin | difabel | \
    disabilitas | veteran | pensiunan | karyawan | pegawai | guru | santri | balita | asing | \
    perorangan | perusahaan | badan | usaha | kunjungan | risiko | resiko | motor | mobil | truk | \
    senin | selasa | rabu | kamis | jumat | sabtu | minggu | ahad | hari | bus | sepeda | kendaraan | pribadi | dalam | karcis | tiket | paket | tipe | jenis | kategori \
    | elektronik | e | dokumen | surat | kartu | rawat | poli | domestik | swasta | pemerintah | \
    instansi | yayasan | koperasi | pt | cv | non | muslim | duplikat | salinan | kutipan | \
    penerbitan | pindah | kelahiran | kematian | perkawinan | perceraian | luas | luasan";

/// Names one of several: a kind, a document or a way, and no step of work.
pub fn names_alternative(word: &str) -> bool {
    let known = [KINDS, DOCUMENTS, WAYS, ALTERNATIVES].iter().any(|list| lists(list, word));
    known && !lists(PAID_BESIDE, word)
}

/// Kinds that a price is paid beside, and not instead of.
const PAID_BESIDE: &str = "karcis | tiket | paket | hari | usaha";

const ALTERNATIVES: &str = "\
    siup | tdp | imb | pbg | slf | situ | npwp | kitas | kitap | visa | iumk | hak | legalisir | \
    legalisasi | jalan | inap | vaksin | toko | kios | los | hotel | restoran | losmen | ruko | \
    gedung | bangunan | rumah | tanah | sampel | halaman | prioritas | kompleks | mikro | \
    menengah | percepatan | ekspres | express | laki | pria | perempuan | wanita | hitam | \
    berwarna | warna | pagi | siang | sore | malam | tera | a4 | f4 | a3 | folio | lengkap | \
    perpanjang | tingkat | antar | kapal | ternak | sapi | kambing | unggas | ayam | roti | \
    makanan | minuman | apotek | klinik | dokter | bidan | perawat | rendah | tinggi | pemula | \
    ahli | kendaraan | truk | bus | izin | ijin | sertifikat | sertipikat | passport | haji | \
    umrah | umroh | merek | lain | lainnya | selebihnya";

/// True for something that people do in the course of a service.
pub fn acts(word: &str) -> bool {
    lists(ACTS, word)
}

const ACTS: &str = "\
    mengisi | isi | mengambil | ambil | memeriksa | periksa | upload | unggah | mengunggah | dilayani \
    | melayani | mendaftar | daftar | menyerahkan | menerima | tanda | ttd | rekam | merekam | sidik \
    | kirim | mengirim | submit | approval | membayar | datang | mencetak | memverifikasi | mengecek \
    | menunggu | memanggil | dipanggil | menandatangani | mengajukan | proses | terbit | masuk | \
    diterima | selesai | jadi | dicetak | diperiksa | diterbitkan | ditandatangani | diserahkan | \
    diambil | dikirim | rekomendasi | telaah | kajian | sidang | rapat | paraf";

const CANCELLING: &str = "\
    semula | sebelumnya | dahulu | dulu | dulunya | sekarang | kini | menjadi | dihapus | \
     dihapuskan | hapus | batal | dibatalkan | dicabut | rencana | rencananya | direncanakan | \
     usulan | diusulkan | usul | wacana | simulasi | contohnya | materai | meterai | bermaterai | \
     bermeterai | garansi | dinaikkan | diturunkan | berubah | digantikan | diganti | dicoret | coret | \
     dihentikan | ditiadakan | kadaluarsa | kedaluwarsa | dijanjikan | draf | draft";

/// True for a word that makes a sentence of the words behind a condition: they are another case, or
/// their meaning is unknown.
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

/// True for a word that says that somebody pays, or does not: it is a price of its own, and no part
/// of a condition.
pub fn pays(word: &str) -> bool {
    lists(PAYING, word)
}

const PAYING: &str = "\
    bayar | membayar | berbayar | dibayar | dibayarkan | dibebankan | dibebaskan | dikenakan \
     | dikenai | dipungut | kena | berbiaya | biayanya | tarifnya | ditanggung | menanggung | \
     dipotong | dihapuskan | digratiskan | gratis | bebas | nihil | free | ditambah | denda | \
     didenda | diskon | potongan | subsidi | setengah | separuh";
