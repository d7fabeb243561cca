//! One source of a catalog, and what its keeper has to do.

use crate::words::Phrase;

phrases! {
    SOURCE_DESCRIPTION: "{0}: kapan terakhir dibaca seluruhnya, apa yang ditolak, dan apa yang perlu dilakukan.",
        "{0}: when it was last read whole, what was refused, and what has to be done.";
    SOURCE_RUNS: "Pembacaan", "Runs";
    SOURCE_RUNS_CAPTION: "Keadaan sumber ini dan jumlah catatannya sejak awal",
        "The state of this source, and its records since the beginning";
    SOURCE_FEEDS_UNKNOWN: "Layanan mana yang diisi sumber ini belum diketahui: catatannya tidak menyebutkan, dan belum ada pembacaan yang selesai.",
        "Which services this source feeds is not known: its record does not say, and no run has ended yet.";
    WAITING_CONTESTED: "{0} catatan dikirim dua klien dengan kata-kata berbeda; yang terakhir menulis berlaku. `mpp quarantine list` menyebut keduanya.",
        "{0} records are sent by two clients in different words; the last to write wins. `mpp quarantine list` names both.";
    SOURCE_CLIENTS: "Sumber ini diisi beberapa klien, yang disebut paling banyak 20; ia selengkap dan sesegar yang terburuk di antaranya:",
        "Several clients feed this source, of which at most 20 are named; it is as whole, and as fresh, as the worst of them:";
    CLIENT_UNNAMED: "tanpa nama", "without a name";
    CLIENT_AWAY: "tidak lagi datang, dan tidak dihitung lagi", "comes no more, and is not counted any more";
    CLIENT_UNSCHEDULED: "tanpa jadwal: diunggah orang", "without a schedule: uploaded by a person";
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
    SOURCE_WAITING: "Yang menunggu, dan menunggu apa", "What waits, and for what";
    WAITING_UNKNOWN: "Belum diketahui: registri atau penjadwalan tidak menjawab saat ini.",
        "Not known: the registry or scheduling does not answer at the moment.";
    WAITING_NOTHING: "Tidak ada catatan yang menunggu.", "No record waits.";
    WAITING_HELP: "Catatan ini disimpan dan diterapkan dengan sendirinya dalam hitungan detik begitu yang ditunggu ada.",
        "These records are kept, and applied by themselves within seconds once what they wait for is there.";
    WAITING_WHICH: "Catatan yang mana", "Which records";
    WAITING_MORE: "dan {0} lagi", "and {0} more";
    WAITS_UNIT: "{0} menunggu unit `{1}`, yang belum dibuat.", "{0} wait for the unit `{1}`, which does not exist yet.";
    WAITS_RIGHT: "{0} menunggu hak sumber ini untuk menulis di unit `{1}`.",
        "{0} wait for this source's right to write in the unit `{1}`.";
    WAITS_OWNER: "{0} menunggu penyerahan `{1}`, yang diterbitkan pihak lain.",
        "{0} wait for `{1}`, which another publishes, to be handed over.";
    WAITS_MOVES: "{0} menunggu keputusan: terlalu banyak yang akan pindah ke unit lain sekaligus.",
        "{0} wait for a decision: too many would move to other units at once.";
    WAITS_REGION: "{0} menunggu wilayah `{1}`, yang belum tercatat atau belum berlaku.",
        "{0} wait for the region `{1}`, which is not there or not valid yet.";
    WAITS_STANDING: "{0} menunggu perubahan pada catatan lain, seperti `{1}`.",
        "{0} wait until other records stand otherwise, such as `{1}`.";
    WAITS_MALL: "{0} menunggu mal `{1}`, yang belum tercatat.", "{0} wait for the mall `{1}`, which is not there yet.";
    WAITS_MALL_RIGHT: "{0} menunggu hak sumber ini atas mal `{1}`.", "{0} wait for this source to be given the right to `{1}`.";
    WAITS_TARGET: "{0} menunggu mal atau gerai `{1}`, yang belum tercatat.", "{0} wait for the mall or counter `{1}`, which is not there yet.";
    WAITS_TARGET_RIGHT: "{0} menunggu hak sumber ini atas jam `{1}`.",
        "{0} wait for this source's right to the hours of `{1}`.";
    WAITS_UNDONE: "{0} dibatalkan bersama pembacaan yang membawanya, dan menunggu perbaikan di sumber atau pelepasan oleh petugas unit.",
        "{0} were undone with the run that had brought them, and wait to be mended at the source, or released by an officer of the unit.";
    WAITS_OTHER: "{0} menunggu dicoba lagi setelah kegagalan layanan indeks.",
        "{0} wait to be tried again after a failure of the service that keeps them.";
    WAITS_REJECTED: "{0} ditolak ketika dicoba lagi (`{1}`); perbaiki di sumbernya.",
        "{0} were rejected when they were tried again (`{1}`); mend them at the source.";
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
