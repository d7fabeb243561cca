//! The catalog as files.

use crate::words::Phrase;

phrases! {
    DATA_TITLE: "Unduh katalog", "Download the catalog";
    DATA_DESCRIPTION: "Seluruh katalog sebagai berkas: untuk diolah, dibandingkan, atau dimuat ke sistem lain.",
        "The whole catalog as files: to work with, to compare, to load into another system.";
    DATA_LINE: "Berkas ditulis dari catatan registri yang terbuka untuk umum.",
        "The files are written from the registry's public records.";
    DATA_FILES: "Berkas", "Files";
    DATA_CAPTION: "Berkas, isinya, dan kapan terakhir ditulis", "Files, what each holds, and when it was last written";
    DATA_FILE: "Berkas", "File";
    DATA_HOLDS: "Isi", "Contents";
    DATA_LAST: "Terakhir ditulis", "Last written";
    DATA_NOT_YET: "belum ditulis; ditulis saat diminta", "not written yet; it is when somebody asks for it";
    DATA_SIZE: "{0} catatan, {1} KiB", "{0} records, {1} KiB";
    DATA_FRESH: "Berkas yang lebih tua dari {0} menit ditulis ulang saat diminta; yang pertama memintanya menunggu sampai selesai.",
        "A file older than {0} minutes is written anew when somebody asks for it; whoever asks first waits until it is done.";
    DATA_WORKBOOK: "Semua tabel dalam satu buku kerja", "All tables in one workbook";
    DATA_SERVICES: "Layanan yang diterbitkan instansi", "Services that agencies publish";
    DATA_OFFERINGS: "Layanan di gerai setiap mal", "Services at the counters of each mall";
    DATA_MALLS: "Mal pelayanan publik", "Public service malls";
    DATA_COUNTERS: "Gerai di setiap mal", "Counters of each mall";
    DATA_UNITS: "Instansi dan unitnya", "Agencies and their units";
    DATA_TURTLE: "Data tertaut (CPSV-AP 3.2, DCAT) dalam Turtle", "Linked data (CPSV-AP 3.2, DCAT) in Turtle";
    DATA_JSON_LD: "Data tertaut yang sama dalam JSON-LD", "The same linked data in JSON-LD";
    DATA_LIMITS: "Yang perlu diketahui", "What to know";
    DATA_LICENCE: "Lisensi data belum ditetapkan. Tanyakan kepada pengelola indeks sebelum menerbitkannya kembali.",
        "No licence of the data has been laid down. Ask the keeper of the index before you publish them again.";
    DATA_READ: "Waktu dan biaya menjadi angka hanya bila terbaca dengan pasti; selebihnya tertulis dengan kata-kata sumbernya.",
        "Times and fees are numbers only where they were surely read; the others are there in their source's words.";
    DATA_MOMENT: "Daftar dibaca satu per satu: perubahan selama penulisan bisa sudah ada di satu daftar dan belum di daftar lain.",
        "The lists are read one after the other: a change meanwhile may be in one of them and not yet in another.";
    DATA_LINKED: "Dalam data tertaut, setiap catatan bernama alamat di bawah {0}",
        "In linked data each record is named by an address below {0}";
    DATA_NOT_LINKED: "Data tertaut belum tersedia: alamat umum registri belum ditetapkan.",
        "There is no linked data: no public address of the registry has been set.";
}
