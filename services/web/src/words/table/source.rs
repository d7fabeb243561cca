//! One source of a catalog, and what its keeper has to do.

use crate::words::Phrase;

phrases! {
    SOURCE_DESCRIPTION: "{0}: kapan terakhir dibaca seluruhnya, apa yang ditolak, dan apa yang perlu dilakukan.",
        "{0}: when it was last read whole, what was refused, and what has to be done.";
    SOURCE_RUNS: "Pembacaan", "Runs";
    SOURCE_RUNS_CAPTION: "Keadaan sumber ini dan jumlah catatannya sejak awal",
        "The state of this source, and its records since the beginning";
    SOURCE_TODO: "Yang perlu dilakukan pengelola sumber", "What the keeper of the source has to do";
    TODO_NOTHING: "Tidak ada: pembacaan terakhir lengkap dan tidak ada yang ditolak.",
        "Nothing: the last run was whole, and nothing is refused.";
    TODO_NEVER: "Jalankan `mpp agent run`: belum ada pembacaan yang selesai.",
        "Run `mpp agent run`: no run has ended yet.";
    TODO_LATE: "Jalankan `mpp agent run`: sudah lebih lama dari seharusnya sejak pembacaan terakhir yang lengkap.",
        "Run `mpp agent run`: the last whole run is longer ago than it should be.";
    TODO_REFUSED: "Catatan yang ditolak: {0}; baris yang tidak terbaca: {1}. `mpp agent problems` menyebut masing-masing dan cara memperbaikinya.",
        "Records that are refused: {0}; rows that could not be read: {1}. `mpp agent problems` names each and says how to mend it.";
    TODO_UNCOUNTED: "Berapa catatan yang ditolak belum diketahui: pembacaan berikutnya menghitungnya.",
        "How many records are refused is not known yet: the next run counts them.";
    TODO_WAITING: "Catatan yang menunggu data lain: {0}. `mpp agent problems` menyebut apa yang ditunggu, misalnya unit yang belum dibuat.",
        "Records that wait for other data: {0}. `mpp agent problems` names what they wait for, such as a unit that does not exist yet.";
    TODO_INCOMPLETE: "Pembacaan terakhir tidak lengkap: {0}. {1}", "The last run was not whole: {0}. {1}";
    MEND: "`mpp agent problems` menyebut sebabnya.", "`mpp agent problems` names the cause.";
    MEND_UNREACHABLE: "Pastikan alamatnya benar dan sumber menjawab; pembacaan dicoba lagi dengan sendirinya.",
        "See that its address is right and that it answers; it is tried again by itself.";
    MEND_UNREADABLE: "Periksa apa yang dijawab alamat itu, misalnya halaman masuk atau berkas dalam bentuk lain.",
        "See what the address answers, such as a login page or a file of another form.";
    MEND_TORN: "Ekspor ulang seluruhnya, atau perbaiki baris yang disebut `mpp agent problems`.",
        "Export it whole once more, or mend the lines that `mpp agent problems` names.";
    MEND_NOTHING_READ: "Periksa apakah sumber berisi; bila memang kosong, jalankan dengan `--accept-missing`.",
        "See whether the source holds anything; where it is empty indeed, run with `--accept-missing`.";
    MEND_SHRUNK: "Kembalikan catatan yang hilang; bila memang dicabut, jalankan dengan `--accept-missing`.",
        "Put back the records that are missing; where that is right, run with `--accept-missing`.";
    MEND_CONFIGURATION: "Perbaiki pengaturan atau pemetaannya; `mpp agent check` menyebut barisnya.",
        "Mend its configuration or mapping; `mpp agent check` names the line.";
    MEND_NOTHING_SENT: "Periksa pemetaannya dengan `mpp agent check`.", "Try its mapping with `mpp agent check`.";
    MEND_NOTHING_TAKEN: "`mpp agent problems` menyebut mengapa setiap catatan ditolak.",
        "`mpp agent problems` says why each record is rejected.";
    MEND_ALL_WAITING: "`mpp agent problems` menyebut apa yang ditunggu, misalnya unit yang belum dibuat.",
        "`mpp agent problems` names what they wait for, such as a unit that does not exist yet.";
}
